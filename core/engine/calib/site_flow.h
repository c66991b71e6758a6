// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/calib/folded_basis.h"
#include "core/engine/variant/layer_solution.h"

#include <string>

namespace batlab::calib {

/// What folded rotations and permutations and a site's online transform together do to the energy
/// of its blocks, on tokens x [.., n] as they enter the site (`folded`, before the transform): each
/// group of the model's own blocks is sent through alone, and the energy that comes out is counted
/// group by group. Exact for any linear transform (folded diagonals: folded_basis.h); what stays
/// within blocks has zeros off the diagonal. At most 64 groups and 64 tokens (evenly spread, the
/// first included).
[[nodiscard]] SiteFlow siteFlow(const SiteSolution &site, const FoldedBasis &folded,
                                const at::Tensor &x, const std::string &variant, LayerId layer,
                                Site where);

/// Condition number of a site's online transform; 1 where there is none or it is a fixed rotation.
[[nodiscard]] double siteCondition(const SiteSolution &site);

/// Share of (token, block) pairs whose largest magnitude, after the transform and before clipping,
/// lies beyond the largest value the block can represent; 0 without a quantizer. x as above.
[[nodiscard]] double clippedMaxima(const SiteSolution &site, const at::Tensor &x);

} // namespace batlab::calib
