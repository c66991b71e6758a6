// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/sweep_intervals.h"

#include "core/stats/recovery.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

const EvaluationResult *perplexityOf(const ArtifactIndex &index, const std::string &variant,
                                     const std::string &task)
{
    for (const EvaluationResult *r : index.evaluations())
        if (r->variant == variant && r->metric == "perplexity" && r->windowNll.size() > 1
            && (task.empty() || r->task == task))
            return r;
    return nullptr;
}

/// What all calibration seeds of a variant made of a text.
struct Group
{
    std::vector<std::vector<double>> windows; ///< [seeds][windows], nats
    double perplexity = 0; ///< mean over seeds
    std::string task;
};

/// Empty unless all seeds have the same number of windows. An empty task: the first there is.
Group groupOf(const ArtifactIndex &index, const std::string &variant, std::string task)
{
    Group out;
    const VariantInfo *own = index.variant(variant);
    const std::string group = own ? seedGroup(*own) : variant;
    for (const VariantInfo *info : index.variants()) {
        if (info->id != variant && seedGroup(*info) != group)
            continue;
        const EvaluationResult *r = perplexityOf(index, info->id, task);
        if (!r)
            continue;
        task = r->task;
        out.windows.push_back(r->windowNll);
        out.perplexity += r->value;
    }
    if (std::any_of(out.windows.begin(), out.windows.end(),
                    [&](const auto &w) { return w.size() != out.windows.front().size(); }))
        return {};
    out.perplexity /= std::max<double>(1, static_cast<double>(out.windows.size()));
    out.task = std::move(task);
    return out;
}

} // namespace

SweepIntervals sweepIntervals(const ArtifactIndex &index, const Sweep &sweep,
                              const std::string &baseline)
{
    SweepIntervals out;
    if (sweep.metric != "perplexity" || !sweep.cells.is_array())
        return out;
    const VariantInfo *pin = index.variant(baseline);
    for (const Json &cell : sweep.cells) {
        if (!cell.is_object() || !cell.contains("detail") || !cell["detail"].is_object())
            continue;
        const auto id = cell["detail"].find("variant");
        if (id == cell["detail"].end() || !id->is_string())
            continue;
        const auto variant = id->get<std::string>();
        const Group own = groupOf(index, variant, {});
        if (own.windows.empty())
            continue;
        const VariantInfo *info = index.variant(variant);
        const bool itself =
            variant == baseline || (pin && info && seedGroup(*pin) == seedGroup(*info));
        const Group base = groupOf(index, baseline, own.task);
        if (!base.windows.empty())
            out.pinned = base.perplexity;
        SweepInterval interval;
        interval.windows = static_cast<std::int64_t>(own.windows.front().size());
        interval.seeds = own.windows.size();
        interval.paired = !itself && !base.windows.empty()
            && base.windows.front().size() == own.windows.front().size();
        // Without a partner against nothing: the same draws give the interval of the mean itself.
        const std::vector<std::vector<double>> zeros { std::vector<double>(
            own.windows.front().size(), 0.0) };
        const PairedDifference d =
            twoLevelBootstrap(own.windows, interval.paired ? base.windows : zeros);
        if (!std::isfinite(d.low) || !std::isfinite(d.high))
            continue;
        // Nats to perplexity: exp(mean) is the value, exp of the ends those of its interval.
        interval.halfWidth =
            own.perplexity * (std::exp(d.high - d.mean) - std::exp(d.low - d.mean)) / 2;
        out.cells.emplace(variant, interval);
    }
    return out;
}

} // namespace batlab::views
