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

/// Of the KV cache: NVFP4 would need a factor of the whole tensor.
std::vector<std::string> cacheFormats()
{
    std::vector<std::string> out { "bf16" };
    for (const std::string &name : allFormatNames())
        if (name != "nvfp4")
            out.push_back(name);
    return out;
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

std::vector<Parameter> rotateTable()
{
    return {
        Row("residual", Type::choice, "hadamard", "Residual stream",
            "Rotation of the residual stream, fused into the weights (R1). Hadamard: over the "
            "whole width, as in QuaRot; block-hadamard: within blocks, as in BRQ.")
            .choices({ "none", "hadamard", "block-hadamard", "random-orthogonal" })
            .of("rotate"),
        Row("values", Type::choice, "none", "Values",
            "Rotation of each head of V, fused into V and o (R2). Hadamard: over the head; "
            "block-hadamard: within blocks of the head.")
            .choices({ "none", "hadamard", "block-hadamard" })
            .of("rotate"),
        Row("block", Type::choice, "32", "Block",
            "Of the block rotations. Where it does not divide the width, the largest smaller power "
            "of two that does.")
            .choices({ "16", "32", "64", "128" })
            .unit("channels")
            .of("rotate"),
        Row("signs", Type::boolean, true, "Random signs",
            "Turns the sign of every second channel on average before the residual's Hadamard "
            "matrix, by the seed; block-hadamard repeats one block's signs.")
            .of("rotate"),
    };
}

std::vector<Parameter> foldTable()
{
    return {
        Row("diagonal", Type::choice, "balanced", "Diagonal",
            "Scale per channel, folded into the producer. Balanced: (B_jj/A_jj)^alpha of the "
            "second moments; SmoothQuant: max|w|^(1-alpha) / max|x|^alpha; AWQ: mean|x|^-r with r "
            "searched on the parent block's output.")
            .choices({ "none", "smoothquant", "balanced", "awq" })
            .of("fold"),
        Row("alpha", Type::real, 0.25, "Exponent",
            "0.25 balances both sides; SmoothQuant's usual value is 0.5 to 0.6.")
            .range(0.05, 1)
            .of("fold"),
        Row("sites", Type::textList, kAllSites, "Sites",
            "Where the diagonal is folded and channels are permuted.")
            .choices(kSiteChoices)
            .of("fold"),
        Row("permutation", Type::choice, "none", "Permutation",
            "Order of the channels at T4 and within each head at T2, by their largest magnitude. "
            "Zigzag deals them evenly over the blocks; cluster puts the largest together.")
            .choices({ "none", "zigzag", "cluster" })
            .of("fold"),
        Row("groupedValues", Type::choice, "tied", "Grouped values",
            "T2 where query heads share a value head. Tied: the geometric mean over the group; "
            "skip: no diagonal, as in AWQ.")
            .choices({ "tied", "skip" })
            .of("fold"),
        Row("searchActivations", Type::boolean, false, "Search with activations",
            "AWQ's search also rounds the site's activations; the original rounds weights only.")
            .of("fold"),
        Row("searchSequences", Type::integer, 8, "Search sequences",
            "Calibration sequences AWQ's search runs on; 0 takes all.")
            .range(0, 65536)
            .of("fold"),
    };
}

std::vector<Parameter> precisionTable()
{
    return {
        Row("overrides", Type::textList, Json::array(), "Overrides",
            "Bit formats that differ from the protocol's, such as T4:activations=mxfp8-e4m3, "
            "layers 0-1:all:weights=mxfp8-e4m3, down_proj:weights=none or K:cache=int8. Later ones "
            "win.")
            .of("precision"),
    };
}

std::vector<Parameter> kvTable()
{
    const std::string where =
        " Hadamard: 32-point blocks. Hadamard-head: over the whole head. GPK: "
        "B_i (x) A. Only where the protocol quantizes the cache.";
    const std::vector<std::string> kinds { "none", "hadamard", "hadamard-head", "gpk" };
    return {
        Row("keys", Type::choice, "hadamard", "Keys",
            "P_k of K after RoPE, online; Q gets its inverse." + where)
            .choices(kinds)
            .of("kv"),
        Row("values", Type::choice, "hadamard", "Values",
            "P_v of each key/value head, fused into W_v and undone in W_o." + where)
            .choices(kinds)
            .of("kv"),
        Row("g1", Type::integer, 8, "Shared factor",
            "Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128 and divide head_dim.")
            .range(1, 128)
            .of("kv"),
        Row("g2", Type::integer, 4, "Private factor", "Size of each B_i; a power of two.")
            .range(1, 128)
            .of("kv"),
        Row("init", Type::choice, "closed-form", "Start of GPK",
            "Closed form balances the second moments of K and Q, and of V and W_o.")
            .choices({ "hadamard", "closed-form" })
            .of("kv"),
    };
}

std::vector<Parameter> transformTable()
{
    return {
        Row("kind", Type::choice, "gpk", "Kind",
            "Online transform at a site. Hadamard: fixed, of `size`. GPK: blocks B_i (x) A, A "
            "shared by all blocks. Dense: a private matrix for every block of `size`. Kronecker: "
            "P_L (x) P_R over the whole width (FlatQuant); at T2 over heads and head dimension, "
            "the "
            "latter fused into V.")
            .choices({ "none", "hadamard", "gpk", "dense", "kronecker" })
            .of("transform"),
        Row("size", Type::choice, "32", "Size",
            "Block of a Hadamard or dense transform. Full: one Hadamard matrix over the whole "
            "width; "
            "at T2 with rotate.values: hadamard only across the heads, since V carries the rest.")
            .choices({ "16", "32", "64", "128", "full" })
            .unit("channels")
            .of("transform"),
        Row("g1", Type::integer, 8, "Shared factor",
            "Size of A; a power of two. g1*g2 must be 16, 32, 64 or 128.")
            .range(1, 128)
            .of("transform"),
        Row("g2", Type::integer, 4, "Private factor", "Size of each B_i; a power of two.")
            .range(1, 128)
            .of("transform"),
        Row("parametrization", Type::choice, "affine", "Parametrization",
            "Affine: any invertible factor. Orthogonal: rotations only. SVD: U diag(s) V^T with "
            "rotations U and V (FlatQuant).")
            .choices({ "affine", "orthogonal", "svd" })
            .of("transform"),
        Row("init", Type::choice, "hadamard", "Start",
            "Closed form fits the factors to the blocks' second moments (WUSH); Hadamard starts "
            "exactly at MR-GPTQ. Dense only: HiRes takes the arithmetic mean of both geometries, "
            "greedy rotates the largest channel away again and again (DuQuant).")
            .choices(
                { "identity", "random-orthogonal", "hadamard", "closed-form", "hires", "greedy" })
            .of("transform"),
        Row("moment", Type::choice, "marginal", "Second moments",
            "Of the activations in a closed-form, HiRes or greedy start. Marginal: of the block "
            "alone; conditional: what the blocks before it leave (Cholesky, as in WUSH's code).")
            .choices({ "marginal", "conditional" })
            .of("transform"),
        Row("damping", Type::real, 0.01, "Moment damping",
            "Share of a block's mean second moment added to its diagonal.")
            .range(1e-6, 1)
            .of("transform"),
        Row("greedySteps", Type::integer, 128, "Greedy steps",
            "Rotations tried for a greedy start.")
            .range(1, 4096)
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
            "Clipping of weight blocks. Row: one learnable pair an output row. Search: AWQ's grid, "
            "each block at the share of its maximum with the least output error.")
            .choices({ "none", "row", "search" })
            .of("clip"),
        Row("searchSteps", Type::integer, 20, "Search grid",
            "Shares tried are 1 - i/steps (weights: search).")
            .range(2, 1000)
            .of("clip"),
        Row("searchShrink", Type::real, 0.5, "Search depth",
            "The search goes down to one minus this share of the maximum.")
            .range(0.01, 0.99)
            .of("clip"),
        Row("searchSkipQk", Type::boolean, true, "Skip q and k",
            "The search leaves q and k alone, as AWQ does: their output error says little about "
            "the attention it makes.")
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

std::vector<Parameter> branchTable()
{
    return {
        Row("rank", Type::integer, 16, "Rank",
            "Of the bf16 branch of each linear that takes the largest singular directions of the "
            "transformed weight; only the rest is quantized. The branch reads the unquantized "
            "numbers and costs rank x (in + out) multiply-adds a linear.")
            .range(1, 1024)
            .of("branch"),
        Row("iterations", Type::integer, 10, "Iterations",
            "Of the randomised subspace iteration that finds the directions.")
            .range(1, 200)
            .of("branch"),
    };
}

const std::vector<std::string> kTuneGroups { "factors", "biases", "norms",
                                             "gains",   "branch", "clips" };

std::vector<Parameter> tuneTable()
{
    return {
        Row("groups", Type::textList, Json::array({ "factors", "biases", "norms" }), "Trained",
            "Factors: the online transforms, no longer tied to the weights. Biases: one a linear "
            "output. Norms: the diagonals of T1 and T3. Gains: one a weight row. Branch: the "
            "low-rank factors. Clips: the activation clip ratios.")
            .choices(kTuneGroups)
            .of("tune"),
        Row("codes", Type::choice, "frozen", "Codes",
            "Learned: each 4-bit weight code may also move to a neighbour on its grid (about 5 "
            "bytes a weight of memory); block scales stand still either way.")
            .choices({ "frozen", "learned" })
            .of("tune"),
        Row("codeRate", Type::real, 5e-3, "Code rate",
            "Learning rate of learned codes, in steps of the grid; one moves at half a step.")
            .range(0, 1)
            .of("tune"),
        Row("steps", Type::integer, 150, "Steps", "Of the optimizer.").range(1, 1000000).of("tune"),
        Row("batch", Type::integer, 2, "Batch", "Sequences a step.")
            .range(1, 4096)
            .unit("sequences")
            .of("tune"),
        Row("sequences", Type::integer, 128, "Sequences",
            "A set of its own: it shares no text with the layer pass's calibration set.")
            .range(1, 65536)
            .of("tune"),
        Row("length", Type::integer, 0, "Length",
            "Tokens of each sequence; 0: as in the calibration.")
            .range(0, 131072)
            .unit("tokens")
            .of("tune"),
        Row("text", Type::choice, "calibration", "Text",
            "Where the sequences come from: as the calibration's, sampled from the model itself, "
            "windows of the calibration's text file, or both.")
            .choices({ "calibration", "self", "file", "mixed" })
            .of("tune"),
        Row("learningRate", Type::real, 1e-3, "Learning rate",
            "Of the transform factors; dense blocks want about 4e-4.")
            .range(0, 1)
            .of("tune"),
        Row("biasRate", Type::real, 1e-4, "Bias rate", "Learning rate of the biases.")
            .range(0, 1)
            .of("tune"),
        Row("normRate", Type::real, 2e-3, "Norm rate",
            "Learning rate of the norm weights, relative to their start.")
            .range(0, 1)
            .of("tune"),
        Row("gainRate", Type::real, 1e-3, "Gain rate", "Learning rate of the row gains.")
            .range(0, 1)
            .of("tune"),
        Row("branchRate", Type::real, 3e-5, "Branch rate",
            "Learning rate of the low-rank factors; 5e-4 was seen to diverge.")
            .range(0, 1)
            .of("tune"),
        Row("clipRate", Type::real, 1e-2, "Clip rate", "Learning rate of the clip logits.")
            .range(0, 1)
            .of("tune"),
        Row("warmup", Type::integer, 5, "Warm-up", "Steps over which the rates rise linearly.")
            .range(0, 1000000)
            .unit("steps")
            .of("tune"),
        Row("minLearningRateFactor", Type::real, 0.0, "Final rate factor",
            "Rates at the end of the cosine over the full rates.")
            .range(0, 1)
            .of("tune"),
        Row("beta1", Type::real, 0.9, "Beta 1", "Of Adam's mean.").range(0, 0.9999).of("tune"),
        Row("beta2", Type::real, 0.95, "Beta 2", "Of Adam's second moment.")
            .range(0, 0.99999)
            .of("tune"),
        Row("gradientNorm", Type::real, 1.0, "Gradient norm",
            "Gradients are scaled down to this norm; 0 is off.")
            .range(0, 1e6)
            .of("tune"),
        Row("temperature", Type::real, 1.0, "Temperature",
            "Both sides' logits are divided by it before the divergence.")
            .range(0.05, 100)
            .of("tune"),
        Row("scaleGradient", Type::boolean, true, "Scale gradient",
            "Routes the gradient of a block's scale to its largest element.")
            .of("tune"),
        Row("steMask", Type::boolean, true, "Mask saturated",
            "No gradient through saturated elements.")
            .of("tune"),
        Row("checkpointSteps", Type::integer, 20, "Checkpoint every",
            "A killed job resumes from the last of these.")
            .range(1, 1000000)
            .unit("steps")
            .of("tune"),
    };
}

std::vector<Parameter> recoverTable()
{
    return {
        Row("parts", Type::textList, Json::array({ "values", "gates" }), "Corrected",
            "Values: an affine map of each key/value head's V. Gates: shift and stretch of the "
            "gate "
            "and stretch of up, in cells of channels.")
            .choices({ "values", "gates" })
            .of("recover"),
        Row("cells", Type::integer, 32, "Cells", "Of the MLP's channels; each has its own fit.")
            .range(1, 65536)
            .of("recover"),
        Row("bound", Type::real, 0.125, "Bound",
            "Largest correction: of a factor, and of a bias over its channel's spread.")
            .range(0, 1)
            .of("recover"),
        Row("ridge", Type::real, 0.01, "Ridge",
            "Share of each correction's own curvature that is added to it.")
            .range(0, 10)
            .of("recover"),
        Row("shrink", Type::real, 0.5, "Shrinkage",
            "Share of the way that every cell is moved to the median of all cells.")
            .range(0, 1)
            .of("recover"),
        Row("tokens", Type::choice, "relative", "Tokens",
            "What a token counts. Relative: its error over its own energy; equal: its error, which "
            "lets the massive first token decide.")
            .choices({ "relative", "equal" })
            .of("recover"),
    };
}

std::vector<Parameter> learnRotationTable()
{
    return {
        Row("loss", Type::choice, "next-token", "Loss",
            "Next token: cross entropy of the text, as published. Divergence: from the "
            "full-precision model's predictions.")
            .choices({ "next-token", "divergence" })
            .of("learn-rotation"),
        Row("blocks", Type::choice, "shared", "Blocks of the stream",
            "With rotate.residual: block-hadamard. Shared: one block for the whole stream; "
            "private: each block learns its own. Heads of V always learn their own.")
            .choices({ "shared", "private" })
            .of("learn-rotation"),
        Row("steps", Type::integer, 100, "Steps", "Of the optimizer.")
            .range(1, 1000000)
            .of("learn-rotation"),
        Row("batch", Type::integer, 2, "Batch", "Sequences a step.")
            .range(1, 4096)
            .unit("sequences")
            .of("learn-rotation"),
        Row("sequences", Type::integer, 128, "Sequences",
            "A set of its own: it shares no text with the layer pass's calibration set.")
            .range(1, 65536)
            .of("learn-rotation"),
        Row("length", Type::integer, 0, "Length",
            "Tokens of each sequence; 0: as in the calibration.")
            .range(0, 131072)
            .unit("tokens")
            .of("learn-rotation"),
        Row("text", Type::choice, "calibration", "Text",
            "Where the sequences come from: as the calibration's, sampled from the model itself, "
            "windows of the calibration's text file, or both.")
            .choices({ "calibration", "self", "file", "mixed" })
            .of("learn-rotation"),
        Row("learningRate", Type::real, 1.5, "Learning rate",
            "Length of a step along the rotation's tangent; the step never passes 1 over the "
            "tangent's largest column sum.")
            .range(0, 1e4)
            .of("learn-rotation"),
        Row("momentum", Type::real, 0.0, "Momentum",
            "Share of the last tangent that stays in the next; 0 as published.")
            .range(0, 0.9999)
            .of("learn-rotation"),
        Row("iterations", Type::integer, 5, "Cayley iterations",
            "Of the fixed point that stands for the matrix inverse of the Cayley transform.")
            .range(1, 100)
            .of("learn-rotation"),
        Row("retraction", Type::real, 1.0 / 101, "Retraction",
            "Share of the steps, drawn by the seed, that put a rotation back on the orthogonal "
            "matrices by a QR factorization; its rows are normalised in every step, and the end "
            "is always exact.")
            .range(0, 1)
            .of("learn-rotation"),
        Row("warmup", Type::integer, 0, "Warm-up", "Steps over which the rate rises linearly.")
            .range(0, 1000000)
            .unit("steps")
            .of("learn-rotation"),
        Row("minLearningRateFactor", Type::real, 0.0, "Final rate factor",
            "Rate at the end of the cosine over the full rate.")
            .range(0, 1)
            .of("learn-rotation"),
        Row("weightsInLoop", Type::choice, "none", "Weights in the loop",
            "None: 16-bit weights, as published where GPTQ follows. RTN: rotated weights are "
            "rounded in every step.")
            .choices({ "rtn", "none" })
            .of("learn-rotation"),
        Row("temperature", Type::real, 1.0, "Temperature",
            "Of the divergence: both sides' logits are divided by it.")
            .range(0.05, 100)
            .of("learn-rotation"),
        Row("scaleGradient", Type::boolean, true, "Scale gradient",
            "Routes the gradient of a block's scale to its largest element.")
            .of("learn-rotation"),
        Row("steMask", Type::boolean, true, "Mask saturated",
            "No gradient through saturated elements.")
            .of("learn-rotation"),
        Row("checkpointSteps", Type::integer, 10, "Checkpoint every",
            "A killed job resumes from the last of these.")
            .range(1, 1000000)
            .unit("steps")
            .of("learn-rotation"),
    };
}

std::vector<Parameter> roundTable()
{
    return {
        Row("kind", Type::choice, "gptq", "Kind",
            "RTN: each weight to its nearest code. GPTQ: column by column with error feedback. "
            "Babai: block by block from the last one, each solved for the blocks behind it. "
            "Learned: offsets of the codes trained on the layer's output by signed gradients.")
            .choices({ "rtn", "gptq", "babai", "learned" })
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
            "Of GPTQ's columns. Activation: by falling Hessian diagonal (with dynamic scales "
            "whole blocks by their mean, then the columns of each). Natural: as they stand. "
            "Reversed: from the last.")
            .choices({ "activation", "natural", "reversed" })
            .of("round"),
        Row("scales", Type::choice, "static", "Block scales",
            "Static: fixed from the weights before the loop. Dynamic: from the weights as they "
            "have been updated when the block's turn comes.")
            .choices({ "static", "dynamic" })
            .of("round"),
        Row("scaleSearch", Type::choice, "none", "Scale search",
            "None: the scale rule. MSE: the neighbouring scale with the least squared error. "
            "Hessian: squares weighed by the Hessian's diagonal. Block: the error that feedback "
            "inside the block leaves under its conditional Hessian.")
            .choices({ "none", "mse", "hessian", "block" })
            .of("round"),
        Row("searchSteps", Type::integer, 1, "Search range",
            "Scale bytes tried each way: factors of two for MX formats, about an eighth of an "
            "octave for NVFP4.")
            .range(1, 16)
            .of("round"),
        Row("gain", Type::choice, "none", "Gain",
            "Least-squares factor of the finished codes, applied in the fp32 epilogue: one a "
            "weight, or one an output row.")
            .choices({ "none", "tensor", "row" })
            .of("round"),
        Row("target", Type::choice, "plain", "Target",
            "Plain: the weight. Asymmetric: a weight that on the quantized stream gives what the "
            "weight gives on the full-precision one.")
            .choices({ "plain", "asymmetric" })
            .of("round"),
        Row("targetAlpha", Type::real, 0.25, "Correction",
            "Share of the asymmetric correction that is taken.")
            .range(0, 1)
            .of("round"),
        Row("targetDamp", Type::real, 0.01, "Correction damping",
            "Ridge of the correction over the mean diagonal; 10 and 100 times as much are tried, "
            "and held-out sequences decide.")
            .range(1e-8, 1)
            .of("round"),
        Row("targetLimit", Type::real, 0.5, "Correction limit",
            "A linear whose correction is longer than this share of its weight keeps the plain "
            "target.")
            .range(0, 100)
            .of("round"),
        Row("hessian", Type::choice, "fp", "Hessian inputs",
            "Fp: the transformed inputs. Quantized: the same after the activation quantizer.")
            .choices({ "fp", "quantized" })
            .of("round"),
        Row("sequential", Type::choice, "layer", "Capture order",
            "Layer: the inputs of all linears are captured before any is rounded. Sublayer: q, k, "
            "v, then o, then gate and up, then down, each on what the rounded ones before give.")
            .choices({ "layer", "sublayer" })
            .of("round"),
        Row("learnStart", Type::choice, "rtn", "Learning starts from",
            "The codes that learned rounding starts from and never does worse than.")
            .choices({ "rtn", "gptq", "babai" })
            .of("round"),
        Row("learnSteps", Type::integer, 100, "Learning steps", "Signed gradient steps a layer.")
            .range(1, 2000)
            .unit("steps")
            .of("round"),
        Row("learnBatch", Type::integer, 4, "Learning batch", "Sequences a step.")
            .range(1, 4096)
            .unit("sequences")
            .of("round"),
        Row("learnRate", Type::real, 0.0, "Learning rate",
            "Of the offsets, in grid steps; falls linearly to zero. 0 means 1 over the number of "
            "steps.")
            .range(0, 1)
            .of("round"),
        Row("learnClip", Type::boolean, true, "Learn block clips",
            "Also learns how far each block's maximum is shrunk before its scale is taken (to one "
            "half at most).")
            .of("round"),
        Row("learnCheckpointSteps", Type::integer, 50, "Checkpoint every",
            "A killed job resumes learning from the last of these.")
            .range(1, 1000000)
            .unit("steps")
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
    static const std::vector<std::string> kinds { "learn-rotation", "precision", "rotate",
                                                  "fold",           "kv",        "transform",
                                                  "clip",           "train",     "branch",
                                                  "round",          "recover",   "tune" };
    return kinds;
}

bool isModelStage(std::string_view stageKind)
{
    return stageKind == "tune" || stageKind == "learn-rotation";
}

const std::vector<Parameter> &stageParameters(std::string_view stageKind)
{
    static const std::vector<Parameter> rotate = rotateTable(), fold = foldTable(),
                                        transform = transformTable(), clip = clipTable(),
                                        train = trainTable(), branch = branchTable(),
                                        round = roundTable(), tune = tuneTable(),
                                        precision = precisionTable(), kv = kvTable(),
                                        learnRotation = learnRotationTable(),
                                        recover = recoverTable(), none;
    if (stageKind == "learn-rotation")
        return learnRotation;
    if (stageKind == "recover")
        return recover;
    if (stageKind == "precision")
        return precision;
    if (stageKind == "rotate")
        return rotate;
    if (stageKind == "kv")
        return kv;
    if (stageKind == "fold")
        return fold;
    if (stageKind == "transform")
        return transform;
    if (stageKind == "clip")
        return clip;
    if (stageKind == "train")
        return train;
    if (stageKind == "branch")
        return branch;
    if (stageKind == "tune")
        return tune;
    return stageKind == "round" ? round : none;
}

} // namespace batlab
