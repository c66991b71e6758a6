// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/scale_layout.h"
#include "kernels/cuda/status.h"
#include "kernels/cuda/transform_ops.h"
#include "kernels/reduce.h"

/// Device operations beyond the Backend table; those around transforms and parameters are in
/// transform_ops.h. Conventions as there (cuda_backend.h): device
/// pointers, Exec.stream, errors in lastError(), no host synchronization.
namespace batlab::kernels::cuda {

/// packMxfp4 with the scales in 128 x 4 tiles (scale_layout.h): scales
/// [scaleBytes(swizzled, rows, blocks)], padding zero; nibbles as in packMxfp4.
void packMxfp4Swizzled(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles,
                       std::uint8_t *scales, const Exec &exec);

/// Bytes of `shares` for addClipShares: one ClipShare per row and quantization block, and the
/// partial sums.
[[nodiscard]] std::size_t clipShareBytes(std::int64_t rows, std::int64_t blocks);
/// Adds shares [rows, blocks] (at the start of `shares`, clipShareBytes() large) to the gradients
/// of the ratios they came from (methods.md 1.5; reduce.h: addClipGradient): doubles, chunks of
/// rows in ascending order, the same at any grid size.
void addClipShares(void *shares, std::int64_t rows, std::int64_t blocks, const Clip &clip,
                   const ClipGrad &gradient, const Exec &exec);

} // namespace batlab::kernels::cuda
