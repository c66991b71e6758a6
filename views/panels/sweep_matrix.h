// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/sweep_intervals.h"
#include "views/plots/matrix_plot.h"

namespace batlab::views {

class WhatIfSweep;

/// A running or finished sweep as a matrix; differences are to `pinned` (NaN: to nothing).
[[nodiscard]] plots::MatrixData matrixOf(const WhatIfSweep &sweep, double pinned);
/// A sweep of the session. Grids of up to three axes; one-at-a-time sweeps have a row an axis.
/// Cells without an interval of their own take the standard errors that are stored with them.
/// baseline: title of what paired intervals are to.
[[nodiscard]] plots::MatrixData matrixOf(const Sweep &sweep, double pinned,
                                         const SweepIntervals &intervals = {},
                                         const QString &baseline = {});
/// The cell with the best value.
[[nodiscard]] std::optional<int> bestOf(const plots::MatrixData &data, bool higherIsBetter);

} // namespace batlab::views
