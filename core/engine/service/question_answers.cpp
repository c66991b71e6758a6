// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/question_answers.h"

#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/planned_cost.h"
#include "core/engine/nn/site_width.h"
#include "core/engine/quant/bridge.h"
#include "core/spec/parameter.h"
#include "kernels/formats.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {

double entropyBits(const std::uint32_t *counts, std::size_t n)
{
    double total = 0, bits = 0;
    for (std::size_t i = 0; i < n; ++i)
        total += counts[i];
    for (std::size_t i = 0; i < n; ++i)
        if (counts[i] > 0)
            bits -= counts[i] / total * std::log2(counts[i] / total);
    return bits;
}

/// Figures of a whole site from its blocks.
Json siteJson(const proxy::SiteScore &score)
{
    const SiteStats &s = *score.statistics;
    std::array<std::uint32_t, 16> codes {};
    for (std::size_t i = 0; i < s.codeUse.size(); ++i)
        codes[i % 16] += s.codeUse[i];
    double used = 0, clipped = 0;
    for (const std::uint32_t c : codes)
        used += c;
    for (const float share : s.clipShare)
        clipped += double(share) / double(s.clipShare.size());
    double worst = 0;
    for (const float b : s.bimodality)
        worst = std::isfinite(b) ? std::max(worst, double(b)) : worst;
    return { { "activationSqnrDb", score.activationSqnrDb },
             { "outputSqnrDb", score.outputSqnrDb },
             { "condition", score.condition },
             { "clipShare", clipped },
             { "zeroShare", used > 0 ? (codes[0] + codes[8]) / used : 0.0 },
             { "codeEntropy", entropyBits(codes.data(), codes.size()) },
             { "bimodality", worst },
             { "blockSqnrDb", packArray(s.sqnrDb) } };
}

/// Stages that the proxy leaves out, as a reader knows them.
Json leftOut(const Recipe &recipe, bool quantizedCache)
{
    Json out = Json::array();
    for (const Pass &pass : recipe.passes) {
        for (const Stage &stage : pass.stages) {
            const bool layerwise = pass.scope == "layer";
            if (stage.kind == "round") {
                if (stage.parameters.at("kind") != "rtn")
                    out.push_back("round: " + stage.parameters.at("kind").get<std::string>());
            } else if (!layerwise || stage.kind == "train" || stage.kind == "refine"
                       || stage.kind == "recover" || (stage.kind == "kv" && quantizedCache)) {
                out.push_back(stage.kind);
            }
        }
    }
    return out;
}

struct Totals
{
    double linearWeights = 0, otherWeights = 0;
    explicit Totals(const ModelConfig &c)
    {
        const double attention = double(c.heads + 2 * c.kvHeads) * double(c.headDim * c.hidden)
            + double(c.heads * c.headDim) * double(c.hidden);
        linearWeights =
            double(c.layers) * (attention + 3.0 * double(c.intermediate) * double(c.hidden));
        otherWeights = double(c.vocab * c.hidden) * (c.tiedEmbeddings ? 1 : 2)
            + double(c.layers * 2 + 1) * double(c.hidden);
    }
};

Json costOf(const RunSpec &spec, const Recipe &recipe, const RecipeSettings &settings,
            const ModelConfig &config)
{
    const Totals totals(config);
    const LayerSolution first = calib::plannedLayer(config, spec.protocol, recipe, settings, 0);
    OnlineCost cost = onlineCost(first, config);
    for (std::int64_t l = 1; l < config.layers; ++l)
        cost += onlineCost(calib::plannedLayer(config, spec.protocol, recipe, settings, l), config);
    const calib::FoldedValues folded = calib::foldedValues(config, spec.protocol, recipe);
    Json sites = Json::object();
    for (const Site site : kLinearSites)
        sites[std::string(name(site))] = {
            { "parameters", first.at(site).onlineParameters() },
            { "flopPerToken", first.at(site).flopPerToken(siteWidth(config, site)) },
            { "foldedParameters", folded.sites[static_cast<std::size_t>(site)] }
        };
    const double bits = calib::effectiveBits(spec.protocol, recipe, config).weights;
    return { { "onlineParameters", cost.parameters },
             { "onlineEpilogue", cost.epilogue },
             { "onlineBytes", 2 * cost.parameters },
             { "onlineFlopPerToken", cost.flopPerToken },
             { "shareOfLinearFlop", cost.flopPerToken / (2 * totals.linearWeights) },
             { "foldedParameters", folded.inAll(config.layers) },
             { "folded", { { "values", folded.values }, { "residual", folded.residual } } },
             { "bitsPerWeight", bits },
             { "modelBytes",
               totals.linearWeights * bits / 8 + 2 * totals.otherWeights
                   + 2 * double(cost.parameters) },
             { "sites", sites } };
}

/// A recipe that only transforms, at all four sites.
Recipe onlyTransform(const char *title, const Json &changes)
{
    Stage stage;
    stage.kind = "transform";
    stage.parameters = Json::object();
    for (const Parameter &row : stageParameters("transform"))
        stage.parameters[row.path.substr(row.path.find('.') + 1)] = row.defaultValue;
    stage.parameters.update(changes);
    stage.parameters["sites"] = { "T1", "T2", "T3", "T4" };
    Recipe recipe;
    recipe.id = recipe.title = title;
    recipe.passes.push_back({});
    recipe.passes.back().stages.push_back(std::move(stage));
    return recipe;
}

/// The numbers from `first` on as the quantizer sees them (kernels::Clip): in each of its blocks a
/// ratio shrinks a negative minimum and a positive maximum.
at::Tensor clippedBlocks(const at::Tensor &values, const quant::ClipRatios &clip,
                         const quant::Quantizer &q, std::int64_t first)
{
    if (!clip.active() || !q.spec)
        return values;
    const std::int64_t width = kernels::blockSize(q.spec->format);
    at::Tensor out = values.to(at::kFloat).clone();
    for (std::int64_t from = 0; from < out.numel(); from += width) {
        at::Tensor block = out.narrow(0, from, std::min(width, out.numel() - from));
        const auto ratio = [b = (first + from) / width](const at::Tensor &of) {
            const at::Tensor flat = of.reshape({ -1 });
            return flat[flat.numel() > 1 ? b : 0].item<float>();
        };
        const auto low = block.min().item<float>(), high = block.max().item<float>();
        block.clamp_(low < 0 ? low * ratio(clip.lo) : low, high > 0 ? high * ratio(clip.hi) : high);
    }
    return out;
}

/// Numbers of one block, their codes and what the codes stand for. clipped: what is rounded;
/// quantized: what the linear reads; spec: the format with the factor of this row, if it has codes.
Json blockJson(const at::Tensor &values, const at::Tensor &clipped, const at::Tensor &quantized,
               const std::optional<kernels::QuantSpec> &spec, const std::string &format)
{
    const auto count = values.numel();
    const at::Tensor x = values.to(at::kFloat).contiguous();
    const at::Tensor y = quantized.to(at::kFloat).contiguous();
    const auto *from = x.const_data_ptr<float>();
    const auto *to = y.const_data_ptr<float>();
    double signal = 0, noise = 0, worst = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const double e = double(from[i]) - double(to[i]);
        signal += double(from[i]) * double(from[i]);
        noise += e * e;
        worst = std::max(worst, std::abs(e));
    }
    Json out { { "values", packArray(std::vector<float>(from, from + count)) },
               { "dequantized", packArray(std::vector<float>(to, to + count)) },
               { "maxError", worst },
               { "sqnrDb", noise > 0 ? 10 * std::log10(signal / noise) : 200.0 },
               { "format", format } };
    if (!spec)
        return out;
    const std::int64_t width = kernels::blockSize(spec->format);
    const std::int64_t blocks = (count + width - 1) / width;
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(blocks * width));
    at::Tensor bytes = at::empty({ 1, blocks }, at::kByte);
    const at::Tensor rounded = clipped.to(at::kFloat).contiguous();
    kernels::cpu().quantize(
        { rounded.const_data_ptr<float>(), kernels::DType::f32, 1, count, count }, *spec,
        codes.data(), bytes.data_ptr<std::uint8_t>(), quant::exec());
    const at::Tensor scales = scaleValues(bytes, *spec);
    const auto *scale = scales.const_data_ptr<float>();
    // Of what the linear reads: a site that refines its codes has moved one.
    const at::Tensor read = quant::encodeOnGrid(y.view({ 1, count }), bytes, *spec);
    std::copy_n(read.const_data_ptr<std::uint8_t>(), count, codes.begin());
    const double largest = double(kernels::elementFormat(spec->format).maxValue);
    std::int64_t beyond = 0;
    for (std::int64_t i = 0; i < count; ++i)
        beyond += std::abs(double(from[i])) > largest * double(scale[i / width]) ? 1 : 0;
    out["codes"] = packArray(codes);
    out["scaleByte"] = bytes.const_data_ptr<std::uint8_t>()[0];
    out["scale"] = scale[0];
    out["clipShare"] = double(beyond) / double(count);
    return out;
}

/// Of K and V: what shares a row of the cache's quantizer, a head. Where blocks do not divide it
/// they run on over the heads of a token, as they do in the statistics.
std::int64_t cachedRow(const SiteView &view)
{
    const std::int64_t head = view.config.headDim;
    return head % kMxBlock == 0 ? head : view.raw.size(1);
}

/// What a variant's quantizer reads of some tokens, [tokens, n or padded].
at::Tensor transformedRows(const SiteView &view, const SiteView::Solved &v, const at::Tensor &x)
{
    if (!view.isCached())
        return v.site.transformed(x, at::kFloat);
    const std::int64_t head = view.config.headDim;
    return v.site.transformed(x.reshape({ -1, head }), at::kFloat)
        .narrow(-1, 0, head)
        .reshape(x.sizes());
}

/// What it makes of them, times its epilogue.
at::Tensor quantizedRows(const SiteView &view, const SiteView::Solved &v, const at::Tensor &x)
{
    if (!view.isCached())
        return v.site.apply(x, at::kFloat);
    const std::int64_t row = cachedRow(view);
    const at::Tensor rows = transformedRows(view, v, x).reshape({ -1, row });
    return quant::fakeQuantize(paddedToBlock(rows, kMxBlock), {}, v.site.activation, at::kFloat)
        .narrow(-1, 0, row)
        .reshape(x.sizes());
}

} // namespace

Json whatIfAnswer(const proxy::Scores &scores, const Recipe &recipe, bool quantizedCache)
{
    Json sites = Json::object(), linears = Json::array();
    for (const Site site : kLinearSites)
        sites[std::string(name(site))] = siteJson(scores.sites[static_cast<std::size_t>(site)]);
    double mse = 0;
    for (const LinearScore &l : scores.linears) {
        mse += l.outputMse / double(scores.linears.size());
        linears.push_back({ { "linear", std::string(name(l.linear)) },
                            { "outputSqnrDb", l.outputSqnrDb },
                            { "weightSqnrDb", l.weightSqnrDb },
                            { "outputMse", l.outputMse } });
    }
    return { { "outputSqnrDb", scores.outputSqnrDb() },
             { "outputMse", mse },
             { "notApplied", leftOut(recipe, quantizedCache) },
             { "sites", sites },
             { "linears", linears } };
}

Json variantCost(const RunSpec &spec, const VariantSpec &variant, const ModelConfig &config)
{
    Json out = costOf(spec, variant.recipe, effectiveSettings(spec, variant), config);
    out["id"] = variant.id;
    out["title"] = variant.recipe.title;
    return out;
}

Json costAnswer(const RunSpec &spec, const ModelConfig &config)
{
    const auto tried = [](Json names, const std::function<Json()> &cost) {
        try {
            names.update(cost());
        } catch (const Exception &e) {
            names["reason"] = e.error.message();
        }
        return names;
    };
    Json variants = Json::array(), references = Json::array();
    for (const VariantSpec &variant : spec.variants)
        variants.push_back(tried({ { "id", variant.id }, { "title", variant.recipe.title } },
                                 [&] { return variantCost(spec, variant, config); }));
    const std::pair<const char *, Json> known[] = {
        { "H32 rotation", { { "kind", "hadamard" }, { "size", "32" } } },
        { "GPK 8x4", { { "kind", "gpk" }, { "g1", 8 }, { "g2", 4 } } },
        { "FlatQuant", { { "kind", "kronecker" } } },
        { "Dense 32x32", { { "kind", "dense" }, { "size", "32" } } },
    };
    for (const auto &[title, changes] : known)
        references.push_back(tried({ { "name", title } }, [&, t = title, &c = changes] {
            return costOf(spec, onlyTransform(t, c), spec.settings, config);
        }));
    return { { "variants", variants }, { "references", references } };
}

Json blockAnswer(const SiteView &view, const RecipeSettings &settings, std::int64_t block,
                 std::int64_t token)
{
    const std::int64_t n = view.raw.size(1), tokens = view.raw.size(0);
    const std::int64_t blocks = (n + kMxBlock - 1) / kMxBlock;
    block = std::clamp<std::int64_t>(block, 0, blocks - 1);
    token = std::clamp<std::int64_t>(token, 0, tokens - 1);
    const auto cut = [&](const at::Tensor &row) {
        const std::int64_t from = std::min(block * kMxBlock, row.size(0) - 1);
        return row.narrow(0, from, std::min(kMxBlock, row.size(0) - from));
    };
    const quant::Quantizer plain = [&] {
        for (const SiteView::Solved &v : view.variants)
            if (v.site.activation.spec)
                return v.site.activation;
        return quant::makeQuantizer("mxfp4", settings);
    }();
    const auto answer = [&](const at::Tensor &row, const at::Tensor &quantized,
                            const quant::ClipRatios &clip, const quant::Quantizer &q) {
        std::optional<kernels::QuantSpec> spec = q.spec;
        if (spec && q.dynamicScale) {
            const std::int64_t width = view.isCached() ? cachedRow(view) : row.size(0);
            const std::int64_t first = block * kMxBlock / width * width;
            spec->tensorScale = quant::rowFactor(row.narrow(0, first, width)).item<float>();
        }
        const at::Tensor values = cut(row);
        return blockJson(values, clippedBlocks(values, clip, q, block * kMxBlock),
                         cut(quantized / q.epilogue()), spec, q.formatName());
    };
    const at::Tensor row = view.raw.narrow(0, token, 1);
    SiteView::Solved model; // the reference as the first method would round it
    model.site.activation = plain;
    Json out { { "block", block },
               { "channels", { block * kMxBlock, std::min((block + 1) * kMxBlock, n) - 1 } },
               { "token", token },
               { "reference",
                 answer(row.select(0, 0),
                        quantizedRows(view, model, row).narrow(1, 0, n).select(0, 0), {}, plain) },
               { "variants", Json::array() } };
    if (static_cast<std::size_t>(token) < view.pieces.size()) {
        const std::string &piece = view.pieces[static_cast<std::size_t>(token)];
        out["piece"] = Json::binary({ piece.begin(), piece.end() });
    }
    for (const SiteView::Solved &v : view.variants) {
        const at::Tensor in = v.input.narrow(0, token, 1);
        Json each = answer(transformedRows(view, v, in).select(0, 0),
                           quantizedRows(view, v, in).select(0, 0), v.site.clip, v.site.activation);
        each["id"] = v.id;
        out["variants"].push_back(std::move(each));
    }
    return out;
}

Json activationsAnswer(const SiteView &view, std::int64_t tokens, bool reference)
{
    tokens = std::clamp<std::int64_t>(tokens, 1, view.raw.size(0));
    const auto packed = [&](const at::Tensor &x) {
        const at::Tensor part = x.narrow(0, 0, tokens).contiguous();
        const auto *v = part.const_data_ptr<float>();
        return packArray(std::vector<float>(v, v + part.numel()));
    };
    Json pieces = Json::array();
    for (std::size_t i = 0; i < view.pieces.size() && i < std::size_t(tokens); ++i)
        pieces.push_back(Json::binary({ view.pieces[i].begin(), view.pieces[i].end() }));
    Json out { { "tokens", tokens },
               { "channels", view.raw.size(1) },
               { "pieces", pieces },
               { "variants", Json::array() } };
    if (reference)
        out["reference"] = packed(view.raw);
    for (const SiteView::Solved &v : view.variants) {
        const at::Tensor t = transformedRows(view, v, v.input);
        out["variants"].push_back(
            { { "id", v.id }, { "values", packed(t.narrow(1, 0, view.raw.size(1))) } });
    }
    return out;
}

} // namespace batlab
