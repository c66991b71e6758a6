// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/formats.h"

#include "core/engine/calib/kv_stage.h"
#include "core/engine/calib/refine.h"
#include "core/engine/nn/site_width.h"
#include "core/spec/format_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace batlab::calib {

namespace {

/// [out, in] of a linear.
std::pair<std::int64_t, std::int64_t> shapeOf(const ModelConfig &c, Linear linear)
{
    const std::int64_t query = c.heads * c.headDim;
    const std::int64_t cached = c.kvHeads * c.headDim;
    switch (linear) {
    case Linear::q: return { query, c.hidden };
    case Linear::k:
    case Linear::v: return { cached, c.hidden };
    case Linear::o: return { c.hidden, query };
    case Linear::gate:
    case Linear::up: return { c.intermediate, c.hidden };
    case Linear::down: break;
    }
    return { c.hidden, c.intermediate };
}

/// A mean of bits, weighted by how many numbers have them.
struct Mean
{
    double sum = 0, weight = 0;
    void add(double bits, double count)
    {
        sum += bits * count;
        weight += count;
    }
    [[nodiscard]] double value() const { return weight > 0 ? sum / weight : 16; }
};

} // namespace

void setFormats(LayerState &state, const LayerFormats &formats, const RecipeSettings &settings,
                const Protocol &protocol)
{
    for (const Linear l : kLinears) {
        const auto i = static_cast<std::size_t>(l);
        state.weightQuantizers[i] = quant::makeQuantizer(formats.weights[i], settings);
    }
    for (const Site site : kLinearSites) {
        const auto i = static_cast<std::size_t>(site);
        quant::Quantizer &q = state.sites[i].activation;
        q = quant::makeQuantizer(formats.activations[i], settings);
        q.dynamicScale = q.needsTensorScale() && protocol.nvfp4Scale == "dynamic";
    }
    state.kv.keys = quant::makeQuantizer(formats.keys, settings);
    state.kv.values = quant::makeQuantizer(formats.values, settings);
}

bool hasIntegers(const Protocol &protocol, const Recipe &recipe, std::int64_t layers)
{
    const auto integer = [](const std::string &format) {
        return integerFromName(format).has_value();
    };
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        const LayerFormats f = layerFormats(protocol, recipe, layer);
        if (std::any_of(f.weights.begin(), f.weights.end(), integer)
            || std::any_of(f.activations.begin(), f.activations.end(), integer))
            return true;
    }
    return false;
}

EffectiveBits effectiveBits(const Protocol &protocol, const Recipe &recipe, const ModelConfig &c)
{
    Mean weights;
    Mean activations;
    Mean cache;
    for (std::int64_t layer = 0; layer < c.layers; ++layer) {
        const LayerFormats formats = layerFormats(protocol, recipe, layer);
        for (const Linear l : kLinears) {
            const auto [out, in] = shapeOf(c, l);
            weights.add(storedBits(formats.weights[static_cast<std::size_t>(l)], in),
                        static_cast<double>(out) * static_cast<double>(in));
        }
        for (const Site site : kLinearSites) {
            const std::int64_t n = siteWidth(c, site);
            activations.add(storedBits(formats.activations[static_cast<std::size_t>(site)], n),
                            static_cast<double>(n));
        }
        for (const std::string &format : { formats.keys, formats.values })
            cache.add(storedBits(format, c.headDim), 1);
    }
    return { weights.value(), activations.value(), cache.value() };
}

Result<void> checkModelFit(const Protocol &protocol, const VariantSpec &variant,
                           const ModelConfig &c)
{
    const auto located = [&](Error error) {
        error.where =
            fmt::format("variant {}{}{}", variant.id, error.where.empty() ? "" : ", ", error.where);
        return error;
    };
    if (const Stage *stage = variant.recipe.findStage("precision")) {
        const auto overrides = precisionFromJson(stage->parameters.at("overrides"));
        if (!overrides)
            return located(overrides.error());
        for (const PrecisionOverride &o : *overrides)
            if (o.firstLayer >= c.layers || o.lastLayer >= c.layers)
                return located({ ErrorCode::badInput,
                                 fmt::format("an override names layer {}, but the model has {}",
                                             std::max(o.firstLayer, o.lastLayer), c.layers),
                                 "precision.overrides",
                                 fmt::format("Layers are counted from 0 to {}.", c.layers - 1) });
    }
    std::vector<std::string> weights;
    for (std::int64_t layer = 0; layer < c.layers; ++layer) {
        const LayerFormats formats = layerFormats(protocol, variant.recipe, layer);
        weights.insert(weights.end(), formats.weights.begin(), formats.weights.end());
    }
    if (const auto good = checkWeightRounding(variant.recipe, weights); !good)
        return located(good.error());
    if (const Stage *stage = variant.recipe.findStage("kv")) {
        bool keys = false;
        bool values = false;
        for (std::int64_t layer = 0; layer < c.layers; ++layer) {
            const LayerFormats formats = layerFormats(protocol, variant.recipe, layer);
            keys = keys || !isUnquantized(formats.keys);
            values = values || !isUnquantized(formats.values);
        }
        if (const auto good = checkKvStage(stage->parameters, c.headDim, keys, values); !good)
            return located(good.error());
    }
    if (const Stage *refine = variant.recipe.findStage("refine")) {
        for (std::int64_t layer = 0; layer < c.layers; ++layer) {
            const LayerFormats formats = layerFormats(protocol, variant.recipe, layer);
            for (const Site site : kLinearSites)
                if (chosen(refine->parameters.at("sites"), site)
                    && integerFromName(formats.activations[static_cast<std::size_t>(site)]))
                    return located(integerCodesError(site));
        }
    }
    return {};
}

} // namespace batlab::calib
