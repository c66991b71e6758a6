// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/model/model_config.h"
#include "core/spec/run_spec.h"

namespace batlab::calib {

/// Puts the quantizers of a layer into its state: weights by linear, activations by site, keys and
/// values.
void setFormats(LayerState &state, const LayerFormats &formats, const RecipeSettings &settings,
                const Protocol &protocol);

/// Whether a linear's weights or what enters it are rounded to integers in some layer.
[[nodiscard]] bool hasIntegers(const Protocol &protocol, const Recipe &recipe, std::int64_t layers);

/// Mean bits over a whole variant, scales included.
struct EffectiveBits
{
    double weights = 16; ///< a weight of the quantized linears
    double activations = 16; ///< a number that enters them, each site once
    double cache = 16; ///< a number in the KV cache
};
[[nodiscard]] EffectiveBits effectiveBits(const Protocol &protocol, const Recipe &recipe,
                                          const ModelConfig &config);

/// Why a variant cannot run on this model, known before anything is computed: overrides of layers
/// that are not there, transforms of the cache that do not fit head_dim, refinement of integer
/// activations.
[[nodiscard]] Result<void> checkModelFit(const Protocol &protocol, const VariantSpec &variant,
                                         const ModelConfig &config);

} // namespace batlab::calib
