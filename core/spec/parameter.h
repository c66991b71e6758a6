// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

enum class ParameterType : std::uint8_t { boolean, integer, real, choice, text, file, textList };

/// One row of the table that drives the form, the YAML check, --set, sweep axes and the spec diff.
struct Parameter
{
    std::string path; ///< "calibration.sequences"; for stages "train.epochs" (relative to the
                      ///< stage: kind.name)
    ParameterType type = ParameterType::text;
    Json defaultValue;
    std::optional<double> minimum, maximum;
    std::vector<std::string> choices; ///< for choice and textList; a textList without choices takes
                                      ///< any short texts
    std::string unit; ///< "tokens", "nats", ... ; empty if none
    std::string title; ///< sentence case, no colon
    std::string help; ///< one or two sentences
    std::string group; ///< form section: "Model", "Protocol", "Calibration", "Evaluation",
                       ///< "Analysis", or the stage kind
    bool appliesWhenQueued = true; ///< false: a what-if can answer at once
};

/// The run-level parameters, in form order.
[[nodiscard]] const std::vector<Parameter> &runParameters();
/// The parameters of a stage kind (stageKinds()); empty for an unknown kind.
[[nodiscard]] const std::vector<Parameter> &stageParameters(std::string_view stageKind);
/// All kinds in the order they run in.
[[nodiscard]] const std::vector<std::string> &stageKinds();
/// Stages of this kind belong in a pass of scope "model".
[[nodiscard]] bool isModelStage(std::string_view stageKind);

/// Checks a value against its row: type, range, choice. The error names path, value and what is
/// allowed.
[[nodiscard]] Result<void> checkValue(const Parameter &parameter, const Json &value,
                                      std::string_view where);
/// The same value in one form: a real is a floating-point number even when written "1" (canonical
/// JSON, hashes).
[[nodiscard]] Json normalized(const Parameter &parameter, const Json &value);
/// The row with this path, null if none.
[[nodiscard]] const Parameter *findParameter(const std::vector<Parameter> &table,
                                             std::string_view path);
/// "32" -> 32 etc. by the row's type.
[[nodiscard]] Result<Json> parseValue(const Parameter &parameter, std::string_view text);

[[nodiscard]] Json toJson(const Parameter &parameter);
[[nodiscard]] Result<Parameter> parameterFromJson(const Json &value);

} // namespace batlab
