// SPDX-License-Identifier: Apache-2.0
#include "app/cli/results.h"

namespace batlab::cli {

Json resultJson(const EvaluationResult &result)
{
    Json out { { "task", result.task },
               { "variant", result.variant },
               { "metric", result.metric },
               { "value", result.value },
               { "stderr", result.standardError },
               { "samples", result.samples },
               { "windows", result.samples },
               { "predicted_tokens", result.tokens },
               { "window_nll", result.windowNll },
               { "protocol_hash", result.protocolHash },
               { "seconds", result.seconds } };
    if (!result.windowKld.empty()) {
        out["kld"] = result.kld;
        out["kld_stderr"] = result.kldStandardError;
        out["window_kld"] = result.windowKld;
        out["top1_agreement"] = result.top1Agreement;
        out["delta_p_percentiles"] = result.deltaPPercentiles;
    }
    return out;
}

} // namespace batlab::cli
