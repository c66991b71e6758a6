// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/model_config.h"
#include "core/spec/run_spec.h"

#include <string>
#include <vector>

namespace batlab {

/// One shape of matrix product of a run: `batch` products [m, k] x [k, n], done `count` times in
/// all.
struct GemmRow
{
    std::string what; ///< "sampling: q", "statistics: head", "calibration: o", "Hessians", ...
    std::int64_t batch = 1, m = 0, n = 0, k = 0;
    bool fp32 = false; ///< else the run's compute type
    double count = 0;

    [[nodiscard]] double flop() const
    {
        return 2.0 * static_cast<double>(batch * m * n * k) * count;
    }
};

/// Every matrix product that a run cannot do without: linears, head, Hessians, both products of
/// attention (the causal half), training at three times a forward pass. The denominator of a job's
/// speed.
[[nodiscard]] std::vector<GemmRow> jobGemms(const RunSpec &spec, const ModelConfig &config);

/// Seconds of one product (all of its batch), the median of repeated calls over about `seconds`.
[[nodiscard]] double timeGemm(const GemmRow &row, std::string_view dtype, double seconds);

} // namespace batlab
