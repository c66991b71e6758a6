// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/numerics.h"
#include "kernels/cuda/octet.h"

/// GPTQ's column loop for one row of a slab (methods.md 2.4; backend.h: gptqColumns). Rows are
/// independent, so a thread owns one. Columns go in panels of 16 held in registers: a panel is
/// rounded, then its 16 errors are spread over each later column. Every column still receives its
/// corrections in the order of the columns that cause them: the same bits as column by column.
namespace batlab::kernels::cuda {

inline constexpr int gptqPanel = 16;
/// Columns the slab kernel takes; wider calls go to the generic one.
inline constexpr int gptqMaxColumns = 128;

/// The upper Cholesky factor's tile [columns, columns] in shared memory, transposed so that a
/// panel's factors for one column are neighbours; rows padded against bank conflicts.
struct TileFactor
{
    const float *tile;
    int columns;

    [[nodiscard]] static BATLAB_HD_INLINE int stride(int columns)
    {
        return (columns + gptqPanel - 1) / gptqPanel * gptqPanel + 4;
    }
    [[nodiscard]] BATLAB_HD_INLINE float at(int j, int l) const
    {
        return tile[l * stride(columns) + j];
    }
    /// at(j, l) ... at(j + 15, l)
    BATLAB_HD_INLINE void panel(int j, int l, float *out) const
    {
        BATLAB_UNROLL
        for (int i = 0; i < gptqPanel; i += 4) {
            const Words4 w = loadWords(tile + l * stride(columns) + j + i);
            out[i] = floatOf(w.a);
            out[i + 1] = floatOf(w.b);
            out[i + 2] = floatOf(w.c);
            out[i + 3] = floatOf(w.d);
        }
    }
};

/// The factor where the caller has it.
struct PlainFactor
{
    const float *u; ///< element (c0, c0)
    std::int64_t n;

    [[nodiscard]] BATLAB_HD_INLINE float at(int j, int l) const { return u[j * n + l]; }
    BATLAB_HD_INLINE void panel(int j, int l, float *out) const
    {
        BATLAB_UNROLL
        for (int i = 0; i < gptqPanel; ++i) {
            out[i] = at(j + i, l);
        }
    }
};

/// x rounded on its scale.
template<class Q>
BATLAB_HD_INLINE float gptqRound(const Q &q, float x, float scale)
{
    const float y = scale > 0.0F ? divide(x, scale) : 0.0F;
    return mul(q.signedGrid(q.magnitude(y), x), scale);
}

/// Error of x, as it is spread.
template<class Q>
BATLAB_HD_INLINE float gptqError(const Q &q, float x, float scale, float diagonal)
{
    return divide(sub(x, gptqRound(q, x, scale)), diagonal);
}

/// Leaves in row (element j at row[j*stride]) what each column was when it was rounded.
template<class Q, class Factor>
BATLAB_HD_INLINE void gptqRow(const Q &q, float *row, std::int64_t stride, int columns,
                              const Factor &u, const float *scales)
{
    for (int b = 0; b < columns; b += gptqPanel) {
        const int width = lesser(gptqPanel, columns - b);
        float x[gptqPanel];
        float e[gptqPanel];
        BATLAB_UNROLL
        for (int i = 0; i < gptqPanel; ++i) {
            x[i] = i < width ? row[(b + i) * stride] : 0.0F;
        }
        BATLAB_UNROLL
        for (int i = 0; i < gptqPanel; ++i) {
            e[i] = i < width ? gptqError(q, x[i], scales[b + i], u.at(b + i, b + i)) : 0.0F;
            BATLAB_UNROLL
            for (int l = i + 1; l < gptqPanel; ++l) {
                if (l < width) {
                    x[l] = sub(x[l], mul(e[i], u.at(b + i, b + l)));
                }
            }
        }
        BATLAB_UNROLL
        for (int i = 0; i < gptqPanel; ++i) {
            if (i < width) {
                row[(b + i) * stride] = x[i];
            }
        }
        for (int l = b + gptqPanel; l < columns; ++l) {
            float factor[gptqPanel];
            u.panel(b, l, factor);
            float v = row[l * stride];
            BATLAB_UNROLL
            for (int i = 0; i < gptqPanel; ++i) {
                v = sub(v, mul(e[i], factor[i]));
            }
            row[l * stride] = v;
        }
    }
}

} // namespace batlab::kernels::cuda
