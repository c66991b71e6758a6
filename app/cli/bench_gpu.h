// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"

namespace batlab::cli {

/// `bench gpu`: the rows of performance.md 5.3 whose name holds `filter`, as ratios to a device
/// copy or to a matrix product of the same run. Without a usable GPU: Error{device} with the
/// remedy.
void benchGpu(Common &common, const std::string &filter);

} // namespace batlab::cli
