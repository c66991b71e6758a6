// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/stats/first_wrong_layer.h"

#include <array>
#include <string>
#include <vector>

namespace batlab {

/// EvaluationResult::metric of a variant of which one site alone is quantized; its task ends with
/// "-T1" .. "-T4", its value is the divergence.
inline constexpr const char *kSiteMetric = "site-kld";

/// What a variant did to the numbers of one site, over all layers that have artifacts. Means over
/// layers unless said; NaN where nothing is known.
struct SiteExplanation
{
    Site site = Site::t1;
    /// Energy of the loudest block over the median block's, dB: what transforms across blocks even
    /// out and block transforms keep.
    double energySpreadBefore = 0, energySpreadAfter = 0;
    double kurtosisBefore = 0, kurtosisAfter = 0; ///< mean over blocks
    double bimodalBefore = 0, bimodalAfter = 0; ///< share of blocks with Sarle's b > 5/9
    double valleyAfter = 0; ///< mean depth of the dip between two modes
    double activationSqnrDb = 0; ///< of the quantizer at the site, mean over blocks
    double outputSqnrDb = 0, weightSqnrDb = 0; ///< of the site's linears
    double clippedElements = 0, clippedMaxima = 0; ///< shares
    double energyMoved = 0; ///< share of block energy that leaves its block: 0 for block methods
    double maxCondition = 0; ///< largest over the layers
    LayerId maxConditionLayer;
    double codeEntropyBits = 0; ///< of the 4-bit codes used, at most 4
    double largestCodeShare = 0; ///< codes of magnitude 6
    double aloneKld = 0, aloneKldError = 0; ///< with only this site of all layers quantized, nats
};

struct Explanation
{
    std::string variant, baseline;
    std::vector<double> errors; ///< LayerDone::relativeError by layer
    std::vector<double> firstTokenErrors;
    std::vector<double> baselineErrors;
    WrongLayer againstBaseline; ///< first layer with more than twice the baseline's error
    WrongLayer jump; ///< first layer that jumps out of its predecessors
    std::array<SiteExplanation, 4> sites;
};

/// From the artifacts of a session: statistics "before" of the reference, "after" of the variant.
/// baseline may be empty.
[[nodiscard]] Explanation explain(const std::vector<ArtifactPtr> &artifacts,
                                  const std::string &variant, const std::string &baseline);

[[nodiscard]] Json toJson(const Explanation &explanation);
/// For people: where it goes wrong first, then one line a quantity with a column a site.
[[nodiscard]] std::string render(const Explanation &explanation);
/// The matrix for people: one digit a cell (tenths of a row's energy; '.' below 1 %, '#' for all).
[[nodiscard]] std::string render(const SiteFlow &flow);

} // namespace batlab
