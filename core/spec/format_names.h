// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "kernels/backend.h"

#include <cstdint>
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

/// Integers with a scale, and unless symmetric a zero point, from the minimum and maximum of each
/// group (methods.md 1.6, 2.9: the FlatQuant and QuaRot conventions; see quant/integer_quant.h).
/// Written "int4", "int8-g128", "int4-g32-sym".
struct IntegerFormat
{
    int bits = 4; ///< 4 or 8
    std::int64_t group = 0; ///< elements along the last axis; 0: the whole row (an output channel,
                            ///< a token, a token's head)
    bool symmetric = false;
    bool operator==(const IntegerFormat &) const = default;
};
[[nodiscard]] std::string name(const IntegerFormat &format);
[[nodiscard]] std::optional<IntegerFormat> integerFromName(std::string_view text);
[[nodiscard]] const std::vector<std::string> &integerFormatNames();
/// formatNames() and integerFormatNames().
[[nodiscard]] const std::vector<std::string> &allFormatNames();
/// "none", "bf16" or "fp32": the numbers stay as they are.
[[nodiscard]] bool isUnquantized(std::string_view format);
/// Bits an element takes in rows of `width` elements, scales and zero points included; 16 for an
/// unquantized or unknown format.
[[nodiscard]] double storedBits(std::string_view format, std::int64_t width);
/// Whether a format can be made with this rule and these ties (integers need neither).
[[nodiscard]] Result<void> checkFormat(std::string_view format, std::string_view rule,
                                       std::string_view ties);

/// A quantizer from its three names; unknown names and pairs that are not defined are errors that
/// list what is.
[[nodiscard]] Result<kernels::QuantSpec> quantSpec(std::string_view format, std::string_view rule,
                                                   std::string_view ties);

} // namespace batlab
