// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/fast_e2m1.h"
#include "kernels/cuda/gpk_exact.h"
#include "kernels/cuda/gpk_fragments.h"
#include "kernels/cuda/gpk_quantizers.h"

/// The fast path of bf16 inputs: a warp multiplies 16 tokens x 32 columns by the dense 32 x 32
/// matrix of their unit on the tensor cores (performance.md 3.1). The matrix is split into hi + lo
/// bf16: exact for deployed transforms (entries of A and B_i are bf16 numbers, their product has 16
/// significant bits), 2^-18 relative per entry for fp32 ones under training. Lane (g, t) owns
/// columns 8t .. 8t+7 of rows g and g + 8 from the load to the store; nothing passes through shared
/// memory.
namespace batlab::kernels::cuda {

struct NanMax
{
    BATLAB_HD_INLINE float operator()(float a, float b) const { return nanMax(a, b); }
};
struct NanMin
{
    BATLAB_HD_INLINE float operator()(float a, float b) const { return nanMin(a, b); }
};

/// x between the block's limits.
[[nodiscard]] BATLAB_HD_INLINE float clampedFast(float x, const Limits &l)
{
    return nanMin(nanMax(x, l.lower), l.upper);
}

/// Block limits of both rows into s.limits[i]. State: y[2][8], limits[2].
template<class Warp>
BATLAB_HD_INLINE void findLimits(Warp &warp, const Clip &clip, int row0, int rows,
                                 std::int64_t block)
{
    BATLAB_UNROLL
    for (int i = 0; i < 2; ++i) {
        warp.each([&](auto &s, int) {
            Limits &l = s.limits[i];
            l.min = l.max = s.y[i][0];
            BATLAB_UNROLL
            for (int j = 1; j < 8; ++j) {
                l.min = nanMin(l.min, s.y[i][j]);
                l.max = nanMax(l.max, s.y[i][j]);
            }
        });
        warp.quadReduce([&](auto &s) -> float & { return s.limits[i].min; }, NanMin {});
        warp.quadReduce([&](auto &s) -> float & { return s.limits[i].max; }, NanMax {});
        warp.each([&](auto &s, int lane) {
            const int row = row0 + lane / 4 + 8 * i;
            setLimits(s.limits[i], clip, row < rows ? row : rows - 1, block);
        });
    }
}

struct ForwardLane
{
    UnitFragments p;
    std::uint32_t x[2][4];
    std::uint32_t a[4]; ///< operand of the products under way
    float y[2][8];
    Limits limits[2];
    float amax[2];
    LaneColumns in, out;
};

struct MmaForward
{
    PairSource source;
    Gpk p;
    UnitLayout layout;
    Clip clip;
    ForwardTarget target;
    View out;
};

/// Fragments of the unit's matrix; once per unit, kept over all its tiles.
template<class Warp>
BATLAB_HD_INLINE void startForward(Warp &warp, const MmaForward &op, std::int64_t unit)
{
    warp.each([&](ForwardLane &s, int lane) {
        buildFragments(s.p, lane, unitMatrix(op.p, op.layout, unit));
        s.in.start(op.source.x, lane, unit);
        s.out.start(op.out, lane, unit);
    });
}

/// Dequantized values of 8 columns of a block. Ties to even of MXFP4 have the short way for every
/// block but the rare ones (fast_e2m1.h).
template<class Q>
BATLAB_HD_INLINE void quantizeEight(const Q &q, std::uint32_t amax, float (&y)[8])
{
    if constexpr (isRne<Q>) {
        const FastScale fast = fastScale(amax, q.c.bump);
        if (fast.usable()) {
            BATLAB_UNROLL
            for (int j = 0; j < 8; ++j) {
                y[j] = fakeQuantizeE2m1(y[j], fast);
            }
            return;
        }
    }
    Scale scale = q.scale(amax);
    scale.step = scale.poisoned ? floatOf(nanBits) : scale.step;
    BATLAB_UNROLL
    for (int j = 0; j < 8; ++j) {
        y[j] = q.value(q.magnitude(q.scaled(y[j], scale)), y[j], scale);
    }
}

/// Their codes, element 0 in the lowest nibble, and the block's scale byte.
template<class Q>
BATLAB_HD_INLINE std::uint32_t packEight(const Q &q, std::uint32_t amax, const float (&y)[8],
                                         std::uint32_t &byte)
{
    if constexpr (isRne<Q>) {
        const FastScale fast = fastScale(amax, q.c.bump);
        if (fast.usable()) {
            byte = fast.byte();
            return packEightE2m1(y, fast);
        }
    }
    const Scale scale = q.scale(amax);
    byte = static_cast<std::uint32_t>(scale.byte);
    std::uint32_t nibbles = 0;
    BATLAB_UNROLL
    for (int j = 0; j < 8; ++j) {
        nibbles |= q.code(y[j], scale) << (4 * j);
    }
    return nibbles;
}

/// Clip, quantize, store the tile s.y of `unit`.
template<class Q, bool Pack, class Warp>
BATLAB_HD_INLINE void finishQuantized(Warp &warp, const MmaForward &op, const Q &q, int row0,
                                      std::int64_t unit)
{
    const int rows = op.source.rows;
    if (op.clip.lo != nullptr && op.clip.hi != nullptr) {
        const std::int64_t last = op.layout.ratios(32) - 1;
        findLimits(warp, op.clip, row0, rows, unit < last ? unit : last);
        warp.each([&](ForwardLane &s, int) {
            BATLAB_UNROLL
            for (int i = 0; i < 2; ++i) {
                BATLAB_UNROLL
                for (int j = 0; j < 8; ++j) {
                    s.y[i][j] = clampedFast(s.y[i][j], s.limits[i]);
                }
            }
        });
    }
    BATLAB_UNROLL
    for (int i = 0; i < 2; ++i) {
        warp.each([&](ForwardLane &s, int) {
            s.amax[i] = absolute(s.y[i][0]);
            BATLAB_UNROLL
            for (int j = 1; j < 8; ++j) {
                s.amax[i] = nanMax(s.amax[i], absolute(s.y[i][j]));
            }
        });
        warp.quadReduce([&](ForwardLane &s) -> float & { return s.amax[i]; }, NanMax {});
        warp.each([&](ForwardLane &s, int lane) {
            const std::uint32_t amax = bitsOf(s.amax[i]) & 0x7fffffffU;
            if constexpr (Pack) {
                std::uint32_t byte = 0;
                const std::uint32_t nibbles = packEight(q, amax, s.y[i], byte);
                const ForwardTarget &t = op.target;
                const auto row = static_cast<std::uint32_t>(row0 + lane / 4 + 8 * i);
                if (row < static_cast<std::uint32_t>(rows) && unit < t.blocks) {
                    auto *const words = reinterpret_cast<std::uint32_t *>(t.nibbles);
                    words[(row * t.blocks + unit) * 4 + lane % 4] = nibbles;
                    if (lane % 4 == 0) {
                        t.scales[scaleOffset(t.layout, row, unit, t.blocks)] =
                            static_cast<std::uint8_t>(byte);
                    }
                }
            } else {
                quantizeEight(q, amax, s.y[i]);
            }
        });
    }
}

template<bool Fused, class Warp>
BATLAB_HD_INLINE void loadForward(Warp &warp, const MmaForward &op, int row0, std::int64_t unit)
{
    warp.each([&](ForwardLane &s, int lane) {
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            loadPairs<Fused>(op.source, s.in, row0 + 8 * i, lane, unit, s.x[i]);
        }
    });
}

/// One tile of 16 tokens x one unit, already loaded; loads the tile at row `next` (if there is one)
/// as soon as the registers are free, so that its way from memory overlaps the quantization.
template<class Q, bool Pack, bool Fused, class Warp>
BATLAB_HD_INLINE void forwardTile(Warp &warp, const MmaForward &op, const Q &q, int row0, int next,
                                  std::int64_t unit)
{
    warp.each([&](ForwardLane &s, int) {
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            BATLAB_UNROLL
            for (int j = 0; j < 8; ++j) {
                s.y[i][j] = 0.0F;
            }
        }
    });
    multiplyUnit<2>(
        warp, [](auto &s) -> auto & { return s.x; },
        [](auto &s, int part, int nt, int r) { return s.p.r[part][nt][r]; },
        [](auto &s) -> auto & { return s.y; });
    if (next < op.source.rows) {
        loadForward<Fused>(warp, op, next, unit);
    }
    if constexpr (!std::is_same_v<Q, NoQuantizer>) {
        finishQuantized<Q, Pack>(warp, op, q, row0, unit);
    }
    if constexpr (!Pack) {
        warp.each([&](ForwardLane &s, int lane) {
            BATLAB_UNROLL
            for (int i = 0; i < 2; ++i) {
                storeLane(op.out, s.out, row0 + 8 * i, op.source.rows, lane, unit, s.y[i]);
            }
        });
    }
}

} // namespace batlab::kernels::cuda
