// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/parameters.h"

#include <ATen/ATen.h>

namespace batlab::tune {

namespace {

std::int64_t count(const Parameters::Slot &slot)
{
    std::int64_t n = 1;
    for (const std::int64_t s : slot.shape)
        n *= s;
    return n;
}

} // namespace

Parameters::Slot Parameters::add(const at::Tensor &initial, double rate)
{
    if (rate <= 0)
        return {};
    const at::Tensor flat = initial.detach().cpu().to(at::kFloat).contiguous().view({ -1 });
    Slot slot { static_cast<std::int64_t>(m_initial.size()), initial.sizes().vec() };
    const float *p = flat.const_data_ptr<float>();
    m_initial.insert(m_initial.end(), p, p + flat.numel());
    m_rates.insert(m_rates.end(), static_cast<std::size_t>(flat.numel()), static_cast<float>(rate));
    return slot;
}

void Parameters::seal(at::Device device)
{
    m_values = at::tensor(m_initial).to(at::kFloat).to(device);
    m_gradients = at::zeros_like(m_values);
    m_initial = {};
}

at::Tensor Parameters::leaf(const Slot &slot) const
{
    return m_values.narrow(0, slot.offset, count(slot))
        .view(slot.shape)
        .clone()
        .requires_grad_(true);
}

void Parameters::collect(const Slot &slot, const at::Tensor &leaf)
{
    if (slot.used() && leaf.grad().defined())
        m_gradients.narrow(0, slot.offset, count(slot)).add_(leaf.grad().reshape({ -1 }));
}

void Parameters::clearGradients() { m_gradients.zero_(); }

} // namespace batlab::tune
