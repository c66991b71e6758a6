// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/stats/recovery.h"

#include <string>

namespace batlab {

/// A sweep as a table. text, markdown, latex: a matrix with the last axis across and all
/// combinations of the others down; one-at-a-time: one line a value with its difference to the
/// base. Impossible cells are numbered and explained below the table (LaTeX: in comments). csv: one
/// line a cell; json: the artifact's content.
[[nodiscard]] std::string render(const Sweep &sweep, TableFormat format);

} // namespace batlab
