// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/finished_layer.h"

#include "core/engine/calib/site_flow.h"
#include "core/engine/quant/fake_quant.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

std::string layerKey(const std::string &base, std::int64_t layer, std::string_view what)
{
    return fmt::format("{}/layer/{:04d}/{}", base, layer, what);
}

std::string unroundedKey(const std::string &base, std::int64_t layer)
{
    return layerKey(base, layer, "unrounded");
}

Part artifactsPart(const std::vector<Artifact> &artifacts)
{
    Json list = Json::array();
    for (const Artifact &a : artifacts)
        list.push_back(toJson(a));
    const std::vector<std::uint8_t> bytes = Json::to_cbor(list);
    Part part;
    part.kind = "artifacts";
    part.attributes["count"] = artifacts.size();
    part.tensors.push_back({ "cbor", "u8", { static_cast<std::int64_t>(bytes.size()) }, bytes });
    return part;
}

std::vector<Artifact> artifactsOf(const Part &part)
{
    const NamedTensor *cbor = part.find("cbor");
    std::vector<Artifact> out;
    if (cbor == nullptr)
        return out;
    const Json list = Json::from_cbor(cbor->bytes, true, false);
    for (const Json &j : list)
        out.push_back(artifactFromJson(j).orThrow());
    return out;
}

kernels::QuantSpec statisticsSpec(const quant::Quantizer &activation,
                                  const RecipeSettings &settings)
{
    return activation.spec ? *activation.spec : *quant::makeQuantizer("mxfp4", settings).spec;
}

OutputError outputError(const at::Tensor &y, const at::Tensor &target)
{
    const auto relative = [](const at::Tensor &a, const at::Tensor &b) {
        const double energy = quant::sumOfSquares(b);
        const double error = quant::sumOfSquaredDifferences(a, b);
        return energy == 0 && std::isfinite(error) ? 0.0 : error / energy;
    };
    return { relative(y, target), relative(y.select(1, 0), target.select(1, 0)) };
}

double largestCondition(const LayerSolution &solution)
{
    double condition = 1;
    for (const SiteSolution &s : solution.sites)
        condition = std::max(condition, siteCondition(s));
    return condition;
}

SiteRecorder::SiteRecorder(const AnalysisSpec &analysis, const RecipeSettings &settings,
                           std::string variant, LayerId layer, const LayerSolution &solution,
                           const FoldedBasis &folded)
    : m_analysis(analysis)
    , m_variant(std::move(variant))
    , m_layer(layer)
    , m_solution(solution)
    , m_folded(folded)
{
    for (const SiteSolution &s : solution.sites)
        m_statistics.emplace_back(statisticsSpec(s.activation, settings), analysis.histogramBins);
}

void SiteRecorder::see(Site site, const at::Tensor &x)
{
    if (m_analysis.enabled) {
        const at::Tensor t = m_solution.at(site).transformed(
            x, x.scalar_type() == at::kBFloat16 ? at::kBFloat16 : at::kFloat);
        m_statistics[static_cast<std::size_t>(site)].add(t);
        if (m_firstBatch) {
            const at::Tensor first = t.select(0, 0);
            const std::int64_t tokens = std::min(m_analysis.sampleTokens, first.size(0));
            m_maps.emplace_back(tokenEnergy(first.narrow(0, 0, tokens).contiguous(), m_variant,
                                            m_layer, site, StatStage::after));
            m_maps.emplace_back(
                siteFlow(m_solution.at(site), m_folded, x, m_variant, m_layer, site));
        }
    }
    m_firstBatch = m_firstBatch && site != Site::t4;
}

void SiteRecorder::finish(std::vector<Artifact> &artifacts) const
{
    artifacts.insert(artifacts.end(), m_maps.begin(), m_maps.end());
    if (m_analysis.enabled)
        for (const Site site : kLinearSites)
            artifacts.emplace_back(m_statistics[static_cast<std::size_t>(site)].finish(
                m_variant, m_layer, site, StatStage::after));
}

} // namespace batlab::calib
