// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/matrix.h"

#include <cstdlib>

/// Block statistics in one pass. Lanes are the 32 columns of a block; their double sums run over
/// the rows in order and are added in column order at the end, so neither width nor threads change
/// a bit.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

constexpr std::int64_t blocksPerTask = 8;
constexpr int rowsPerStep = 16;
constexpr int half = W / 2; // doubles per vector

/// What one block gathers over the rows.
struct Sums
{
    alignas(64) double power[4][32];
    alignas(64) double error2[32];
    double sumBlockMax;
    std::int32_t maxAbs; ///< bits
};

/// Rows of one step, column-lane, with what the quantizer made of them.
struct Step
{
    alignas(64) float x[rowsPerStep][32];
    alignas(64) float value[rowsPerStep][32];
    alignas(64) std::int32_t bin[rowsPerStep][32];
    alignas(64) std::int32_t code[rowsPerStep][32];
    bool poisoned[rowsPerStep][2];
};

/// Four interleaved counter sets: neighbouring elements often share a bin, and one set would wait
/// for its own stores.
struct Counters
{
    std::uint32_t *bins; ///< [4][histogram bins]
    std::uint32_t codes[4][16];
};

BATLAB_INLINE void addPowers(const Step &step, int rows, Sums &sums, bool wantError)
{
    for (int c = 0; c < 32; c += half) {
        D power[4];
        for (int i = 0; i < 4; ++i) {
            power[i] = load<D>(sums.power[i] + c);
        }
        D error2 = load<D>(sums.error2 + c);
        for (int r = 0; r < rows; ++r) {
            const D x = __builtin_convertvector(load<HalfF>(step.x[r] + c), D);
            const D square = x * x;
            power[0] += x;
            power[1] += square;
            power[2] += square * x;
            power[3] += square * square;
            if (wantError) {
                const D e = x - __builtin_convertvector(load<HalfF>(step.value[r] + c), D);
                error2 += e * e;
            }
        }
        for (int i = 0; i < 4; ++i) {
            store(sums.power[i] + c, power[i]);
        }
        store(sums.error2 + c, error2);
    }
}

template<class Q>
void statsOfStep(const Q &q, const ConstMatrix &m, std::int64_t firstRow, int rows,
                 std::int64_t block, std::int64_t k, const BlockStatsOut &out, Step &step,
                 Sums &sums, Counters &counters)
{
    constexpr int parts = 32 / Q::block;
    const int valid = static_cast<int>(m.cols - block * 32 < 32 ? m.cols - block * 32 : 32);
    const bool wantError = out.quantError2 != nullptr;
    const bool wantCodes = out.codeUse != nullptr;
    const bool wantQuant =
        wantError || wantCodes || out.histogram != nullptr || out.clipped != nullptr;
    const float binsPerUnit = static_cast<float>(out.bins) / (2.0F * out.histogramLimit);
    const F lastBin = splat(static_cast<float>(out.bins - 1));
    std::uint32_t clipped = 0;
    for (int r = 0; r < rows; ++r) {
        F x[blockVectors];
        const char *source = at(m, firstRow + r, block * 32);
        if (valid < 32) {
            loadPart(m.dtype, source, valid, 32, step.x[r]);
        } else {
            for (int v = 0; v < blockVectors; ++v) {
                store(step.x[r] + v * W,
                      m.dtype == DType::f32 ? loadAs<DType::f32>(source + v * W * 4)
                                            : loadAs<DType::bf16>(source + v * W * 2));
            }
        }
        I amax {};
        for (int v = 0; v < blockVectors; ++v) {
            x[v] = load<F>(step.x[r] + v * W);
            amax = maxI(amax, as<I>(x[v]) & 0x7fffffff);
        }
        const std::int32_t blockMax = reduceMax(amax)[0];
        sums.maxAbs = blockMax > sums.maxAbs ? blockMax : sums.maxAbs;
        sums.sumBlockMax += static_cast<double>(__builtin_bit_cast(float, blockMax));
        if (out.rowEnergy != nullptr) {
            F square[blockVectors];
            for (int v = 0; v < blockVectors; ++v) {
                square[v] = x[v] * x[v];
            }
            for (int stride = blockVectors / 2; stride > 0; stride /= 2) {
                for (int v = 0; v < stride; ++v) {
                    square[v] += square[v + stride];
                }
            }
            const F sum = reduceTree(square[0], [](F a, F b) { return a + b; });
            out.rowEnergy[(firstRow + r) * k + block] = sum[0] / static_cast<float>(valid);
        }
        if (!wantQuant) {
            continue;
        }
        Scale s[parts];
        scalesOf(q, x, s);
        for (int part = 0; part < parts; ++part) {
            step.poisoned[r][part] = s[part].poisoned[0] != 0;
        }
        I over {};
        for (int v = 0; v < blockVectors; ++v) {
            const Scale &scale = s[v * W / Q::block];
            const F y = q.scaled(x[v], scale);
            if (wantError) {
                store(step.value[r] + v * W, q.fakeQuantize(x[v], scale));
            }
            if (wantCodes) {
                store(step.code[r] + v * W, q.code(x[v], scale) & 15);
            }
            if (out.histogram != nullptr) {
                F position = (y + out.histogramLimit) * binsPerUnit;
                position = select(position > F {}, position, F {});
                position = select(position < lastBin, position, lastBin);
                store(step.bin[r] + v * W, __builtin_convertvector(position, I));
            }
            over -= (absF(y) > splat(q.maxValue())) & ~scale.poisoned;
        }
        for (int i = 0; out.clipped != nullptr && i < W; ++i) {
            clipped += static_cast<std::uint32_t>(over[i]);
        }
        for (int part = 0; part < parts; ++part) {
            if (step.poisoned[r][part]) {
                continue;
            }
            const int end = (part + 1) * Q::block < valid ? (part + 1) * Q::block : valid;
            for (int i = part * Q::block; i < end; ++i) {
                if (out.histogram != nullptr) {
                    ++counters.bins[(i & 3) * out.bins + step.bin[r][i]];
                }
                if (wantCodes) {
                    ++counters.codes[i & 3][step.code[r][i]];
                }
            }
        }
    }
    if (out.clipped != nullptr) {
        out.clipped[block] += clipped;
    }
    addPowers(step, rows, sums, wantError);
}

double sumColumns(const double *columns, int count)
{
    double sum = 0.0;
    for (int i = 0; i < count; ++i) {
        sum += columns[i];
    }
    return sum;
}

void publish(const Sums &sums, const Counters &counters, std::int64_t block, int valid,
             const BlockStatsOut &out)
{
    double *const powers[4] = { out.sum, out.sum2, out.sum3, out.sum4 };
    for (int i = 0; i < 4; ++i) {
        if (powers[i] != nullptr) {
            powers[i][block] = sumColumns(sums.power[i], 32);
        }
    }
    if (out.quantError2 != nullptr) {
        out.quantError2[block] = sumColumns(sums.error2, valid);
    }
    if (out.maxAbs != nullptr) {
        out.maxAbs[block] = __builtin_bit_cast(float, sums.maxAbs);
    }
    if (out.sumBlockMax != nullptr) {
        out.sumBlockMax[block] = sums.sumBlockMax;
    }
    for (int i = 0; out.histogram != nullptr && i < out.bins; ++i) {
        std::uint32_t count = 0;
        for (int set = 0; set < 4; ++set) {
            count += counters.bins[set * out.bins + i];
        }
        out.histogram[block * out.bins + i] = count;
    }
    for (int i = 0; out.codeUse != nullptr && i < 16; ++i) {
        out.codeUse[block * 16 + i] = counters.codes[0][i] + counters.codes[1][i]
            + counters.codes[2][i] + counters.codes[3][i];
    }
}

} // namespace

void blockStats(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out, const Exec &exec)
{
    const std::int64_t k = (x.cols + 31) / 32;
    withQuantizer(spec, [&](const auto &q) {
        forRanges(k, blocksPerTask, exec.threads, [&](std::int64_t begin, std::int64_t end) {
            Sums sums[blocksPerTask];
            Counters counters[blocksPerTask];
            Step step;
            __builtin_memset(sums, 0, sizeof sums);
            __builtin_memset(counters, 0, sizeof counters);
            __builtin_memset(&step, 0, sizeof step);
            const std::int64_t bins = out.histogram != nullptr ? 4 * std::int64_t { out.bins } : 1;
            auto *const memory = static_cast<std::uint32_t *>(
                std::calloc(static_cast<std::size_t>(bins * blocksPerTask), sizeof(std::uint32_t)));
            for (std::int64_t i = 0; i < end - begin; ++i) {
                counters[i].bins = memory + i * bins;
                if (out.clipped != nullptr) {
                    out.clipped[begin + i] = 0;
                }
            }
            for (std::int64_t row = 0; row < x.rows; row += rowsPerStep) {
                const std::int64_t left = x.rows - row;
                const int rows = static_cast<int>(left < rowsPerStep ? left : rowsPerStep);
                for (std::int64_t block = begin; block < end; ++block) {
                    statsOfStep(q, x, row, rows, block, k, out, step, sums[block - begin],
                                counters[block - begin]);
                }
            }
            for (std::int64_t block = begin; block < end; ++block) {
                const std::int64_t rest = x.cols - block * 32;
                publish(sums[block - begin], counters[block - begin], block,
                        static_cast<int>(rest < 32 ? rest : 32), out);
            }
            std::free(memory);
        });
    });
}

} // namespace batlab::kernels::BATLAB_LEVEL
