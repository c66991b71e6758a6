// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/evaluation_table.h"

#include <map>
#include <utility>

namespace batlab::views {

/// One row's results: a variant, all calibration seeds of a variant, or an import.
struct EvaluationSource
{
    EvaluationRow row;
    std::string reference; ///< id of the row it is measured against
    std::map<std::pair<std::string, std::string>, std::vector<const EvaluationResult *>> own;
    const ImportedResults *import = nullptr;
};

/// Mean over the seeds.
[[nodiscard]] double meanOf(const std::vector<const EvaluationResult *> &results,
                            double EvaluationResult::*value);
/// A source's own results of a column, one a seed; null without.
[[nodiscard]] const std::vector<const EvaluationResult *> *
resultsOf(const EvaluationSource &source, const EvaluationColumn &column);

/// Value, recovery and test of a source in a column. The verdict is that of the difference alone:
/// whoever corrects the p values takes back what is not sure. A column whose direction is not known
/// has values and nothing else. Reference and baseline may be null.
[[nodiscard]] EvaluationCell evaluationCell(const EvaluationSource &source,
                                            const EvaluationColumn &column,
                                            const EvaluationSource *reference,
                                            const EvaluationSource *baseline, std::uint64_t seed);

} // namespace batlab::views
