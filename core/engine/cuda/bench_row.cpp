// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_row.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace batlab::cuda {

namespace {
using Json = nlohmann::ordered_json;
} // namespace

double quantile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

std::string rowText(const Pair &pair, const std::vector<double> &own,
                    const std::vector<double> &baseline)
{
    std::vector<double> ratios;
    for (std::size_t i = 0; i < own.size(); ++i)
        ratios.push_back(pair.scale * baseline[i] / own[i]);
    const double seconds = quantile(own, 0.5);
    Json row { { "name", pair.name },
               { "shape", pair.shape },
               { "against", pair.against },
               { "ratio", quantile(ratios, 0.5) },
               { "ratio_p10", quantile(ratios, 0.1) },
               { "ratio_p90", quantile(ratios, 0.9) },
               { "target", pair.target },
               { "seconds", seconds } };
    if (pair.bytes > 0)
        row["bytes_per_second"] = pair.bytes / seconds;
    if (pair.flop > 0)
        row["flop_per_second"] = pair.flop / seconds;
    return row.dump();
}

std::string errorText(const Pair &pair, const std::string &what)
{
    return Json { { "name", pair.name }, { "shape", pair.shape }, { "error", what } }.dump();
}

} // namespace batlab::cuda
