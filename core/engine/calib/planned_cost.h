// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/variant/layer_solution.h"
#include "core/spec/run_spec.h"

#include <array>

namespace batlab::calib {

/// What a recipe will add online, before any work: one layer's solution with the transforms, clips,
/// branches, biases and gains it will have, their values left at identity or zero. Reads no
/// weights. Throws Exception where the recipe does not fit the model.
[[nodiscard]] LayerSolution plannedLayer(const ModelConfig &config, const Protocol &protocol,
                                         const Recipe &recipe, const RecipeSettings &settings,
                                         std::int64_t layer);

/// Values a recipe fuses into the weights, which nothing keeps at run time. Hadamard matrices and
/// their signs are none, as online.
struct FoldedValues
{
    std::array<std::int64_t, 4> sites {}; ///< of a layer: diagonal and order of channels, T1 to T4
    std::int64_t values = 0; ///< of all layers: R2 and P_v, within the heads of V
    std::int64_t residual = 0; ///< R1, one for all layers
    [[nodiscard]] std::int64_t inAll(std::int64_t layers) const;
};
[[nodiscard]] FoldedValues foldedValues(const ModelConfig &config, const Protocol &protocol,
                                        const Recipe &recipe);

} // namespace batlab::calib
