// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/planned_cost.h"

#include "core/engine/calib/formats.h"
#include "core/engine/calib/kv_stage.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/nn/site_width.h"

#include <ATen/ATen.h>

#include <algorithm>

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
        std::int64_t columns = 0;
        for (const Linear l : kLinears)
            if (inputSite(l) == site && out.of(l).branch.defined())
                columns += out.of(l).branch.size(1);
        if (columns > 0)
            s.branch = at::empty({ s.width(siteWidth(config, site)), columns }, at::kBFloat16);
    }
    out.kv = state.kv;
    return out;
}

std::int64_t foldedParameters(const ModelConfig &config, const Recipe &recipe)
{
    std::int64_t count = 0;
    for (const Pass &pass : recipe.passes)
        for (const Stage &stage : pass.stages)
            if (stage.kind == "fold")
                for (const Site site : kLinearSites)
                    count +=
                        chosen(stage.parameters.at("sites"), site) ? siteWidth(config, site) : 0;
    return count;
}

} // namespace batlab::calib
