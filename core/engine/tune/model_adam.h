// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/adamw.h"
#include "core/engine/calib/device_adamw.h"
#include "core/engine/tune/parameters.h"
#include "core/engine/tune/tune_state.h"

#include <optional>
#include <vector>

namespace batlab::tune {

/// Adam without weight decay over all trained values of a model, where they live: the host's rule
/// in the host's fixed order, or the device's.
class ModelAdam
{
public:
    /// `parameters` are sealed and outlive it.
    ModelAdam(Parameters &parameters, double beta1, double beta2);

    /// Step number `step` (from 0) down the gradients of the parameters, their rates times `rate`;
    /// gradients are scaled down to `gradientNorm` first if it is above 0.
    void update(std::int64_t step, double rate, double gradientNorm);
    /// Moments and parameters, sharing their memory.
    [[nodiscard]] std::vector<StateBuffer> state();

private:
    Parameters &m_parameters;
    calib::AdamW m_host;
    std::optional<calib::DeviceAdamW> m_device;
};

} // namespace batlab::tune
