// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/sweep_intervals.h"

#include "core/stats/recovery.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

/// On the text of the variant's own protocol if none is asked for, as in the recovery table.
const EvaluationResult *perplexityOf(const ArtifactIndex &index, const VariantInfo &variant,
                                     const std::string &task)
{
    const EvaluationResult *first = nullptr;
    for (const EvaluationResult *r : index.evaluations()) {
        if (r->variant != variant.id || r->metric != "perplexity" || r->windowNll.size() <= 1
            || (!task.empty() && r->task != task))
            continue;
        if (!task.empty() || r->protocolHash == variant.protocolHash)
            return r;
        if (!first)
            first = r;
    }
    return first;
}

/// What all calibration seeds of a variant made of a text.
struct Group
{
    std::vector<std::vector<double>> windows; ///< [seeds][windows], nats
    double perplexity = 0; ///< mean over seeds
    std::string task, protocolHash;
};

/// Of a variant or of all seeds of a group. Empty unless all were evaluated on the same windows.
Group groupOf(const ArtifactIndex &index, const std::string &name, const std::string &task)
{
    Group out;
    out.task = task;
    for (const VariantInfo *info : index.variants()) {
        if (info->id != name && seedGroup(*info) != name)
            continue;
        const EvaluationResult *r = perplexityOf(index, *info, out.task);
        if (!r)
            continue;
        if (!out.windows.empty()
            && (r->windowNll.size() != out.windows.front().size()
                || r->protocolHash != out.protocolHash))
            return {};
        out.task = r->task;
        out.protocolHash = r->protocolHash;
        out.windows.push_back(r->windowNll);
        out.perplexity += r->value;
    }
    out.perplexity /= std::max<double>(1, static_cast<double>(out.windows.size()));
    return out;
}

} // namespace

SweepIntervals sweepIntervals(const ArtifactIndex &index, const Sweep &sweep,
                              const std::string &baseline)
{
    SweepIntervals out;
    if (sweep.metric != "perplexity" || !sweep.cells.is_array())
        return out;
    const auto groupName = [&](const std::string &variant) {
        const VariantInfo *info = index.variant(variant);
        return info ? seedGroup(*info) : variant; // a cell may name the group itself
    };
    const std::string pin = groupName(baseline);
    for (const Json &cell : sweep.cells) {
        if (!cell.is_object() || !cell.contains("detail") || !cell["detail"].is_object())
            continue;
        const auto id = cell["detail"].find("variant");
        if (id == cell["detail"].end() || !id->is_string())
            continue;
        const auto variant = id->get<std::string>();
        const std::string group = groupName(variant);
        const Group own = groupOf(index, group, {});
        if (own.windows.empty())
            continue;
        Group base = groupOf(index, pin, own.task);
        if (base.protocolHash != own.protocolHash
            || (!base.windows.empty() && base.windows.front().size() != own.windows.front().size()))
            base = {}; // other windows
        if (!base.windows.empty())
            out.pinned = base.perplexity;
        SweepInterval interval;
        interval.windows = static_cast<std::int64_t>(own.windows.front().size());
        interval.seeds = own.windows.size();
        interval.paired = group != pin && !base.windows.empty();
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
