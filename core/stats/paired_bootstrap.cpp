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

/// Fills interval and p value from the resampled means.
void finish(PairedDifference &out, std::vector<double> &means)
{
    std::size_t notAbove = 0, notBelow = 0;
    for (const double mean : means) {
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
}

std::size_t draw(std::uint64_t seed, std::uint64_t &counter, std::size_t n)
{
    return static_cast<std::size_t>(randomUniform(seed, counter++) * static_cast<double>(n));
}

bool rectangular(const std::vector<std::vector<double>> &rows, std::size_t columns)
{
    return !rows.empty() && std::all_of(rows.begin(), rows.end(), [&](const auto &row) {
        return row.size() == columns;
    });
}
} // namespace

PairedDifference pairedBootstrap(const std::vector<double> &candidate,
                                 const std::vector<double> &baseline, std::uint64_t seed)
{
    return twoLevelBootstrap({ candidate }, { baseline }, seed);
}

PairedDifference twoLevelBootstrap(const std::vector<std::vector<double>> &candidate,
                                   const std::vector<std::vector<double>> &baseline,
                                   std::uint64_t seed)
{
    PairedDifference out;
    const double infinity = std::numeric_limits<double>::infinity();
    out.low = -infinity;
    out.high = infinity;
    const std::size_t n = candidate.empty() ? 0 : candidate.front().size();
    if (n == 0 || !rectangular(candidate, n) || !rectangular(baseline, n)) {
        out.mean = std::numeric_limits<double>::quiet_NaN();
        return out;
    }
    const std::size_t c = candidate.size(), b = baseline.size();
    const auto column = [](const std::vector<std::vector<double>> &rows, std::size_t i) {
        double sum = 0;
        for (const std::vector<double> &row : rows)
            sum += row[i];
        return sum / static_cast<double>(rows.size());
    };
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
        sum += column(candidate, i) - column(baseline, i);
    out.pairs = static_cast<std::int64_t>(n);
    out.mean = sum / static_cast<double>(n);
    if (n < 2 || !std::isfinite(out.mean))
        return out; // one pair says nothing about its own spread
    std::vector<double> means(kResamples), difference(n);
    std::uint64_t counter = 0;
    const auto spread = [&](double weight, const std::vector<double> &row) {
        for (std::size_t i = 0; i < n; ++i)
            difference[i] += weight * row[i];
    };
    const bool severalSeeds = c > 1 || b > 1;
    spread(1, candidate.front());
    spread(-1, baseline.front());
    for (double &mean : means) {
        if (severalSeeds) {
            std::fill(difference.begin(), difference.end(), 0.0);
            for (std::size_t k = 0; k < c; ++k) {
                const std::size_t pick = draw(seed, counter, c);
                spread(1 / static_cast<double>(c), candidate[pick]);
                if (b == c)
                    spread(-1 / static_cast<double>(b), baseline[pick]);
            }
            for (std::size_t k = 0; b != c && k < b; ++k)
                spread(-1 / static_cast<double>(b), baseline[draw(seed, counter, b)]);
        }
        double total = 0;
        for (std::size_t i = 0; i < n; ++i)
            total += difference[draw(seed, counter, n)];
        mean = total / static_cast<double>(n);
    }
    finish(out, means);
    return out;
}

} // namespace batlab
