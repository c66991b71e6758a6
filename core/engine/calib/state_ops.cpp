// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/state_ops.h"

#include <ATen/ATen.h>

namespace batlab::calib {

StateOps::StateOps(const LayerState &state, nn::Compute compute)
    : m_state(state), m_type(nn::matmulType(compute))
{
    for (const Linear l : kLinears) {
        const auto i = static_cast<std::size_t>(l);
        m_weights[i] = transformedWeight(state, l, m_type);
        if (const at::Tensor &bias = state.weights.biasOf(l); bias.defined())
            m_biases[i] = bias.to(m_type);
    }
}

at::Tensor StateOps::input(Site site, const at::Tensor &x) const
{
    return m_state.site(site).transformed(x, m_type);
}

at::Tensor StateOps::linear(Linear linear, const at::Tensor &siteInput) const
{
    const auto i = static_cast<std::size_t>(linear);
    return at::linear(siteInput, m_weights[i], m_biases[i]);
}

} // namespace batlab::calib
