// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/eval/row_scores.h"

namespace batlab::eval {

/// How the next token is drawn. temperature 0: the most likely token, the first of equal ones.
struct Sampling
{
    double temperature = 1.0;
    double topP =
        1.0; ///< smallest set of most likely tokens with at least this probability; 1: off
    std::int64_t topK = 0; ///< only the k most likely tokens; 0: off
    std::uint64_t seed = 0;
};

/// A token from one row of logits by inverting the cumulative distribution at u in [0,1): in the
/// order of ids, or of falling probability (ties by id) when topP or topK cut. Top-k cuts before
/// top-p.
[[nodiscard]] std::int32_t sampleToken(const LogitRows &logits, std::int64_t row,
                                       const Sampling &sampling, double u);

} // namespace batlab::eval
