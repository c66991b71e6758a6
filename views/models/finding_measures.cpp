// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/finding_measures.h"

#include "views/models/artifact_index.h"
#include "views/models/bimodality_model.h"
#include "views/models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace batlab::views::measure {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("batlab::views::measure", text); }

QString percent(double share) { return number(share * 100, share < 0.1 ? 1 : 0); }

std::string titleOf(const ArtifactIndex &index, const std::string &variant)
{
    const VariantInfo *info = index.variant(variant);
    return info && !info->title.empty() ? info->title : variant;
}

/// Variants that change the model, in order of arrival.
std::vector<const VariantInfo *> methods(const ArtifactIndex &index)
{
    std::vector<const VariantInfo *> out;
    for (const VariantInfo *info : index.variants())
        if (info && info->id != kReference && info->family != "reference")
            out.push_back(info);
    return out;
}

/// Rounding to nearest with the fewest further stages: the yardstick every method must pass.
const VariantInfo *rtn(const ArtifactIndex &index)
{
    for (const VariantInfo *info : methods(index))
        if (info->family == "none" && !info->filled)
            return info;
    return nullptr;
}

FindingPlace placeOf(const SiteStats &stats, std::optional<int> block)
{
    return { stats.variant, stats.layer.index, stats.site, block };
}

std::size_t loudest(const std::vector<float> &energy)
{
    return static_cast<std::size_t>(std::max_element(energy.begin(), energy.end())
                                    - energy.begin());
}

} // namespace

Candidates energyShare(const ArtifactIndex &index)
{
    Candidates out;
    for (const SiteStats *stats : index.allSiteStats(kReference)) {
        const double all = std::accumulate(stats->energy.begin(), stats->energy.end(), 0.0);
        if (stats->energy.size() < 2 || !(all > 0))
            continue;
        const std::size_t block = loudest(stats->energy);
        const double share = static_cast<double>(stats->energy[block]) / all;
        out.push_back({ placeOf(*stats, static_cast<int>(block)), share,
                        tr("block %1 holds %2 % of the site's energy, %3 blocks share the rest")
                            .arg(block)
                            .arg(percent(share), count(stats->blocks - 1)) });
    }
    return out;
}

Candidates peakOverMedianEnergy(const ArtifactIndex &index)
{
    Candidates out;
    for (const SiteStats *stats : index.allSiteStats(kReference)) {
        if (stats->energy.empty())
            continue;
        const double ratio = peakOverMedian(*stats);
        const std::size_t block = loudest(stats->energy);
        out.push_back({ placeOf(*stats, static_cast<int>(block)), ratio,
                        tr("block %1 has %2 times the median block's energy")
                            .arg(block)
                            .arg(number(ratio, 0)) });
    }
    return out;
}

Candidates clipShare(const ArtifactIndex &index)
{
    Candidates out;
    for (const VariantInfo *info : methods(index)) {
        for (const SiteStats *stats : index.allSiteStats(info->id)) {
            if (stats->clipShare.empty())
                continue;
            const std::size_t block = loudest(stats->clipShare);
            const double share = stats->clipShare[block];
            const double mean =
                std::accumulate(stats->clipShare.begin(), stats->clipShare.end(), 0.0)
                / static_cast<double>(stats->clipShare.size());
            out.push_back({ placeOf(*stats, static_cast<int>(block)), share,
                            tr("%1 % of block %2 lies beyond the largest code, %3 % of the site")
                                .arg(percent(share))
                                .arg(block)
                                .arg(percent(mean)) });
        }
    }
    return out;
}

Candidates bimodalAfter(const ArtifactIndex &index)
{
    const auto share = [](const SiteStats &stats) {
        const auto n = std::count_if(stats.bimodality.begin(), stats.bimodality.end(), [](float b) {
            return static_cast<double>(b) > kUniformBimodality;
        });
        return static_cast<double>(n)
            / static_cast<double>(std::max<std::size_t>(1, stats.bimodality.size()));
    };
    Candidates out;
    for (const VariantInfo *info : methods(index)) {
        for (const SiteStats *after : index.allSiteStats(info->id)) {
            const SiteStats *before = index.siteStats(kReference, after->layer, after->site);
            if (!before)
                continue;
            const double a = share(*after), b = share(*before);
            out.push_back({ placeOf(*after, std::nullopt), a - b,
                            tr("%1 % of the blocks are bimodal after the transform, %2 % before")
                                .arg(percent(a), percent(b)) });
        }
    }
    return out;
}

Candidates condition(const ArtifactIndex &index)
{
    Candidates out;
    for (const VariantInfo *info : methods(index))
        for (int layer = 0; layer < index.layerCount(); ++layer)
            for (const Site site : kLinearSites)
                if (const SiteFlow *flow = index.siteFlow(info->id, { Branch::text, layer }, site))
                    out.push_back(
                        { { info->id, layer, site, std::nullopt },
                          flow->condition,
                          tr("the online transform has condition number %1: its inverse, fused "
                             "into the weights, may amplify their rounding as much")
                              .arg(significant(flow->condition)) });
    return out;
}

Candidates energyMoved(const ArtifactIndex &index)
{
    Candidates out;
    for (const VariantInfo *info : methods(index)) {
        for (const SiteStats *stats : index.allSiteStats(kReference)) {
            const SiteFlow *flow = index.siteFlow(info->id, stats->layer, stats->site);
            const auto groups = static_cast<std::size_t>(flow ? flow->groups : 0);
            if (!flow || stats->energy.empty() || flow->energyFlow.size() != groups * groups
                || groups < 2)
                continue;
            const std::size_t block = loudest(stats->energy);
            const std::size_t from = std::min(
                groups - 1,
                block / static_cast<std::size_t>(std::max<std::int64_t>(1, flow->blocksPerGroup)));
            const float *row = flow->energyFlow.data() + from * groups;
            double sum = 0;
            int receivers = 0;
            for (std::size_t to = 0; to < groups; ++to) {
                sum += row[to];
                receivers += to != from && row[to] > 0.01F ? 1 : 0;
            }
            if (!(sum > 0))
                continue;
            const double moved = 1 - static_cast<double>(row[from]) / sum;
            out.push_back({ { info->id, stats->layer.index, stats->site, static_cast<int>(block) },
                            moved,
                            tr("the transform moves %1 % of the energy of block %2, the loudest, "
                               "into %3 others")
                                .arg(percent(moved))
                                .arg(block)
                                .arg(receivers) });
        }
    }
    return out;
}

Candidates layerDip(const ArtifactIndex &index)
{
    Candidates out;
    for (const VariantInfo *info : methods(index)) {
        for (const Site site : kLinearSites) {
            const std::vector<double> sqnr = index.sqnrByLayer(info->id, site);
            const int layers = static_cast<int>(sqnr.size());
            for (int layer = 0; layer < layers; ++layer) {
                double sum = 0;
                int n = 0;
                for (int other = layer - 2; other <= layer + 2; ++other) {
                    if (other == layer || other < 0 || other >= layers
                        || std::isnan(sqnr[static_cast<std::size_t>(other)]))
                        continue;
                    sum += sqnr[static_cast<std::size_t>(other)];
                    ++n;
                }
                const double own = sqnr[static_cast<std::size_t>(layer)];
                if (n < 2 || std::isnan(own))
                    continue;
                out.push_back({ { info->id, layer, site, std::nullopt },
                                sum / n - own,
                                tr("output SQNR %1 dB, %2 dB under its neighbours")
                                    .arg(number(own, 1), number(sum / n - own, 1)) });
            }
        }
    }
    return out;
}

Candidates layerError(const ArtifactIndex &index)
{
    Candidates out;
    for (const VariantInfo *info : methods(index))
        for (const LayerDone *done : index.layersDone(info->id))
            if (done->layer.branch == Branch::text && done->layer.index >= 0)
                out.push_back({ { info->id, done->layer.index, std::nullopt, std::nullopt },
                                done->relativeError,
                                tr("the error of the layer's output has %1 % of its energy")
                                    .arg(percent(done->relativeError)) });
    return out;
}

Candidates worseThanRtn(const ArtifactIndex &index)
{
    Candidates out;
    const VariantInfo *yardstick = rtn(index);
    if (!yardstick)
        return out;
    for (const VariantInfo *info : methods(index)) {
        // Over the linears both have, so that a running job is compared fairly.
        double own = 0, rounded = 0;
        int n = 0;
        for (int layer = 0; info != yardstick && layer < index.layerCount(); ++layer) {
            for (const Linear linear : kLinears) {
                const LayerId id { Branch::text, layer };
                const LinearScore *a = index.linearScore(info->id, id, linear);
                const LinearScore *b = index.linearScore(yardstick->id, id, linear);
                if (!a || !b)
                    continue;
                own += a->outputSqnrDb;
                rounded += b->outputSqnrDb;
                ++n;
            }
        }
        if (n > 0)
            out.push_back({ { info->id, std::nullopt, std::nullopt, std::nullopt },
                            (rounded - own) / n,
                            tr("mean output SQNR %1 dB, worse than %2 with %3 dB")
                                .arg(number(own / n, 1), qs(titleOf(index, yardstick->id)),
                                     number(rounded / n, 1)) });
    }
    return out;
}

Candidates perplexityAboveRtn(const ArtifactIndex &index)
{
    Candidates out;
    const VariantInfo *yardstick = rtn(index);
    if (!yardstick)
        return out;
    for (const EvaluationResult *result : index.evaluations()) {
        if (!result || result->metric != "perplexity" || result->variant == yardstick->id
            || result->variant == kReference)
            continue;
        const EvaluationResult *other = index.evaluation(yardstick->id, result->task);
        if (!other || other->metric != result->metric || !(other->value > 0)
            || other->protocolHash != result->protocolHash)
            continue;
        out.push_back({ { result->variant, std::nullopt, std::nullopt, std::nullopt },
                        result->value / other->value - 1,
                        tr("perplexity %1 on %2, above %3 with %4")
                            .arg(number(result->value, 2), qs(result->task),
                                 qs(titleOf(index, yardstick->id)), number(other->value, 2)) });
    }
    return out;
}

Candidates variantFailed(const ArtifactIndex &index)
{
    Candidates out;
    for (const VariantInfo *info : index.variants()) {
        const VariantOutcome *outcome = info ? index.outcome(info->id) : nullptr;
        if (outcome && outcome->state == "failed")
            out.push_back({ { info->id, std::nullopt, std::nullopt, std::nullopt },
                            1,
                            tr("failed: %1").arg(qs(outcome->error)) });
    }
    return out;
}

} // namespace batlab::views::measure
