// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/fold.h"

namespace batlab::calib {

/// AWQ's scale of a site as a multiplier of its channels, fp64 [n] (methods.md 2.3): s = mean|x|^r
/// over its geometric middle, r in {0, 1/20, .., 19/20}; the r with the smallest squared error of
/// what the parent block (attention or MLP) adds to the stream when the site's weights are rounded
/// to nearest; d = 1/s. With `activations`, the site's inputs are rounded too.
[[nodiscard]] at::Tensor awqDiagonal(const LayerState &state, Site site, const FoldInput &input,
                                     bool activations);

} // namespace batlab::calib
