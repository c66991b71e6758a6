// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

namespace batlab::cli {

/// One entry of the `results` that `evaluate --json` prints: task, variant, metric, value, stderr,
/// samples; perplexities also windows, window_nll (nats), and against the reference kld,
/// kld_stderr, window_kld, top1_agreement, delta_p_percentiles.
[[nodiscard]] Json resultJson(const EvaluationResult &result);

} // namespace batlab::cli
