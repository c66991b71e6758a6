// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/engine/variant/residual_rotation.h"

namespace batlab::calib {

/// What folding did to the directions and the order of a layer's channels, scales aside: the
/// numbers at a site are x U of the model's own x.
struct FoldedBasis
{
    ResidualRotation residual {}; ///< T1 and T3, behind their norm; undefined: none
    at::Tensor values {}; ///< T2: [kvHeads, headDim, headDim] fp64, each shared by the query heads
                          ///< of its group; undefined: none
    at::Tensor downOrder {}; ///< T4: int64 [intermediate], the channel that has come to each place;
                             ///< undefined: none

    /// V's head outputs are multiplied by `factor` too: [headDim, headDim] or one for each head.
    void turnValues(std::int64_t kvHeads, const at::Tensor &factor);
    [[nodiscard]] at::Tensor apply(Site site, const at::Tensor &x) const; ///< x U, x [.., n] fp32
    [[nodiscard]] at::Tensor undo(Site site, const at::Tensor &x) const; ///< x U^-1
};

} // namespace batlab::calib
