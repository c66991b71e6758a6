// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

namespace batlab::calib {

/// An order of channels by falling magnitude: "zigzag" deals them over the blocks to and fro, so
/// that every block gets its share (DuQuant); "cluster" leaves them sorted, so that the largest lie
/// in one block. magnitude [n]; out[i] is the channel that moves to place i.
[[nodiscard]] at::Tensor channelOrder(const at::Tensor &magnitude, const std::string &kind,
                                      std::int64_t block);

/// Permutes the channels of the chosen sites for nothing (methods.md 6.12): T4 by the rows of gate
/// and up and the columns of down; T2 within each head, the same for all query heads of a
/// key/value group, by the rows of V and the columns of o. Moments follow. Other sites share the
/// residual stream's order and are left alone.
void runPermutation(LayerState &state, const std::string &kind, const Json &sites);

} // namespace batlab::calib
