// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/run_spec.h"

namespace batlab {

/// Answers to "what-if" and "cost" in their real form (SYNTHETIC numbers: the same question gets
/// the same answer, other parameters other ones).
[[nodiscard]] Result<Json> fakeWhatIf(const Json &question, const PresetLibrary &presets);
[[nodiscard]] Result<Json> fakeCost(const Json &question, const PresetLibrary &presets);

/// The tensors a decoder of the synthetic run would have (ModelSummary::tensors).
[[nodiscard]] Json fakeTensors(int layers);

} // namespace batlab
