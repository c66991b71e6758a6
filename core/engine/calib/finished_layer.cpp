// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/finished_layer.h"

#include "core/engine/calib/site_flow.h"
#include "core/engine/quant/fake_quant.h"
#include "core/spec/format_names.h"

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
                                  const RecipeSettings &settings, const at::Tensor &x)
{
    return activation.spec ? tensorSpec(activation, x)
                           : *quant::makeQuantizer("mxfp4", settings).spec;
}

quant::Quantizer siteQuantizer(const Protocol &protocol, Site site, const RecipeSettings &settings)
{
    const bool cached = (site == Site::k || site == Site::v) && !isUnquantized(protocol.kvFormat);
    quant::Quantizer q =
        quant::makeQuantizer(cached ? protocol.kvFormat : protocol.activationFormat, settings);
    q.dynamicScale = q.needsTensorScale(); // nobody has looked for the largest value
    return q;
}

SiteSolution viewedSite(const LayerSolution &solution, Site site, const quant::Quantizer &otherwise)
{
    if (feedsLinears(site))
        return solution.at(site);
    const KvSolution &kv = solution.kv;
    SiteSolution out;
    out.activation = site == Site::k ? kv.keys : site == Site::v ? kv.values : otherwise;
    if (!out.activation.active())
        out.activation = otherwise;
    if (site == Site::k && kv.keyFactors.defined()) {
        out.transform = SiteSolution::Transform::gpk;
        out.factors = kv.keyFactors;
        out.fixed = kv.fixedTransform;
    }
    return out;
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

SiteRecorder::SiteRecorder(const RunSpec &spec, const RecipeSettings &settings, std::string variant,
                           LayerId layer, const LayerSolution &solution, const FoldedBasis &folded)
    : m_spec(spec)
    , m_settings(settings)
    , m_variant(std::move(variant))
    , m_layer(layer)
    , m_solution(solution)
    , m_folded(folded)
    , m_statistics(spec.analysis, m_variant, layer, StatStage::after)
{ }

bool SiteRecorder::isTransformed(Site site) const
{
    switch (site) {
    case Site::k: return m_solution.kv.keyFactors.defined();
    case Site::residual: return m_folded.residual.defined();
    default: return true; // T1..T4, and V, whose rows take what is folded at T2
    }
}

void SiteRecorder::see(Site site, const at::Tensor &x)
{
    if (m_spec.analysis.enabled && isTransformed(site))
        record(site, x);
    m_firstBatch = m_firstBatch && site != Site::t4;
}

void SiteRecorder::record(Site site, const at::Tensor &x)
{
    const SiteSolution viewed =
        viewedSite(m_solution, site, siteQuantizer(m_spec.protocol, site, m_settings));
    at::Tensor t = viewed.transformed(
        x.contiguous(), x.scalar_type() == at::kBFloat16 ? at::kBFloat16 : at::kFloat);
    if (!feedsLinears(site)) // nothing reads the padding of a head, nor that of the stream
        t = t.narrow(-1, 0, x.size(-1));
    m_statistics.add(site, t, statisticsSpec(viewed.activation, m_settings, t));
    if (m_firstBatch && feedsLinears(site))
        m_flows.emplace_back(siteFlow(viewed, m_folded, x, m_variant, m_layer, site));
}

void SiteRecorder::finish(std::vector<Artifact> &artifacts) const
{
    artifacts.insert(artifacts.end(), m_flows.begin(), m_flows.end());
    m_statistics.finish(artifacts);
}

} // namespace batlab::calib
