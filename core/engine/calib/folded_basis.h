// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/engine/variant/residual_rotation.h"

namespace batlab::calib {

/// What folding did to the directions and the order of a layer's channels: the numbers at a site
/// are x U of the model's own x, but for the diagonals that are folded too. A diagonal scales
/// channels before or after U; taken for one before it, the blocks of x keep their own energy.
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

    /// What a layer has of its own; the residual rotation stands in the first layer's solution.
    [[nodiscard]] bool hasOwn() const { return values.defined() || downOrder.defined(); }
    [[nodiscard]] Part toPart() const;
    [[nodiscard]] static Result<FoldedBasis> fromPart(const Part &part);
};

} // namespace batlab::calib
