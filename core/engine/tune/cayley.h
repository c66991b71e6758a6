// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace batlab::tune {

/// Stochastic gradient descent on the orthogonal matrices by Cayley transforms (SpinQuant's
/// optimizer, methods.md 2.7).
struct CayleyStep
{
    double rate = 1.5; ///< longest step; one never passes 1 / |tangent|_1
    double momentum = 0;
    std::int64_t iterations = 5; ///< of the fixed point Y = X^T + step/2 W (X^T + Y)
    std::function<void()> check = [] {}; ///< called between matrix products; may throw
};

/// One step of every x [k, n, n] against gradient [k, n, n] of the loss in x, in x's type, in
/// place; the step's length is each matrix's own. Rows are normalised first. memory [k, n, n]: the
/// optimizer's, zeros at the start.
void cayleyStep(at::Tensor &x, const at::Tensor &gradient, at::Tensor &memory,
                const CayleyStep &how);

/// The orthogonal factor of x's QR factorization with a positive diagonal of R, computed in fp64,
/// [k, n, n] fp64: x itself where it is orthogonal.
[[nodiscard]] at::Tensor retracted(const at::Tensor &x);

} // namespace batlab::tune
