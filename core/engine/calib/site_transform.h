// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/weight_sums.h"

namespace batlab::calib {

/// Stage "transform": sets each chosen site's transform and its initial factors (deployed values).
/// Throws Exception{unsupported} where a site's width has no such transform. `checkpoint` is called
/// between panels of large factorizations. sums: as runFold's.
void runTransform(
    LayerState &state, const Json &parameters, const std::function<void()> &checkpoint = [] {},
    WeightSums *sums = nullptr);

/// "conditional" moments of the blocks [k, g, g], fp64, of h [n, n] (n a multiple of g): R_bb^T
/// R_bb of the upper Cholesky factor R of h + damping mean diag(h) I, what is left of a block when
/// the blocks before it are known (methods.md 2.10).
[[nodiscard]] at::Tensor conditionalMoments(const at::Tensor &h, std::int64_t g, double damping,
                                            const std::function<void()> &checkpoint);

} // namespace batlab::calib
