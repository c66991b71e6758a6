// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/variant/layer_solution.h"
#include "core/engine/variant/variant.h"

namespace batlab {

/// The layer with its transforms and weights, nothing quantized on the way: activations and cache
/// stay as they are.
[[nodiscard]] LayerSolution withoutQuantizers(LayerSolution solution);

/// `unrounded` but for one site, which is as `solved` has it: its norm, what runs before its
/// linears, and the linears. Both must stand in the same coordinates.
[[nodiscard]] LayerSolution withOneSite(const LayerSolution &unrounded, const LayerSolution &solved,
                                        Site site);

/// A variant of which one site is quantized in all layers. Both lists are content hashes of layer
/// solutions, one a layer.
[[nodiscard]] std::unique_ptr<Variant> oneSiteVariant(std::string id,
                                                      std::shared_ptr<const nn::Decoder> decoder,
                                                      std::vector<std::string> unroundedParts,
                                                      std::vector<std::string> layerParts,
                                                      Site site, const CheckpointStore &store);

} // namespace batlab
