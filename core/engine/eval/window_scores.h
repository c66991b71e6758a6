// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

#include <cstdint>
#include <vector>

namespace batlab::eval {

/// What one variant scored on consecutive windows.
struct WindowScores
{
    std::vector<double> nll; ///< [windows] nats, mean over a window's predicted tokens
    std::vector<double> kld; ///< [windows]; empty for the reference
    std::vector<std::int64_t>
        agree; ///< [windows] positions with the reference's argmax; empty for the reference
    std::vector<float>
        deltaP; ///< [windows * predicted] p(next) - p_ref(next); empty for the reference
    double seconds = 0; ///< wall

    void append(const WindowScores &more);
    [[nodiscard]] Part toPart() const;
    [[nodiscard]] static Result<WindowScores> fromPart(const Part &part, std::int64_t windows,
                                                       std::int64_t predicted);
};

/// Perplexity exp(mean nll) with its standard error exp(mean nll) sd/sqrt(n) (delta method), mean
/// KLD with sd/sqrt(n), top-1 agreement and the percentiles of delta-p (linear between order
/// statistics). NaN where a score is not finite.
[[nodiscard]] EvaluationResult summarize(const WindowScores &scores, std::int64_t predicted);

} // namespace batlab::eval
