// SPDX-License-Identifier: Apache-2.0
#include "core/artifact/artifact.h"

#include <array>

namespace batlab {

namespace {
constexpr std::array<std::string_view, std::variant_size_v<Artifact>> kKinds {
    "model-summary",     "variant-info",    "site-stats", "token-energy",
    "sample-tokens",     "linear-score",    "layer-done", "loss-curve",
    "evaluation-result", "variant-outcome", "site-flow",  "sweep",
};

struct KeyOf
{
    std::string operator()(const ModelSummary &) const { return {}; }
    std::string operator()(const VariantInfo &a) const { return "/" + a.id; }
    std::string operator()(const SampleTokens &) const { return {}; }
    std::string operator()(const SiteStats &a) const { return site(a); }
    std::string operator()(const TokenEnergyMap &a) const { return site(a); }
    std::string operator()(const LinearScore &a) const
    {
        return "/" + a.variant + "/" + toString(a.layer) + "/" + std::string(name(a.linear));
    }
    std::string operator()(const LayerDone &a) const
    {
        return "/" + a.variant + "/" + toString(a.layer);
    }
    std::string operator()(const LossCurve &a) const
    {
        return "/" + a.variant + "/" + toString(a.layer) + "/" + a.objective;
    }
    std::string operator()(const EvaluationResult &a) const
    {
        return "/" + a.variant + "/" + a.task + "/" + a.metric;
    }
    std::string operator()(const VariantOutcome &a) const { return "/" + a.variant; }
    std::string operator()(const SiteFlow &a) const
    {
        return "/" + a.variant + "/" + toString(a.layer) + "/" + std::string(name(a.site));
    }
    std::string operator()(const Sweep &a) const { return "/" + a.id; }

private:
    template<class T>
    static std::string site(const T &a)
    {
        return "/" + a.variant + "/" + toString(a.layer) + "/" + std::string(name(a.site)) + "/"
            + std::string(name(a.stage));
    }
};
} // namespace

std::string_view name(StatStage stage) { return stage == StatStage::before ? "before" : "after"; }

std::optional<StatStage> statStageFromName(std::string_view text)
{
    if (text == "before")
        return StatStage::before;
    if (text == "after")
        return StatStage::after;
    return std::nullopt;
}

std::string_view kindName(const Artifact &artifact) { return kKinds[artifact.index()]; }

std::string artifactKey(const Artifact &artifact)
{
    return std::string(kindName(artifact)) + std::visit(KeyOf {}, artifact);
}

} // namespace batlab
