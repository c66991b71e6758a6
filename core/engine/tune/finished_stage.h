// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/variant/layer_solution.h"

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

/// What a stage says beside its parts.
struct StageRecord
{
    LossCurve curve;
    double seconds = 0; ///< of calibration
    std::vector<LayerDone> layers;
};
[[nodiscard]] StageRecord recordOf(const FinishedStage &stage);

/// A layer by its part's hash. Throws Exception{notFound}.
[[nodiscard]] LayerSolution keptLayer(const CheckpointStore &store, const std::string &hash);

/// Runs the layers `parts` and keeps at `base` what they give. record: of what made them; cost: of
/// all layers; layerBase: of the layer pass. Throws Exception; cancellable.
[[nodiscard]] FinishedStage keepStage(const calib::Context &context, const VariantSpec &variant,
                                      const std::string &layerBase, const std::string &base,
                                      const std::vector<std::string> &parts,
                                      const StageRecord &record, const OnlineCost &cost);

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
