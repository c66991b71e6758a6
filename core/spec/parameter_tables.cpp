// SPDX-License-Identifier: Apache-2.0
#include "core/spec/format_names.h"
#include "core/spec/parameter.h"

namespace batlab {

namespace {

using Type = ParameterType;

/// Builds rows; the setters read like a sentence in the tables below.
class Row
{
public:
    Row(std::string path, Type type, Json value, std::string title, std::string help)
    {
        m_row.path = std::move(path);
        m_row.type = type;
        m_row.defaultValue = std::move(value);
        m_row.title = std::move(title);
        m_row.help = std::move(help);
    }
    Row range(double lo, double hi)
    {
        m_row.minimum = lo, m_row.maximum = hi;
        return *this;
    }
    Row from(double lo)
    {
        m_row.minimum = lo;
        return *this;
    }
    Row unit(std::string text)
    {
        m_row.unit = std::move(text);
        return *this;
    }
    Row choices(std::vector<std::string> names)
    {
        m_row.choices = std::move(names);
        return *this;
    }
    Row answersAtOnce()
    {
        m_row.appliesWhenQueued = false;
        return *this;
    }
    Parameter in(std::string group)
    {
        m_row.group = std::move(group);
        return m_row;
    }
    /// A row of a stage: its path is "stage.name".
    Parameter of(const std::string &stage)
    {
        m_row.path = stage + "." + m_row.path;
        return in(stage);
    }

private:
    Parameter m_row;
};

std::vector<std::string> with(std::vector<std::string> names,
                              std::initializer_list<const char *> more)
{
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

const std::vector<std::string> kSiteChoices { "T1", "T2", "T3", "T4" };
const Json kAllSites = Json::array({ "T1", "T2", "T3", "T4" });

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
        Row("protocol.weightFormat", Type::choice, "mxfp4", "Weight format", quantized)
            .choices(with(formatNames(), { "none" }))
            .in("Protocol"),
        Row("protocol.activationFormat", Type::choice, "mxfp4", "Activation format",
            quantized + " None leaves activations alone (W4A16).")
            .choices(with(formatNames(), { "none" }))
            .in("Protocol"),
        Row("protocol.kvFormat", Type::choice, "bf16", "KV cache format",
            "bf16 leaves keys and values alone.")
            .choices(with({ "bf16" }, { "mxfp4", "mxfp8-e4m3" }))
            .in("Protocol"),
        Row("protocol.dtype", Type::choice, "bf16", "Compute type",
            "Of the evaluation; products accumulate in fp32 either way.")
            .choices({ "bf16", "fp32" })
            .in("Protocol"),
        Row("protocol.text", Type::file, "wikitext2", "Evaluation text",
            "wikitext2, or a UTF-8 text file.")
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
            "Self: text sampled from the model itself. File: random windows of a text file.")
            .choices({ "self", "file" })
            .in("Calibration"),
        Row("calibration.file", Type::file, "", "Text file",
            "UTF-8 text; used when the source is file.")
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
        Row("evaluate", Type::boolean, true, "Evaluate",
            "Perplexity and divergence from the full-precision model.")
            .in("Evaluation"),
    };
}

std::vector<Parameter> foldTable()
{
    return {
        Row("diagonal", Type::choice, "balanced", "Diagonal",
            "Scale per channel, folded into the producer. Balanced: (B_jj/A_jj)^alpha of the "
            "second moments; SmoothQuant: max|x|^alpha / max|w|^(1-alpha).")
            .choices({ "none", "smoothquant", "balanced" })
            .of("fold"),
        Row("alpha", Type::real, 0.25, "Exponent",
            "0.25 balances both sides; SmoothQuant's usual value is 0.5 to 0.6.")
            .range(0.05, 1)
            .of("fold"),
        Row("sites", Type::textList, kAllSites, "Sites", "Where the diagonal is folded.")
            .choices(kSiteChoices)
            .of("fold"),
    };
}

std::vector<Parameter> transformTable()
{
    return {
        Row("kind", Type::choice, "gpk", "Kind",
            "Online transform of every 32-channel block. Hadamard: fixed. GPK: B_i (x) A, A shared "
            "by all blocks.")
            .choices({ "none", "hadamard", "gpk" })
            .of("transform"),
        Row("g1", Type::integer, 8, "Shared factor",
            "Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128.")
            .range(1, 128)
            .of("transform"),
        Row("g2", Type::integer, 4, "Private factor", "Size of each B_i; a power of two.")
            .range(1, 128)
            .of("transform"),
        Row("parametrization", Type::choice, "affine", "Parametrization",
            "Affine: any invertible factor. Orthogonal: rotations only.")
            .choices({ "affine", "orthogonal" })
            .of("transform"),
        Row("init", Type::choice, "hadamard", "Start",
            "Closed form fits the factors to the blocks' second moments; Hadamard starts exactly "
            "at MR-GPTQ.")
            .choices({ "identity", "random-orthogonal", "hadamard", "closed-form" })
            .of("transform"),
        Row("conditionCap", Type::real, 0.0, "Condition cap",
            "Largest condition number of a factor; 0 sets no cap.")
            .range(0, 1e6)
            .of("transform"),
        Row("sites", Type::textList, kAllSites, "Sites", "Where the transform is applied.")
            .choices(kSiteChoices)
            .of("transform"),
    };
}

std::vector<Parameter> clipTable()
{
    return {
        Row("activations", Type::choice, "none", "Activations",
            "Learnable clipping of each block's minimum and maximum: one pair a site, or one pair "
            "a block.")
            .choices({ "none", "tensor", "block" })
            .of("clip"),
        Row("weights", Type::choice, "none", "Weights",
            "Learnable clipping of weight blocks: one pair an output row.")
            .choices({ "none", "row" })
            .of("clip"),
        Row("initLogit", Type::real, 4.0, "Start", "Logit of the clip ratio; 4 means 0.982.")
            .range(-10, 20)
            .of("clip"),
    };
}

std::vector<Parameter> trainTable()
{
    return {
        Row("epochs", Type::integer, 5, "Epochs",
            "Passes over the calibration sequences, layer by layer.")
            .range(1, 1000)
            .of("train"),
        Row("batch", Type::integer, 4, "Batch", "Sequences a step.")
            .range(1, 4096)
            .unit("sequences")
            .of("train"),
        Row("learningRate", Type::real, 2e-3, "Learning rate",
            "Of AdamW, at the start of the cosine.")
            .range(1e-8, 1)
            .of("train"),
        Row("clipLearningRateFactor", Type::real, 10.0, "Clip rate factor",
            "Learning rate of the clip logits over the learning rate.")
            .range(0, 1000)
            .of("train"),
        Row("weightDecay", Type::real, 0.01, "Weight decay", "Of AdamW, decoupled.")
            .range(0, 1)
            .of("train"),
        Row("minLearningRateFactor", Type::real, 1e-3, "Final rate factor",
            "Learning rate at the end of the cosine over the learning rate.")
            .range(0, 1)
            .of("train"),
        Row("gradientNorm", Type::real, 1.0, "Gradient norm",
            "Gradients are scaled down to this norm; 0 is off.")
            .range(0, 1e6)
            .of("train"),
        Row("normalizeLoss", Type::boolean, true, "Normalise loss",
            "Trains on L / stop-gradient(L), so that layers of any scale take equal steps.")
            .of("train"),
        Row("scaleGradient", Type::boolean, true, "Scale gradient",
            "Routes the gradient of a block's scale to its largest element.")
            .of("train"),
        Row("steMask", Type::boolean, true, "Mask saturated",
            "No gradient through saturated elements; off: straight through everything "
            "(microxcaling).")
            .of("train"),
        Row("trainDiagonal", Type::boolean, false, "Train diagonal",
            "Also trains the folded diagonal.")
            .of("train"),
        Row("weightsInLoop", Type::choice, "rtn", "Weights in the loop",
            "RTN: weights are rounded in every step. None: full-precision weights.")
            .choices({ "rtn", "none" })
            .of("train"),
        Row("sequences", Type::integer, 0, "Sequences",
            "Calibration sequences to train on; 0 takes all.")
            .range(0, 65536)
            .of("train"),
        Row("length", Type::integer, 0, "Length",
            "Tokens of each sequence to train on; 0 takes all.")
            .range(0, 131072)
            .unit("tokens")
            .of("train"),
        Row("checkpointSteps", Type::integer, 20, "Checkpoint every",
            "A killed job resumes from the last of these.")
            .range(1, 1000000)
            .unit("steps")
            .of("train"),
    };
}

std::vector<Parameter> roundTable()
{
    return {
        Row("kind", Type::choice, "gptq", "Kind",
            "RTN: each weight to its nearest code. GPTQ: column by column with error feedback.")
            .choices({ "rtn", "gptq" })
            .of("round"),
        Row("damp", Type::real, 0.01, "Damping", "Share of the mean diagonal added to the Hessian.")
            .range(1e-8, 10)
            .of("round"),
        Row("blockSize", Type::integer, 128, "Column block",
            "Columns between two lazy updates; no effect on the result but its rounding.")
            .range(32, 4096)
            .unit("columns")
            .of("round"),
        Row("order", Type::choice, "activation", "Order",
            "Activation: columns by falling Hessian diagonal. Natural: as they stand.")
            .choices({ "activation", "natural" })
            .of("round"),
        Row("scales", Type::choice, "static", "Block scales",
            "Static: fixed from the weights before the loop.")
            .choices({ "static" })
            .of("round"),
        Row("hessian", Type::choice, "fp", "Hessian inputs",
            "Fp: the transformed inputs. Quantized: the same after the activation quantizer.")
            .choices({ "fp", "quantized" })
            .of("round"),
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
    static const std::vector<std::string> kinds { "fold", "transform", "clip", "train", "round" };
    return kinds;
}

const std::vector<Parameter> &stageParameters(std::string_view stageKind)
{
    static const std::vector<Parameter> fold = foldTable(), transform = transformTable(),
                                        clip = clipTable(), train = trainTable(),
                                        round = roundTable(), none;
    if (stageKind == "fold")
        return fold;
    if (stageKind == "transform")
        return transform;
    if (stageKind == "clip")
        return clip;
    if (stageKind == "train")
        return train;
    return stageKind == "round" ? round : none;
}

} // namespace batlab
