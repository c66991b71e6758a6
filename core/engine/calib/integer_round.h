// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/gptq.h"
#include "core/engine/variant/layer_solution.h"

namespace batlab::calib {

/// Rounds w [out, n] fp32 to an integer format and stores it in `out`. The grid follows from w with
/// its row clip (FlatQuant's LWC) and stays fixed; the rounding target is the unclipped weight.
/// With a factor columns are rounded in its order with error feedback (GPTQ with static groups,
/// methods.md 2.4), without one each weight goes to its nearest code.
void roundToIntegers(LinearSolution &out, const at::Tensor &w, const quant::ClipRatios &clip,
                     const IntegerFormat &format, const GptqFactor *factor,
                     const GptqSettings &settings, const std::function<void()> &checkpoint);

} // namespace batlab::calib
