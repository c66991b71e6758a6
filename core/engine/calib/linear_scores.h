// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/calib/layer_state.h"

#include <array>
#include <vector>

namespace batlab::calib {

/// What the caller has worked out already.
struct KnownOutputs
{
    at::Tensor input; ///< ops.input(site, x)
    std::array<at::Tensor, 7> exact; ///< x W^T + b of the folded weights, by Linear; or undefined
    std::array<at::Tensor, 7> target; ///< roundingTarget(), by Linear; or undefined
};

/// Each linear of a site against its exact, folded weight on the numbers its site saw. x [.., n]:
/// as the folded model produces it; ops: the solved layer; known: of this site, or null.
[[nodiscard]] std::vector<LinearScore>
linearScores(const LayerState &folded, const nn::LayerOps &ops, const LayerSolution &solution,
             Site site, const at::Tensor &x, const std::string &variant, LayerId layer,
             const KnownOutputs *known = nullptr);

/// 10 log10(signal/noise); 200 where there is no noise.
[[nodiscard]] double decibel(double signal, double noise);

} // namespace batlab::calib
