// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"

#include <vector>

namespace batlab::cli {

inline constexpr const char *kStepRow = "CudaCalibStep";
inline constexpr const char *kGraphRow = "CudaCalibStep_Graph";

/// The row of `bench gpu` about a training step of a layer of Qwen3-8B's shape, four sequences of
/// 2,048 tokens, against its own products (performance.md 5.3); {"name", "shape", "error"} where it
/// cannot run.
[[nodiscard]] Json trainingStepRow(Common &common, const device::Device &device);
/// The rows about such a step as a CUDA graph, of one sequence and of four, against the same step
/// without; as trainingStepRow() where they cannot run.
[[nodiscard]] std::vector<Json> recordedStepRows(Common &common, const device::Device &device);

} // namespace batlab::cli
