// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace batlab {

/// Raw power sums of a block's numbers, as kernels::Backend::blockStats gives them.
struct PowerSums
{
    double count = 0;
    double sum = 0, sum2 = 0, sum3 = 0, sum4 = 0;
};

/// m4/m2^2 of central moments: 3 for a normal, 1.8 for a uniform, 1 for two equal points. NaN if
/// the numbers do not vary.
[[nodiscard]] double kurtosis(const PowerSums &sums);
/// m3/m2^1.5 of central moments. NaN if the numbers do not vary.
[[nodiscard]] double skewness(const PowerSums &sums);
/// Sarle's coefficient (skewness^2 + 1)/kurtosis in (0, 1]: 5/9 for a uniform, 1/3 for a normal, 1
/// for two points (Ellison 1987; the population form, without the small-sample term). Above 5/9
/// hints at two modes or a heavy skew.
[[nodiscard]] double bimodality(const PowerSums &sums);

/// How deep a histogram dips between two modes, 0 (one mode) to 1 (empty between them): over all
/// pairs of local maxima p < q of the smoothed counts, 1 - valley/min(p, q) for the pair whose
/// lower peak rises furthest above the valley. A dip within twice its Poisson noise, or a mode
/// below 2 % of the highest, is no second mode. The counts are smoothed twice by (1 2 1)/4; the end
/// bins hold what lies outside and are left out.
[[nodiscard]] double valleyDepth(std::span<const std::uint32_t> counts);

} // namespace batlab
