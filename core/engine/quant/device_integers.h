// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/integer_quant.h"

/// integer_quant.h for numbers of a device, in libtorch's operators: grids, codes and values equal
/// the host's bit for bit (every operation is a single rounding of the same operands), gradients
/// but for the order of sums.
namespace batlab::quant {

[[nodiscard]] IntegerGrid deviceGrid(const at::Tensor &x, const ClipRatios &clip,
                                     const IntegerFormat &format);
[[nodiscard]] at::Tensor deviceCodes(const at::Tensor &x, const IntegerGrid &grid);
[[nodiscard]] at::Tensor deviceValues(const at::Tensor &codes, const IntegerGrid &grid);

/// Dequantized values, fp32.
[[nodiscard]] at::Tensor deviceIntegers(const at::Tensor &x, const ClipRatios &clip,
                                        const IntegerFormat &format);
/// Straight-through gradients: x like x in fp32; lo, hi like the ratios, undefined without.
struct IntegerGradients
{
    at::Tensor x, lo, hi;
};
[[nodiscard]] IntegerGradients deviceIntegersBackward(const at::Tensor &x, const ClipRatios &clip,
                                                      const IntegerFormat &format,
                                                      const kernels::Ste &ste,
                                                      const at::Tensor &gy);

} // namespace batlab::quant
