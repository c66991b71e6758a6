// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <cstdint>
#include <span>
#include <vector>

namespace batlab {

/// The same numbers of one block under another scale rule and other ties.
struct BlockRounding
{
    kernels::ScaleRule rule = kernels::ScaleRule::uos;
    std::vector<kernels::Ties> ties; ///< all that give these very codes
    std::vector<float> dequantized;
    std::vector<std::uint8_t> codes;
    int scaleByte = 0; ///< E8M0
    double scale = 0, clipShare = 0, maxError = 0, sqnrDb = 0; ///< 200 dB: exact
};

/// One block (at most 32 numbers, rounded as they are: no clipping before) under every scale rule
/// that the format has, in the order of kernels::ScaleRule. A rule stands once for ties that agree
/// on every code. Empty for NVFP4, whose scales know no rule.
[[nodiscard]] std::vector<BlockRounding> blockRoundings(std::span<const float> values,
                                                        kernels::Format format);

} // namespace batlab
