// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "kernels/backend.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Names of DESIGN.md 6 for what the kernels know, as they stand in specs, recipes and on the
/// command line.
namespace batlab {

/// "mxfp4", "mxfp8-e4m3", "mxfp8-e5m2", "mxfp6-e2m3", "mxfp6-e3m2", "mxint8", "nvfp4".
[[nodiscard]] std::string_view name(kernels::Format format);
/// "floor", "ceil", "rceil", "even", "ct-even", "uos", "log-round", "prescale".
[[nodiscard]] std::string_view name(kernels::ScaleRule rule);
/// "even", "away", "zero".
[[nodiscard]] std::string_view name(kernels::Ties ties);
[[nodiscard]] std::optional<kernels::Format> formatFromName(std::string_view text);
[[nodiscard]] std::optional<kernels::ScaleRule> scaleRuleFromName(std::string_view text);
[[nodiscard]] std::optional<kernels::Ties> tiesFromName(std::string_view text);
[[nodiscard]] const std::vector<std::string> &formatNames();
[[nodiscard]] const std::vector<std::string> &scaleRuleNames();
[[nodiscard]] const std::vector<std::string> &tiesNames();

/// A quantizer from its three names; unknown names and pairs that are not defined are errors that
/// list what is.
[[nodiscard]] Result<kernels::QuantSpec> quantSpec(std::string_view format, std::string_view rule,
                                                   std::string_view ties);

} // namespace batlab
