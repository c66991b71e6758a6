// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>

namespace batlab::calib {

enum class ColumnOrder : std::uint8_t {
    activation, ///< by falling Hessian diagonal
    natural,
    reversed ///< last column first
};

struct GptqSettings
{
    double damp = 0.01; ///< times mean(diag H)
    std::int64_t blockSize = 128; ///< columns per lazy update
    ColumnOrder order = ColumnOrder::activation;
    /// With dynamic scales: width of a scale block. Blocks are ordered by their mean diagonal and
    /// stay in one piece; 0: any order (static scales make it legal, methods.md 2.4).
    std::int64_t wholeBlock = 0;
};

struct GptqFactor
{
    at::Tensor upper; ///< U [n, n] fp32, H_p^-1 = U^T U in processing order
    at::Tensor order; ///< int64 [n]: processing position -> column
    at::Tensor dead; ///< bool [n], columns with H_jj = 0
    double damp = 0; ///< relative damping that made H positive definite
};

/// Factor shared by all linears of a site. h [n, n] mean second moment (fp64). Damping grows
/// tenfold, up to 1 or what was asked for, until the Cholesky factorization succeeds;
/// Exception{badInput} if it never does (the Hessian holds NaN). `checkpoint` is called between
/// panels.
[[nodiscard]] GptqFactor gptqFactor(const at::Tensor &h, const GptqSettings &settings,
                                    const std::function<void()> &checkpoint);

/// Upper factors [n/block, block, block] fp32 of (H^-1)_bb, the conditional covariance of each
/// block of columns given that all others stay free.
[[nodiscard]] at::Tensor conditionalFactors(const GptqFactor &factor, std::int64_t block);

/// A block whose first column has been reached.
struct BlockAtHand
{
    at::Tensor w; ///< [rows, block] fp32, updated by the columns before, in processing order
    at::Tensor u; ///< [block, block] fp32, upper factor of the block's conditional covariance
    std::int64_t block = 0; ///< its place in the weight
    at::Tensor columns; ///< int64 [block]
};

/// Static scale bytes [rows, n/block], or a function that gives a block's bytes [rows, 1] when its
/// turn comes (dynamic).
struct ScaleSource
{
    at::Tensor fixed;
    std::function<at::Tensor(const BlockAtHand &)> choose;
};

struct GptqResult
{
    at::Tensor values; ///< [out, n] fp32 on the grid, original column order
    at::Tensor scales; ///< u8 [out, n/block]
    at::Tensor updated; ///< [out, n] fp32: what each value was rounded from
};

/// Column by column with error feedback (methods.md 2.4). w [out, n] fp32. Dynamic scales need a
/// factor made with settings.wholeBlock.
[[nodiscard]] GptqResult gptqRound(const at::Tensor &w, const GptqFactor &factor,
                                   const ScaleSource &scales, const kernels::QuantSpec &spec,
                                   const GptqSettings &settings,
                                   const std::function<void()> &checkpoint);

} // namespace batlab::calib
