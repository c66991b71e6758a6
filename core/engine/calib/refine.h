// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

#include <functional>

namespace batlab::calib {

/// Stage "refine" (methods.md 2.12 II, 6.11): gives the chosen sites what their activation
/// quantizers need to move one code of a block at run time (quant::CodeRefinement), from the
/// weights that rounding was to hold and those it stored, gains included. Sites whose activations
/// stay in 16 bit are left alone. Throws on integer activations, which have no blocks of codes.
void runRefine(const LayerState &state, const Json &parameters, LayerSolution &solution,
               const std::function<void()> &checkpoint);

/// Why a site with integer activations cannot be refined.
[[nodiscard]] Error integerCodesError(Site site);

} // namespace batlab::calib
