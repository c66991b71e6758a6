// SPDX-License-Identifier: Apache-2.0
#include "core/spec/parameter_rows.h"

namespace batlab::rows {

namespace {

const std::vector<std::string> kTuneGroups { "factors", "biases", "norms",
                                             "gains",   "branch", "clips" };

// What both passes over the model have: steps, text of their own, straight-through estimator.

Parameter stepsRow(const char *stage, int steps)
{
    return Row("steps", Type::integer, steps, "Steps", "Of the optimizer.")
        .range(1, 1000000)
        .of(stage);
}

Parameter ownSequencesRow(const char *stage)
{
    return Row("sequences", Type::integer, 128, "Sequences",
               "A set of its own: it shares no text with the layer pass's calibration set.")
        .range(1, 65536)
        .of(stage);
}

Parameter ownLengthRow(const char *stage)
{
    return Row("length", Type::integer, 0, "Length",
               "Tokens of each sequence; 0: as in the calibration.")
        .range(0, 131072)
        .unit("tokens")
        .of(stage);
}

Parameter ownTextRow(const char *stage)
{
    return Row("text", Type::choice, "calibration", "Text",
               "Where the sequences come from: as the calibration's, sampled from the model "
               "itself, windows of the calibration's text file, or both.")
        .choices({ "calibration", "self", "file", "mixed" })
        .of(stage);
}

Parameter warmupRow(const char *stage, int steps, const char *help)
{
    return Row("warmup", Type::integer, steps, "Warm-up", help)
        .range(0, 1000000)
        .unit("steps")
        .of(stage);
}

Parameter steMaskRow(const char *stage)
{
    return Row("steMask", Type::boolean, true, "Mask saturated",
               "No gradient through saturated elements.")
        .of(stage);
}

} // namespace

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
        stepsRow("learn-rotation", 100),
        batchRow("learn-rotation", 2),
        ownSequencesRow("learn-rotation"),
        ownLengthRow("learn-rotation"),
        ownTextRow("learn-rotation"),
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
        warmupRow("learn-rotation", 0, "Steps over which the rate rises linearly."),
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
        scaleGradientRow("learn-rotation"),
        steMaskRow("learn-rotation"),
        checkpointRow("learn-rotation", 10),
    };
}

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
        stepsRow("tune", 150),
        batchRow("tune", 2),
        ownSequencesRow("tune"),
        ownLengthRow("tune"),
        ownTextRow("tune"),
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
        warmupRow("tune", 5, "Steps over which the rates rise linearly."),
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
        scaleGradientRow("tune"),
        steMaskRow("tune"),
        checkpointRow("tune", 20),
    };
}

} // namespace batlab::rows
