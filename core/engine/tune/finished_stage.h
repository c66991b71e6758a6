// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace batlab::tune {

/// Checkpoint key of what a stage says of the whole model. `base`: where the stage is kept.
[[nodiscard]] std::string curveKey(const std::string &base);
/// And of a layer.
[[nodiscard]] std::string artifactsKey(const std::string &base, std::size_t layer);

/// What a stage left that ended: artifacts of the whole model and of the layers, the layers' parts.
struct FinishedStage
{
    std::vector<Artifact> artifacts;
    std::vector<std::string> parts;
};

/// The stage kept at `base`; nothing where none ended.
[[nodiscard]] std::optional<FinishedStage>
finishedStage(const CheckpointStore &store, const std::string &base, std::size_t layers);
/// The stage that ended behind another pass with the same layers (calib::SharedLayers), which may
/// have recorded other statistics; its parts are all there. stage: its key behind that pass'.
[[nodiscard]] std::optional<FinishedStage> stageElsewhere(const calib::Context &context,
                                                          const VariantSpec &variant,
                                                          const std::string &stage,
                                                          std::size_t layers);

} // namespace batlab::tune
