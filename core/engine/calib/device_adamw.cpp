// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/device_adamw.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace batlab::calib {

namespace {

at::Tensor over(const std::vector<float> &values, const at::Tensor &like)
{
    return at::tensor(values).to(at::kFloat).to(like.device());
}

std::vector<float> here(const at::Tensor &t)
{
    const at::Tensor c = t.cpu();
    const auto *p = c.const_data_ptr<float>();
    return { p, p + c.numel() };
}

} // namespace

DeviceAdamW::DeviceAdamW(const AdamW &state, const at::Tensor &parameters,
                         const std::vector<float> &factors)
    : m_settings(0)
    , m_m(over(state.m, parameters))
    , m_v(over(state.v, parameters))
    , m_factor(over(factors, parameters).to(at::kDouble))
{
    m_settings.step = state.step;
    m_settings.weightDecay = state.weightDecay;
    m_settings.beta1 = state.beta1;
    m_settings.beta2 = state.beta2;
}

void DeviceAdamW::update(const at::Tensor &parameters, const at::Tensor &gradient,
                         const at::Tensor &loss, double lr, double maxNorm)
{
    constexpr double eps = 1e-8;
    const at::NoGradGuard guard;
    const AdamW &s = m_settings;
    ++m_settings.step;
    const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
    const double correction2 = 1 - std::pow(s.beta2, static_cast<double>(s.step));
    at::Tensor g = gradient.to(at::kDouble);
    if (maxNorm > 0)
        g = g * (maxNorm / at::linalg_vector_norm(g)).clamp_max(1.0);
    const at::Tensor good = at::isfinite(loss);
    const auto keep = [&](at::Tensor &old, const at::Tensor &fresh) {
        old.copy_(at::where(good, fresh.to(at::kFloat), old));
    };
    keep(m_m, s.beta1 * m_m.to(at::kDouble) + (1 - s.beta1) * g);
    keep(m_v, s.beta2 * m_v.to(at::kDouble) + (1 - s.beta2) * g * g);
    const at::Tensor rate = m_factor * lr;
    const at::Tensor move =
        (m_m.to(at::kDouble) / correction1) / ((m_v.to(at::kDouble) / correction2).sqrt() + eps);
    at::Tensor all = parameters;
    keep(all, all.to(at::kDouble) * (1 - rate * s.weightDecay) - rate * move);
}

void DeviceAdamW::save(AdamW &state) const
{
    state.m = here(m_m);
    state.v = here(m_v);
    state.step = m_settings.step;
}

} // namespace batlab::calib
