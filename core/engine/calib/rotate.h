// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

namespace batlab::calib {

/// R1 of a recipe's rotate stage (methods.md 2.6, 2.8), undefined for residual: none. The same for
/// a seed. Throws Exception{unsupported} where the model's widths have no such rotation, R2's
/// included, so that a run stops before it starts.
[[nodiscard]] ResidualRotation makeResidualRotation(const ModelConfig &config,
                                                    const Json &parameters, std::uint64_t seed);

/// Stage "rotate" of one layer. R1: norm weights go into the linears that read them, W <- W diag(g)
/// R for q, k, v, gate, up; W <- R^T W for o and down, their biases too; the first layer turns the
/// stream on entry, the last one turns it back. R2: within the heads of V, undone in o's columns.
/// Moments must not have been taken yet.
void runRotate(LayerState &state, const Json &parameters, const ResidualRotation &residual,
               bool first, bool last);

/// V's head outputs times `a` [headDim, headDim], shared by all heads, undone in the columns of o:
/// softmax mixes tokens, not channels, so this is exact for any invertible a (methods.md 2.0). The
/// second moments of T2 follow.
void fuseIntoValues(LayerState &state, const at::Tensor &a);

/// Puts the within-head factor of a whole-width transform at T2 into V (FlatQuant's P_v), so that
/// only the factor across heads runs online; does nothing unless the transform stage asked for it.
void fuseValueFactor(LayerState &state);

} // namespace batlab::calib
