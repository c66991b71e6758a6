// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device_ops.h"

namespace batlab::cuda {

/// Steps as CUDA graphs of libtorch.
[[nodiscard]] const device::GraphOps &stepGraphs();

} // namespace batlab::cuda
