// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/recipe/recipe.h"

#include <QString>

namespace batlab::views {

/// The shipped presets and the user's own; where one of those is wrong, the shipped ones alone, and
/// what is wrong goes to `refused`.
[[nodiscard]] Result<PresetLibrary> usablePresets(Error *refused = nullptr);

/// A run spec as the YAML that "batlab-cli run" reads: complete, with every recipe written out.
[[nodiscard]] Result<QString> runYaml(const Json &spec);
/// Two shell commands that make the same run without a window: one writes the spec, one runs it.
/// An empty session stands for session.batlab.h5.
[[nodiscard]] Result<QString> runCommand(const Json &spec, const QString &session);

} // namespace batlab::views
