// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/selection_context.h"
#include "views/models/workbench_document.h"

#include <QString>

#include <vector>

namespace batlab::views {

/// A line of a form that is only read.
struct Fact
{
    QString group, name, value;
    bool operator==(const Fact &) const = default;
};

/// The frozen parameters of a variant, one line a stage, without what is left at "none".
[[nodiscard]] std::vector<Fact> parameterFacts(const WorkbenchDocument &document,
                                               const QString &variant);
/// What is known of the selected place, variant, run and model: numbers, hashes, times.
[[nodiscard]] std::vector<Fact> selectionFacts(const WorkbenchDocument &document,
                                               const Selection &at);

} // namespace batlab::views
