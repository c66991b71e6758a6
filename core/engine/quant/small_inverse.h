// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace batlab::quant {

/// The transposed inverse of matrices [.., n, n] by libtorch in fp64, in m's type, differentiable.
/// On the host a singular matrix throws; a device would have to wait for that check, there it gives
/// infinity.
[[nodiscard]] at::Tensor transposedInverse(const at::Tensor &m);

/// Transposed inverses of matrices [.., n, n] fp32 of one device, differentiable: those of up to 32
/// rows in one launch where the device has the operation (device/device_ops.h; a singular matrix
/// gives NaN), the others as transposedInverse().
[[nodiscard]] std::vector<at::Tensor> transposedInverses(const std::vector<at::Tensor> &matrices);

} // namespace batlab::quant
