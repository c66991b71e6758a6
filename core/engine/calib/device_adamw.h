// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/adamw.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace batlab::calib {

/// AdamW's rule for parameters that live on a device: fp64 like the host's, from fp32 states, and
/// the host waits for nothing (performance.md 3.2.4).
class DeviceAdamW
{
public:
    /// Goes on where `state` stands. parameters fp32 [n]; factors of the learning rate, n.
    DeviceAdamW(const AdamW &state, const at::Tensor &parameters,
                const std::vector<float> &factors);

    [[nodiscard]] std::int64_t step() const { return m_settings.step; }
    /// One step; where `loss` (a scalar of the device) is not finite, only counted.
    void update(const at::Tensor &parameters, const at::Tensor &gradient, const at::Tensor &loss,
                double lr, double maxNorm);
    /// The state as the host keeps it; waits for the device.
    void save(AdamW &state) const;

private:
    AdamW m_settings; ///< its vectors stay empty
    at::Tensor m_m, m_v, m_factor;
};

} // namespace batlab::calib
