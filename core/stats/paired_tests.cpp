// SPDX-License-Identifier: Apache-2.0
#include "core/stats/paired_tests.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace batlab {

std::vector<double> holm(const std::vector<double> &pValues)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pValues.size(); ++i)
        if (!std::isnan(pValues[i]))
            order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return pValues[a] < pValues[b]; });
    std::vector<double> out = pValues;
    double largest = 0; // a corrected value is never below that of a smaller one
    for (std::size_t k = 0; k < order.size(); ++k) {
        const double scaled = pValues[order[k]] * static_cast<double>(order.size() - k);
        largest = std::max(largest, std::min(1.0, scaled));
        out[order[k]] = largest;
    }
    return out;
}

double mcnemar(std::int64_t lost, std::int64_t gained)
{
    const std::int64_t n = lost + gained, few = std::min(lost, gained);
    if (n <= 0 || few < 0)
        return 1;
    const double half = std::log(0.5) * static_cast<double>(n);
    const double all = std::lgamma(static_cast<double>(n) + 1);
    double tail = 0;
    for (std::int64_t k = 0; k <= few; ++k)
        tail += std::exp(all - std::lgamma(static_cast<double>(k) + 1)
                         - std::lgamma(static_cast<double>(n - k) + 1) + half);
    return std::min(1.0, 2 * tail);
}

double normalPValue(double difference, double standardError)
{
    if (!(standardError > 0) || !std::isfinite(difference))
        return std::numeric_limits<double>::quiet_NaN();
    return std::erfc(std::abs(difference) / standardError / std::sqrt(2.0));
}

} // namespace batlab
