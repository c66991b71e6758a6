// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/eval/row_scores.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace batlab::eval {

/// Scores chunks of logits where they lie: on the host with the row kernels, on a device in
/// libtorch's operators, of which only the scores come to the host.
class RowScorer
{
public:
    explicit RowScorer(int threads) : m_threads(threads) { }

    /// logits [rows, vocab] fp32 or bf16, contiguous, which must live as long as variants are
    /// scored against them; next[rows] are the following tokens. Valid until the next call.
    const std::vector<RowScore> &reference(const at::Tensor &logits, const std::int32_t *next);
    /// A variant's logits of the same rows, on the same device, with the divergence from the
    /// reference's.
    const std::vector<RowScore> &variant(const at::Tensor &logits, const std::int32_t *next);

private:
    int m_threads;
    ReferenceRows m_host;
    std::vector<RowScore> m_scores;
    at::Tensor m_logP; ///< of the reference on its device, fp32 [rows, vocab]
    std::vector<RowScore> m_referenceScores;
};

} // namespace batlab::eval
