// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/recovery.h"
#include "views/models/artifact_index.h"

#include <array>

namespace batlab::views {

/// A variant against the pinned one: output SQNR of every layer and site, dB.
struct PairedRow
{
    std::string variant;
    std::array<std::vector<float>, 4> delta; ///< by site, [layers]; NaN: missing
    std::int64_t better = 0, pairs = 0;
    /// Mean over all pairs; the 95 % interval resamples layers, since the sites of one layer see
    /// the same error.
    PairedDifference summary;
    double corrected = 1; ///< p, Holm over the rows
};

struct PairedTable
{
    std::string
        baseline; ///< the variant compared with; not the pin if that has no error to compare
    int layers = 0;
    std::vector<PairedRow> rows;
};

/// Plain numbers out of the index, so that the table can be computed on a worker.
struct PairedInput
{
    using Sites = std::array<std::vector<double>, 4>; ///< [layers] each
    std::string baseline;
    Sites baselineValues;
    std::vector<std::pair<std::string, Sites>> variants;
    int layers = 0;
};
/// `pinned` without scores of its own (the reference): the first of `variants` that has some.
[[nodiscard]] PairedInput pairedInput(const ArtifactIndex &index,
                                      const std::vector<std::string> &variants,
                                      const std::string &pinned);
[[nodiscard]] PairedTable pairedTable(const PairedInput &input, std::uint64_t seed = 0);

} // namespace batlab::views
