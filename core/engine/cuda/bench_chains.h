// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

/// What our kernels replace: MXFP4 as chains of libtorch operators, in the styles of those who do
/// it so (performance.md 1.1, 1.2). Of any device: tests compare them with the CPU's kernels.
namespace batlab::cuda {

/// As lean as such a chain can be: scale by floor, ties to even; x [rows, n], n a multiple of 32;
/// values in x's type.
[[nodiscard]] at::Tensor leanChain(const at::Tensor &x);

/// The sequence of microxcaling's Python path: logarithm and power for the scale and again for each
/// element, sign and magnitude apart, ties away from zero, infinities and NaN put back by masks.
[[nodiscard]] at::Tensor microxcalingChain(const at::Tensor &x);

/// The sequence of torchao's to_mx: the scale's exponent from the bits, elements by integer
/// arithmetic for normal and subnormal codes apart, two codes a byte. Scale by floor, ties to even.
struct PackedChain
{
    at::Tensor nibbles, scales; ///< u8 [rows, n/2], [rows, n/32]
};
[[nodiscard]] PackedChain torchaoChain(const at::Tensor &x);

} // namespace batlab::cuda
