// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/common.h"

namespace batlab::cli {

/// How long the window's what-if takes: on the model's middle layer through the engine, and on one
/// layer with the shapes of Qwen3-8B and random weights; 512 tokens, one changed parameter a time.
void benchWhatIf(Common &common, const std::string &model);

} // namespace batlab::cli
