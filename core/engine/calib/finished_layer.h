// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/calib/folded_basis.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/variant/layer_solution.h"
#include "core/spec/run_spec.h"

#include <string>
#include <vector>

/// What is said about a layer once its solution stands, and how that is kept.
namespace batlab::calib {

/// "<base>/layer/0007/<what>": checkpoint key of something of a layer.
[[nodiscard]] std::string layerKey(const std::string &base, std::int64_t layer,
                                   std::string_view what);

/// Where a layer pass keeps a layer as it was before rounding (analysis.errorBySite).
[[nodiscard]] std::string unroundedKey(const std::string &base, std::int64_t layer);

/// Artifacts of a finished layer, kept so that a resumed run can publish them again.
[[nodiscard]] Part artifactsPart(const std::vector<Artifact> &artifacts);
[[nodiscard]] std::vector<Artifact> artifactsOf(const Part &part);

/// The quantizer statistics are stated against: the site's block format, or MXFP4 of the recipe
/// where activations stay in 16 bit or are integers; for x [.., n] as tensorSpec().
[[nodiscard]] kernels::QuantSpec statisticsSpec(const quant::Quantizer &activation,
                                                const RecipeSettings &settings,
                                                const at::Tensor &x);

/// How the protocol quantizes a site: activations, and K and V where the cache is quantized. Where
/// it is not, and at R, which nothing quantizes, the activations' format says what it would cost.
[[nodiscard]] quant::Quantizer siteQuantizer(const Protocol &protocol, Site site,
                                             const RecipeSettings &settings);

/// A solved layer's site as statistics and questions look at it: T1..T4 as they run; K and V as
/// they enter the cache, a row being one head, and R as it enters the layer, with `otherwise` where
/// nothing quantizes them.
[[nodiscard]] SiteSolution viewedSite(const LayerSolution &solution, Site site,
                                      const quant::Quantizer &otherwise);

/// Squared error of every sequence's first token and of all tokens, relative to the target's
/// energy; not finite if one of the two streams is not.
struct OutputError
{
    double all = 0, first = 0;
};
[[nodiscard]] OutputError outputError(const at::Tensor &y, const at::Tensor &target);

/// Largest condition number of a solution's online transforms; 1 if all are fixed rotations.
[[nodiscard]] double largestCondition(const LayerSolution &solution);

/// Statistics of a solved layer's sites after the transform, K and R only where the variant
/// transforms them; and of the first batch the token x block maps and, at T1..T4, the flow of
/// energy between blocks. see() is called from nn::CapturingAllOps.
class SiteRecorder
{
public:
    /// All but `variant` and `layer` outlive this.
    SiteRecorder(const RunSpec &spec, const RecipeSettings &settings, std::string variant,
                 LayerId layer, const LayerSolution &solution, const FoldedBasis &folded);
    void see(Site site, const at::Tensor &x);
    /// True until the first batch has passed the layer's last site.
    [[nodiscard]] bool inFirstBatch() const { return m_firstBatch; }
    void finish(std::vector<Artifact> &artifacts) const;

private:
    [[nodiscard]] bool isTransformed(Site site) const;
    void record(Site site, const at::Tensor &x);

    const RunSpec &m_spec;
    const RecipeSettings &m_settings;
    std::string m_variant;
    LayerId m_layer;
    const LayerSolution &m_solution;
    const FoldedBasis &m_folded;
    LayerStatistics m_statistics;
    std::vector<Artifact> m_flows;
    bool m_firstBatch = true;
};

} // namespace batlab::calib
