// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/weight_sums.h"
#include "core/engine/nn/layer.h"
#include "core/recipe/recipe.h"

namespace batlab::calib {

/// What a search over a layer's outputs runs on.
struct FoldInput
{
    nn::Compute compute;
    const nn::Rope &rope;
    at::Device device; ///< where the layer runs
    at::Tensor x; ///< [sequences, length, hidden] entering the layer
    std::function<void()> checkpoint;
};

/// Neighbouring channels of a site [.., n] that the stage `transform` mixes: n for a Kronecker
/// product or one Hadamard matrix over the width, 1 without a transform there (null: none).
[[nodiscard]] std::int64_t mixedChannels(const Stage *transform, Site site, std::int64_t n);

/// Stage "fold": permutations, then diagonals of the chosen sites, T2 and T4 first since they
/// change the weights T1 and T3 see. `input` is needed for diagonal: awq only. sums: of the
/// weights, where the state does not hold all of their rows; null: the state's. transform: the
/// stage behind, whose mixing decides over how many channels a diagonal is balanced. Returns the
/// diagonals as they were applied, fp64 [n] by site; undefined where there is none.
std::array<at::Tensor, 4> runFold(LayerState &state, const Json &parameters, const Stage *transform,
                                  const FoldInput *input = nullptr, WeightSums *sums = nullptr);

} // namespace batlab::calib
