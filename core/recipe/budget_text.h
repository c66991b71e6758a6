// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <string_view>

namespace batlab {

/// Text that a shipped preset's budget is calibrated on where the run names none itself, by path:
/// {"calibration.sequences": 1024, "calibration.length": 2048}. Empty: the run's.
[[nodiscard]] Json budgetText(std::string_view preset, std::string_view budget);

/// Moves {"calibration.*": value} out of the budgets of a preset's file ({"paper": {path: value}})
/// into the same form.
[[nodiscard]] Json takenText(Json &budgets);

} // namespace batlab
