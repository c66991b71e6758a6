// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

namespace batlab::calib {

/// R1 of the residual stream, the same in all layers, and R2 of the heads of V.
struct Rotations
{
    ResidualRotation residual; ///< undefined: none
    std::vector<at::Tensor> values; ///< by layer, [headDim, headDim] fp64; empty: none
    bool wholeHeads = false; ///< R2 reaches over the whole head, not only over blocks of it

    [[nodiscard]] Part toPart() const;
    [[nodiscard]] static Result<Rotations> fromPart(const Part &part);
};

/// What a recipe's rotate stage asks for (methods.md 2.6, 2.8); the same for a seed. Throws
/// Exception{unsupported} where the model's widths have no such rotation, so that a run stops
/// before it starts.
[[nodiscard]] Rotations makeRotations(const ModelConfig &config, const Json &parameters,
                                      std::uint64_t seed);

/// Sides of the diagonal blocks that those rotations consist of; 0 for none.
struct RotationBlocks
{
    std::int64_t residual = 0, values = 0;
};
[[nodiscard]] RotationBlocks rotationBlocks(const ModelConfig &config, const Json &parameters);

/// Stage "rotate" of one layer. R1: norm weights go into the linears that read them, W <- W diag(g)
/// R for q, k, v, gate, up; W <- R^T W for o and down, their biases too; the first layer turns the
/// stream on entry, the last one turns it back. R2: within the heads of V, undone in o's columns.
/// Moments must not have been taken yet.
void runRotate(LayerState &state, const Rotations &rotations, std::int64_t layer);

/// V's head outputs times `a` [headDim, headDim], shared by all heads, undone in the columns of o:
/// softmax mixes tokens, not channels, so this is exact for any invertible a (methods.md 2.0). The
/// second moments of T2 follow.
void fuseIntoValues(LayerState &state, const at::Tensor &a);

/// Puts the within-head factor of a whole-width transform at T2 into V (FlatQuant's P_v), so that
/// only the factor across heads runs online; does nothing unless the transform stage asked for it.
void fuseValueFactor(LayerState &state);

} // namespace batlab::calib
