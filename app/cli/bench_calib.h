// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"

namespace batlab::cli {

struct CalibBench
{
    std::string preset = "bat-paper";
    std::int64_t hidden = 0; ///< 0: Qwen3-8B's 4,096 on a GPU, 256 on the CPU; the rest scales
    std::int64_t layers = 2; ///< timed; the first one warms up
    std::int64_t sequences = 0, length = 0; ///< 0: 128 x 2,048 on a GPU, 8 x 128 on the CPU
};

/// `bench calib`: calibrates layers of Qwen3-8B's proportions with random weights and extrapolates
/// to the 36 of the model, with the arithmetic.
void benchCalib(Common &common, const CalibBench &options);

} // namespace batlab::cli
