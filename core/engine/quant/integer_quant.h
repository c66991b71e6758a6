// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/fake_quant.h"

/// Integer formats with min-max scales, the setting of FlatQuant and QuaRot (methods.md 1.6, 2.9).
///
/// A group is `group` neighbours along the last axis (a whole row if 0; the last one may be
/// shorter). Its range [m, M] always holds zero: m = lo * min(x, 0), M = hi * max(x, 0).
///   asymmetric   scale = (M - m) / (2^bits - 1), zero = round(-m / scale), codes 0 .. 2^bits - 1,
///                value = (code - zero) * scale
///   symmetric    scale = max(M, -m) / (2^(bits-1) - 1), code - 2^(bits-1) in [-2^(bits-1),
///                2^(bits-1) - 1], value = (code - 2^(bits-1)) * scale
/// Ties go to even. Scales are fp32. A group of zeros has scale 1. Unlike block formats the values
/// are not exact in bf16: there the emulation adds a relative rounding of 2^-9, as published
/// evaluations in half precision do.
namespace batlab::quant {

/// Scales and zero points of every group, fp32 [rows, groups]. Zero points are whole numbers; for a
/// symmetric format all are 2^(bits-1).
struct IntegerGrid
{
    at::Tensor scales, zeros;
    IntegerFormat format;
    std::int64_t columns = 0;
    /// Elements of a group.
    [[nodiscard]] std::int64_t group() const
    {
        return format.group > 0 ? format.group : std::max<std::int64_t>(columns, 1);
    }
    [[nodiscard]] std::int64_t groups() const { return scales.size(1); }
};

/// The grid of x [.., n] (leading axes are rows) after clipping.
[[nodiscard]] IntegerGrid integerGrid(const at::Tensor &x, const ClipRatios &clip,
                                      const IntegerFormat &format);
/// Codes u8 [rows, n] of x [rows, n] on a grid, rounded to nearest and saturated.
[[nodiscard]] at::Tensor integerCodes(const at::Tensor &x, const IntegerGrid &grid);
/// (code - zero) * scale, fp32 [rows, n].
[[nodiscard]] at::Tensor integerValues(const at::Tensor &codes, const IntegerGrid &grid);

/// Dequantized values of x in `out` type, differentiable in x and the clip ratios
/// (straight-through; the conventions of `ste` as for block formats). Results do not depend on the
/// number of threads. fakeQuantize() calls it for integer quantizers.
[[nodiscard]] at::Tensor integerFakeQuantize(const at::Tensor &x, const ClipRatios &clip,
                                             const IntegerFormat &format, const kernels::Ste &ste,
                                             at::ScalarType out);

} // namespace batlab::quant
