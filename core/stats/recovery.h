// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// A difference between two variants on the same windows, with its paired-bootstrap interval
/// (10,000 resamples, seeded).
struct PairedDifference
{
    double mean = 0; ///< of candidate - baseline
    double low = 0, high = 0; ///< 95 %
    double pValue = 1; ///< two-sided, from the bootstrap
    std::int64_t pairs = 0;
    [[nodiscard]] bool significant() const { return low > 0 || high < 0; }
};
[[nodiscard]] PairedDifference pairedBootstrap(const std::vector<double> &candidate,
                                               const std::vector<double> &baseline,
                                               std::uint64_t seed = 0);

/// The same for several calibration seeds of both sides, [seeds][windows] each: every resample
/// draws seeds and windows with replacement, so that the interval holds the spread of both. Seeds
/// are drawn together where both sides have the same number of them (run with the same seeds, in
/// the same order), else apart; windows always together. Few seeds say little about their own
/// spread: with three the interval is a lower bound. The p value and `pairs` (windows) are as
/// above.
[[nodiscard]] PairedDifference twoLevelBootstrap(const std::vector<std::vector<double>> &candidate,
                                                 const std::vector<std::vector<double>> &baseline,
                                                 std::uint64_t seed = 0);

/// One calibration seed of a row.
struct SeedResult
{
    std::string variant;
    std::uint64_t seed = 0;
    double perplexity = 0, kld = 0, top1 = 0;
};

/// One line of the recovery table. Perplexity: recovery = 100 * ppl_ref/ppl; gap = (ppl -
/// ref)/(ppl_rtn - ref). With several calibration seeds the numbers are means over them, the
/// standard errors those of the seed-averaged windows.
struct RecoveryRow
{
    std::string variant, title, family;
    bool filled = false;
    double perplexity = 0, perplexityError = 0;
    double kld = 0, kldError = 0;
    double top1 = 0;
    double recovery = 100; ///< %
    double gapLeft = 0; ///< of RTN's gap; NaN without an RTN row
    char band = 'L'; ///< L lossless <= 1 %, F fair 1-3 %, R risky >= 3 % drop
    PairedDifference nllVsBaseline; ///< nats a token against the pinned baseline
    PairedDifference kldVsBaseline;
    std::array<double, 4> siteSqnrDb {}; ///< mean output SQNR of the linears at T1..T4; NaN: none
    double seconds = 0; ///< of one calibration
    double peakMemoryBytes = 0; ///< 0: unknown
    std::int64_t onlineParameters = 0;
    std::int64_t onlineEpilogue = 0; ///< of these: biases, gains and branches
    double onlineFlopPerToken = 0;
    std::vector<SeedResult> seeds; ///< one: a single calibration; empty: failed
    double perplexitySpread = 0, kldSpread = 0; ///< standard deviation over seeds; 0 for one
    std::string error; ///< why it failed, or which of its seeds did
    [[nodiscard]] bool failed() const { return seeds.empty(); }
};
struct RecoveryTable
{
    std::vector<RecoveryRow> rows; ///< reference first, then in the order of the run
    std::string baseline; ///< variant id
    std::string contract; ///< one line: formats, text, windows, dtype, calibration
    bool comparable = true; ///< all rows share one protocol
    std::uint64_t bootstrapSeed = 0;
};

/// Everything a table is made of. Scores and outcomes may be empty.
struct TableInput
{
    std::vector<VariantInfo> variants;
    std::vector<EvaluationResult> results;
    std::vector<LinearScore> scores;
    std::vector<VariantOutcome> outcomes;
    std::string baseline; ///< variant (of any of its seeds); empty: the first non-reference row
    std::uint64_t bootstrapSeed = 0;
    std::string task {}; ///< evaluation text; empty: that of each variant's protocol
};
/// Evaluation texts of perplexity results, that of the variants' protocol first.
[[nodiscard]] std::vector<std::string> evaluatedTasks(const TableInput &input);

/// The id that a variant's calibration seeds share: "bat.s2" with seed 2 belongs to "bat".
[[nodiscard]] std::string seedGroup(const VariantInfo &variant);
/// Id of a preset's variant calibrated with a seed: "bat" for seed 0, else "bat.s2".
[[nodiscard]] std::string seededId(const std::string &id, std::uint64_t seed);

[[nodiscard]] RecoveryTable recoveryTable(const TableInput &input);
[[nodiscard]] RecoveryTable recoveryTable(const std::vector<VariantInfo> &variants,
                                          const std::vector<EvaluationResult> &results,
                                          const std::string &baseline = {});
enum class TableFormat : std::uint8_t { text, markdown, latex, csv, json };
/// "text", "markdown", "latex", "csv", "json".
[[nodiscard]] const std::vector<std::string> &tableFormatNames();
[[nodiscard]] TableFormat tableFormatFromName(std::string_view name); ///< text for unknown names
/// text and markdown: for people; latex: a booktabs tabular with what it needs in comments; csv and
/// json: full precision, one number a cell.
[[nodiscard]] std::string render(const RecoveryTable &table, TableFormat format);
/// Text that LaTeX prints as it stands.
[[nodiscard]] std::string latexEscaped(std::string_view text);

} // namespace batlab
