// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

namespace batlab::quant {

/// A CPU tensor of fp32 or bf16 seen as a matrix: leading axes are rows. The tensor must be
/// contiguous (use asMatrixInput to make it so); the view does not own it.
[[nodiscard]] kernels::ConstMatrix view(const at::Tensor &t);
[[nodiscard]] kernels::Matrix mutableView(at::Tensor &t);
/// Contiguous, detached, fp32 or bf16 (other types become fp32).
[[nodiscard]] at::Tensor asMatrixInput(const at::Tensor &t);
/// All of libtorch's threads, on the kernels' own pool.
[[nodiscard]] kernels::Exec exec();

} // namespace batlab::quant
