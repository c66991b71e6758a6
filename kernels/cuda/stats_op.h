// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/octet.h"

/// Statistics of one 32-column block in one pass (backend.h: BlockStatsOut; performance.md 3.4.5).
/// A warp walks down a chunk of rows, 16 rows a step, 2 lanes a row. Sums of a lane's 16 columns
/// run in fp32, beyond in fp64; counts are integers; chunks are added in order afterwards.
namespace batlab::kernels::cuda {

inline constexpr int statsWidth = 16; ///< columns a lane
inline constexpr int statsLanes = 32 / statsWidth; ///< a row
inline constexpr int statsRows = 32 / statsLanes; ///< a step

/// Sums of one chunk of rows and one block.
struct StatsPartial
{
    double power[4] {};
    double sumBlockMax = 0.0;
    double error2 = 0.0;
    std::uint32_t maxAbs = 0; ///< bits
    std::uint32_t clipped = 0;
};

BATLAB_HD_INLINE StatsPartial operator+(const StatsPartial &a, const StatsPartial &b)
{
    StatsPartial sum;
    BATLAB_UNROLL
    for (int i = 0; i < 4; ++i) {
        sum.power[i] = a.power[i] + b.power[i];
    }
    sum.sumBlockMax = a.sumBlockMax + b.sumBlockMax;
    sum.error2 = a.error2 + b.error2;
    sum.maxAbs = greater(a.maxAbs, b.maxAbs);
    sum.clipped = a.clipped + b.clipped;
    return sum;
}

/// Rows of one chunk, whole steps: depends on the shape alone, so that sums do too.
[[nodiscard]] BATLAB_HD_INLINE std::int64_t statsChunkRows(std::int64_t rows)
{
    const std::int64_t steps = (rows + 256 * statsRows - 1) / (256 * statsRows);
    return greater<std::int64_t>(steps * statsRows, 256); // at most 256 chunks
}

/// One lane's columns of a row.
struct StatsState
{
    float x[statsWidth];
};

/// What the lanes of a row agree on: a lane's own values first, the row's after the
/// exchange.
struct StatsShared
{
    std::uint32_t amax = 0; ///< of the quantization block (NVFP4: one lane)
    std::uint32_t rowMax = 0;
    float energy = 0.0F;
};

/// What is the lane's alone: sums of x, x^3 and x^4, from the squares that the energy takes too.
struct StatsOwn
{
    StatsShared shared;
    float sum = 0.0F;
    float cubes = 0.0F;
    float fourths = 0.0F;
};

/// What quantizes; the moments, maxima and energies are always taken.
struct StatsWants
{
    bool codes = false;
    bool clipped = false;
    bool error = false;
    int bins = 0; ///< 0: no histogram
    float histogramLimit = 0.0F;
    float binsPerUnit = 0.0F; ///< bins / (2 limit)
    [[nodiscard]] BATLAB_HD_INLINE bool counts() const { return codes || clipped || bins > 0; }
};

template<class Q>
struct StatsOp
{
    /// Lanes of a quantization block.
    static constexpr int group = Q::block / statsWidth;
    Q q;
    View x;
    float *rowEnergy; ///< [rows, k] or null
    std::int64_t k;
    StatsWants wants;

    BATLAB_HD_INLINE void load(StatsState &s, std::int64_t row, std::int64_t part) const
    {
        loadOctet(x, row, part * statsWidth, s.x);
        loadOctet(x, row, part * statsWidth + octetSize, s.x + octetSize);
    }

    [[nodiscard]] BATLAB_HD_INLINE StatsOwn share(const StatsState &s) const
    {
        StatsOwn r;
        float most = absolute(s.x[0]);
        float square = mul(s.x[0], s.x[0]);
        r.shared.energy = square;
        r.sum = s.x[0];
        r.cubes = mul(square, s.x[0]);
        r.fourths = mul(square, square);
        BATLAB_UNROLL
        for (int i = 1; i < statsWidth; ++i) {
            most = nanMax(most, absolute(s.x[i]));
            square = mul(s.x[i], s.x[i]);
            r.shared.energy = add(r.shared.energy, square);
            r.sum = add(r.sum, s.x[i]);
            r.cubes = fma(square, s.x[i], r.cubes);
            r.fourths = fma(square, square, r.fourths);
        }
        r.shared.amax = bitsOf(most) & 0x7fffffffU;
        r.shared.rowMax = r.shared.amax;
        return r;
    }
    /// One step of the exchange over the row's lanes: partner is lane ^ distance.
    [[nodiscard]] BATLAB_HD_INLINE static StatsShared join(const StatsShared &a,
                                                           const StatsShared &b, int distance)
    {
        return { distance < group ? greater(a.amax, b.amax) : a.amax, greater(a.rowMax, b.rowMax),
                 add(a.energy, b.energy) };
    }

    /// `own`: share(s); `all`: after the exchange. count.bin(i) and count.code(i) add one.
    template<class Count>
    BATLAB_HD_INLINE void finish(const StatsState &s, const StatsOwn &own, const StatsShared &all,
                                 std::int64_t row, std::int64_t part, StatsPartial &sums,
                                 const Count &count) const
    {
        const std::int64_t valid = x.cols - part * statsWidth;
        if (part % statsLanes == 0) {
            sums.sumBlockMax += static_cast<double>(floatOf(all.rowMax));
            if (rowEnergy != nullptr) {
                rowEnergy[row * k + part / statsLanes] = valid >= 32
                    ? mul(all.energy, 1.0F / 32.0F) // the same number, without a division
                    : divide(all.energy, static_cast<float>(valid));
            }
        }
        sums.maxAbs = greater(sums.maxAbs, own.shared.amax);
        addPowers(s, own, sums);
        if (!wants.counts() && !wants.error) {
            return;
        }
        const Scale scale = q.scale(all.amax);
        if (scale.poisoned) {
            sums.error2 += static_cast<double>(floatOf(nanBits));
            return;
        }
        if (wants.error) {
            addError(s, all.amax, scale, sums);
        }
        if (valid >= statsWidth) {
            addCounts<true>(s, scale, statsWidth, count);
        } else {
            addCounts<false>(s, scale, static_cast<int>(valid), count);
        }
        if (wants.clipped) {
            BATLAB_UNROLL
            for (int i = 0; i < statsWidth; ++i) { // zeros beyond the matrix clip nothing
                sums.clipped += absolute(q.scaled(s.x[i], scale)) > q.grid().maxValue ? 1U : 0U;
            }
        }
    }

private:
    /// Histogram and codes of the columns that are there.
    template<bool Whole, class Count>
    BATLAB_HD_INLINE void addCounts(const StatsState &s, const Scale &scale, int valid,
                                    const Count &count) const
    {
        if (wants.bins > 0) {
            BATLAB_UNROLL
            for (int i = 0; i < statsWidth; ++i) {
                const float position = mul(shifted(s.x[i], scale), wants.binsPerUnit);
                const auto bin = static_cast<int>(
                    lesser(truncated(position), static_cast<std::uint32_t>(wants.bins - 1)));
                if (Whole || i < valid) {
                    count.bin(bin);
                }
            }
        }
        if (wants.codes) {
            BATLAB_UNROLL
            for (int i = 0; i < statsWidth; ++i) {
                if (Whole || i < valid) {
                    count.code(q.code(s.x[i], scale) & 15U);
                }
            }
        }
    }

    /// A value in units of the grid, plus the histogram's limit. Where scales are powers of two the
    /// product has no rounding of its own (but below 2^-126, which any limit that is not tiny
    /// swallows): one instruction.
    [[nodiscard]] BATLAB_HD_INLINE float shifted(float value, const Scale &scale) const
    {
        if constexpr (Q::kind == Kind::prescale || Q::kind == Kind::nvfp4) {
            return add(q.scaled(value, scale), wants.histogramLimit);
        } else {
            return fma(value, scale.toGrid, wants.histogramLimit);
        }
    }

    /// Whether fourth powers of a magnitude and of its neighbours stay well inside fp32.
    [[nodiscard]] BATLAB_HD_INLINE static bool isPlain(std::uint32_t amax)
    {
        return amax == 0 || (amax > 0x3727c5acU && amax < 0x4cbebc20U); // 1e-5, 1e8
    }

    BATLAB_HD_INLINE static void addPowers(const StatsState &s, const StatsOwn &own,
                                           StatsPartial &sums)
    {
        if (isPlain(own.shared.amax)) {
            sums.power[0] += static_cast<double>(own.sum);
            sums.power[1] += static_cast<double>(own.shared.energy);
            sums.power[2] += static_cast<double>(own.cubes);
            sums.power[3] += static_cast<double>(own.fourths);
            return;
        }
        BATLAB_UNROLL
        for (int i = 0; i < statsWidth; ++i) {
            const auto d = static_cast<double>(s.x[i]);
            sums.power[0] += d;
            sums.power[1] += d * d;
            sums.power[2] += d * d * d;
            sums.power[3] += (d * d) * (d * d);
        }
    }

    BATLAB_HD_INLINE void addError(const StatsState &s, std::uint32_t amax, const Scale &scale,
                                   StatsPartial &sums) const
    {
        if (!isPlain(amax)) {
            sums.error2 += exactError(s, scale);
            return;
        }
        float error2 = 0.0F;
        BATLAB_UNROLL
        for (int i = 0; i < statsWidth; ++i) {
            const float e = sub(s.x[i], q.fakeQuantize(s.x[i], scale));
            error2 = fma(e, e, error2);
        }
        sums.error2 += static_cast<double>(error2);
    }

    BATLAB_HD_INLINE double exactError(const StatsState &s, const Scale &scale) const
    {
        double sum = 0.0;
        BATLAB_UNROLL
        for (int i = 0; i < statsWidth; ++i) {
            const float v = s.x[i];
            const double e = static_cast<double>(v) - static_cast<double>(q.fakeQuantize(v, scale));
            sum += e * e;
        }
        return sum;
    }
};

} // namespace batlab::kernels::cuda
