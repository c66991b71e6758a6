// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

namespace batlab::calib {

/// Second moments of a site's inputs over the calibration tokens: all of them, or where only
/// addBlocks() was called, those between the channels of a block.
struct SiteMoments
{
    at::Tensor sum; ///< [n, n] fp32, sum over tokens of x^T x; undefined if there are only blocks
    at::Tensor blockSums; ///< [k, g, g] fp32, its diagonal blocks, without `sum`
    at::Tensor maxAbs; ///< [n] fp32
    at::Tensor sumAbs; ///< [n] fp32, sum over tokens of |x|
    std::int64_t tokens = 0;

    /// x [.., n]; the first token of a sequence counts like every other.
    void add(const at::Tensor &x);
    /// The same for blocks of g channels only: n/g times less work.
    void addBlocks(const at::Tensor &x, std::int64_t g);
    /// Of x d, for d [n] fp64.
    void scale(const at::Tensor &d);
    [[nodiscard]] std::int64_t channels() const { return maxAbs.size(0); }
    [[nodiscard]] at::Tensor mean() const; ///< [n, n] fp64; not of blocks
    [[nodiscard]] at::Tensor meanSquares() const; ///< [n] fp64, its diagonal
    /// Its diagonal blocks [k, g, g] fp64, channels padded with zeros to whole blocks. Of blocks:
    /// their own g only.
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
/// rowFactors: by weight, what its rows are multiplied by before, [out], in fp32; undefined or
/// missing: nothing.
[[nodiscard]] at::Tensor weightBlockMoments(const std::vector<at::Tensor> &weights, std::int64_t g,
                                            const std::vector<at::Tensor> &rowFactors = {});
/// Their diagonal: mean squares of the columns, fp64 [n].
[[nodiscard]] at::Tensor weightMeanSquares(const std::vector<at::Tensor> &weights,
                                           const std::vector<at::Tensor> &rowFactors = {});

} // namespace batlab::calib
