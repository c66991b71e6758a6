// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/variant/variant.h"
#include "core/job/job.h"

#include <cstdint>
#include <string>
#include <vector>

namespace batlab::eval {

/// One row of the evaluation: a variant and what its checkpoints are keyed by.
struct EvaluatedVariant
{
    const Variant *variant = nullptr;
    std::string
        contentKey; ///< hash of its recipe's outcome (layer parts); "reference" for the reference
};

struct PerplexityInput
{
    const nn::Decoder &decoder;
    EvaluatedVariant reference;
    std::vector<EvaluatedVariant> variants; ///< without the reference
    const std::vector<std::vector<std::int32_t>> &windows; ///< of one length >= 2
    std::string task; ///< "wikitext2"
    std::string protocolHash;
    std::string keyPrefix; ///< checkpoints: <keyPrefix>/eval/<contentKey>/<first window>
    std::uint64_t memoryBytes = std::uint64_t(768)
        << 20; ///< for hidden states of a group of windows; a quarter of a device's, if more
    std::uint64_t progressDone = 0,
                  progressTotal =
                      0; ///< of the whole job when it starts; each (variant, window) counts 1
    bool publishes = true; ///< false: results are only returned, and nothing is logged
    bool referenceIsNew = true; ///< false: an earlier call evaluated it; it is not published or
                                ///< counted again
    std::string textHash {}; ///< ProtocolText::textHash, for the results
};

/// Perplexity of the reference and the variants on the same windows, and the variants' divergence
/// from the reference (methods.md 4.1; standard errors over windows, that of the perplexity by the
/// delta method), in one pass: a group of windows goes through all layers of the reference and of
/// each variant, then all logits are scored in chunks of 256 rows. Publishes an EvaluationResult of
/// each after every group. Finished groups are checkpointed; the reference's final hidden states
/// are kept too while they are small, so that a variant added later does not run the reference
/// again. Sums have a fixed order: results do not depend on the number of threads. Reference first
/// in the result.
[[nodiscard]] std::vector<EvaluationResult> evaluatePerplexity(const PerplexityInput &input,
                                                               JobContext &job);

} // namespace batlab::eval
