// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gpk_unit.h"
#include "kernels/cuda/group.h"
#include "kernels/cuda/numerics.h"
#include "kernels/cuda/scale_layout.h"

#include <type_traits>

/// The transform in the oracle's own order of operations, bit-equal to kernels/scalar: one lane
/// holds one token, tiles lie in shared memory as [column][token]. It serves every shape and dtype,
/// and is the path of fp32 inputs. Why not mma for those: 1e-6 needs three bf16 parts of x and six
/// products, 48 mma a 16 x 32 tile plus 6 instructions an element to split, about the issue slots
/// of the 24 multiplies and adds here; and fp32 traffic leaves 55 slots an element at H200's copy
/// speed (performance.md 2.1), so the exact order costs nothing.
namespace batlab::kernels::cuda {

constexpr int tileTokens = 32;
constexpr int tileStride = tileTokens + 1; ///< odd: neither rows nor columns collide in the banks
constexpr int maxUnitWidth = 128;

/// Columns [col, col + width) of tokens [row, row + 32) to tile[column][token]; zeros beyond the
/// source.
template<class Group, class Load>
BATLAB_HD void loadTile(Group &group, int width, float *tile, const Load &load)
{
    group.each([&](int lane) {
        for (int c = lane; c < width; c += tileTokens) {
            BATLAB_UNROLL_BY(8)
            for (int token = 0; token < tileTokens; ++token) {
                tile[c * tileStride + token] = load(token, c);
            }
        }
    });
}

template<class Group>
BATLAB_HD void storeTile(Group &group, const Matrix &m, std::int64_t row, std::int64_t col,
                         int width, const float *tile)
{
    group.each([&](int lane) {
        for (int c = lane; c < width && col + c < m.cols; c += tileTokens) {
            BATLAB_UNROLL_BY(8)
            for (int token = 0; token < tileTokens; ++token) {
                if (row + token < m.rows) {
                    storeElement(m, row + token, col + c, tile[c * tileStride + token]);
                }
            }
        }
    });
}

/// out[r][c] = sum_i x[r][i] a(i, c), a(i, c) = a[i*strideI + c*strideC], i ascending; one token.
/// G1, G2 = 0: sizes at run time.
template<int G1, int G2>
BATLAB_HD_INLINE void timesRight(const float *x, const float *a, int strideI, int strideC,
                                 float *out, int runG1, int runG2)
{
    const int g1 = G1 > 0 ? G1 : runG1;
    const int g2 = G2 > 0 ? G2 : runG2;
    constexpr int step = G1 == 0 ? 1 : G1 % 8 == 0 ? 8 : G1;
    for (int r = 0; r < g2; ++r) {
        for (int c = 0; c < g1; c += step) {
            float sum[step];
            const float x0 = x[r * g1 * tileStride];
            BATLAB_UNROLL
            for (int s = 0; s < step; ++s) {
                sum[s] = mul(x0, a[(c + s) * strideC]);
            }
            for (int i = 1; i < g1; ++i) {
                const float xi = x[(r * g1 + i) * tileStride];
                BATLAB_UNROLL
                for (int s = 0; s < step; ++s) {
                    sum[s] = add(sum[s], mul(xi, a[i * strideI + (c + s) * strideC]));
                }
            }
            BATLAB_UNROLL
            for (int s = 0; s < step; ++s) {
                out[(r * g1 + c + s) * tileStride] = sum[s];
            }
        }
    }
}

/// out[r][c] = sum_i b(i, r) z[i][c], b(i, r) = b[i*strideI + r*strideR], i ascending; one token.
template<int G1, int G2>
BATLAB_HD_INLINE void timesLeft(const float *z, const float *b, int strideI, int strideR,
                                float *out, int runG1, int runG2)
{
    const int g1 = G1 > 0 ? G1 : runG1;
    const int g2 = G2 > 0 ? G2 : runG2;
    constexpr int step = G2 == 0 ? 1 : G2 % 8 == 0 ? 8 : G2;
    for (int c = 0; c < g1; ++c) {
        for (int r = 0; r < g2; r += step) {
            float sum[step];
            const float z0 = z[c * tileStride];
            BATLAB_UNROLL
            for (int s = 0; s < step; ++s) {
                sum[s] = mul(b[(r + s) * strideR], z0);
            }
            for (int i = 1; i < g2; ++i) {
                const float zi = z[(i * g1 + c) * tileStride];
                BATLAB_UNROLL
                for (int s = 0; s < step; ++s) {
                    sum[s] = add(sum[s], mul(b[i * strideI + (r + s) * strideR], zi));
                }
            }
            BATLAB_UNROLL
            for (int s = 0; s < step; ++s) {
                out[((r + s) * g1 + c) * tileStride] = sum[s];
            }
        }
    }
}

/// y = x P of one unit for the lane's token; z gets X A.
template<int G1, int G2>
BATLAB_HD_INLINE void transformToken(const float *x, const Gpk &p, const UnitLayout &layout,
                                     std::int64_t unit, float *z, float *y)
{
    const int parts = layout.parts(unit);
    for (int part = 0; part < parts; ++part) {
        const int at = part * layout.g * tileStride;
        const float *const b =
            p.b + (unit * (layout.width / layout.g) + part) * std::int64_t { p.g2 } * p.g2;
        timesRight<G1, G2>(x + at, p.a, p.g1, 1, z + at, p.g1, p.g2);
        timesLeft<G1, G2>(z + at, b, p.g2, 1, y + at, p.g1, p.g2);
    }
    for (int c = parts * layout.g; c < layout.width; ++c) {
        y[c * tileStride] = 0.0F;
    }
}

/// Smallest and largest value, and the clip limits, of one block of the lane's token.
BATLAB_HD_INLINE Limits tokenLimits(const float *y, int n, const Clip &clip, std::int64_t row,
                                    std::int64_t block)
{
    Limits l {};
    l.min = l.max = y[0];
    for (int i = 1; i < n; ++i) {
        const float x = y[i * tileStride];
        l.min = x < l.min ? x : l.min;
        l.max = x > l.max ? x : l.max;
    }
    setLimits(l, clip, row, block);
    return l;
}

/// Clips and quantizes one block of the lane's token in place: values, or nibbles (16 bytes) where
/// `nibbles` is not null. Returns the scale byte.
template<class Q>
BATLAB_HD std::uint8_t quantizeToken(const Q &q, float *y, const Clip &clip, std::int64_t row,
                                     std::int64_t block, std::uint8_t *nibbles)
{
    constexpr int n = Q::block;
    if (clip.lo != nullptr && clip.hi != nullptr) {
        const Limits l = tokenLimits(y, n, clip, row, block);
        for (int i = 0; i < n; ++i) {
            y[i * tileStride] = clamped(y[i * tileStride], l);
        }
    }
    std::uint32_t amax = 0;
    for (int i = 0; i < n; ++i) {
        amax = greater(amax, bitsOf(y[i * tileStride]) & 0x7fffffffU);
    }
    const Scale s = q.scale(amax);
    if (nibbles != nullptr) {
        for (int i = 0; i < n / 2; ++i) {
            nibbles[i] = static_cast<std::uint8_t>(q.code(y[2 * i * tileStride], s)
                                                   | q.code(y[(2 * i + 1) * tileStride], s) << 4);
        }
    } else {
        for (int i = 0; i < n; ++i) {
            y[i * tileStride] = q.fakeQuantize(y[i * tileStride], s);
        }
    }
    return static_cast<std::uint8_t>(s.byte);
}

/// Where a forward tile goes: a matrix of dequantized values, or codes and scales.
struct ForwardTarget
{
    Matrix out;
    std::uint8_t *nibbles; ///< [rows, blocks*16]; null: out
    std::uint8_t *scales;
    ScaleLayout layout;
    std::int64_t blocks; ///< quantization blocks of a row
};

struct ExactForward
{
    Source source;
    Gpk p;
    UnitLayout layout;
    Clip clip;
    ForwardTarget target;
};

/// One tile of 32 tokens x one unit; `shared` holds exactForwardFloats(width).
template<int G1, int G2, class Q, class Group>
BATLAB_HD void exactForwardTile(Group &group, const ExactForward &op, const Q &q, std::int64_t row0,
                                std::int64_t unit, float *shared)
{
    const UnitLayout &layout = op.layout;
    const int width = layout.width;
    const std::int64_t rows = op.source.x.rows;
    const std::int64_t col = unit * width;
    float *const x = shared;
    float *const z = x + width * tileStride;
    loadTile(group, width, x,
             [&](int token, int c) { return sourceElement(op.source, row0 + token, col + c); });
    group.each([&](int lane) {
        transformToken<G1, G2>(x + lane, op.p, layout, unit, z + lane, x + lane);
        if constexpr (!std::is_same_v<Q, NoQuantizer>) {
            const ForwardTarget &t = op.target;
            const std::int64_t row = row0 + lane;
            const std::int64_t last = layout.ratios(Q::block) - 1;
            for (int at = 0; at < width; at += Q::block) {
                const std::int64_t block = (col + at) / Q::block;
                const bool packs = t.nibbles != nullptr;
                const bool inside = row < rows && block < t.blocks;
                if (packs && !inside) {
                    continue;
                }
                const std::uint8_t byte =
                    quantizeToken(q, x + at * tileStride + lane, op.clip,
                                  row < rows ? row : rows - 1, block < last ? block : last,
                                  packs ? t.nibbles + (row * t.blocks + block) * 16 : nullptr);
                if (packs) {
                    t.scales[scaleOffset(t.layout, row, block, t.blocks)] = byte;
                }
            }
        }
    });
    if (op.target.nibbles == nullptr) {
        storeTile(group, op.target.out, row0, col, width, x);
    }
}

/// Floats of shared memory a warp needs.
[[nodiscard]] BATLAB_HD constexpr int exactForwardFloats(int width)
{
    return 2 * width * tileStride;
}
[[nodiscard]] BATLAB_HD constexpr int exactBackwardFloats(int width)
{
    return 4 * width * tileStride;
}

} // namespace batlab::kernels::cuda
