// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/fold.h"

#include "core/engine/calib/awq.h"
#include "core/engine/calib/permutation.h"
#include "core/engine/transform/closed_form.h"

#include <ATen/ATen.h>

namespace batlab::calib {

namespace {

at::Tensor diagonalFor(const LayerState &state, Site site, const Json &p, const FoldInput *input,
                       WeightSums &sums)
{
    const SiteMoments &m = state.moments[static_cast<std::size_t>(site)];
    const std::int64_t n = m.channels();
    const std::int64_t block = n % kMxBlock == 0 ? kMxBlock : n;
    const double alpha = p.at("alpha").get<double>();
    const std::string kind = p.at("diagonal");
    if (kind == "awq") {
        if (input == nullptr)
            throw Exception({ ErrorCode::internal,
                              "the search of scales has no layer inputs",
                              "fold.diagonal: awq",
                              {} });
        return awqDiagonal(state, site, *input, p.at("searchActivations").get<bool>());
    }
    if (kind == "smoothquant")
        return transform::smoothQuantDiagonal(m.maxAbs, sums.peaks(site), alpha, block);
    return transform::balancedDiagonal(m.meanSquares(), sums.meanSquares(site), alpha, block);
}

} // namespace

std::array<at::Tensor, 4> runFold(LayerState &state, const Json &p, const FoldInput *input,
                                  WeightSums *sums)
{
    StateSums own(state);
    WeightSums &of = sums != nullptr ? *sums : own;
    runPermutation(state, p.at("permutation").get<std::string>(), p.at("sites"));
    std::array<at::Tensor, 4> applied;
    if (p.at("diagonal") == "none")
        return applied;
    const bool grouped = state.config.heads != state.config.kvHeads;
    for (const Site site : { Site::t2, Site::t4, Site::t1, Site::t3 }) {
        if (!chosen(p.at("sites"), site))
            continue;
        if (site == Site::t2 && grouped && p.at("groupedValues") == "skip")
            continue;
        at::Tensor &d = applied[static_cast<std::size_t>(site)];
        d = applyDiagonal(state, site, diagonalFor(state, site, p, input, of));
        of.folded(site, d);
    }
    return applied;
}

} // namespace batlab::calib
