// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/engine/variant/layer_solution.h"

namespace batlab {

/// The solution with every tensor on `device`; tensors that are there already are shared.
[[nodiscard]] LayerSolution onDevice(LayerSolution solution, at::Device device);
/// A site's transform, clips and branch on `device`.
[[nodiscard]] SiteSolution onDevice(SiteSolution site, at::Device device);
[[nodiscard]] KvSolution onDevice(KvSolution kv, at::Device device);

/// Runs a solution on the decoder's device in its precision.
[[nodiscard]] std::shared_ptr<const nn::LayerOps> solvedOps(const LayerSolution &solution,
                                                            const nn::Decoder &decoder);

} // namespace batlab
