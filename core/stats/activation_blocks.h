// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <cstdint>
#include <span>
#include <vector>

namespace batlab {

/// What a number format makes of activations, block by block of every token. Blocks are the
/// format's own (32 channels, NVFP4 16); a short last block counts its own channels only.
struct ActivationBlocks
{
    std::int64_t tokens = 0, blocks = 0;
    std::vector<float> energy; ///< [tokens, blocks] mean x^2
    std::vector<float> error; ///< [tokens, blocks] mean (x - Q(x))^2
    std::vector<float> beyond; ///< [tokens, blocks] share of |x| above the largest code's value
};

/// values: [tokens, channels], row-major. NVFP4's tensor factor is taken from their maximum.
[[nodiscard]] ActivationBlocks activationBlocks(std::span<const float> values, std::int64_t tokens,
                                                std::int64_t channels, kernels::QuantSpec spec);

} // namespace batlab
