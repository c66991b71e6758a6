// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace batlab {

/// Which way a metric of a task points.
enum class Better : std::uint8_t { lower, higher, unknown };

/// What is known of a metric by its name: "perplexity", "kld", "acc_norm".
struct MetricFacts
{
    Better better = Better::unknown;
    bool share = false; ///< of right answers or the like, 0 to 1: shown in %
};
[[nodiscard]] MetricFacts metricFacts(std::string_view metric);

} // namespace batlab
