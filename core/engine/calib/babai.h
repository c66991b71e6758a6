// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/gptq.h"

namespace batlab::calib {

struct BabaiFactor
{
    at::Tensor upper; ///< R [n, n], H = R^T R; fp64 up to n = 4,096, else fp32
    at::Tensor dead; ///< bool [n], columns with H_jj = 0
    double damp = 0; ///< relative damping that made H positive definite
};

/// Factor shared by all linears of a site; h [n, n] mean second moment in the coordinates of the
/// transformed weights (a block-diagonal transform turns R's blocks into another triangular
/// factor, so methods.md A.7's QR of R_bb T^T is this factor's diagonal block). Damping as in
/// gptqFactor.
[[nodiscard]] BabaiFactor babaiFactor(const at::Tensor &h, double damp,
                                      const std::function<void()> &checkpoint);

/// Nearest-plane rounding, last block first (methods.md 2.4, 2.10, A.7): the triangular solve of a
/// block given the blocks behind it decides its scale (dynamic scales), then its columns are
/// rounded last to first and the residual goes to the blocks before. Equals GPTQ with reversed
/// columns. w [out, n] fp32; panels of `panel` columns share one lazy update.
[[nodiscard]] GptqResult babaiRound(const at::Tensor &w, const BabaiFactor &factor,
                                    const ScaleSource &scales, const kernels::QuantSpec &spec,
                                    std::int64_t panel, const std::function<void()> &checkpoint);

/// Upper factors [n/block, block, block] fp32, reversed columns, of each block's covariance given
/// that the blocks behind it are fixed and those before it free: (R_bb^T R_bb)^-1.
[[nodiscard]] at::Tensor conditionalFactors(const BabaiFactor &factor, std::int64_t block);

} // namespace batlab::calib
