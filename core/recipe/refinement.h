// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/recipe/recipe.h"

namespace batlab {

/// Whether a recipe's refine stage waits for its tune stage: then it is made for the tuned weights
/// alone, since tuned transforms are no inverses of the weights' any more.
[[nodiscard]] bool refinesAfterTuning(const Recipe &recipe);

} // namespace batlab
