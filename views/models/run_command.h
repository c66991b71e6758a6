// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <QString>

namespace batlab::views {

/// A run spec as the YAML that "batlab-cli run" reads: complete, with every recipe written out.
[[nodiscard]] Result<QString> runYaml(const Json &spec);
/// Two shell commands that make the same run without a window: one writes the spec, one runs it.
/// An empty session stands for session.batlab.h5.
[[nodiscard]] Result<QString> runCommand(const Json &spec, const QString &session);

} // namespace batlab::views
