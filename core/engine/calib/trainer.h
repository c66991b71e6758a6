// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/layer_state.h"

#include <string>

namespace batlab::calib {

/// What the student layer reads and what it should give, [sequences, length, hidden] each.
struct TrainingData
{
    at::Tensor fpInput; ///< the full-precision stream; undefined if the recipe never uses it
    at::Tensor quantizedInput; ///< the stream of the layers solved so far; undefined likewise
    at::Tensor target; ///< output of the full-precision layer on the full-precision stream
};

/// Stage "train": layer-wise MSE over transforms, clips and (if asked) diagonals with AdamW and a
/// cosine schedule (methods.md 2.11.4). Reads and updates `state`: factors are left deployed
/// (bf16-representable). A layer whose training ends worse than it began, with values that are not
/// finite or with a transform of condition number 1e4 or more keeps all of its start. Training
/// states are checkpointed under `key` every `checkpointSteps`; a resumed run gives the same bytes.
/// Returns the loss curve.
[[nodiscard]] LossCurve trainLayer(const Context &context, LayerState &state, const Pass &pass,
                                   const Recipe &recipe, const TrainingData &data, LayerId layer,
                                   const std::string &variant, const std::string &key);

} // namespace batlab::calib
