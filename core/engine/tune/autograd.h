// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

/// Differentiable pieces whose gradients are summed over tokens in a fixed order: the same bytes at
/// any thread count, which ATen's own sums over rows do not promise.
namespace batlab::tune {

/// sum over rows of a * b (b may be undefined: of a alone), fp32 [cols] from doubles, on a's
/// device.
[[nodiscard]] at::Tensor columnSums(const at::Tensor &a, const at::Tensor &b = {});

/// w [n] for every token: an [.., n] view whose gradient flows back as one fixed-order sum.
/// `leading` are the token axes.
[[nodiscard]] at::Tensor everyToken(const at::Tensor &w, at::IntArrayRef leading);

/// (x W^T * factor) * gain + bias in `type`, the epilogue in fp32. gain and bias [out] may be
/// undefined; differentiable in x, gain and bias, and in W where it requires grad.
[[nodiscard]] at::Tensor frozenLinear(const at::Tensor &x, const at::Tensor &weight,
                                      const at::Tensor &gain, const at::Tensor &bias, double factor,
                                      at::ScalarType type);

/// The value as it is deployed (bf16), the gradient as if it were not rounded.
[[nodiscard]] at::Tensor deployedValue(const at::Tensor &x);

} // namespace batlab::tune
