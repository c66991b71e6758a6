// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/transform/gpk.h"

namespace batlab {

/// Orthogonal change of basis of the residual stream, R = diag(signs) P (methods.md 2.6, R1). Both
/// sides are kept in fp64, so that entering and leaving are exact inverses in the stream's type.
struct ResidualRotation
{
    at::Tensor signs; ///< [hidden] of +-1, fp64; undefined: all +1
    transform::GpkFactors factors; ///< orthogonal, fp64, over exactly hidden channels

    [[nodiscard]] bool defined() const { return factors.defined(); }
    /// x R in x's type, x [.., hidden].
    [[nodiscard]] at::Tensor apply(const at::Tensor &x) const;
    /// x R^T.
    [[nodiscard]] at::Tensor undo(const at::Tensor &x) const;
};

} // namespace batlab
