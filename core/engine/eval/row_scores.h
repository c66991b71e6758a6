// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace batlab::eval {

/// A chunk of logits [rows, vocab], rows contiguous. Exactly one pointer is set.
struct LogitRows
{
    const float *f32 = nullptr;
    const std::uint16_t *bf16 = nullptr; ///< the 16 bits of each number
    std::int64_t rows = 0, vocab = 0;
};

/// One row against the token that follows it.
struct RowScore
{
    double nll = 0; ///< -log p(next), nats
    double probability = 0; ///< p(next)
    double logSumExp = 0;
    float max = 0;
    std::int32_t argmax = 0;
    double kld = 0; ///< KL(reference || this), nats; 0 in scores of the reference
};

/// The reference's side of a chunk, computed once for all variants.
struct ReferenceRows
{
    LogitRows logits; ///< borrowed
    std::vector<float> exps; ///< [rows, vocab] exp(logit - max)
    std::vector<RowScore> scores; ///< [rows]
};

/// Scores a chunk of the reference; next[rows] are the following tokens. Does not depend on
/// `threads`.
void scoreReference(const LogitRows &logits, const std::int32_t *next, int threads,
                    ReferenceRows &out);
/// Scores a variant's chunk against it: out[rows]. KL = sum p_ref (l_ref - l) - lse_ref + lse.
void scoreVariant(const ReferenceRows &reference, const LogitRows &logits, const std::int32_t *next,
                  int threads, RowScore *out);

} // namespace batlab::eval
