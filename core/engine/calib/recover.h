// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/layer_state.h"

namespace batlab::calib {

/// What stage "recover" reads: residual streams [sequences, length, hidden] in the basis the
/// variant has at this layer.
struct RecoverStreams
{
    at::Tensor fpInput, quantizedInput; ///< entering the layer
    at::Tensor target; ///< leaving the full-precision layer
};

/// Shares of the fitted corrections that were taken (1, 1/2 or 0), and the layer's output error on
/// the calibration text before and after.
struct Recovered
{
    double values = 0, gates = 0;
    double before = 0, after = 0;
};

/// Stage "recover" (methods.md 2.12 III, 6.10): once a layer's weights are encoded, affine
/// corrections take up what rounding left of the model's own numbers. Values first, then, with
/// those in place, the gated MLP:
///     V of each key/value head:  v <- (1 + a) v + b
///     MLP in cells of channels:  m = SiLU((1 + beta) g + alpha sigma_g) * (1 + eta) u
/// with sigma_g the spread of each gate channel. Both are least squares on the calibration streams,
/// the MLP's linearised and weighed by what a channel gives through down; every value is at most
/// `bound` (b: of its channel's spread). They become gains and biases of v, gate and up: no code
/// changes, nothing else runs. The full correction, half of it or none is kept, by the error of the
/// layer's output.
Recovered runRecover(const Context &context, const LayerState &state, const Json &parameters,
                     const RecoverStreams &streams, LayerSolution &solution);

} // namespace batlab::calib
