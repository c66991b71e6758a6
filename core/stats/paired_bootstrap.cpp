// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/stats/recovery.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab {

namespace {
constexpr std::size_t kResamples = 10000;

/// Linear interpolation between order statistics; q in [0, 1].
double percentile(const std::vector<double> &sorted, double q)
{
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}
} // namespace

PairedDifference pairedBootstrap(const std::vector<double> &candidate,
                                 const std::vector<double> &baseline, std::uint64_t seed)
{
    PairedDifference out;
    const double infinity = std::numeric_limits<double>::infinity();
    out.low = -infinity;
    out.high = infinity;
    if (candidate.empty() || candidate.size() != baseline.size()) {
        out.mean = std::numeric_limits<double>::quiet_NaN();
        return out;
    }
    const std::size_t n = candidate.size();
    std::vector<double> difference(n);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
        sum += difference[i] = candidate[i] - baseline[i];
    out.pairs = static_cast<std::int64_t>(n);
    out.mean = sum / static_cast<double>(n);
    if (n < 2 || !std::isfinite(out.mean))
        return out; // one pair says nothing about its own spread
    std::vector<double> means(kResamples);
    std::uint64_t counter = 0;
    std::size_t notAbove = 0, notBelow = 0;
    for (double &mean : means) {
        double total = 0;
        for (std::size_t i = 0; i < n; ++i)
            total += difference[static_cast<std::size_t>(randomUniform(seed, counter++)
                                                         * static_cast<double>(n))];
        mean = total / static_cast<double>(n);
        notAbove += mean <= 0 ? 1 : 0;
        notBelow += mean >= 0 ? 1 : 0;
    }
    std::sort(means.begin(), means.end());
    out.low = percentile(means, 0.025);
    out.high = percentile(means, 0.975);
    // The share of resamples on the other side of zero, counted with the data itself (never exactly
    // 0).
    out.pValue = std::min(1.0,
                          2.0 * static_cast<double>(std::min(notAbove, notBelow) + 1)
                              / static_cast<double>(kResamples + 1));
    return out;
}

} // namespace batlab
