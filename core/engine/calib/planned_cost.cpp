// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/planned_cost.h"

#include "core/engine/calib/formats.h"
#include "core/engine/calib/kv_stage.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/nn/site_width.h"
#include "core/recipe/refinement.h"
#include "core/spec/format_names.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace batlab::calib {

namespace {

std::int64_t outputs(const ModelConfig &c, Linear l)
{
    switch (l) {
    case Linear::q: return c.heads * c.headDim;
    case Linear::k:
    case Linear::v: return c.kvHeads * c.headDim;
    case Linear::gate:
    case Linear::up: return c.intermediate;
    default: return c.hidden;
    }
}

/// Weights of the right shapes without memory behind them; V's are real zeros, since factors are
/// fused into it.
nn::LayerWeights hollowWeights(const ModelConfig &c)
{
    nn::LayerWeights w;
    for (const Linear l : kLinears) {
        const std::int64_t rows = outputs(c, l), cols = siteWidth(c, inputSite(l));
        w.of(l) = l == Linear::v ? at::zeros({ rows, cols }, at::kFloat)
                                 : at::zeros({ 1, 1 }, at::kFloat).expand({ rows, cols });
    }
    return w;
}

bool holds(const Json &list, const char *what)
{
    return std::any_of(list.begin(), list.end(), [&](const Json &each) { return each == what; });
}

} // namespace

LayerSolution plannedLayer(const ModelConfig &config, const Protocol &protocol,
                           const Recipe &recipe, const RecipeSettings &settings, std::int64_t layer)
{
    LayerState state { config, hollowWeights(config), {}, {}, {}, {}, 0 };
    setFormats(state, layerFormats(protocol, recipe, layer), settings, protocol);
    LayerSolution out;
    Json refined = Json::array(); // sites
    for (const Pass &pass : recipe.passes) {
        for (const Stage &stage : pass.stages) {
            Json p = stage.parameters;
            if (stage.kind == "rotate") {
                state.valuesRotated = p.at("values") == "hadamard";
            } else if (stage.kind == "transform") {
                p["init"] = "hadamard"; // not the identity, which costs nothing
                runTransform(state, p);
            } else if (stage.kind == "clip") {
                p["weights"] = "none";
                runClip(state, p);
            } else if (stage.kind == "kv") {
                p["init"] = "hadamard";
                p["values"] = "none";
                runKv(state, p, {});
            } else if (stage.kind == "branch") {
                const auto rank = p.at("rank").get<std::int64_t>();
                for (const Linear l : kLinears)
                    out.of(l).branch = at::empty(
                        { outputs(config, l),
                          std::min({ rank, outputs(config, l), siteWidth(config, inputSite(l)) }) },
                        at::kBFloat16);
            } else if (stage.kind == "round" && p.contains("gain") && p.at("gain") != "none") {
                for (const Linear l : kLinears)
                    out.of(l).gain = at::empty({ p.at("gain") == "row" ? outputs(config, l) : 1 });
            } else if (stage.kind == "refine") {
                refined = p.at("sites");
            } else if (stage.kind == "recover") { // at most: what does not help is left out
                for (const Linear l : { Linear::v, Linear::gate, Linear::up }) {
                    if (!holds(p.at("parts"), l == Linear::v ? "values" : "gates"))
                        continue;
                    out.of(l).bias = at::empty({ outputs(config, l) });
                    out.of(l).gain = at::empty({ outputs(config, l) });
                }
            } else if (stage.kind == "tune") {
                for (const Linear l : kLinears) {
                    if (holds(p.at("groups"), "biases"))
                        out.of(l).bias = at::empty({ outputs(config, l) });
                    if (holds(p.at("groups"), "gains"))
                        out.of(l).gain = at::empty({ outputs(config, l) });
                }
            }
        }
    }
    fuseValueFactor(state);
    for (const Site site : kLinearSites) {
        SiteSolution &s = out.at(site) = state.site(site);
        const std::int64_t width = s.width(siteWidth(config, site));
        std::int64_t columns = 0;
        for (const Linear l : kLinears)
            if (inputSite(l) == site && out.of(l).branch.defined())
                columns += out.of(l).branch.size(1);
        if (columns > 0)
            s.branch = at::empty({ width, columns }, at::kBFloat16);
        if (chosen(refined, site) && s.activation.active()) {
            const std::int64_t block = s.activation.blockSize(width);
            s.refinement.gram = at::empty({ width / block, block, block });
            if (!refinesAfterTuning(recipe))
                s.refinement.residual = s.refinement.gram;
        }
    }
    out.kv = state.kv;
    return out;
}

std::int64_t FoldedValues::inAll(std::int64_t layers) const
{
    return residual + values
        + layers * std::accumulate(sites.begin(), sites.end(), std::int64_t {});
}

FoldedValues foldedValues(const ModelConfig &config, const Protocol &protocol, const Recipe &recipe)
{
    FoldedValues out;
    const std::int64_t heads = config.kvHeads * config.headDim; // V's rows, tied over a group
    if (const Stage *fold = recipe.findStage("fold")) {
        const bool skipped =
            text(*fold, "groupedValues") == "skip" && config.heads != config.kvHeads;
        for (const Site site : kLinearSites) {
            if (!atSite(*fold, site))
                continue;
            const bool within = site == Site::t2;
            const std::int64_t n = within ? heads : siteWidth(config, site);
            std::int64_t &count = out.sites[static_cast<std::size_t>(site)];
            if (text(*fold, "diagonal") != "none" && !(within && skipped))
                count += n;
            if (text(*fold, "permutation") != "none" && (within || site == Site::t4))
                count += n;
        }
    }
    if (const Stage *rotate = recipe.findStage("rotate")) {
        const RotationBlocks sides = rotationBlocks(config, rotate->parameters);
        const Stage *learn = recipe.findStage("learn-rotation");
        const bool shared = learn != nullptr && text(*learn, "blocks") == "shared";
        if (sides.residual > 0 && (learn || text(*rotate, "residual") == "random-orthogonal"))
            out.residual =
                shared ? sides.residual * sides.residual : config.hidden * sides.residual;
        if (learn != nullptr)
            out.values += config.layers * config.headDim * sides.values;
    }
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        const LayerFormats formats = layerFormats(protocol, recipe, layer);
        if (const Stage *kv = recipe.findStage("kv");
            kv && text(*kv, "values") == "gpk" && !isUnquantized(formats.values)) {
            const std::int64_t g1 = integer(*kv, "g1"), g2 = integer(*kv, "g2");
            out.values += g1 * g1 + heads / g1 * g2;
        }
        // The factor within heads of FlatQuant's product at T2.
        if (const Stage *transform = recipe.findStage("transform");
            transform && text(*transform, "kind") == "kronecker" && atSite(*transform, Site::t2))
            out.values += config.headDim * config.headDim;
    }
    return out;
}

} // namespace batlab::calib
