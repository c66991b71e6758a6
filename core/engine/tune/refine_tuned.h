// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/tune/finished_stage.h"

namespace batlab::tune {

/// The tuned layers with the recipe's refine stage made for their stored weights and gains (no
/// residual: the tuned, unquantized inputs are what the outputs were tuned on). tuned: the stage as
/// it ended, kept at `base`; layerBase: of the layer pass. Kept behind `base`, so that it is done
/// once. Throws Exception; cancellable.
[[nodiscard]] FinishedStage refineTuned(const calib::Context &context, const VariantSpec &variant,
                                        const FinishedStage &tuned, const std::string &layerBase,
                                        const std::string &base);

} // namespace batlab::tune
