// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>

/// Scale bytes of weight blocks: what the format's rule takes from the block maximum, or the best
/// of the bytes around it.
namespace batlab::calib {

/// What a candidate's rounding error is weighed by.
enum class ScaleMetric : std::uint8_t {
    none, ///< no search: the rule
    mse, ///< plain squares
    hessian, ///< squares times the Hessian's diagonal
    block ///< error with feedback inside the block, under the block's conditional Hessian
          ///< (methods.md 6.6)
};
[[nodiscard]] ScaleMetric scaleMetricFromName(std::string_view name);

struct ScaleSearch
{
    ScaleMetric metric = ScaleMetric::none;
    /// Bytes each way. A byte is a factor of two with E8M0, an eighth of an octave with NVFP4.
    int steps = 1;
};

/// Bytes [rows, n/block] that the rule takes from the block maxima of w [rows, n].
[[nodiscard]] at::Tensor ruleScales(const at::Tensor &w, const kernels::QuantSpec &spec);

/// w [rows, n] fp32 to the nearest values on given scale bytes [rows, n/block].
[[nodiscard]] at::Tensor roundOnScales(const at::Tensor &w, const at::Tensor &scales,
                                       const kernels::QuantSpec &spec);

/// For every block the byte within `steps` of `start` with the least sum of squared errors;
/// `diagonal` [n] fp32 weighs the columns (undefined: equally). Ties keep `start`.
[[nodiscard]] at::Tensor searchedScales(const at::Tensor &w, const at::Tensor &start,
                                        const kernels::QuantSpec &spec, int steps,
                                        const at::Tensor &diagonal);

/// The same for one block w [rows, block] whose columns are rounded one after the other with
/// feedback: u [block, block] fp32 is the upper factor of the inverse of its conditional Hessian,
/// start [rows, 1].
[[nodiscard]] at::Tensor searchedBlockScales(const at::Tensor &w, const at::Tensor &start,
                                             const at::Tensor &u, const kernels::QuantSpec &spec,
                                             int steps);

} // namespace batlab::calib
