// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/transform/gpk.h"

namespace batlab::transform {

/// DuQuant's greedy rotation of each block (methods.md 2.13) as dense private blocks: a step moves
/// the channel with the largest second moment of a block to the front, turns the others at random
/// and spreads it evenly over all by a Householder reflection; of `steps` such steps the product
/// with the smallest largest moment is kept. a [k, g, g] second moments of the activations stand in
/// for DuQuant's maxima of samples, which are not kept. fp64, the same for a seed.
[[nodiscard]] GpkFactors greedyRotation(const at::Tensor &a, std::int64_t steps,
                                        std::uint64_t seed);

} // namespace batlab::transform
