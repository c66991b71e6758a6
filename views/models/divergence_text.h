// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"

#include <QString>

#include <utility>
#include <vector>

namespace batlab::views {

/// Percentiles of EvaluationResult::deltaPPercentiles, %.
inline constexpr double kDeltaPAt[] { 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 };

/// Root mean square of a distribution known by those percentiles, linear between them; NaN unless
/// all are there. An estimate: what lies beyond the outermost counts as they do.
[[nodiscard]] double rmsFromPercentiles(const std::vector<double> &percentiles);

/// Lines below the divergence plot: name and text; with a `baseline` one of the differences to it.
[[nodiscard]] std::vector<std::pair<QString, QString>>
divergenceNotes(const EvaluationResult &result, const QString &title,
                const EvaluationResult *baseline = nullptr, const QString &baselineTitle = {});

} // namespace batlab::views
