// SPDX-License-Identifier: Apache-2.0
#include "core/spec/parameter_rows.h"

namespace batlab::rows {

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
            "The search stops before one minus this share of the maximum.")
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
        batchRow("train", 4),
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
        scaleGradientRow("train"),
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
        checkpointRow("train", 20),
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

std::vector<Parameter> refineTable()
{
    return {
        Row("sites", Type::textList, kAllSites, "Sites",
            "Where one code of every activation block may move by one grid step at run time, if "
            "that lowers the output error. Two matrices a block run online.")
            .choices(kSiteChoices)
            .of("refine"),
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

} // namespace batlab::rows
