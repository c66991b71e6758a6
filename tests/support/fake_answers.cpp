// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_answers.h"

#include "core/base/hash.h"

#include <fmt/format.h>

#include <cmath>

namespace batlab {

namespace {

/// 0..1 from a text.
double chance(const std::string &text)
{
    const std::string hex = hashHex(text).substr(0, 8);
    return static_cast<double>(std::stoul(hex, nullptr, 16)) / 4294967295.0;
}

Result<RunSpec> specOf(const Json &question, const PresetLibrary &presets)
{
    if (!question.is_object() || !question.contains("spec"))
        return Error { ErrorCode::badInput, "the question has no spec", "question", {} };
    return runSpecFromJson(question["spec"], presets, "question");
}

Json costOf(const std::string &key, const std::string &title, double parameters, double flop)
{
    Json sites = Json::object();
    for (const char *site : { "T1", "T2", "T3", "T4" })
        sites[site] = { { "parameters", std::round(parameters / 120) },
                        { "flopPerToken", std::round(flop / 120) } };
    return { { key, title },
             { "onlineParameters", parameters },
             { "onlineBytes", 2 * parameters },
             { "onlineFlopPerToken", flop },
             { "shareOfLinearFlop", flop / 2.12e8 },
             { "foldedParameters", 81000 },
             { "bitsPerWeight", 4.25 + parameters * 16 / 1.06e8 },
             { "modelBytes", 5.64e7 },
             { "sites", sites } };
}

} // namespace

Result<Json> fakeWhatIf(const Json &question, const PresetLibrary &presets)
{
    const Result<RunSpec> spec = specOf(question, presets);
    if (!spec)
        return spec.error();
    if (spec->variants.size() != 1)
        return Error { ErrorCode::badInput, "what-if needs exactly one variant", "question", {} };
    const VariantSpec &variant = spec->variants.front();
    const RecipeSettings settings = effectiveSettings(*spec, variant);
    Json recipe = variant.recipe.toJson();
    for (const char *key : { "id", "title", "description", "source" })
        recipe.erase(key);
    const std::string key = Json { recipe, settings.scaleRule, settings.ties,
                                   spec->protocol.weightFormat, question.value("layer", 0) }
                                .dump();
    const double output = 18 + 3 * chance(key);
    Json sites = Json::object();
    for (const auto &[site, blocks] : { std::pair { "T1", 18 }, std::pair { "T2", 18 },
                                        std::pair { "T3", 18 }, std::pair { "T4", 48 } }) {
        std::vector<float> block;
        for (int b = 0; b < blocks; ++b)
            block.push_back(static_cast<float>(output + 1.5 * std::sin(0.7 * b)
                                               + chance(key + site + std::to_string(b))));
        sites[site] = { { "activationSqnrDb", output + 0.7 },
                        { "outputSqnrDb", output - 0.4 },
                        { "condition", 1 + 7 * chance(key + "c") },
                        { "clipShare", 0.04 * chance(key + "p") },
                        { "zeroShare", 0.09 + 0.03 * chance(key + "z") },
                        { "codeEntropy", 3.3 + 0.4 * chance(key + "e") },
                        { "bimodality", 0.35 + 0.1 * chance(key + "b") },
                        { "blockSqnrDb", packArray(block) } };
    }
    Json notApplied = Json::array();
    for (const Pass &pass : variant.recipe.passes) {
        for (const Stage &stage : pass.stages) {
            if (stage.kind == "train")
                notApplied.push_back("train");
            if (stage.kind == "round" && text(stage, "kind") != "rtn")
                notApplied.push_back("round: " + text(stage, "kind"));
        }
    }
    return Json { { "layer", question.value("layer", 0) },
                  { "tokens", question.value("tokens", 512) },
                  { "milliseconds", 120 + 80 * chance(key) },
                  { "cached", true },
                  { "outputSqnrDb", output },
                  { "outputMse", std::pow(10, -output / 10) },
                  { "notApplied", notApplied },
                  { "sites", sites },
                  { "linears", Json::array() } };
}

Result<Json> fakeCost(const Json &question, const PresetLibrary &presets)
{
    const Result<RunSpec> spec = specOf(question, presets);
    if (!spec)
        return spec.error();
    Json variants = Json::array();
    for (const VariantSpec &variant : spec->variants) {
        const double share = chance(variant.recipe.hash());
        variants.push_back(costOf("id", variant.id, 5e4 * (1 + share), 2.3e6 * (1 + share)));
        variants.back()["title"] = variant.recipe.title;
    }
    return Json { { "variants", variants },
                  { "references",
                    { costOf("name", "H32 rotation", 0, 4.8e5),
                      costOf("name", "FlatQuant", 203500, 1.24e7),
                      costOf("name", "GPK 8x4", 56600, 2.35e6),
                      costOf("name", "Dense 32x32", 3.13e6, 6.27e6) } } };
}

Json fakeTensors(int layers)
{
    Json out = Json::array();
    const auto add = [&](const std::string &name, std::vector<std::int64_t> shape) {
        const std::int64_t n = shape.front() * (shape.size() > 1 ? shape.back() : 1);
        out.push_back({ { "name", name },
                        { "shape", shape },
                        { "storage", shape.size() > 1 ? "Q4_1" : "F32" },
                        { "bytes", shape.size() > 1 ? n * 5 / 8 : n * 4 },
                        { "file", "synthetic.gguf" } });
    };
    add("model.embed_tokens.weight", { 49152, 576 });
    add("model.norm.weight", { 576 });
    for (int layer = 0; layer < layers; ++layer) {
        const std::string at = fmt::format("model.layers.{}.", layer);
        add(at + "input_layernorm.weight", { 576 });
        add(at + "post_attention_layernorm.weight", { 576 });
        for (const char *wide : { "q_proj", "o_proj" })
            add(at + "self_attn." + wide + ".weight", { 576, 576 });
        for (const char *narrow : { "k_proj", "v_proj" })
            add(at + "self_attn." + narrow + ".weight", { 192, 576 });
        for (const char *up : { "gate_proj", "up_proj" })
            add(at + "mlp." + up + ".weight", { 1536, 576 });
        add(at + "mlp.down_proj.weight", { 576, 1536 });
    }
    return out;
}

} // namespace batlab
