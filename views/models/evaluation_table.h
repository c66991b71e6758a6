// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/recovery.h"
#include "views/models/workbench_document.h"

#include <limits>
#include <string>
#include <vector>

namespace batlab::views {

/// A task of the recovery table: one of our texts, or one of an imported results file.
struct EvaluationColumn
{
    std::string task, metric;
    QString title; ///< "WikiText-2 ppl"
    bool higherIsBetter = false;
    bool directed = true; ///< false: which way is better is not known, so nothing is compared
    bool percent = false; ///< accuracies are shown in %
    bool nearChance = false; ///< the reference lies within its interval of guessing
    double chance = std::numeric_limits<double>::quiet_NaN();
};

struct EvaluationCell
{
    double value = std::numeric_limits<double>::quiet_NaN();
    double error = 0; ///< half of the 95 % interval; 0: unknown
    double recovery = std::numeric_limits<double>::quiet_NaN(); ///< % of the reference
    double recoveryLow = std::numeric_limits<double>::quiet_NaN();
    double recoveryHigh = std::numeric_limits<double>::quiet_NaN();
    double p = std::numeric_limits<double>::quiet_NaN(); ///< against the baseline, Holm over the
                                                         ///< whole table; NaN: not tested
    int verdict = 0; ///< +1 significantly better than the baseline, -1 worse, 0 neither
    bool paired = true; ///< false: from two standard errors
    bool best = false; ///< of its column, among rows that are no reference
    double delta = std::numeric_limits<double>::quiet_NaN(); ///< value minus the baseline's
    std::int64_t samples = 0;
    [[nodiscard]] bool present() const { return value == value; }
};

struct EvaluationRow
{
    std::string variant, family;
    QString title, note;
    bool filled = false, isReference = false;
    std::vector<EvaluationCell> cells; ///< by column
    double meanAccuracy = std::numeric_limits<double>::quiet_NaN(); ///< %, over percent columns
    double recovery = std::numeric_limits<double>::quiet_NaN(); ///< mean over the row's tasks
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();
    double gapLeft = std::numeric_limits<double>::quiet_NaN(); ///< of RTN's gap, first own text
    double onlineParameters = 0, onlineFlopPerToken = 0;
};

struct EvaluationTable
{
    std::vector<EvaluationColumn> columns;
    std::vector<EvaluationRow> rows; ///< references first, then in the order of the document
    QString baseline, baselineTitle; ///< compared with
    QString contract;
    [[nodiscard]] bool isEmpty() const { return rows.empty() || columns.empty(); }
};

/// Which way is better, and signs of the footnotes, after a column's title: " ↑ †".
[[nodiscard]] QString columnMarks(const EvaluationColumn &column);
/// Of the row that the others are compared with, %; NaN without.
[[nodiscard]] double baselineRecovery(const EvaluationTable &table);
/// Letter of a band: L lossless (drop up to 1 %), F fair (below 3 %), R risky; blank without.
[[nodiscard]] QChar bandLetter(double recovery);

/// Values out of a document, so that the table can be made on a worker.
struct EvaluationInput
{
    std::vector<VariantInfo> variants;
    std::vector<EvaluationResult> results;
    std::vector<ImportedResults> imports;
    std::string baseline; ///< variant or import
    std::string importReference; ///< import the others are measured against; empty: the first
};
[[nodiscard]] EvaluationInput evaluationInput(const WorkbenchDocument &document);
/// Bootstraps are seeded: the same input gives the same table.
[[nodiscard]] EvaluationTable evaluationTable(const EvaluationInput &input, std::uint64_t seed = 0);

/// What of a table is shown, and so copied.
struct EvaluationShow
{
    bool intervals = true, significance = true, bands = true;
};
[[nodiscard]] QStringList footnotes(const EvaluationTable &table, const EvaluationShow &show);
/// Markdown, LaTeX (booktabs) or CSV of exactly what is shown, with contract and footnotes.
[[nodiscard]] std::string render(const EvaluationTable &table, const EvaluationShow &show,
                                 TableFormat format);

} // namespace batlab::views
