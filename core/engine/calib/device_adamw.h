// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/adamw.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace batlab::calib {

/// AdamW's rule for parameters that live on a device: fp64 like the host's, from fp32 states, and
/// the host waits for nothing (performance.md 3.2.4). One fused operation where the device has it
/// (device/device_ops.h), else libtorch's operators.
class DeviceAdamW
{
public:
    /// Goes on where `state` stands. parameters fp32 [n]; factors of the learning rate, n.
    DeviceAdamW(const AdamW &state, const at::Tensor &parameters,
                const std::vector<float> &factors);

    [[nodiscard]] std::int64_t step() const { return m_settings.step; }
    /// The next update is step number `step` (from 0).
    void goTo(std::int64_t step);
    /// One step; where `loss` (an fp32 scalar of the device, or undefined) or the gradient is not
    /// finite, only counted. parameters fp32 [n], contiguous.
    void update(const at::Tensor &parameters, const at::Tensor &gradient, const at::Tensor &loss,
                double lr, double maxNorm);
    /// The two halves of update(): what the host knows of the step, and what the device does with
    /// it. The second may be recorded and replayed (device/step_graphs.h) where recordable().
    void beginStep(double lr);
    void apply(const at::Tensor &parameters, const at::Tensor &gradient, const at::Tensor &loss,
               double maxNorm);
    /// Whether apply() takes all that changes from step to step from the device's memory.
    [[nodiscard]] bool recordable() const { return m_steps.defined(); }
    /// fp32 [1] on the device: 0 if the gradient of the last step with a finite loss was not
    /// finite, else 1.
    [[nodiscard]] const at::Tensor &taken() const { return m_taken; }
    /// The state as the host keeps it; waits for the device.
    void save(AdamW &state) const;
    /// The moments, fp32 [n].
    [[nodiscard]] const at::Tensor &mean() const { return m_m; }
    [[nodiscard]] const at::Tensor &square() const { return m_v; }

private:
    void fused(const at::Tensor &parameters, const at::Tensor &gradient, const at::Tensor &loss,
               double maxNorm);

    AdamW m_settings; ///< its vectors stay empty
    double m_lr = 0; ///< of this step, for libtorch's operators
    at::Tensor m_m, m_v, m_taken;
    at::Tensor m_factor; ///< fp64 [n], for libtorch's operators
    /// For the fused operation: RateRuns as bytes, int64 [1], fp64 [1].
    at::Tensor m_runs, m_steps, m_rate;
    int m_runCount = 0;
};

} // namespace batlab::calib
