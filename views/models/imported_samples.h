// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/imported_results.h"

#include <limits>

namespace batlab::views {

/// The samples that were logged beside a results file for one task (samples_TASK_*.jsonl), those of
/// `filter` alone, by id; none if there is no such file. Errors name file and line.
[[nodiscard]] Result<std::vector<ImportedSample>>
readSamples(const QString &resultsFile, const ImportedTask &task, const std::string &filter);

/// The results the others are measured against: those of `id`, else the first; null without any.
[[nodiscard]] const ImportedResults *importReference(const std::vector<ImportedResults> &imports,
                                                     const std::string &id);

/// How two models answered the same questions.
enum class Flip { lost, gained, bothWrong, bothRight };
struct SamplePair
{
    std::size_t task = 0; ///< of the reference's tasks
    const ImportedSample *reference = nullptr, *candidate = nullptr;
    Flip flip = Flip::bothRight;
    double marginChange = 0; ///< candidate's margin minus the reference's, nats; NaN: unknown
};
/// All questions both have answered, of `task` (empty: of every task they share). Pointers live as
/// long as the results.
[[nodiscard]] std::vector<SamplePair> pairSamples(const ImportedResults &reference,
                                                  const ImportedResults &candidate,
                                                  const std::string &task = {});

/// Mean and standard error of candidate - baseline over the items both have answered, and the p
/// value of McNemar's test (of a normal for scores other than 0 and 1). NaN below two items.
struct ItemDifference
{
    double mean = std::numeric_limits<double>::quiet_NaN();
    double error = std::numeric_limits<double>::quiet_NaN();
    double p = std::numeric_limits<double>::quiet_NaN();
};
[[nodiscard]] ItemDifference itemDifference(const ImportedTask &candidate,
                                            const ImportedTask &baseline);

/// Share of right answers by guessing: one over the choices, if all items have as many; else NaN.
[[nodiscard]] double chanceOf(const ImportedTask &task);

} // namespace batlab::views
