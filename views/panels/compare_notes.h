// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <limits>

namespace batlab::views {

/// What stands beside the name of one map of several on Compare: its own numbers, then how far they
/// are from the pinned baseline's. NaN for the baseline's: nothing to compare with. Parts are
/// divided by commas, so that a narrow map leaves the last ones out.
inline constexpr double kNoBaseline = std::numeric_limits<double>::quiet_NaN();

/// "max 39.6, crest 48.7, Δ max ▲ +2.1, Δ crest ▼ −3"
[[nodiscard]] QString magnitudeNote(double maximum, double crest, double baseMaximum = kNoBaseline,
                                    double baseCrest = kNoBaseline);
/// "max 1.52, Δ ▲ +0.3"
[[nodiscard]] QString energyNote(double maximum, double baseMaximum = kNoBaseline);
/// Whether so much energy leaves its block (a share) that the note says it.
[[nodiscard]] bool energyLeaves(double share);
/// "12.0 % leaves its block, Δ ▲ +3.0", or without such energy "0 %, condition 3.2, Δ ▲ +1.1".
[[nodiscard]] QString flowNote(double leaving, double condition, double baseLeaving = kNoBaseline,
                               double baseCondition = kNoBaseline);

} // namespace batlab::views
