// SPDX-License-Identifier: Apache-2.0
#include "sessions/session_layout.h"

#include "sessions/h5.h"

#include <fmt/format.h>

namespace batlab::h5 {

namespace {
struct PathOf
{
    std::string operator()(const ModelSummary &) const { return "/entry/model"; }
    std::string operator()(const SampleTokens &) const { return "/entry/sample_tokens"; }
    std::string operator()(const VariantInfo &a) const { return variantPath(a.id); }
    std::string operator()(const SiteStats &a) const { return site(a); }
    std::string operator()(const TokenEnergyMap &a) const { return site(a) + "_tokens"; }
    std::string operator()(const LinearScore &) const { return {}; }
    std::string operator()(const LayerDone &) const { return {}; }
    std::string operator()(const LossCurve &a) const
    {
        return layerPath(a.variant, a.layer) + "/loss_" + linkName(a.objective);
    }
    std::string operator()(const EvaluationResult &a) const
    {
        return "/evaluations/" + linkName(a.variant) + "/" + linkName(a.task) + "/"
            + linkName(a.metric);
    }
    std::string operator()(const VariantOutcome &a) const
    {
        return variantPath(a.variant) + "/outcome";
    }
    std::string operator()(const SiteFlow &a) const
    {
        return fmt::format("{}/{}/flow", layerPath(a.variant, a.layer), name(a.site));
    }
    std::string operator()(const Sweep &a) const { return "/sweeps/" + linkName(a.id); }

private:
    template<class T>
    static std::string site(const T &a)
    {
        return fmt::format("{}/{}/{}", layerPath(a.variant, a.layer), name(a.site), name(a.stage));
    }
};
} // namespace

std::string variantPath(std::string_view variant) { return "/variants/" + linkName(variant); }

std::string layerPath(std::string_view variant, LayerId layer)
{
    if (layer.index < 0)
        return fmt::format("{}/layers/{}", variantPath(variant), toString(layer));
    return fmt::format("{}/layers/{}.{:04}", variantPath(variant),
                       layer.branch == Branch::text ? "text" : "vision", layer.index);
}

std::string artifactPath(const Artifact &artifact) { return std::visit(PathOf {}, artifact); }

std::string tablePath(const Artifact &artifact)
{
    if (const auto *score = std::get_if<LinearScore>(&artifact))
        return variantPath(score->variant) + "/linears";
    if (const auto *done = std::get_if<LayerDone>(&artifact))
        return variantPath(done->variant) + "/layers_done";
    return {};
}

} // namespace batlab::h5
