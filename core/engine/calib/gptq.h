// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <functional>

namespace batlab::calib {

struct GptqSettings
{
    double damp = 0.01; ///< times mean(diag H)
    std::int64_t blockSize = 128; ///< columns per lazy update
    bool activationOrder = true; ///< columns by descending diag(H); static scales make any order
                                 ///< legal (methods.md 2.4)
};

struct GptqFactor
{
    at::Tensor upper; ///< U [n, n] fp32, H_p^-1 = U^T U in processing order
    at::Tensor order; ///< int64 [n]: processing position -> column
    at::Tensor dead; ///< bool [n], columns with H_jj = 0
    double damp = 0; ///< relative damping that made H positive definite
};

/// Factor shared by all linears of a site. h [n, n] mean second moment (fp64). Damping grows
/// tenfold, up to 1, until the Cholesky factorization succeeds; Exception{badInput} if it never
/// does (the Hessian holds NaN). `checkpoint` is called between panels (cancel in less than a
/// second also for n = 12,288).
[[nodiscard]] GptqFactor gptqFactor(const at::Tensor &h, const GptqSettings &settings,
                                    const std::function<void()> &checkpoint);

/// GPTQ with static block scales (methods.md 2.4). w [out, n] fp32; scaleValues [out, n/block] real
/// scales (layer_solution.h scaleValues). Returns the dequantized weight on the grid, original
/// column order.
[[nodiscard]] at::Tensor gptqRound(const at::Tensor &w, const GptqFactor &factor,
                                   const at::Tensor &scaleValues, const kernels::QuantSpec &spec,
                                   const GptqSettings &settings,
                                   const std::function<void()> &checkpoint);

} // namespace batlab::calib
