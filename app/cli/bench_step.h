// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"

namespace batlab::cli {

inline constexpr const char *kStepRow = "CudaCalibStep";

/// The row of `bench gpu` about a training step of a layer of Qwen3-8B's shape, four sequences of
/// 2,048 tokens, against its own products (performance.md 5.3); {"name", "shape", "error"} where it
/// cannot run.
[[nodiscard]] Json trainingStepRow(Common &common, const device::Device &device);

} // namespace batlab::cli
