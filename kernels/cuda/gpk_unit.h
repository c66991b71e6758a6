// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/packed_bf16.h"

#include <cstdint>

/// What every GPK kernel shares: how columns are cut into units, where values come from, and clip
/// limits.
namespace batlab::kernels::cuda {

/// A matrix is cut into units of whole transform blocks and whole quantization blocks.
struct UnitLayout
{
    int g; ///< transform block
    int width; ///< columns of a unit: 32, 64 or 128
    std::int64_t k; ///< transform blocks
    std::int64_t units;

    /// Transform blocks inside `unit`; the padding beyond the last one stays zero.
    [[nodiscard]] BATLAB_HD int parts(std::int64_t unit) const
    {
        const std::int64_t left = k - unit * (width / g);
        return static_cast<int>(left < width / g ? left : width / g);
    }
    /// Quantization blocks of n columns that have a clip ratio; later ones share the last ratio.
    [[nodiscard]] BATLAB_HD std::int64_t ratios(int n) const { return (k * g + n - 1) / n; }
};
[[nodiscard]] BATLAB_HD inline UnitLayout unitLayout(std::int64_t cols, int g)
{
    const int width = g > 32 ? g : 32;
    return { g, width, (cols + g - 1) / g, (cols + width - 1) / width };
}

/// No quantization: the transform alone.
struct NoQuantizer
{
    static constexpr int block = 32;
};

/// What the kernel transforms: the matrix itself, its RMS-normalised rows, or a gated product.
enum class Prologue : std::uint8_t { none, rmsNorm, swiglu };

/// Values entering the transform. rmsNorm: x * rowScale[row] * gamma[col]; swiglu: silu(x) * up; in
/// fp32, then rounded to bf16 where `rounded`, as a kernel of its own would store them.
struct Source
{
    ConstMatrix x;
    ConstMatrix up {}; ///< swiglu, same shape as x
    const float *rowScale = nullptr; ///< rmsNorm, [rows]: 1 / sqrt(mean(x^2) + eps)
    const float *gamma = nullptr; ///< rmsNorm, [cols]
    Prologue prologue = Prologue::none;
    bool rounded = false;
};

/// The Backend table's form of the same.
[[nodiscard]] inline Source sourceOf(const Produced &s)
{
    const Prologue prologue = s.up.data != nullptr ? Prologue::swiglu
        : s.rowScale != nullptr                    ? Prologue::rmsNorm
                                                   : Prologue::none;
    return { s.x, s.up, s.rowScale, s.gamma, prologue, s.dtype == DType::bf16 };
}

[[nodiscard]] BATLAB_HD_INLINE float loadElement(const ConstMatrix &m, std::int64_t row,
                                                 std::int64_t col)
{
    const std::int64_t at = row * m.rowStride + col;
    return m.dtype == DType::f32 ? static_cast<const float *>(m.data)[at]
                                 : fromBf16(static_cast<const std::uint16_t *>(m.data)[at]);
}

BATLAB_HD_INLINE void storeElement(const Matrix &m, std::int64_t row, std::int64_t col, float x)
{
    const std::int64_t at = row * m.rowStride + col;
    if (m.dtype == DType::f32) {
        static_cast<float *>(m.data)[at] = x;
    } else {
        static_cast<std::uint16_t *>(m.data)[at] = toBf16(x);
    }
}

/// silu(gate) * up.
[[nodiscard]] BATLAB_HD_INLINE float gated(float gate, float up)
{
#if defined(__CUDA_ARCH__)
    const float e = expf(-gate);
#else
    const float e = __builtin_expf(-gate);
#endif
    return mul(divide(gate, add(1.0F, e)), up);
}

/// One value of the source, 0 beyond it. Fused: with its prologue.
template<bool Fused = true>
[[nodiscard]] BATLAB_HD_INLINE float sourceElement(const Source &s, std::int64_t row,
                                                   std::int64_t col)
{
    if (row >= s.x.rows || col >= s.x.cols) {
        return 0.0F;
    }
    float x = loadElement(s.x, row, col);
    if constexpr (!Fused) {
        return x;
    }
    switch (s.prologue) {
    case Prologue::none: return x;
    case Prologue::rmsNorm: x = mul(mul(x, s.rowScale[row]), s.gamma[col]); break;
    case Prologue::swiglu: x = gated(x, loadElement(s.up, row, col)); break;
    }
    return s.rounded ? fromBf16(toBf16(x)) : x;
}

/// Sum of squares of the row's elements col = 8*lane .. 8*lane+7 mod 256, for 32 lanes.
[[nodiscard]] BATLAB_HD_INLINE float laneSquares(const ConstMatrix &m, std::int64_t row, int lane)
{
    float sum = 0.0F;
    for (std::int64_t col = 8 * lane; col < m.cols; col += 256) {
        const std::int64_t left = m.cols - col;
        BATLAB_UNROLL
        for (int j = 0; j < 8; ++j) {
            const float x = j < left ? loadElement(m, row, col + j) : 0.0F;
            sum = fma(x, x, sum);
        }
    }
    return sum;
}

/// Clip limits of one block (Clip's documentation).
struct Limits
{
    float min, max, lower, upper, lo, hi;
};
/// lower and upper from min and max.
BATLAB_HD_INLINE void setLimits(Limits &l, const Clip &clip, std::int64_t row, std::int64_t block)
{
    const std::int64_t entry = row * clip.rowStride + block * clip.blockStride;
    l.lo = clip.lo[entry];
    l.hi = clip.hi[entry];
    l.lower = mul(l.lo, l.min);
    l.upper = mul(l.hi, l.max);
}
/// Infinities and NaNs pass: limits of a block that holds one are infinite or never compare true.
[[nodiscard]] BATLAB_HD_INLINE float clamped(float x, const Limits &l)
{
    const float raised = x < l.lower ? l.lower : x;
    return raised > l.upper ? l.upper : raised;
}

/// Entry (row, col) of a unit's 32 x 32 matrix diag(B_i (x) A) for units that hold one transform
/// block of 32 or two of 16 (methods.md 2.0). Blocks beyond the last one are zero: their columns do
/// not exist. Sizes are powers of two: shifts, no divisions.
struct UnitMatrix
{
    const float *a;
    const float *b; ///< of the unit's first transform block
    int shift1, shift2; ///< log2 of g1, g2
    int parts; ///< transform blocks that exist

    [[nodiscard]] BATLAB_HD_INLINE float operator()(int row, int col) const
    {
        const int shift = shift1 + shift2;
        if (row >> shift != col >> shift || row >> shift >= parts) {
            return 0.0F;
        }
        // With two blocks in a unit the row of B simply runs on into the second one.
        const int rowB = row >> shift1;
        const int colB = (col >> shift1) & ((1 << shift2) - 1);
        const int mask = (1 << shift1) - 1;
        return mul(b[(rowB << shift2) + colB], a[((row & mask) << shift1) + (col & mask)]);
    }
};
[[nodiscard]] BATLAB_HD_INLINE UnitMatrix unitMatrix(const Gpk &p, const UnitLayout &layout,
                                                     std::int64_t unit)
{
    const auto log2 = [](int n) {
        int shift = 0;
        for (; n >> shift > 1; ++shift) { }
        return shift;
    };
    return { p.a, p.b + unit * (32 / layout.g) * p.g2 * p.g2, log2(p.g1), log2(p.g2),
             layout.parts(unit) };
}

} // namespace batlab::kernels::cuda
