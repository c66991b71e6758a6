// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace batlab {

/// p values corrected for testing all of them together (Holm 1979), in the order given. NaN stays
/// NaN and does not count as a test.
[[nodiscard]] std::vector<double> holm(const std::vector<double> &pValues);

/// McNemar's exact test of two classifiers on the same items: two-sided binomial probability of a
/// split at least as uneven as `lost` against `gained` when both are equally likely. 1 without
/// discordant items.
[[nodiscard]] double mcnemar(std::int64_t lost, std::int64_t gained);

/// Two-sided p value of a difference of two independent estimates, from its standard error under
/// the normal distribution; NaN unless the error is positive.
[[nodiscard]] double normalPValue(double difference, double standardError);

} // namespace batlab
