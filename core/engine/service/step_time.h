// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/service/gemm_time.h"
#include "core/job/job.h"
#include "core/spec/run_spec.h"

#include <c10/core/Device.h>

#include <vector>

/// A training step of a layer against the products it cannot do without (performance.md 5.3,
/// CalibStep), on any device, with random weights.
namespace batlab {

struct StepTime
{
    std::vector<double> seconds; ///< of a step, by repetition
    std::vector<double> products; ///< of its products and its attention alone
    std::int64_t sequences = 0, length = 0; ///< of a step
    double flop = 0; ///< of the products, attention included
};

/// Forward, gradient of the inputs and gradient of the weights of one layer's linears over `tokens`
/// tokens, each count 1; attention is not among them.
[[nodiscard]] std::vector<GemmRow> stepGemms(const ModelConfig &config, std::int64_t tokens);
/// All of a step: stepGemms(), and causal attention with its gradient (3.5 times its forward
/// products, the scores being computed again).
[[nodiscard]] double stepFlop(const ModelConfig &config, std::int64_t sequences,
                              std::int64_t length);

/// Times the steps of the recipe's train stage on layers of `config`: a layer is calibrated with
/// one epoch and with more, and the difference is divided by the steps. The spec's calibration says
/// how many sequences of which length an epoch has. `repeats` at least 1.
[[nodiscard]] StepTime timeTrainingStep(const RunSpec &spec, const ModelConfig &config,
                                        c10::Device device, JobContext &job, int repeats);

/// A step that the device records and replays (device/step_graphs.h) against the same step with
/// every launch given by the host (performance.md 5.3, CalibStep_Graph).
struct RecordedStepTime
{
    std::vector<double> recorded, eager; ///< seconds of a step, by repetition, one after the other
    std::int64_t sequences = 0, length = 0; ///< of a step
};

/// Times them as timeTrainingStep() does; a recording itself costs about a step and is among those
/// counted only where an epoch has no more than DeviceSteps::kWarmUpSteps. No other job uses the
/// device. Exception{unsupported} where it cannot record.
[[nodiscard]] RecordedStepTime timeRecordedStep(const RunSpec &spec, const ModelConfig &config,
                                                c10::Device device, JobContext &job, int repeats);

} // namespace batlab
