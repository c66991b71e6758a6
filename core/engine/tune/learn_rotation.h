// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/tune/model_gradient.h"
#include "core/engine/tune/rotated_layer.h"

#include <string>
#include <vector>

namespace batlab::tune {

/// A model whose layers stand in a rotated basis, and where its rotations are.
struct RotatedModel
{
    TrainedModel<RotatedLayer> model;
    RotationSlots first; ///< R1, and layer 0's R2
    std::vector<Parameters::Slot> values; ///< R2 by layer; empty: none

    /// One slot after the other.
    [[nodiscard]] std::vector<Parameters::Slot> slots() const;
};

/// The network that stage "learn-rotation" trains: rotations as the rotate stage starts them,
/// activations and cache quantized by the variant's formats, weights as the stage says.
[[nodiscard]] std::unique_ptr<RotatedModel> rotatedModel(const calib::Context &context,
                                                         const VariantSpec &variant);
/// Its rotations of the moment, put back on the orthogonal matrices in fp64.
[[nodiscard]] calib::Rotations rotationsOf(const RotatedModel &model, const ModelConfig &config,
                                           bool wholeHeads);

/// What stage "learn-rotation" leaves: the content hash of a Rotations part, and the seconds it
/// took.
struct LearnedRotations
{
    std::string part;
    double seconds = 0;
};

/// Stage "learn-rotation" of a model pass before the layer pass (methods.md 2.7, 2.8): R1 of the
/// residual stream and R2 of every layer's heads, trained end to end on the stage's own sequences
/// by Cayley SGD through the quantized network. Publishes LossCurve "rotation-next-token" or
/// "rotation-kl" of kWholeModel. Resumes from its own checkpoints to the same bytes; its result is
/// shared by recipes that differ only in what comes after.
[[nodiscard]] LearnedRotations
learnRotations(const calib::Context &context, const VariantSpec &variant,
               const std::vector<std::vector<std::int32_t>> &sequences);

} // namespace batlab::tune
