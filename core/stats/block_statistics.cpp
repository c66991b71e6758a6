// SPDX-License-Identifier: Apache-2.0
#include "core/stats/block_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace batlab {

namespace {
struct Central
{
    double m2 = 0, m3 = 0, m4 = 0;
    bool varies = false;
};

Central central(const PowerSums &s)
{
    Central out;
    if (!(s.count > 0))
        return out;
    const double mean = s.sum / s.count, a2 = s.sum2 / s.count, a3 = s.sum3 / s.count,
                 a4 = s.sum4 / s.count;
    out.m2 = a2 - mean * mean;
    out.m3 = a3 - 3 * mean * a2 + 2 * mean * mean * mean;
    out.m4 = a4 - 4 * mean * a3 + 6 * mean * mean * a2 - 3 * mean * mean * mean * mean;
    // Below this the difference of the sums is rounding noise.
    out.varies = std::isfinite(out.m4) && out.m2 > 1e-10 * a2 && out.m2 > 0;
    return out;
}
} // namespace

double kurtosis(const PowerSums &sums)
{
    const Central c = central(sums);
    return c.varies ? c.m4 / (c.m2 * c.m2) : std::numeric_limits<double>::quiet_NaN();
}

double skewness(const PowerSums &sums)
{
    const Central c = central(sums);
    return c.varies ? c.m3 / (c.m2 * std::sqrt(c.m2)) : std::numeric_limits<double>::quiet_NaN();
}

double bimodality(const PowerSums &sums)
{
    const double skew = skewness(sums);
    return (skew * skew + 1) / kurtosis(sums);
}

double valleyDepth(std::span<const std::uint32_t> counts)
{
    if (counts.size() < 5)
        return 0;
    std::vector<double> h(counts.begin() + 1, counts.end() - 1);
    for (int pass = 0; pass < 2; ++pass) {
        std::vector<double> smooth(h.size());
        for (std::size_t i = 0; i < h.size(); ++i) {
            const double left = i > 0 ? h[i - 1] : h[i];
            const double right = i + 1 < h.size() ? h[i + 1] : h[i];
            smooth[i] = 0.25 * left + 0.5 * h[i] + 0.25 * right;
        }
        h = std::move(smooth);
    }
    const double highest = *std::max_element(h.begin(), h.end());
    if (!(highest > 0))
        return 0;
    // From every point the valley towards the highest peak is the running minimum; the best second
    // mode is the point that rises furthest above it.
    const auto top = static_cast<std::size_t>(std::max_element(h.begin(), h.end()) - h.begin());
    double bestRise = 0, depth = 0;
    const auto walk = [&](std::ptrdiff_t step) {
        double valley = h[top];
        for (auto i = static_cast<std::ptrdiff_t>(top);
             i >= 0 && i < static_cast<std::ptrdiff_t>(h.size()); i += step) {
            const double here = h[static_cast<std::size_t>(i)];
            valley = std::min(valley, here);
            const double rise = here - valley;
            // Smoothing by (1 2 1)/4 twice leaves 35/128 of the Poisson variance.
            const double noise = std::sqrt((here + valley) * 35.0 / 128.0);
            if (here >= 0.02 * highest && rise > 2 * noise && rise > bestRise) {
                bestRise = rise;
                depth = 1 - valley / here;
            }
        }
    };
    walk(1);
    walk(-1);
    return depth;
}

} // namespace batlab
