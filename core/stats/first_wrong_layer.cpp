// SPDX-License-Identifier: Apache-2.0
#include "core/stats/first_wrong_layer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace batlab {

namespace {
constexpr std::size_t kNeighbours = 3;

WrongLayer notFinite(std::size_t layer)
{
    return { static_cast<std::int64_t>(layer), std::numeric_limits<double>::infinity() };
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}
} // namespace

WrongLayer firstWrongAgainst(std::span<const double> errors, std::span<const double> baseline)
{
    for (std::size_t l = 0; l < errors.size(); ++l) {
        if (!std::isfinite(errors[l]))
            return notFinite(l);
        if (l < baseline.size() && std::isfinite(baseline[l]) && baseline[l] > 0
            && errors[l] > kWrongAgainstBaseline * baseline[l])
            return { static_cast<std::int64_t>(l), errors[l] / baseline[l] };
    }
    return {};
}

WrongLayer firstJump(std::span<const double> errors)
{
    for (std::size_t l = 0; l < errors.size(); ++l) {
        if (!std::isfinite(errors[l]))
            return notFinite(l);
        if (l == 0)
            continue;
        const std::size_t from = l - std::min(l, kNeighbours);
        const double usual = median({ errors.begin() + static_cast<std::ptrdiff_t>(from),
                                      errors.begin() + static_cast<std::ptrdiff_t>(l) });
        if (usual > 0 && errors[l] > kWrongAgainstNeighbours * usual)
            return { static_cast<std::int64_t>(l), errors[l] / usual };
    }
    return {};
}

} // namespace batlab
