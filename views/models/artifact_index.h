// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace batlab::views {

class PlaceFilter;

/// The variant id under which the statistics of the unquantized model are published.
inline constexpr const char *kReference = "reference";

[[nodiscard]] constexpr LayerId textLayer(int index) { return { Branch::text, index }; }

/// The artifacts of a session by what views ask for. A later artifact with the same key replaces
/// the earlier one.
class ArtifactIndex
{
public:
    void add(const ArtifactPtr &artifact);
    void clear();
    [[nodiscard]] bool empty() const { return m_count == 0; }
    [[nodiscard]] std::size_t size() const { return m_count; }

    [[nodiscard]] const ModelSummary *model() const;
    [[nodiscard]] int layerCount() const; ///< from the model's config; 0 without a model
    [[nodiscard]] const SampleTokens *sampleTokens() const;
    /// In order of arrival.
    [[nodiscard]] std::vector<const VariantInfo *> variants() const;
    [[nodiscard]] const VariantInfo *variant(const std::string &id) const;
    /// Null if it has not arrived.
    [[nodiscard]] const SiteStats *siteStats(const std::string &variant, LayerId layer, Site site,
                                             StatStage stage) const;
    /// The numbers entering the variant's quantizer; for the reference, those the model produces.
    [[nodiscard]] const SiteStats *siteStats(const std::string &variant, LayerId layer,
                                             Site site) const;
    /// Of T1..T4, what ranks and findings are made of.
    [[nodiscard]] std::vector<const SiteStats *> allSiteStats(const std::string &variant) const;
    /// Of one site, by layer.
    [[nodiscard]] std::vector<const SiteStats *> allSiteStats(const std::string &variant,
                                                              Site site) const;
    [[nodiscard]] const TokenEnergyMap *tokenMap(const std::string &variant, LayerId layer,
                                                 Site site) const;
    [[nodiscard]] const LinearScore *linearScore(const std::string &variant, LayerId layer,
                                                 Linear linear) const;
    [[nodiscard]] std::vector<const LayerDone *> layersDone(const std::string &variant) const;
    [[nodiscard]] std::vector<const LossCurve *> lossCurves(const std::string &variant) const;
    [[nodiscard]] std::vector<const EvaluationResult *> evaluations() const;
    /// The first metric of the task.
    [[nodiscard]] const EvaluationResult *evaluation(const std::string &variant,
                                                     const std::string &task) const;

    /// How a variant of a queue ended; null if it has not.
    [[nodiscard]] const VariantOutcome *outcome(const std::string &variant) const;
    /// Flow of energy between blocks, folded and online, and condition of the online transform.
    [[nodiscard]] const SiteFlow *siteFlow(const std::string &variant, LayerId layer,
                                           Site site) const;
    [[nodiscard]] std::vector<const Sweep *> sweeps() const;

    /// Blocks of a site as far as known (from any statistics of it); 0 if none.
    [[nodiscard]] int blockCount(Site site) const;
    /// Mean output SQNR of the variant's linears reading `site`, by layer (NaN where missing), dB.
    [[nodiscard]] std::vector<double> sqnrByLayer(const std::string &variant, Site site) const;
    /// The same of the output's mean square error.
    [[nodiscard]] std::vector<double> mseByLayer(const std::string &variant, Site site) const;
    /// Mean output SQNR over all linears that have arrived, dB; NaN without any.
    [[nodiscard]] double meanSqnr(const std::string &variant) const;

private:
    [[nodiscard]] std::vector<double> byLayer(const std::string &variant, Site site,
                                              double LinearScore::*value) const;
    using LayerKey = std::pair<std::string, LayerId>;
    ArtifactPtr m_model, m_tokens;
    std::vector<std::string> m_variantOrder;
    std::map<std::string, ArtifactPtr> m_variants;
    std::map<std::tuple<std::string, StatStage, LayerId, Site>, ArtifactPtr> m_stats;
    std::map<std::tuple<std::string, StatStage, LayerId, Site>, ArtifactPtr> m_tokenMaps;
    std::map<std::tuple<std::string, LayerId, Linear>, ArtifactPtr> m_scores;
    std::map<LayerKey, ArtifactPtr> m_layers;
    std::map<std::tuple<std::string, LayerId, std::string>, ArtifactPtr> m_losses;
    using EvaluationKey =
        std::tuple<std::string, std::string, std::string>; // variant, task, metric
    std::map<EvaluationKey, ArtifactPtr> m_evaluations;
    std::vector<EvaluationKey> m_evaluationOrder;
    std::map<std::string, ArtifactPtr> m_outcomes, m_sweeps;
    std::map<std::tuple<std::string, LayerId, Site>, ArtifactPtr> m_flows;
    std::size_t m_count = 0;
};

/// Largest over median block energy of a site; 0 without blocks.
[[nodiscard]] double peakOverMedian(const SiteStats &stats);

/// Share of a site's block energy that leaves its block: mean over the groups with energy.
[[nodiscard]] double energyLeaving(const SiteFlow &flow);

/// A layer x block map of block energy for one site. Missing layers are NaN rows.
struct EnergyMap
{
    int layers = 0, blocks = 0;
    int present = 0; ///< layers that have arrived
    std::int64_t tokens = 0; ///< calibration tokens behind each cell
    std::vector<float> cells; ///< [layers, blocks] activation^2
};
/// Layers that `filter` leaves out are NaN rows too, but count as present.
[[nodiscard]] EnergyMap energyMap(const ArtifactIndex &index, const std::string &variant, Site site,
                                  const PlaceFilter *filter = nullptr);

} // namespace batlab::views
