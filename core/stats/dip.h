// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace batlab {

/// Hartigan's dip statistic of a sample (Hartigan and Hartigan 1985): the smallest largest distance
/// between the sample's distribution function and any unimodal one. In [1/(2n), 1/4]; about
/// 0.4/sqrt(n) for a uniform, 1/4 for two points. 0 for an empty sample. Values must be finite; n
/// log n.
[[nodiscard]] double dipStatistic(std::vector<float> values);

} // namespace batlab
