// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/eval/sampler.h"
#include "core/engine/variant/variant.h"
#include "core/job/job.h"

#include <functional>
#include <memory>
#include <vector>

namespace batlab::eval {

struct GenerateOptions
{
    Sampling sampling;
    std::int64_t newTokens = 64;
    /// Index of the first sequence, for random numbers, where these are a part of a larger set.
    std::int64_t firstSequence = 0;
    /// Steps done before, and of the larger set, for the job's progress; 0: of these alone.
    std::int64_t firstStep = 0, totalSteps = 0;
    /// A sequence ends with one of these (kept in its output); empty: all sequences get newTokens
    /// tokens.
    std::vector<std::int32_t> stopTokens;
    /// Called for every new token of every sequence, in order of (position, sequence); may be
    /// empty.
    std::function<void(std::size_t sequence, std::int32_t token)> onToken;
};

/// The variant's layers ready to run, loaded once (as much memory as its weights in the compute
/// type).
using LoadedLayers = std::vector<std::shared_ptr<const nn::LayerOps>>;
[[nodiscard]] LoadedLayers loadLayers(const nn::Decoder &decoder, const Variant &variant,
                                      JobContext &job);

/// Continues prompts of one length with a KV cache and returns the new tokens of each. The random
/// number of a token follows from (seed, index of the sequence, position) alone. Checks for cancel
/// before every layer. Throws Exception on prompts of unequal length, empty prompts, ids out of
/// range, or logits that are not finite.
[[nodiscard]] std::vector<std::vector<std::int32_t>>
generate(const nn::Decoder &decoder, const LoadedLayers &layers,
         const std::vector<std::vector<std::int32_t>> &prompts, const GenerateOptions &options,
         JobContext &job);

} // namespace batlab::eval
