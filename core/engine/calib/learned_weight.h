// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/variant/layer_solution.h"

namespace batlab::calib {

/// A weight whose codes are being learned: offsets [out, n] in grid steps and shares [out, n/block]
/// of the block maxima, both fp32.
class LearnedWeight
{
public:
    /// start: codes, scales, format; base [out, n] fp32: what its codes were rounded from.
    LearnedWeight(const LinearSolution &start, const at::Tensor &base);

    /// Rounds with the present offsets and shares.
    void update();
    /// fp32 [out, n] values and u8 [out, n/block] scale bytes of the last update().
    [[nodiscard]] const at::Tensor &values() const { return m_values; }
    [[nodiscard]] const at::Tensor &scales() const { return m_scales; }
    /// One signed step: `gradient` [out, n] fp32 of the loss to values().
    void step(const at::Tensor &gradient, float rate, bool clips);

    at::Tensor offsets, shares; ///< what a checkpoint keeps

private:
    void stepOnDevice(const at::Tensor &gradient, float rate, bool clips);
    [[nodiscard]] at::Tensor ruleOf(const at::Tensor &peak) const;
    kernels::QuantSpec m_spec;
    at::Tensor m_base, m_peak, m_startScales, m_rule; ///< m_rule: the rule's byte at share 1
    at::Tensor m_scaleValues, m_values, m_scales;
};

} // namespace batlab::calib
