// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace batlab::tune {

/// fp32 values that an interrupted stage needs again: parameters, the optimizer's memory. Of any
/// device; a state holds them as the host does.
struct StateBuffer
{
    std::string name;
    at::Tensor values; ///< [n], contiguous
};

/// Where an end-to-end stage stands.
struct Progress
{
    std::vector<StateBuffer> buffers;
    std::int64_t step = 0; ///< taken
    LossCurve curve;
    double seconds = 0; ///< spent
};

[[nodiscard]] Part trainState(const Progress &progress);
/// False, and nothing changed, if the part does not fit.
[[nodiscard]] bool restore(const Part &part, Progress &progress);

} // namespace batlab::tune
