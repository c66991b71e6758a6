// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"

#include <string>

namespace batlab::cli {

struct WhatIfBench
{
    std::string model = "demo"; ///< folder, GGUF file or demo
    std::string only; ///< rows with this in their name; empty: all
    bool besideJob = false; ///< while the same engine calibrates the model
};

/// How long the window's what-if takes: on the model's middle layer through the engine, and on one
/// layer with the shapes of Qwen3-8B and random weights; 512 tokens, one changed parameter a time.
void benchWhatIf(Common &common, const WhatIfBench &bench);

} // namespace batlab::cli
