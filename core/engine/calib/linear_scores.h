// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/calib/layer_state.h"

#include <vector>

namespace batlab::calib {

/// Each linear of a site against its exact, folded weight on the numbers its site saw. x [.., n]:
/// as the folded model produces it; ops: the solved layer.
[[nodiscard]] std::vector<LinearScore>
linearScores(const LayerState &folded, const nn::LayerOps &ops, const LayerSolution &solution,
             Site site, const at::Tensor &x, const std::string &variant, LayerId layer);

/// 10 log10(signal/noise); 200 where there is no noise.
[[nodiscard]] double decibel(double signal, double noise);

} // namespace batlab::calib
