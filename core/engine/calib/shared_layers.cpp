// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/shared_layers.h"

#include "core/base/hash.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/fold.h"
#include "core/engine/calib/formats.h"

#include <algorithm>
#include <array>

namespace batlab::calib {

namespace {

/// What a pass must still have of a layer that another one takes over.
constexpr std::array<const char *, 2> kNeeded { "solution", "artifacts" };

/// A stage may put rotations or an order of channels into the weights.
bool foldsDirections(const Recipe &recipe)
{
    const Stage *fold = recipe.findStage("fold");
    const Stage *transform = recipe.findStage("transform");
    return recipe.findStage("rotate") != nullptr || recipe.findStage("kv") != nullptr
        || (fold != nullptr && text(*fold, "permutation") != "none")
        || (transform != nullptr && text(*transform, "kind") == "kronecker");
}

/// A diagonal in front of a transform that mixes blocks of 32.
bool mixesBlocks(const Recipe &recipe)
{
    const Stage *fold = recipe.findStage("fold");
    if (fold == nullptr || text(*fold, "diagonal") == "none" || text(*fold, "diagonal") == "awq")
        return false;
    const Stage *transform = recipe.findStage("transform");
    return std::any_of(kLinearSites.begin(), kLinearSites.end(), [&](Site site) {
        constexpr std::int64_t kWide = 1 << 20; // of any site that all is mixed in
        return mixedChannels(transform, site, kWide) > kMxBlock;
    });
}

/// What decides the layers of a pass.
Json layersOf(const Context &context, const VariantSpec &variant)
{
    Json j;
    const RecipeSettings settings = effectiveSettings(context.spec, variant);
    j["recipe"] = layerPassOf(variant.recipe).hash();
    j["settings"] = { settings.scaleRule, settings.ties };
    j["weights"] = context.spec.protocol.weightFormat;
    j["activations"] = context.spec.protocol.activationFormat;
    j["kv"] = context.spec.protocol.kvFormat;
    j["nvfp4"] = context.spec.protocol.nvfp4Scale;
    j["dtype"] = context.spec.protocol.dtype;
    j["seed"] = context.spec.seed;
    if (const Stage *clip = variant.recipe.findStage("clip");
        clip != nullptr && text(*clip, "weights") == "search")
        j["search"] = 2; // shares it tries, since they changed
    if (foldsDirections(variant.recipe))
        j["flow"] = 2; // counts what is folded, since it has changed
    if (mixesBlocks(variant.recipe))
        j["diagonal"] = 2; // balanced over what a transform mixes, since that has changed
    if (const Stage *fold = variant.recipe.findStage("fold"); fold != nullptr
        && text(*fold, "diagonal") == "awq" && context.spec.protocol.weightFormat == "nvfp4")
        j["awq"] = 2; // the tensor factor of its search, since that has changed
    if (hasIntegers(context.spec.protocol, variant.recipe, context.decoder->config().layers))
        j["integers"] = 2; // their diagonals, gains, orders and captures, since those changed
    if (!context.rotations.empty())
        j["rotations"] = context.rotations;
    return j;
}

/// What a pass records. Written before K, V and R were looked at: without `allSites`.
Json recordedBy(const AnalysisSpec &analysis, bool allSites = true)
{
    Json j { analysis.enabled, analysis.histogramBins, analysis.sampleTokens };
    if (analysis.enabled && allSites)
        j.push_back("K, V, R");
    return j;
}

/// The key of a pass that records this; unrounded: and keeps what its sites are without rounding.
std::string keyOf(const Context &context, const VariantSpec &variant, const Json &recorded,
                  bool unrounded)
{
    Json j = layersOf(context, variant);
    j["analysis"] = recorded;
    j["id"] = variant.id;
    if (unrounded)
        j["unrounded"] = true;
    return context.keyPrefix + "/" + variant.id + "-" + hashHex(j.dump()).substr(0, 16);
}

/// Whether an artifact says what analysis settings ask for.
bool isStatistic(const Artifact &artifact)
{
    return std::holds_alternative<SiteStats>(artifact)
        || std::holds_alternative<TokenEnergyMap>(artifact)
        || std::holds_alternative<SiteFlow>(artifact);
}

} // namespace

std::string calibrationKey(const Context &context, const VariantSpec &variant)
{
    const AnalysisSpec &analysis = context.spec.analysis;
    return keyOf(context, variant, recordedBy(analysis), analysis.errorBySite);
}

SharedLayers::SharedLayers(const Context &context, const VariantSpec &variant)
    : m_context(context)
    , m_variant(variant.id)
    , m_own { calibrationKey(context, variant), recordedBy(context.spec.analysis) }
    , m_shared(context.keyPrefix + "/layers-"
               + hashHex(layersOf(context, variant).dump()).substr(0, 16))
{
    for (const bool enabled : { true, false })
        for (const bool allSites : { true, false }) {
            AnalysisSpec other = context.spec.analysis;
            other.enabled = enabled;
            const Json recorded = recordedBy(other, allSites);
            for (const bool unrounded : { true, false })
                m_unlisted.push_back({ keyOf(context, variant, recorded, unrounded), recorded });
        }
}

std::vector<SharedLayers::Pass> SharedLayers::passesWith(std::int64_t layer) const
{
    std::vector<Pass> out = m_unlisted;
    const CheckpointStore &store = m_context.job.store();
    for (const std::string &key : store.keys(layerKey(m_shared, layer, "made-")))
        if (const auto part = store.get(key); part && *part)
            out.push_back({ (*part)->attributes.value("base", std::string()),
                            (*part)->attributes.value("recorded", Json()) });
    std::erase_if(out, [&](const Pass &pass) { return pass.base == m_own.base; });
    std::stable_partition(out.begin(), out.end(),
                          [&](const Pass &pass) { return pass.recorded == m_own.recorded; });
    return out;
}

std::vector<std::string> SharedLayers::otherBases() const
{
    std::vector<std::string> out;
    for (const Pass &pass : passesWith(0))
        if (std::find(out.begin(), out.end(), pass.base) == out.end())
            out.push_back(pass.base);
    return out;
}

std::optional<MadeLayer> SharedLayers::find(std::int64_t layer) const
{
    const AnalysisSpec &analysis = m_context.spec.analysis;
    for (const Pass &pass : passesWith(layer)) {
        const auto kept = [&](const char *what) -> std::optional<Part> {
            const auto part = m_context.job.store().get(layerKey(pass.base, layer, what));
            return part ? *part : std::nullopt;
        };
        const std::optional<Part> solution = kept(kNeeded[0]);
        const std::optional<Part> artifacts = kept(kNeeded[1]);
        if (!solution || !artifacts)
            continue;
        MadeLayer made { pass.base, *solution, kept("basis"), std::nullopt, {}, true };
        if (analysis.errorBySite && !(made.unrounded = kept("unrounded")))
            continue;
        made.artifacts = artifactsOf(*artifacts);
        if (pass.recorded != m_own.recorded) {
            made.recorded = !analysis.enabled;
            std::erase_if(made.artifacts, isStatistic);
        }
        for (Artifact &artifact : made.artifacts)
            std::visit(
                [&](auto &a) {
                    if constexpr (requires { a.variant = m_variant; })
                        a.variant = m_variant;
                },
                artifact);
        return made;
    }
    return std::nullopt;
}

void SharedLayers::offer(std::int64_t layer) const
{
    const std::string what =
        "made-" + hashHex(Json { m_own.recorded, m_context.spec.analysis.errorBySite }.dump());
    const std::string key = layerKey(m_shared, layer, what);
    CheckpointStore &store = m_context.job.store();
    const auto readable = [&](const std::string &base) { // damaged or gone: this pass stands in
        return base == m_own.base
            || std::all_of(std::begin(kNeeded), std::end(kNeeded), [&](const char *each) {
                   const auto kept = store.get(layerKey(base, layer, each));
                   return kept && *kept;
               });
    };
    if (const auto listed = store.get(key); listed && *listed)
        if (readable((*listed)->attributes.value("base", std::string())))
            return;
    Part part;
    part.kind = "made-layer";
    part.attributes = { { "base", m_own.base }, { "recorded", m_own.recorded } };
    (void)store.put(key, part).orThrow();
}

} // namespace batlab::calib
