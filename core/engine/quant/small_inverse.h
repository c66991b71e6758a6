// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace batlab::quant {

/// Transposed inverses of matrices [.., n, n] fp32 of one device, differentiable: those of up to 32
/// rows in one launch where the device has the operation (device/device_ops.h), the others and all
/// others' in fp64 by libtorch. A singular matrix gives NaN or infinity; nothing waits to look.
[[nodiscard]] std::vector<at::Tensor> transposedInverses(const std::vector<at::Tensor> &matrices);

} // namespace batlab::quant
