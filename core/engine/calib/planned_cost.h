// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/variant/layer_solution.h"
#include "core/spec/run_spec.h"

namespace batlab::calib {

/// What a recipe will add online, before any work: one layer's solution with the transforms, clips,
/// branches, biases and gains it will have, their values left at identity or zero. Reads no
/// weights. Throws Exception where the recipe does not fit the model.
[[nodiscard]] LayerSolution plannedLayer(const ModelConfig &config, const Protocol &protocol,
                                         const Recipe &recipe, const RecipeSettings &settings,
                                         std::int64_t layer);

/// Values of the diagonals a recipe folds into one layer's weights.
[[nodiscard]] std::int64_t foldedParameters(const ModelConfig &config, const Recipe &recipe);

} // namespace batlab::calib
