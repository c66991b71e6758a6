// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/paired_differences.h"

#include "core/stats/paired_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

PairedInput::Sites valuesOf(const ArtifactIndex &index, const std::string &variant)
{
    PairedInput::Sites out;
    for (std::size_t s = 0; s < out.size(); ++s)
        out[s] = index.sqnrByLayer(variant, kLinearSites[s]);
    return out;
}

bool hasValues(const PairedInput::Sites &sites)
{
    return std::any_of(sites.begin(), sites.end(), [](const std::vector<double> &values) {
        return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    });
}

PairedRow rowOf(const PairedInput &input, const std::pair<std::string, PairedInput::Sites> &variant,
                std::uint64_t seed)
{
    PairedRow row;
    row.variant = variant.first;
    // One number a layer for each side: sums of the layer's sites, weighted so that the mean over
    // layers is the mean over pairs.
    std::vector<double> sums, none;
    double total = 0;
    for (int layer = 0; layer < input.layers; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        double sum = 0;
        int n = 0;
        for (std::size_t s = 0; s < 4; ++s) {
            const std::vector<double> &a = variant.second[s], &b = input.baselineValues[s];
            const double d = at < a.size() && at < b.size() ? a[at] - b[at] : std::nan("");
            row.delta[s].push_back(static_cast<float>(d));
            if (!std::isfinite(d))
                continue;
            sum += d;
            ++n;
            row.better += d > 0 ? 1 : 0;
        }
        if (n > 0) {
            sums.push_back(sum);
            row.pairs += n;
            total += sum;
        }
    }
    const double perLayer =
        row.pairs > 0 ? static_cast<double>(sums.size()) / static_cast<double>(row.pairs) : 1;
    for (double &sum : sums)
        sum *= perLayer;
    none.assign(sums.size(), 0);
    row.summary = pairedBootstrap(sums, none, seed);
    row.summary.mean = row.pairs > 0 ? total / static_cast<double>(row.pairs)
                                     : std::numeric_limits<double>::quiet_NaN();
    return row;
}

} // namespace

PairedInput pairedInput(const ArtifactIndex &index, const std::vector<std::string> &variants,
                        const std::string &pinned)
{
    PairedInput input;
    input.layers = index.layerCount();
    input.baseline = pinned;
    input.baselineValues = valuesOf(index, pinned);
    for (const std::string &id : variants) {
        PairedInput::Sites values = valuesOf(index, id);
        if (hasValues(values))
            input.variants.emplace_back(id, std::move(values));
    }
    if (!hasValues(input.baselineValues) && !input.variants.empty()) {
        input.baseline = input.variants.front().first;
        input.baselineValues = input.variants.front().second;
    }
    std::erase_if(input.variants, [&](const auto &v) { return v.first == input.baseline; });
    return input;
}

PairedTable pairedTable(const PairedInput &input, std::uint64_t seed)
{
    PairedTable table;
    table.baseline = input.baseline;
    table.layers = input.layers;
    std::vector<double> p;
    for (const auto &variant : input.variants) {
        table.rows.push_back(rowOf(input, variant, seed));
        p.push_back(table.rows.back().pairs > 0 ? table.rows.back().summary.pValue : std::nan(""));
    }
    const std::vector<double> corrected = holm(p);
    for (std::size_t i = 0; i < corrected.size(); ++i)
        table.rows[i].corrected = corrected[i];
    return table;
}

} // namespace batlab::views
