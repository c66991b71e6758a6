// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

/// Codes and scales of block formats outside the kernels.
namespace batlab::quant {

/// (value, code) of a format's grid in ascending order; both zeros where it has two.
[[nodiscard]] std::vector<std::pair<float, std::uint8_t>> sortedGrid(kernels::Format format);
/// The real value of each scale byte, fp32: times 1/3 for the prescale rule, NVFP4's over the
/// tensor's factor (what a code is multiplied by).
[[nodiscard]] at::Tensor scaleValues(const at::Tensor &scales, const kernels::QuantSpec &spec);
/// Codes (unpacked, [rows, cols] u8) of values that lie on the grid of `spec` for the given scale
/// bytes.
[[nodiscard]] at::Tensor encodeOnGrid(const at::Tensor &values, const at::Tensor &scales,
                                      const kernels::QuantSpec &spec);
/// Two 4-bit codes a byte, element 2j in the low nibble: [rows, cols] u8 -> [rows, cols/2].
[[nodiscard]] at::Tensor packedNibbles(const at::Tensor &codes);

} // namespace batlab::quant
