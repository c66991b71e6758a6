// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/device_scores.h"

#include "core/engine/eval/logits.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace batlab::eval {

namespace {

/// Of rows whose log-probabilities are logP; `divergence` fp32 [rows] or undefined.
std::vector<RowScore> scoresOf(const at::Tensor &logits, const at::Tensor &logP,
                               const at::Tensor &divergence, const std::int32_t *next)
{
    const std::int64_t rows = logits.size(0);
    const at::Tensor ids = at::tensor(std::vector<std::int64_t>(next, next + rows), at::kLong)
                               .to(logits.device())
                               .unsqueeze(1);
    const auto [most, where] = logits.max(1);
    const at::Tensor nll = -logP.gather(1, ids).squeeze(1);
    const at::Tensor total = nll + logits.gather(1, ids).squeeze(1); // log sum exp
    const at::Tensor all =
        at::stack({ nll.to(at::kDouble), total.to(at::kDouble), most.to(at::kDouble),
                    where.to(at::kDouble),
                    (divergence.defined() ? divergence : at::zeros_like(nll)).to(at::kDouble) })
            .cpu();
    const auto *p = all.const_data_ptr<double>();
    std::vector<RowScore> out(static_cast<std::size_t>(rows));
    for (std::int64_t r = 0; r < rows; ++r) {
        RowScore &s = out[static_cast<std::size_t>(r)];
        s.nll = p[r];
        s.probability = std::exp(-s.nll);
        s.logSumExp = p[rows + r];
        s.max = static_cast<float>(p[2 * rows + r]);
        s.argmax = static_cast<std::int32_t>(p[3 * rows + r]);
        s.kld = p[4 * rows + r];
    }
    return out;
}

} // namespace

const std::vector<RowScore> &RowScorer::reference(const at::Tensor &logits,
                                                  const std::int32_t *next)
{
    if (logits.device().is_cpu()) {
        scoreReference(logitRows(logits), next, m_threads, m_host);
        return m_host.scores;
    }
    const at::Tensor wide = logits.to(at::kFloat);
    m_logP = at::log_softmax(wide, 1);
    m_referenceScores = scoresOf(wide, m_logP, {}, next);
    return m_referenceScores;
}

const std::vector<RowScore> &RowScorer::variant(const at::Tensor &logits, const std::int32_t *next)
{
    if (logits.device().is_cpu()) {
        m_scores.resize(static_cast<std::size_t>(logits.size(0)));
        scoreVariant(m_host, logitRows(logits), next, m_threads, m_scores.data());
        return m_scores;
    }
    const at::Tensor wide = logits.to(at::kFloat);
    const at::Tensor logP = at::log_softmax(wide, 1);
    const at::Tensor divergence = (m_logP.exp() * (m_logP - logP)).sum(1);
    m_scores = scoresOf(wide, logP, divergence, next);
    return m_scores;
}

} // namespace batlab::eval
