// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/tune/learn_rotation.h"
#include "core/engine/tune/tune.h"
#include "tests/engine/calibration_run.h"

/// What every preset must cope with: families, head sizes, grouped heads, biases, tied embeddings.
namespace batlab::test {

inline const std::vector<std::pair<const char *, TinyModelOptions>> &toyModels()
{
    static const auto list = [] {
        std::vector<std::pair<const char *, TinyModelOptions>> out;
        TinyModelOptions llama;
        llama.biases = true;
        llama.tied = true;
        out.emplace_back("llama, grouped, biases, tied", llama);
        TinyModelOptions qwen2;
        qwen2.family = "qwen2";
        qwen2.hidden = 96;
        qwen2.heads = 3;
        qwen2.kvHeads = 1;
        qwen2.intermediate = 112;
        out.emplace_back("qwen2, three heads", qwen2);
        TinyModelOptions qwen3;
        qwen3.family = "qwen3";
        qwen3.headDim = 96;
        qwen3.tied = true;
        out.emplace_back("qwen3, heads of 96", qwen3);
        TinyModelOptions wide;
        wide.family = "qwen3";
        wide.hidden = 128;
        wide.headDim = 128;
        wide.kvHeads = 4;
        wide.intermediate = 224;
        out.emplace_back("qwen3, heads of 128, no groups", wide);
        return out;
    }();
    return list;
}

/// A preset with its long searches and trainings cut short.
inline RunSpec shortSpec(const std::string &preset)
{
    const Recipe recipe = PresetLibrary::builtIn().orThrow().find(preset).orThrow();
    Json set = Json::object();
    if (recipe.findStage("train"))
        set["train.epochs"] = 1;
    if (text(*recipe.findStage("round"), "kind") == "learned")
        set["round.learnSteps"] = 12;
    if (recipe.findStage("learn-rotation"))
        set.update({ { "learn-rotation.steps", 4 }, { "learn-rotation.batch", 2 } });
    if (recipe.findStage("tune"))
        set.update({ { "tune.steps", 4 }, { "tune.batch", 2 } });
    return specOf(Json::array({ { { "preset", preset }, { "set", set } } }).dump(),
                  "analysis: {histogramBins: 32}\n");
}

/// The layer pass, with the rotations learned before it where the recipe learns some.
inline std::vector<std::string> layerPass(Run &run)
{
    const VariantSpec &variant = run.spec.variants.front();
    if (variant.recipe.findStage("learn-rotation"))
        run.context.rotations = tune::learnRotations(run.context, variant, tokens(8, 40, 100)).part;
    return run.go();
}

/// What the tune stage makes of the layers; they themselves where the recipe has none.
inline std::vector<std::string> tunePass(Run &run, const std::vector<std::string> &layers)
{
    const VariantSpec &variant = run.spec.variants.front();
    return variant.recipe.findStage("tune")
        ? tune::tuneVariant(run.context, variant, layers, tokens(8, 40, 100))
        : layers;
}

} // namespace batlab::test
