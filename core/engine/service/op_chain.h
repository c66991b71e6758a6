// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What the fused kernels replace: the same arithmetic as a chain of libtorch operations, written
/// as leanly as such a chain can be. Denominators of the benchmarks (performance.md 5.2).
namespace batlab {

/// MXFP4, scale by floor, ties to even: out = dequantized input, fp32 [rows, cols], cols a multiple
/// of 32.
void chainFakeQuantize(const float *input, std::int64_t rows, std::int64_t cols, float *out);
/// Block transform Y_i = B_i^T X_i A (g2 x g1 blocks), then chainFakeQuantize; a [g1, g1], b
/// [cols/(g1 g2), g2, g2].
void chainGpkFakeQuantize(const float *input, std::int64_t rows, std::int64_t cols, const float *a,
                          const float *b, std::int64_t g1, std::int64_t g2, float *out);

} // namespace batlab
