// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"
#include "views/models/artifact_index.h"

#include <limits>
#include <map>
#include <string>

namespace batlab::views {

/// How sure the value of a sweep's cell is.
struct SweepInterval
{
    double halfWidth = 0; ///< of the perplexity's 95 % interval
    bool paired = false; ///< of the difference to the baseline; else of the cell by itself
    std::int64_t windows = 0;
    std::size_t seeds = 1; ///< calibration seeds that were resampled too
};

/// Intervals of the cells of a perplexity sweep whose windows the session has.
struct SweepIntervals
{
    std::map<std::string, SweepInterval> cells; ///< by the variant that stands in the cell
    double pinned =
        std::numeric_limits<double>::quiet_NaN(); ///< perplexity of the baseline on the same text
};

/// The bootstrap of the recovery table (core/stats/recovery.h, 10,000 resamples of windows and
/// seeds): of the difference to `baseline` where that was evaluated on the same windows, else of
/// the cell. 10,000 draws a cell: call on a worker.
[[nodiscard]] SweepIntervals sweepIntervals(const ArtifactIndex &index, const Sweep &sweep,
                                            const std::string &baseline);

} // namespace batlab::views
