// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "views/models/imported_results.h"

/// Imported results as a session keeps them, for when their files are elsewhere.
namespace batlab::views {

/// [{"path", "id", "model", "note", "tasks": [{"task", "metric", "value", "standardError",
/// "samples", "higherIsBetter", "items"}]}]. Of more than `mostText` bytes of prompts, choices and
/// answers of one file none are kept: numbers alone tell pairs and margins.
[[nodiscard]] Json toJson(const std::vector<ImportedResults> &imports,
                          std::size_t mostText = 8 << 20);
/// The reverse; what has another form is left out.
[[nodiscard]] std::vector<ImportedResults> importsFromJson(const Json &imports);

} // namespace batlab::views
