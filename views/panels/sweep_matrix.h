// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/sweep_intervals.h"
#include "views/models/what_if_metrics.h"
#include "views/plots/matrix_plot.h"

namespace batlab::views {

class WhatIfSweep;

/// A running or finished sweep as a matrix of one metric at a site; differences are to that of
/// `pinned` (null: to the middle of the sweep).
[[nodiscard]] plots::MatrixData matrixOf(const WhatIfSweep &sweep,
                                         const WhatIfMetrics::Kind &metric, Site site,
                                         const WhatIfAnswer *pinned);
/// A stored what-if sweep with another of its metrics in the cells.
[[nodiscard]] Sweep withMetric(const Sweep &sweep, const WhatIfMetrics::Kind &metric);
/// Whether any cell has it.
[[nodiscard]] bool hasMetric(const Sweep &sweep, const std::string &metric);
/// A sweep of the session. Grids of up to three axes; one-at-a-time sweeps have a row an axis.
/// Cells without an interval of their own take the standard errors that are stored with them.
/// baseline: title of what paired intervals are to.
[[nodiscard]] plots::MatrixData matrixOf(const Sweep &sweep, double pinned,
                                         const SweepIntervals &intervals = {},
                                         const QString &baseline = {});
/// The cell with the best value.
[[nodiscard]] std::optional<int> bestOf(const plots::MatrixData &data);

} // namespace batlab::views
