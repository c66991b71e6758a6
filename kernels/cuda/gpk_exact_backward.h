// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gpk_exact.h"
#include "kernels/reduce.h"

/// Backward of the exact path: gx and clip shares equal the oracle's bit for bit, sums over tokens
/// are fp32 inside a tile of 32 and fp64 beyond (methods.md A.1, 1.5).
namespace batlab::kernels::cuda {

/// Straight-through gradient of clip + quantize on one block of the lane's token: y before
/// clipping, g = dL/dout becomes dL/dy.
template<class Q>
BATLAB_HD ClipShare steToken(const Q &q, const Ste &ste, const float *y, float *g, const Clip &clip,
                             std::int64_t row, std::int64_t block)
{
    constexpr int n = Q::block;
    const bool clipped = clip.lo != nullptr && clip.hi != nullptr;
    Limits l {};
    if (clipped) {
        l = tokenLimits(y, n, clip, row, block);
    }
    const auto valueOf = [&](int i) {
        const float x = y[i * tileStride];
        return clipped ? clamped(x, l) : x;
    };
    std::uint32_t amax = 0;
    for (int i = 0; i < n; ++i) {
        amax = greater(amax, bitsOf(valueOf(i)) & 0x7fffffffU);
    }
    const Scale s = q.scale(amax);
    if (s.poisoned) {
        for (int i = 0; i < n; ++i) {
            g[i * tileStride] = ste.mask ? 0.0F : g[i * tileStride];
        }
        return {};
    }
    float scaleSum = 0.0F;
    for (int i = 0; i < n; ++i) {
        float &grad = g[i * tileStride];
        const float scaled = q.scaled(valueOf(i), s);
        const bool in = !ste.mask || absolute(scaled) <= q.grid().maxValue;
        const float grid = withSign(q.magnitude(scaled), scaled);
        scaleSum = add(scaleSum, mul(grad, sub(grid, in ? scaled : 0.0F)));
        grad = in ? grad : 0.0F;
    }
    if (ste.scaleGradient && amax > 0) {
        const float toMax = mul(scaleSum, divide(q.effectiveStep(s), floatOf(amax)));
        for (int i = 0; i < n; ++i) {
            const float v = valueOf(i);
            if ((bitsOf(v) & 0x7fffffffU) == amax) {
                g[i * tileStride] = add(g[i * tileStride], bitsOf(v) >> 31 != 0 ? -toMax : toMax);
                break;
            }
        }
    }
    if (!clipped) {
        return {};
    }
    float lowerSum = 0.0F;
    float upperSum = 0.0F;
    int first[2] = { n, n }; // of the smallest and the largest value
    for (int i = n - 1; i >= 0; --i) {
        const float x = y[i * tileStride];
        first[0] = x == l.min ? i : first[0];
        first[1] = x == l.max ? i : first[1];
    }
    for (int i = 0; i < n; ++i) {
        const float x = y[i * tileStride];
        float &grad = g[i * tileStride];
        if (x < l.lower) {
            lowerSum = add(lowerSum, grad);
            grad = 0.0F;
        } else if (x > l.upper) {
            upperSum = add(upperSum, grad);
            grad = 0.0F;
        }
    }
    g[first[0] * tileStride] = add(g[first[0] * tileStride], mul(lowerSum, l.lo));
    g[first[1] * tileStride] = add(g[first[1] * tileStride], mul(upperSum, l.hi));
    return { mul(lowerSum, l.min), mul(upperSum, l.max) };
}

struct ExactBackward
{
    ConstMatrix x, gy;
    Gpk p;
    UnitLayout layout;
    Clip clip;
    Ste ste;
    Matrix gx;
    ClipShare *shares; ///< [rows, ratios]; null: not wanted
};

/// One tile of 32 tokens x one unit. `sums` [parts of the unit][g1*g1 + g2*g2]: dA and dB of each
/// transform block, added to in fp64; entry e belongs to lane e mod 32.
template<int G1, int G2, class Q, class Group>
BATLAB_HD void exactBackwardTile(Group &group, const ExactBackward &op, const Q &q,
                                 std::int64_t row0, std::int64_t unit, float *shared, double *sums)
{
    const UnitLayout &layout = op.layout;
    const int width = layout.width;
    const int g1 = G1 > 0 ? G1 : op.p.g1;
    const int g2 = G2 > 0 ? G2 : op.p.g2;
    const int parts = layout.parts(unit);
    const std::int64_t col = unit * width;
    float *const x = shared;
    float *const z = x + width * tileStride;
    float *const grad = z + width * tileStride;
    float *const y = grad + width * tileStride; // then U = B G
    const auto from = [&](const ConstMatrix &m) {
        return [&m, row0, col](int token, int c) {
            const bool inside = row0 + token < m.rows && col + c < m.cols;
            return inside ? loadElement(m, row0 + token, col + c) : 0.0F;
        };
    };
    loadTile(group, width, x, from(op.x));
    loadTile(group, width, grad, from(op.gy));
    group.each([&](int lane) {
        const std::int64_t row = row0 + lane;
        transformToken<G1, G2>(x + lane, op.p, layout, unit, z + lane, y + lane);
        if constexpr (!std::is_same_v<Q, NoQuantizer>) {
            const std::int64_t ratios = layout.ratios(Q::block);
            const std::int64_t ratioRow = row < op.x.rows ? row : op.x.rows - 1;
            for (int at = 0; at < width; at += Q::block) {
                const std::int64_t block = (col + at) / Q::block;
                const ClipShare share =
                    steToken(q, op.ste, y + at * tileStride + lane, grad + at * tileStride + lane,
                             op.clip, ratioRow, block < ratios ? block : ratios - 1);
                if (op.shares != nullptr && row < op.x.rows && block < ratios) {
                    op.shares[row * ratios + block] = share;
                }
            }
        }
        for (int part = 0; part < parts; ++part) {
            const int at = part * layout.g * tileStride + lane;
            const float *const b =
                op.p.b + (unit * (width / layout.g) + part) * std::int64_t { g2 } * g2;
            timesLeft<G1, G2>(grad + at, b, 1, g2, y + at, g1, g2);
        }
    });
    group.each([&](int lane) {
        const int sizeA = g1 * g1;
        const int size = sizeA + g2 * g2;
        for (int e = lane; e < parts * size; e += tileTokens) {
            const int at = (e / size) * layout.g * tileStride;
            const int entry = e % size;
            // dA[i][c] = sum x[r][i] u[r][c]; dB[i][j] = sum z[i][c] g[j][c]
            const bool inA = entry < sizeA;
            const int i = inA ? entry / g1 : (entry - sizeA) / g2;
            const int j = inA ? entry % g1 : (entry - sizeA) % g2;
            const int step = (inA ? g1 : 1) * tileStride;
            const float *left = (inA ? x + i * tileStride : z + i * g1 * tileStride) + at;
            const float *right = (inA ? y + j * tileStride : grad + j * g1 * tileStride) + at;
            float sum = 0.0F;
            for (int m = 0; m < (inA ? g2 : g1); ++m, left += step, right += step) {
                for (int token = 0; token < tileTokens; ++token) {
                    sum = fma(left[token], right[token], sum);
                }
            }
            sums[e] += static_cast<double>(sum);
        }
    });
    if (op.gx.data == nullptr) {
        return;
    }
    group.each([&](int lane) {
        for (int part = 0; part < parts; ++part) {
            const int at = part * layout.g * tileStride + lane;
            timesRight<G1, G2>(y + at, op.p.a, 1, g1, x + at, g1, g2);
        }
    });
    storeTile(group, op.gx, row0, col, width, x);
}

} // namespace batlab::kernels::cuda
