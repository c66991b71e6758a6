// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>

/// Factorizations in panels of 1,024 columns with a call of `checkpoint` between them: cancel is
/// answered in less than a second also for n = 12,288.
namespace batlab::calib {

/// Lower Cholesky factor of a symmetric matrix, empty if it is not positive definite.
[[nodiscard]] std::optional<at::Tensor> choleskyLower(at::Tensor a,
                                                      const std::function<void()> &checkpoint);

/// Inverse of an upper triangular matrix.
[[nodiscard]] at::Tensor upperInverse(const at::Tensor &r, const std::function<void()> &checkpoint);

struct DampedFactor
{
    at::Tensor lower; ///< L L^T = m + damp * scale * I
    double damp = 0; ///< what made m positive definite
};
/// Damping starts at `damp` and grows tenfold, up to 1, until the factorization succeeds.
/// Exception{badInput} if it never does: m holds NaN or Inf.
[[nodiscard]] DampedFactor dampedCholesky(const at::Tensor &m, double damp, double scale,
                                          const std::function<void()> &checkpoint);

/// A second moment [n, n] made ready for factorization: fp64 up to n = 4,096, fp32 above (memory
/// decides, methods.md 2.4); channels that never saw a number get the mean diagonal.
struct UsableMoment
{
    explicit UsableMoment(const at::Tensor &h);
    at::Tensor m;
    at::Tensor dead; ///< bool [n], columns with H_jj = 0
    double mean = 0; ///< of the diagonal over the other columns
};

} // namespace batlab::calib
