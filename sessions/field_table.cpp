// SPDX-License-Identifier: Apache-2.0
#include "sessions/artifact_io.h"

namespace batlab::h5 {

const std::vector<FieldInfo> &fieldTable()
{
    // The table of resources/help/session-format.md; "1" is dimensionless.
    static const std::vector<FieldInfo> table {
        { "site-stats", "energy", "f32", "", "activation^2", "mean square of the block" },
        { "site-stats", "max_abs", "f32", "", "activation", "largest magnitude of the block" },
        { "site-stats", "kurtosis", "f32", "", "1", "kurtosis m4/m2^2 of the block" },
        { "site-stats", "bimodality", "f32", "", "1",
          "Sarle's bimodality coefficient of the block" },
        { "site-stats", "valley_depth", "f32", "", "1",
          "depth of the dip between the two highest modes" },
        { "site-stats", "dip", "f32", "", "1",
          "Hartigan's dip statistic of a sample of x / scale" },
        { "site-stats", "clip_share", "f32", "", "1", "share of values beyond the largest code" },
        { "site-stats", "sqnr_db", "f32", "", "dB", "SQNR of the activation quantizer" },
        { "site-stats", "histogram", "u32", "histogram/count", "counts",
          "values per bin of x / scale" },
        { "site-stats", "code_use", "u32", "code_use/count", "counts", "uses of each code" },
        { "token-energy", "energy", "f32", "", "activation^2", "mean square of the token's block" },
        { "sample-tokens", "ids", "i32", "", "token id", "tokens of the sample sequence" },
        { "linear-score", "output_sqnr_db", "", "", "dB", "SQNR of the linear's output" },
        { "linear-score", "weight_sqnr_db", "", "", "dB", "SQNR of the transformed weights" },
        { "linear-score", "output_mse", "", "", "activation^2",
          "mean square error of the linear's output" },
        { "layer-done", "relative_error", "", "", "1", "relative error of the layer's output" },
        { "layer-done", "first_token_error", "", "", "1", "the same for first tokens" },
        { "layer-done", "max_condition", "", "", "1",
          "largest condition number of the online transforms" },
        { "layer-done", "seconds", "", "", "s", "wall time" },
        { "loss-curve", "loss", "f32", "", "1", "loss" },
        { "loss-curve", "learning_rate", "f32", "", "1", "learning rate" },
        { "evaluation-result", "window_nll", "f64", "", "nats",
          "mean negative log likelihood of the window" },
        { "evaluation-result", "window_kld", "f64", "", "nats",
          "mean KL divergence from the reference" },
        { "evaluation-result", "delta_p_percentiles", "f64", "", "1",
          "p(next) minus the reference's, percentiles" },
        { "site-flow", "energy_flow", "f32", "", "1",
          "share of a block group's energy by where it lands after the transform" },
    };
    return table;
}

} // namespace batlab::h5
