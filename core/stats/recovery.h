// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

#include <string>
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

/// One line of the recovery table. Perplexity: recovery = 100 * ppl_ref/ppl; gap = (ppl -
/// ref)/(ppl_rtn - ref).
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
    double seconds = 0;
    std::int64_t onlineParameters = 0;
    double onlineFlopPerToken = 0;
};
struct RecoveryTable
{
    std::vector<RecoveryRow> rows; ///< reference first, then in the order of the run
    std::string baseline; ///< variant id
    std::string contract; ///< one line: formats, text, windows, dtype, calibration
    bool comparable = true; ///< all rows share one protocol
};
/// baseline: variant id the differences are against; empty: the first non-reference row.
[[nodiscard]] RecoveryTable recoveryTable(const std::vector<VariantInfo> &variants,
                                          const std::vector<EvaluationResult> &results,
                                          const std::string &baseline = {});
enum class TableFormat : std::uint8_t { text, markdown, latex, csv, json };
[[nodiscard]] std::string render(const RecoveryTable &table, TableFormat format);

} // namespace batlab
