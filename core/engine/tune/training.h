// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"
#include "core/engine/tune/tune_state.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

/// What every stage that trains a whole model shares: its steps, its batches, its teacher.
namespace batlab::tune {

/// The steps of a stage with the parameters steps, batch, warmup, minLearningRateFactor and
/// checkpointSteps.
struct Training
{
    const calib::Context &context;
    const Stage &stage;
    std::string variant;
    std::string doing; ///< "tuning end to end": for the progress line
    std::string lossName; ///< "KL": for the log
    std::int64_t sequences = 0; ///< that batches are drawn from
    /// Loss of the sequences `pick` (int64 [batch]); leaves its gradient for update().
    std::function<double(const at::Tensor &pick, std::int64_t step, double rate)> gradient;
    at::Tensor gradients; ///< where gradient() leaves them
    /// One step of the optimizer with the rates times `rate`; not called if the loss or a gradient
    /// is not finite.
    std::function<void(double rate)> update;
    std::function<void()> save; ///< every checkpointSteps, but not after the last step
};

/// Goes on from `progress` to the stage's last step: batches from seeded permutations, a linear
/// warm-up and a cosine. Steps whose loss or gradient is not finite are skipped with a warning. The
/// curve is published with every checkpoint.
void runSteps(const Training &training, Progress &progress);

/// Whether the last steps are far worse than the first one, which sees the layers as they were.
/// Texts differ from step to step: three times as much is beyond that. Steps whose loss was not
/// finite were skipped and do not count.
[[nodiscard]] bool endsWorse(const std::vector<float> &losses);

/// Bytes that a stage may keep between its steps: `onHost` in host memory, a quarter of what is
/// free where the model lives on a device.
[[nodiscard]] std::uint64_t keptBytes(const nn::Decoder &decoder, std::uint64_t onHost);

/// Final normed states of the full-precision model on some sequences, [sequences, length, hidden]
/// in the compute type; on the model's device while they fit (calib::makeStream).
[[nodiscard]] at::Tensor teacherStates(const calib::Context &context, const std::string &variant,
                                       const std::vector<std::vector<std::int32_t>> &sequences);

} // namespace batlab::tune
