// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

namespace batlab::calib {

/// Second moments of a site's inputs over the calibration tokens.
struct SiteMoments
{
    at::Tensor sum; ///< [n, n] fp32, sum over tokens of x^T x
    at::Tensor maxAbs; ///< [n] fp32
    at::Tensor sumAbs; ///< [n] fp32, sum over tokens of |x|
    std::int64_t tokens = 0;

    void
    add(const at::Tensor &x); ///< x [.., n]; the first token of a sequence counts like every other
    [[nodiscard]] at::Tensor mean() const; ///< [n, n] fp64
    [[nodiscard]] at::Tensor meanSquares() const; ///< [n] fp64, its diagonal
    /// Its diagonal blocks [k, g, g] fp64, channels padded with zeros to whole blocks.
    [[nodiscard]] at::Tensor blockMeans(std::int64_t g) const;
    [[nodiscard]] at::Tensor meanAbs() const; ///< [n] fp64
};
using LayerMoments = std::array<SiteMoments, 4>; ///< T1..T4

/// Columns of a panel of addSquare: narrower ones multiply slower, wider ones more for nothing.
inline constexpr std::int64_t kSquarePanel = 256;

/// sum += x^T x for x [rows, n] fp32, or bf16 on CUDA; an undefined sum starts at zero. Only the
/// panels on and below the diagonal are multiplied; the rest is their mirror.
void addSquare(at::Tensor &sum, const at::Tensor &x);

/// Second moments of weights over output rows: the diagonal blocks of the sum of W^T W over the
/// linears of a site, divided by all their rows; fp64 [k, g, g], columns padded with zeros.
[[nodiscard]] at::Tensor weightBlockMoments(const std::vector<at::Tensor> &weights, std::int64_t g);
/// Their diagonal: mean squares of the columns, fp64 [n].
[[nodiscard]] at::Tensor weightMeanSquares(const std::vector<at::Tensor> &weights);

} // namespace batlab::calib
