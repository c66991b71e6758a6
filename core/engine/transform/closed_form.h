// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/transform/gpk.h"

namespace batlab::transform {

/// Relative damping added to second moments before they are inverted (methods.md 2.10,
/// measured-smollm2.md 5).
inline constexpr double kMomentDamping = 0.01;

/// Diagonal blocks [k, g, g] of a square matrix [k*g, k*g].
[[nodiscard]] at::Tensor diagonalBlocks(const at::Tensor &m, std::int64_t g);

/// Balanced diagonal D_j = (B_jj/A_jj)^exponent of activation and weight second moments (their
/// diagonals, [n]), each damped by 1 % of its mean; geometric mean 1 in every block of `block`
/// channels (methods.md 6.1). fp64 [n].
[[nodiscard]] at::Tensor balancedDiagonal(const at::Tensor &activation, const at::Tensor &weight,
                                          double exponent, std::int64_t block);

/// SmoothQuant's diagonal as a multiplier of the activations: D_j = max|W_j|^(1-alpha) /
/// max|X_j|^alpha, maxima clamped at 1e-5, geometric mean 1 in every block of `block` channels
/// (methods.md 2.2). fp64 [n].
[[nodiscard]] at::Tensor smoothQuantDiagonal(const at::Tensor &activationMax,
                                             const at::Tensor &weightMax, double alpha,
                                             std::int64_t block);

/// Unit-determinant geometric mean M_i = A_i^-1 # B_i of damped moments [k, g, g], the solution of
/// M A M = B up to scale (methods.md 2.10). fp64.
[[nodiscard]] at::Tensor geometricMeans(const at::Tensor &a, const at::Tensor &b,
                                        double damping = kMomentDamping);

/// Closed-form initialisation of the blocks (methods.md 6.1): M_i fitted by B_i (x) A, then P =
/// M^1/2 H with Hadamard factors. g1 == 1 (dense private blocks) keeps M exactly and turns it by
/// the eigenbasis of M^1/2 A M^1/2 first (measured-smollm2.md 5).
[[nodiscard]] GpkFactors closedFormFactors(const at::Tensor &a, const at::Tensor &b,
                                           std::int64_t g1, std::int64_t g2,
                                           double damping = kMomentDamping);
/// The same from the blocks' geometric means m = geometricMeans(a, b, damping) [k, g, g].
[[nodiscard]] GpkFactors factorsOfMeans(const at::Tensor &m, const at::Tensor &a, std::int64_t g1,
                                        std::int64_t g2, double damping);

/// HiRes' geometry (methods.md 2.12, A.5) as dense private blocks: M = (DN(A) + DN(B^-1))/2 of the
/// damped moments [k, g, g], DN scaling to determinant 1; P = Cap(M^-1/2) H with condition numbers
/// at most `cap` (0: none). fp64.
[[nodiscard]] GpkFactors hiresFactors(const at::Tensor &a, const at::Tensor &b, double cap,
                                      double damping = kMomentDamping);

} // namespace batlab::transform
