// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/fold.h"

#include "core/engine/calib/awq.h"
#include "core/engine/calib/permutation.h"
#include "core/engine/transform/closed_form.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

namespace {

/// Channels over which a diagonal's geometric mean is 1. A block of 32 with a scale of its own
/// feels ratios between its channels only, and between those that a transform mixes into it; the
/// scale of a token or of a row of weights, or of a group of them, feels those between all.
std::int64_t balancedOver(const LayerState &state, Site site, std::int64_t n,
                          const Stage *transform)
{
    const std::vector<Linear> linears = state.linearsOf(site);
    const bool integers = state.site(site).activation.integer
        || std::any_of(linears.begin(), linears.end(),
                       [&](Linear l) { return state.weightQuantizer(l).integer.has_value(); });
    const std::int64_t block = std::max<std::int64_t>(kMxBlock, mixedChannels(transform, site, n));
    if (integers || n % kMxBlock != 0)
        return n;
    return n % block == 0 ? block : kMxBlock; // the last block of a wide transform may be short
}

at::Tensor diagonalFor(const LayerState &state, Site site, const Json &p, const Stage *transform,
                       const FoldInput *input, WeightSums &sums)
{
    const SiteMoments &m = state.moments[static_cast<std::size_t>(site)];
    const std::int64_t block = balancedOver(state, site, m.channels(), transform);
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

std::int64_t mixedChannels(const Stage *transform, Site site, std::int64_t n)
{
    if (transform == nullptr || !chosen(transform->parameters.at("sites"), site))
        return 1;
    const std::string kind = text(*transform, "kind");
    const std::string size = text(*transform, "size");
    if (kind == "none")
        return 1;
    if (kind == "gpk")
        return integer(*transform, "g1") * integer(*transform, "g2");
    return kind == "kronecker" || size == "full" ? n : std::stoll(size);
}

std::array<at::Tensor, 4> runFold(LayerState &state, const Json &p, const Stage *transform,
                                  const FoldInput *input, WeightSums *sums)
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
        d = applyDiagonal(state, site, diagonalFor(state, site, p, transform, input, of));
        of.folded(site, d);
    }
    return applied;
}

} // namespace batlab::calib
