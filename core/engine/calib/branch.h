// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

#include <functional>

namespace batlab::calib {

/// Rank-r factors of w [rows, n]: left [rows, r], right [n, r] with left right^T close to the best
/// rank-r approximation, both sides scaled by the roots of the singular values. Randomised subspace
/// iteration with a counter-based start: the same bytes on every run; exact when r reaches
/// min(rows, n). fp64 inside. `checkpoint` is called between iterations.
struct LowRank
{
    at::Tensor left, right;
};
[[nodiscard]] LowRank lowRank(const at::Tensor &w, std::int64_t rank, std::int64_t iterations,
                              std::uint64_t seed, const std::function<void()> &checkpoint);

/// Stage "branch": the largest singular directions of every transformed weight go into a bf16
/// branch that reads the site's transformed, unquantized numbers (measured-smollm2.md 5, F16;
/// SVDQuant, arXiv 2411.05007); what the later round stage gets is the rest, their rounding to bf16
/// included. Factors are of each linear, not shared by a site: at equal multiply-adds the best
/// approximation of each weight needs its own input directions.
void runBranch(LayerState &state, const Json &parameters, const std::function<void()> &checkpoint);

} // namespace batlab::calib
