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
/// Where a run was made, as RunEntry::where keeps it: host, device, threads, engine, build. What is
/// not known has no line; a key that this version does not know keeps its name.
[[nodiscard]] std::vector<Fact> machineFacts(const Json &where);
/// "Length 512 tokens, Sequences 32, Source self" of a frozen run specification; empty without.
[[nodiscard]] QString calibrationText(const Json &spec);

} // namespace batlab::views
