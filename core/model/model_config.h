// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace batlab {

/// Rotary embedding. Frequencies are inv_freq_i = theta^(-2i/headDim), then scaled
/// (export-formats: HF "rope_type" linear, llama3, yarn; "default").
struct RopeConfig
{
    enum class Kind : std::uint8_t { plain, linear, llama3, yarn };
    Kind kind = Kind::plain;
    double theta = 10000.0;
    double factor = 1.0;
    double lowFreqFactor = 1.0;
    double highFreqFactor = 4.0;
    double betaFast = 32.0;
    double betaSlow = 1.0;
    double attentionFactor = 1.0; ///< multiplies cos and sin (yarn)
    std::int64_t originalMaxPositions = 0;
    bool truncate = true; ///< yarn: round the ramp's ends to whole dimensions
    std::vector<float>
        freqFactors; ///< GGUF rope_freqs.weight: inv_freq_i /= factor_i; empty if absent

    /// inv_freq [headDim/2] after scaling, double.
    [[nodiscard]] std::vector<double> inverseFrequencies(std::int64_t headDim) const;
};

/// What a decoder needs to know, whatever file it came from.
struct ModelConfig
{
    std::string architecture; ///< "llama", "mistral", "qwen2", "qwen3"
    std::string displayName; ///< from metadata or the folder
    std::int64_t hidden = 0;
    std::int64_t intermediate = 0;
    std::int64_t layers = 0;
    std::int64_t heads = 0;
    std::int64_t kvHeads = 0;
    std::int64_t headDim = 0;
    std::int64_t vocab = 0;
    std::int64_t maxPositions = 0;
    double normEps = 1e-5;
    RopeConfig rope;
    bool tiedEmbeddings = false;
    bool qkvBias = false; ///< q, k, v have biases (qwen2; llama with attention_bias also o)
    bool oBias = false;
    bool mlpBias = false;
    bool qkNorm = false; ///< RMSNorm over headDim on q and k before RoPE (qwen3)
    std::int64_t slidingWindow = 0; ///< 0: none; n: a token sees the last n positions (mistral)
    std::optional<std::int64_t> bosToken, eosToken, padToken;
    std::vector<std::int64_t> endTokens; ///< all ids that end a turn

    [[nodiscard]] Json toJson() const;
    /// The number of weights in the quantized linears, and in all tensors.
    [[nodiscard]] std::int64_t linearParameters() const;
    [[nodiscard]] std::int64_t totalParameters() const;
};

} // namespace batlab
