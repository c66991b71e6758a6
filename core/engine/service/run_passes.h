// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/text/tokenizer.h"

#include <string>
#include <vector>

namespace batlab {

/// All passes of a variant's recipe: learning rotations if it has that, the layer pass, then tuning
/// if it has that; model passes on text of their own. Returns the content hashes of the final layer
/// parts; context.progressDone moves on by the layers of every pass.
[[nodiscard]] std::vector<std::string>
runPasses(calib::Context &context, const VariantSpec &variant, const Tokenizer &tokenizer);

/// Walks through all layers that runPasses makes for a variant: the unit of progress.
[[nodiscard]] std::uint64_t passCount(const VariantSpec &variant);

} // namespace batlab
