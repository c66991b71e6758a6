// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/run_spec.h"

#include <QString>

#include <vector>

namespace batlab::views {

class WorkbenchDocument;

/// What a what-if starts from: one variant, frozen with its run.
struct WhatIfBase
{
    QString variant; ///< its id in the session, or the preset's
    QString title;
    QString run; ///< "r0001"; empty: no run made it, a preset or a session written elsewhere
    RunSpec spec; ///< with exactly this variant
    QString workspace; ///< where its run keeps calibration tokens and parts
    QString device {}; ///< its run computed on: "cpu", "cuda:0"; empty: not known
    [[nodiscard]] QString key() const; ///< equal for equal specs
};

/// The variant as its newest run froze it; without such a run, from what the session says about
/// it, with `workspace`. An error says what is missing (the reference has no recipe).
[[nodiscard]] Result<WhatIfBase> baseOfVariant(const WorkbenchDocument &document,
                                               const QString &variant, const PresetLibrary &presets,
                                               const QString &workspace);
/// A preset on the session's model, with the protocol and calibration of its newest run.
[[nodiscard]] Result<WhatIfBase> baseOfPreset(const WorkbenchDocument &document,
                                              const QString &preset, const PresetLibrary &presets,
                                              const QString &workspace);

/// Changes are {"transform.g1": 4, "settings.scaleRule": "floor", "protocol.weightFormat": ...}:
/// stage parameters, settings and bit formats by path. The base's own value of one; null where its
/// recipe lacks the stage.
[[nodiscard]] Json baseValue(const WhatIfBase &base, const std::string &path);
/// The base with changes, checked as a run is. The error is the checker's reason.
[[nodiscard]] Result<RunSpec> withChanges(const WhatIfBase &base, const Json &changes,
                                          const PresetLibrary &presets);
/// Which of the changes is refused by itself; empty: only the combination is.
[[nodiscard]] std::string refusedChange(const WhatIfBase &base, const Json &changes);
/// The same with an id and a title that say what was changed: what is queued.
[[nodiscard]] Result<RunSpec> queuedSpec(const WhatIfBase &base, const Json &changes,
                                         const PresetLibrary &presets);
/// Rows {path, base value, new value} of the changes.
[[nodiscard]] std::vector<SpecDifference> changeRows(const WhatIfBase &base, const Json &changes);
/// The batlab-cli line that computes it.
[[nodiscard]] QString whatIfCommand(const WhatIfBase &base, const Json &changes,
                                    const PresetLibrary &presets, const QString &session);

} // namespace batlab::views
