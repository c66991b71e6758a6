// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/rounding.h"

namespace batlab::calib {

struct ClipSearch
{
    std::int64_t steps = 20; ///< of the grid over [0, 1]
    double shrink = 0.5; ///< the smallest ratio tried is 1 - shrink
    bool skipQueryKey = true; ///< q and k keep their maxima
};

/// AWQ's search for weight clips (methods.md 2.3): every block of every row is clamped to the share
/// 1 - i/steps of its largest magnitude that gives the least output error d H_bb d^T after rounding
/// to nearest. w [out, n] fp32; hessian [n, n]; returns the clamped weight.
[[nodiscard]] at::Tensor searchedClip(const at::Tensor &w, const at::Tensor &hessian,
                                      const kernels::QuantSpec &spec, const ClipSearch &settings,
                                      const std::function<void()> &checkpoint);

} // namespace batlab::calib
