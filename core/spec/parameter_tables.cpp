// SPDX-License-Identifier: Apache-2.0
#include "core/spec/parameter_rows.h"

#include <functional>
#include <map>

namespace batlab {

namespace {

using namespace rows;

std::vector<Parameter> makeRunTable()
{
    const std::string quantized = "Blocks lie along the contraction axis.";
    return {
        Row("model", Type::file, "demo", "Model",
            "A folder with config.json and safetensors, a GGUF file, or demo.")
            .in("Model"),
        Row("seed", Type::integer, 0, "Seed",
            "Of everything random: sampling, batches, initial rotations. The same seed gives the "
            "same bytes.")
            .range(0, 9007199254740991.0)
            .in("Model"),
        Row("contract", Type::choice, "uniform", "Contract",
            "Uniform: every variant uses the scale rule and ties below. Own: each recipe keeps its "
            "own.")
            .choices({ "uniform", "own" })
            .in("Model"),
        Row("settings.scaleRule", Type::choice, "uos", "Scale rule",
            "How a block's power-of-two scale follows from its maximum (uniform contract).")
            .choices(scaleRuleNames())
            .answersAtOnce()
            .in("Model"),
        Row("settings.ties", Type::choice, "even", "Ties",
            "Where an element exactly between two codes goes (uniform contract).")
            .choices(tiesNames())
            .answersAtOnce()
            .in("Model"),
        Row("protocol.weightFormat", Type::choice, "mxfp4", "Weight format",
            quantized + " int4 has one scale and zero point an output row, int4-g128 one a group.")
            .choices(with(allFormatNames(), { "none" }))
            .in("Protocol"),
        Row("protocol.activationFormat", Type::choice, "mxfp4", "Activation format",
            quantized + " int4 has one scale a token. None leaves activations alone (W4A16).")
            .choices(with(allFormatNames(), { "none" }))
            .in("Protocol"),
        Row("protocol.nvfp4Scale", Type::choice, "calibrated", "NVFP4 tensor factor",
            "Of NVFP4 activations. Calibrated: from the largest calibration value of a site. "
            "Dynamic: from each token's own largest value.")
            .choices({ "calibrated", "dynamic" })
            .in("Protocol"),
        Row("protocol.kvFormat", Type::choice, "bf16", "KV cache format",
            "Of each token and head, along head_dim; K after RoPE. bf16 leaves keys and values "
            "alone.")
            .choices(cacheFormats())
            .in("Protocol"),
        Row("protocol.dtype", Type::choice, "bf16", "Compute type",
            "Of the evaluation; products accumulate in fp32 either way.")
            .choices({ "bf16", "fp32" })
            .in("Protocol"),
        Row("protocol.text", Type::file, "wikitext2", "Evaluation text",
            "wikitext2 (test), wikitext2-valid, gsm8k (test), or a UTF-8 text file.")
            .in("Protocol"),
        Row("protocol.windowLength", Type::integer, 2048, "Window length",
            "Windows do not overlap; each is scored on its own.")
            .range(16, 131072)
            .unit("tokens")
            .in("Protocol"),
        Row("protocol.windows", Type::integer, 20, "Windows",
            "The first so many windows of the text; -1 takes all.")
            .range(-1, 1000000)
            .in("Protocol"),
        Row("calibration.source", Type::choice, "self", "Source",
            "Self: text sampled from the model itself. File: random windows of a text file. Mixed: "
            "both.")
            .choices({ "self", "file", "mixed" })
            .in("Calibration"),
        Row("calibration.file", Type::file, "", "Text file",
            "UTF-8 text; used when the source is file or mixed.")
            .in("Calibration"),
        Row("calibration.fileShare", Type::real, 0.5, "Share of the file",
            "With mixed: the share of the sequences that comes from the text file.")
            .range(0, 1)
            .in("Calibration"),
        Row("calibration.sequences", Type::integer, 32, "Sequences",
            "32 is a desk budget; papers use 128 to 1024.")
            .range(1, 65536)
            .in("Calibration"),
        Row("calibration.length", Type::integer, 512, "Length", "Of each sequence.")
            .range(8, 131072)
            .unit("tokens")
            .in("Calibration"),
        Row("calibration.temperature", Type::real, 1.0, "Temperature",
            "Of the sampling; 0 is greedy.")
            .range(0, 10)
            .in("Calibration"),
        Row("calibration.topP", Type::real, 1.0, "Top p",
            "Keeps the likeliest tokens up to this probability; 1 keeps all.")
            .range(1e-6, 1)
            .in("Calibration"),
        Row("calibration.topK", Type::integer, 0, "Top k",
            "Keeps the k likeliest tokens; 0 keeps all.")
            .range(0, 1000000)
            .in("Calibration"),
        Row("analysis.enabled", Type::boolean, true, "Analyse",
            "Block energies, histograms and code use of every site, before and after each variant.")
            .in("Analysis"),
        Row("analysis.histogramBins", Type::integer, 96, "Histogram bins", "Of x/scale, per block.")
            .range(16, 1024)
            .in("Analysis"),
        Row("analysis.sampleTokens", Type::integer, 256, "Sample tokens",
            "Tokens of the first calibration sequence shown token by token.")
            .range(0, 4096)
            .unit("tokens")
            .in("Analysis"),
        Row("analysis.errorBySite", Type::boolean, false, "Error by site",
            "After each variant: the divergence when only one site (its activations and weights, "
            "in "
            "all layers) is quantized. Keeps the unrounded layers while it runs (2 bytes a "
            "weight).")
            .in("Analysis"),
        Row("analysis.siteWindows", Type::integer, 4, "Windows by site",
            "The first so many evaluation windows, for the error by site.")
            .range(1, 1000000)
            .in("Analysis"),
        Row("evaluate", Type::boolean, true, "Evaluate",
            "Perplexity and divergence from the full-precision model.")
            .in("Evaluation"),
        Row("alsoEvaluate", Type::textList, Json::array(), "Other texts",
            "Evaluated after protocol.text on as many windows; each gets a table of its own.")
            .in("Evaluation"),
    };
}

} // namespace

const std::vector<Parameter> &runParameters()
{
    static const std::vector<Parameter> table = makeRunTable();
    return table;
}

const std::vector<std::string> &stageKinds()
{
    static const std::vector<std::string> kinds {
        "learn-rotation", "precision", "rotate", "fold",   "kv",      "transform", "clip",
        "train",          "branch",    "round",  "refine", "recover", "tune"
    };
    return kinds;
}

bool isModelStage(std::string_view stageKind)
{
    return stageKind == "tune" || stageKind == "learn-rotation";
}

const std::vector<Parameter> &stageParameters(std::string_view stageKind)
{
    static const std::map<std::string, std::vector<Parameter>, std::less<>> tables {
        { "learn-rotation", rows::learnRotationTable() },
        { "precision", rows::precisionTable() },
        { "rotate", rows::rotateTable() },
        { "fold", rows::foldTable() },
        { "kv", rows::kvTable() },
        { "transform", rows::transformTable() },
        { "clip", rows::clipTable() },
        { "train", rows::trainTable() },
        { "branch", rows::branchTable() },
        { "round", rows::roundTable() },
        { "refine", rows::refineTable() },
        { "recover", rows::recoverTable() },
        { "tune", rows::tuneTable() },
    };
    static const std::vector<Parameter> none;
    const auto at = tables.find(stageKind);
    return at == tables.end() ? none : at->second;
}

} // namespace batlab
