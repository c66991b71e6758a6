// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/matrix.h"
#include "kernels/reduce.h"

/// Tiles of 16 tokens with the tokens in the lanes: tile[column][token]. Block maxima, transforms
/// and clips then need no shuffles, and results do not depend on the width of the registers.
namespace batlab::kernels::BATLAB_LEVEL {

constexpr int T = tokenLanes;
constexpr int tokenVectors = T / W;
constexpr int maxUnit = 128;

/// tile[c * T ...]: column c of the 16 tokens.
BATLAB_INLINE F get(const float *tile, int column, int v)
{
    return load<F>(tile + column * T + v * W);
}
BATLAB_INLINE void put(float *tile, int column, int v, F x) { store(tile + column * T + v * W, x); }

/// Reads rows [row, row+16) x columns [col, col+width); zeros beyond the matrix.
template<DType In>
BATLAB_INLINE void loadTile(const ConstMatrix &m, std::int64_t row, std::int64_t col, int width,
                            float *tile)
{
    if (row + T <= m.rows && col + width <= m.cols) {
        for (int v = 0; v < tokenVectors; ++v) {
            for (int c = 0; c < width; c += W) {
                F x[W];
                for (int r = 0; r < W; ++r) {
                    x[r] = loadAs<In>(at(m, row + v * W + r, col + c));
                }
                transpose(x);
                for (int r = 0; r < W; ++r) {
                    put(tile, c + r, v, x[r]);
                }
            }
        }
        return;
    }
    for (int r = 0; r < T; ++r) {
        alignas(64) float buffer[maxUnit];
        const bool inside = row + r < m.rows && col < m.cols;
        loadPart(In, inside ? at(m, row + r, col) : nullptr, inside ? m.cols - col : 0, width,
                 buffer);
        for (int c = 0; c < width; ++c) {
            tile[c * T + r] = buffer[c];
        }
    }
}

/// Writes what lies inside the matrix.
template<DType Out, bool Exact, bool Stream>
BATLAB_INLINE void storeTile(const Matrix &m, std::int64_t row, std::int64_t col, int width,
                             const float *tile)
{
    if (row + T <= m.rows && col + width <= m.cols) {
        for (int v = 0; v < tokenVectors; ++v) {
            for (int c = 0; c < width; c += W) {
                F x[W];
                for (int r = 0; r < W; ++r) {
                    x[r] = get(tile, c + r, v);
                }
                transpose(x);
                for (int r = 0; r < W; ++r) {
                    storeAs<Out, Exact, Stream>(at(m, row + v * W + r, col + c), x[r]);
                }
            }
        }
        return;
    }
    for (int r = 0; r < T && row + r < m.rows && col < m.cols; ++r) {
        alignas(64) float buffer[maxUnit];
        for (int c = 0; c < width; ++c) {
            buffer[c] = tile[c * T + r];
        }
        const std::int64_t rest = m.cols - col;
        storePart(Out, at(m, row + r, col), rest < width ? rest : width, buffer);
    }
}

// --- clip and quantize -------------------------------------------------------------------------

/// Clip limits of one block for the lanes of one vector.
struct Limits
{
    F min, max, lower, upper, lo, hi;
};

/// Index of the ratio of the block at column `col`: padding beyond the last of `blocks` shares its
/// ratio.
BATLAB_INLINE std::int64_t ratioIndex(std::int64_t col, int n, std::int64_t blocks)
{
    return col / n < blocks ? col / n : blocks - 1;
}

/// Ratios of `block` for the tokens of vector v (rows beyond the matrix repeat the last one).
BATLAB_INLINE F ratios(const float *ratio, const Clip &clip, std::int64_t row, std::int64_t rows,
                       int v, std::int64_t block)
{
    if (clip.rowStride == 0) {
        return splat(ratio[block * clip.blockStride]);
    }
    F r {};
    for (int i = 0; i < W; ++i) {
        const std::int64_t lane = row + v * W + i;
        r[i] = ratio[(lane < rows ? lane : rows - 1) * clip.rowStride + block * clip.blockStride];
    }
    return r;
}

template<int N>
BATLAB_INLINE Limits limitsOf(const float *tile, int v, const Clip &clip, std::int64_t row,
                              std::int64_t rows, std::int64_t block)
{
    Limits l;
    l.min = l.max = get(tile, 0, v);
    for (int c = 1; c < N; ++c) {
        const F x = get(tile, c, v);
        l.min = select(x < l.min, x, l.min);
        l.max = select(x > l.max, x, l.max);
    }
    l.lo = ratios(clip.lo, clip, row, rows, v, block);
    l.hi = ratios(clip.hi, clip, row, rows, v, block);
    l.lower = l.lo * l.min;
    l.upper = l.hi * l.max;
    return l;
}
BATLAB_INLINE F clamp(F x, const Limits &l)
{
    x = select(x < l.lower, l.lower, x);
    return select(x > l.upper, l.upper, x);
}

/// Bits of the largest magnitude of N columns.
template<int N>
BATLAB_INLINE I amaxOf(const float *tile, int v)
{
    I m = as<I>(get(tile, 0, v)) & 0x7fffffff;
    for (int c = 1; c < N; ++c) {
        m = maxI(m, as<I>(get(tile, c, v)) & 0x7fffffff);
    }
    return m;
}

/// Clips (if asked) and fake-quantizes `width` columns in place.
template<class Q, bool Clipped>
BATLAB_INLINE void quantizeTile(const Q &q, float *tile, int width, const Clip &clip,
                                std::int64_t row, std::int64_t rows, std::int64_t col,
                                std::int64_t blocks)
{
    constexpr int n = Q::block;
    for (int first = 0; first < width; first += n) {
        float *const part = tile + first * T;
        for (int v = 0; v < tokenVectors; ++v) {
            if constexpr (Clipped) {
                const Limits l =
                    limitsOf<n>(part, v, clip, row, rows, ratioIndex(col + first, n, blocks));
                for (int c = 0; c < n; ++c) {
                    put(part, c, v, clamp(get(part, c, v), l));
                }
            }
            const Scale s = q.scale(amaxOf<n>(part, v));
            for (int c = 0; c < n; ++c) {
                put(part, c, v, q.fakeQuantize(get(part, c, v), s));
            }
        }
    }
}

// --- small products ----------------------------------------------------------------------------

/// out[r][c] = sum_i x[r][i] a(i,c), a(i,c) = a[i*strideI + c*strideC], i ascending, no FMA; G1, G2
/// = 0: at run time.
template<int G1, int G2>
BATLAB_INLINE void timesRight(const float *x, const float *a, int strideI, int strideC, float *out,
                              int runG1, int runG2)
{
    const int g1 = G1 > 0 ? G1 : runG1;
    const int g2 = G2 > 0 ? G2 : runG2;
    constexpr int step = G1 == 0 ? 1 : G1 % 8 == 0 ? 8 : G1;
    for (int r = 0; r < g2; ++r) {
        for (int v = 0; v < tokenVectors; ++v) {
            for (int c = 0; c < g1; c += step) {
                F sum[step];
                const F x0 = get(x, r * g1, v);
                for (int s = 0; s < step; ++s) {
                    sum[s] = x0 * a[(c + s) * strideC];
                }
                for (int i = 1; i < g1; ++i) {
                    const F xi = get(x, r * g1 + i, v);
                    for (int s = 0; s < step; ++s) {
                        sum[s] += xi * a[i * strideI + (c + s) * strideC];
                    }
                }
                for (int s = 0; s < step; ++s) {
                    put(out, r * g1 + c + s, v, sum[s]);
                }
            }
        }
    }
}

/// out[r][c] = sum_i b(i,r) z[i][c], b(i,r) = b[i*strideI + r*strideR], i ascending, no FMA.
template<int G1, int G2>
BATLAB_INLINE void timesLeft(const float *z, const float *b, int strideI, int strideR, float *out,
                             int runG1, int runG2)
{
    const int g1 = G1 > 0 ? G1 : runG1;
    const int g2 = G2 > 0 ? G2 : runG2;
    constexpr int step = G2 == 0 ? 1 : G2 % 8 == 0 ? 8 : G2;
    for (int c = 0; c < g1; ++c) {
        for (int v = 0; v < tokenVectors; ++v) {
            for (int r = 0; r < g2; r += step) {
                F sum[step];
                const F z0 = get(z, c, v);
                for (int s = 0; s < step; ++s) {
                    sum[s] = z0 * b[(r + s) * strideR];
                }
                for (int i = 1; i < g2; ++i) {
                    const F zi = get(z, i * g1 + c, v);
                    for (int s = 0; s < step; ++s) {
                        sum[s] += zi * b[i * strideI + (r + s) * strideR];
                    }
                }
                for (int s = 0; s < step; ++s) {
                    put(out, (r + s) * g1 + c, v, sum[s]);
                }
            }
        }
    }
}

/// Calls f with the factor sizes of the 32-wide fast paths as constants, or with 0, 0.
template<int G1, int G2>
struct Factors
{
    static constexpr int g1 = G1;
    static constexpr int g2 = G2;
};
template<class Function>
BATLAB_INLINE void withFactors(const Gpk &p, const Function &f)
{
    if (p.g1 == 8 && p.g2 == 4) {
        f(Factors<8, 4> {});
    } else if (p.g1 == 4 && p.g2 == 8) {
        f(Factors<4, 8> {});
    } else if (p.g1 == 16 && p.g2 == 2) {
        f(Factors<16, 2> {});
    } else if (p.g1 == 2 && p.g2 == 16) {
        f(Factors<2, 16> {});
    } else if (p.g1 == 32 && p.g2 == 1) {
        f(Factors<32, 1> {});
    } else if (p.g1 == 1 && p.g2 == 32) {
        f(Factors<1, 32> {});
    } else {
        f(Factors<0, 0> {});
    }
}

} // namespace batlab::kernels::BATLAB_LEVEL
