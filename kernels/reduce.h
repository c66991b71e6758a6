// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

/// The fixed shapes of reductions: part of the results' definition, equal at every level and thread
/// count.
namespace batlab::kernels {

/// Tokens are summed in 16 lanes (row mod 16); lanes are then added as a tree of strides 8, 4,
/// 2, 1.
static constexpr int tokenLanes = 16;
/// fp32 sums run over at most this many rows; double beyond.
static constexpr int chunkRows = 64;

/// dL/dlo and dL/dhi of one (row, quantization block).
struct ClipShare
{
    float lo = 0.0F;
    float hi = 0.0F;
};

/// Adds shares [rows, blocks] to the gradients of the ratios they came from: double sums over the
/// rows and/or blocks that share a ratio (Clip's strides), rows ascending, then blocks ascending.
void addClipGradient(const ClipShare *shares, std::int64_t rows, std::int64_t blocks,
                     const Clip &clip, const ClipGrad &gradient);

} // namespace batlab::kernels
