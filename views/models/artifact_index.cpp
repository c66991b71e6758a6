// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/artifact_index.h"

#include "views/models/place_filter.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template<class T, class Map, class Key>
const T *lookUp(const Map &map, const Key &key)
{
    const auto at = map.find(key);
    return at == map.end() ? nullptr : std::get_if<T>(at->second.get());
}

StatStage stageOf(const std::string &variant)
{
    // A guest's reference is "NAME:reference" (guest_session.h).
    return variant == kReference || variant.ends_with(std::string(":") + kReference)
        ? StatStage::before
        : StatStage::after;
}

} // namespace

void ArtifactIndex::clear() { *this = ArtifactIndex(); }

void ArtifactIndex::add(const ArtifactPtr &artifact)
{
    if (!artifact)
        return;
    const auto keep = [&](auto &map, auto key) {
        auto [at, isNew] = map.insert_or_assign(std::move(key), artifact);
        m_count += isNew ? 1 : 0;
        return isNew;
    };
    const auto single = [&](ArtifactPtr &slot) {
        m_count += slot ? 0 : 1;
        slot = artifact;
    };
    std::visit(
        [&](const auto &a) {
            using T = std::decay_t<decltype(a)>;
            if constexpr (std::is_same_v<T, ModelSummary>) {
                single(m_model);
            } else if constexpr (std::is_same_v<T, SampleTokens>) {
                single(m_tokens);
            } else if constexpr (std::is_same_v<T, VariantInfo>) {
                if (keep(m_variants, a.id))
                    m_variantOrder.push_back(a.id);
            } else if constexpr (std::is_same_v<T, SiteStats>) {
                keep(m_stats, std::tuple(a.variant, a.stage, a.layer, a.site));
            } else if constexpr (std::is_same_v<T, TokenEnergyMap>) {
                keep(m_tokenMaps, std::tuple(a.variant, a.stage, a.layer, a.site));
            } else if constexpr (std::is_same_v<T, LinearScore>) {
                keep(m_scores, std::tuple(a.variant, a.layer, a.linear));
            } else if constexpr (std::is_same_v<T, LayerDone>) {
                keep(m_layers, LayerKey(a.variant, a.layer));
            } else if constexpr (std::is_same_v<T, LossCurve>) {
                keep(m_losses, std::tuple(a.variant, a.layer, a.objective));
            } else if constexpr (std::is_same_v<T, EvaluationResult>) {
                const EvaluationKey key(a.variant, a.task, a.metric);
                if (keep(m_evaluations, key))
                    m_evaluationOrder.push_back(key);
            } else if constexpr (std::is_same_v<T, VariantOutcome>) {
                keep(m_outcomes, a.variant);
            } else if constexpr (std::is_same_v<T, SiteFlow>) {
                keep(m_flows, std::tuple(a.variant, a.layer, a.site));
            } else if constexpr (std::is_same_v<T, Sweep>) {
                keep(m_sweeps, a.id);
            }
        },
        *artifact);
}

const ModelSummary *ArtifactIndex::model() const
{
    return m_model ? std::get_if<ModelSummary>(m_model.get()) : nullptr;
}

int ArtifactIndex::layerCount() const
{
    if (const ModelSummary *summary = model(); summary && summary->config.is_object()) {
        const auto at = summary->config.find("layers");
        if (at != summary->config.end() && at->is_number_integer())
            return std::clamp(at->get<int>(), 0, 100000);
    }
    int layers = 0; // statistics without a summary (hand-made sessions)
    for (const auto &[key, value] : m_stats)
        layers = std::max(layers, std::get<2>(key).index + 1);
    return layers;
}

const SampleTokens *ArtifactIndex::sampleTokens() const
{
    return m_tokens ? std::get_if<SampleTokens>(m_tokens.get()) : nullptr;
}

std::vector<const VariantInfo *> ArtifactIndex::variants() const
{
    std::vector<const VariantInfo *> out;
    for (const std::string &id : m_variantOrder)
        out.push_back(lookUp<VariantInfo>(m_variants, id));
    return out;
}

const VariantInfo *ArtifactIndex::variant(const std::string &id) const
{
    return lookUp<VariantInfo>(m_variants, id);
}

const SiteStats *ArtifactIndex::siteStats(const std::string &variant, LayerId layer, Site site,
                                          StatStage stage) const
{
    return lookUp<SiteStats>(m_stats, std::tuple(variant, stage, layer, site));
}

const SiteStats *ArtifactIndex::siteStats(const std::string &variant, LayerId layer,
                                          Site site) const
{
    return siteStats(variant, layer, site, stageOf(variant));
}

std::vector<const SiteStats *> ArtifactIndex::allSiteStats(const std::string &variant) const
{
    std::vector<const SiteStats *> out;
    const StatStage stage = stageOf(variant);
    for (auto at =
             m_stats.lower_bound(std::tuple(variant, stage, LayerId { Branch::text, 0 }, Site::t1));
         at != m_stats.end() && std::get<0>(at->first) == variant
         && std::get<1>(at->first) == stage;
         ++at)
        if (feedsLinears(std::get<3>(at->first)))
            out.push_back(std::get_if<SiteStats>(at->second.get()));
    return out;
}

std::vector<const SiteStats *> ArtifactIndex::allSiteStats(const std::string &variant,
                                                           Site site) const
{
    std::vector<const SiteStats *> out;
    for (int layer = 0; layer < layerCount(); ++layer)
        if (const SiteStats *stats = siteStats(variant, textLayer(layer), site))
            out.push_back(stats);
    return out;
}

const TokenEnergyMap *ArtifactIndex::tokenMap(const std::string &variant, LayerId layer,
                                              Site site) const
{
    return lookUp<TokenEnergyMap>(m_tokenMaps, std::tuple(variant, stageOf(variant), layer, site));
}

const LinearScore *ArtifactIndex::linearScore(const std::string &variant, LayerId layer,
                                              Linear linear) const
{
    return lookUp<LinearScore>(m_scores, std::tuple(variant, layer, linear));
}

const VariantOutcome *ArtifactIndex::outcome(const std::string &variant) const
{
    return lookUp<VariantOutcome>(m_outcomes, variant);
}

const SiteFlow *ArtifactIndex::siteFlow(const std::string &variant, LayerId layer, Site site) const
{
    return lookUp<SiteFlow>(m_flows, std::tuple(variant, layer, site));
}

std::vector<const Sweep *> ArtifactIndex::sweeps() const
{
    std::vector<const Sweep *> out;
    for (const auto &[id, value] : m_sweeps)
        out.push_back(std::get_if<Sweep>(value.get()));
    return out;
}

std::vector<const LayerDone *> ArtifactIndex::layersDone(const std::string &variant) const
{
    std::vector<const LayerDone *> out;
    for (auto at = m_layers.lower_bound(LayerKey(variant, {}));
         at != m_layers.end() && at->first.first == variant; ++at)
        out.push_back(std::get_if<LayerDone>(at->second.get()));
    return out;
}

std::vector<const LossCurve *> ArtifactIndex::lossCurves(const std::string &variant) const
{
    std::vector<const LossCurve *> out;
    // Those of the whole model stand before layer 0.
    for (auto at = m_losses.lower_bound(std::tuple(variant, kWholeModel, std::string()));
         at != m_losses.end() && std::get<0>(at->first) == variant; ++at)
        out.push_back(std::get_if<LossCurve>(at->second.get()));
    return out;
}

std::vector<const EvaluationResult *> ArtifactIndex::evaluations() const
{
    std::vector<const EvaluationResult *> out;
    for (const auto &key : m_evaluationOrder)
        out.push_back(lookUp<EvaluationResult>(m_evaluations, key));
    return out;
}

const EvaluationResult *ArtifactIndex::evaluation(const std::string &variant,
                                                  const std::string &task) const
{
    const auto at = m_evaluations.lower_bound(EvaluationKey(variant, task, std::string()));
    if (at == m_evaluations.end() || std::get<0>(at->first) != variant
        || std::get<1>(at->first) != task)
        return nullptr;
    return std::get_if<EvaluationResult>(at->second.get());
}

int ArtifactIndex::blockCount(Site site) const
{
    for (const auto &[key, value] : m_stats) {
        if (std::get<3>(key) == site)
            return static_cast<int>(std::get_if<SiteStats>(value.get())->blocks);
    }
    return 0;
}

std::vector<double> ArtifactIndex::sqnrByLayer(const std::string &variant, Site site) const
{
    return byLayer(variant, site, &LinearScore::outputSqnrDb);
}

std::vector<double> ArtifactIndex::mseByLayer(const std::string &variant, Site site) const
{
    return byLayer(variant, site, &LinearScore::outputMse);
}

std::vector<double> ArtifactIndex::byLayer(const std::string &variant, Site site,
                                           double LinearScore::*value) const
{
    const int layers = layerCount();
    std::vector<double> out(static_cast<std::size_t>(layers), kNaN);
    for (int layer = 0; layer < layers; ++layer) {
        double sum = 0;
        int n = 0;
        for (const Linear linear : kLinears) {
            if (inputSite(linear) != site)
                continue;
            if (const LinearScore *score = linearScore(variant, textLayer(layer), linear)) {
                sum += score->*value;
                ++n;
            }
        }
        if (n > 0)
            out[static_cast<std::size_t>(layer)] = sum / n;
    }
    return out;
}

double ArtifactIndex::meanSqnr(const std::string &variant) const
{
    double sum = 0;
    int n = 0;
    for (auto at = m_scores.lower_bound(std::tuple(variant, LayerId {}, Linear::q));
         at != m_scores.end() && std::get<0>(at->first) == variant; ++at) {
        sum += std::get_if<LinearScore>(at->second.get())->outputSqnrDb;
        ++n;
    }
    return n > 0 ? sum / n : kNaN;
}

double peakOverMedian(const SiteStats &stats)
{
    if (stats.energy.empty())
        return 0;
    std::vector<float> sorted = stats.energy;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const double median = *middle;
    const double peak = *std::max_element(stats.energy.begin(), stats.energy.end());
    return median > 0 ? peak / median : 0;
}

double energyLeaving(const SiteFlow &flow)
{
    const auto n = static_cast<std::size_t>(std::max<std::int64_t>(0, flow.groups));
    if (flow.energyFlow.size() != n * n)
        return kNaN;
    double leaving = 0;
    int groups = 0;
    for (std::size_t from = 0; from < n; ++from) {
        double sum = 0;
        for (std::size_t to = 0; to < n; ++to)
            sum += double(flow.energyFlow[from * n + to]);
        if (sum <= 0)
            continue;
        leaving += 1 - double(flow.energyFlow[from * n + from]) / sum;
        ++groups;
    }
    return groups > 0 ? leaving / groups : kNaN;
}

EnergyMap energyMap(const ArtifactIndex &index, const std::string &variant, Site site,
                    const PlaceFilter *filter)
{
    EnergyMap map;
    map.layers = index.layerCount();
    map.blocks = index.blockCount(site);
    map.cells.assign(static_cast<std::size_t>(map.layers) * static_cast<std::size_t>(map.blocks),
                     std::numeric_limits<float>::quiet_NaN());
    for (int layer = 0; layer < map.layers; ++layer) {
        const SiteStats *stats = index.siteStats(variant, textLayer(layer), site);
        if (!stats)
            continue;
        map.tokens = stats->tokens;
        ++map.present;
        if (filter && !filter->accepts(layer, site))
            continue;
        const std::size_t n = std::min(stats->energy.size(), static_cast<std::size_t>(map.blocks));
        std::copy_n(stats->energy.begin(), n,
                    map.cells.begin() + static_cast<std::ptrdiff_t>(layer) * map.blocks);
    }
    return map;
}

} // namespace batlab::views
