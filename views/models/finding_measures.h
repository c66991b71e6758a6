// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/findings.h"

/// What rules measure over the artifacts of a session. Each returns one candidate a place, whether
/// or not it is remarkable; bounds are the rules' business.
namespace batlab::views::measure {

using Candidates = std::vector<Measured>;

/// The loudest block's share of its site's energy, in the model itself.
[[nodiscard]] Candidates energyShare(const ArtifactIndex &index);
/// The loudest block over the median block of its site, in the model itself.
[[nodiscard]] Candidates peakOverMedianEnergy(const ArtifactIndex &index);
/// Share of a block's numbers beyond the largest code.
[[nodiscard]] Candidates clipShare(const ArtifactIndex &index);
/// Share of a site's blocks above Sarle's 5/9 that the transform added.
[[nodiscard]] Candidates bimodalAfter(const ArtifactIndex &index);
/// Condition number of a site's online transform.
[[nodiscard]] Candidates condition(const ArtifactIndex &index);
/// Share of the loudest group's energy that the transform sends to others.
[[nodiscard]] Candidates energyMoved(const ArtifactIndex &index);
/// How far a layer's SQNR lies under the mean of its neighbours at one site, dB.
[[nodiscard]] Candidates layerDip(const ArtifactIndex &index);
/// Relative error of a layer's output.
[[nodiscard]] Candidates layerError(const ArtifactIndex &index);
/// How far a variant's mean output SQNR lies under that of rounding to nearest, dB.
[[nodiscard]] Candidates worseThanRtn(const ArtifactIndex &index);
/// How much higher a variant's perplexity is than that of rounding to nearest, as a share.
[[nodiscard]] Candidates perplexityAboveRtn(const ArtifactIndex &index);
/// 1 for a variant that failed.
[[nodiscard]] Candidates variantFailed(const ArtifactIndex &index);

} // namespace batlab::views::measure
