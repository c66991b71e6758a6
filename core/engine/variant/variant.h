// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/job/checkpoint_store.h"
#include "core/spec/run_spec.h"

#include <memory>
#include <string>
#include <vector>

namespace batlab {

/// A model as it stands in one row of a table: the reference, or a solved one. Layers are loaded on
/// demand and not kept.
class Variant
{
public:
    virtual ~Variant() = default;
    [[nodiscard]] virtual const std::string &id() const = 0;
    /// Layer i ready to run; throws Exception if its part is missing or damaged.
    [[nodiscard]] virtual std::shared_ptr<const nn::LayerOps> layer(std::int64_t i) const = 0;
};

/// The full-precision model itself ("reference").
[[nodiscard]] std::unique_ptr<Variant> referenceVariant(std::shared_ptr<const nn::Decoder> decoder);
/// A calibrated variant from its layer-solution parts (content hashes, one a layer).
[[nodiscard]] std::unique_ptr<Variant> solvedVariant(std::string id,
                                                     std::shared_ptr<const nn::Decoder> decoder,
                                                     std::vector<std::string> layerParts,
                                                     const CheckpointStore &store);

} // namespace batlab
