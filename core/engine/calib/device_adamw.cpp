// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/device_adamw.h"

#include "core/engine/device/device_ops.h"
#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <cstring>

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

/// Neighbours with the same factor.
std::vector<device::RateRun> runsOf(const std::vector<float> &factors, double weightDecay)
{
    std::vector<device::RateRun> out;
    for (std::size_t i = 0; i < factors.size(); ++i)
        if (out.empty() || out.back().factor != factors[i])
            out.push_back(
                { static_cast<std::int64_t>(i), factors[i], static_cast<float>(weightDecay) });
    return out;
}

} // namespace

DeviceAdamW::DeviceAdamW(const AdamW &state, const at::Tensor &parameters,
                         const std::vector<float> &factors)
    : m_settings(0)
    , m_m(over(state.m, parameters))
    , m_v(over(state.v, parameters))
    , m_taken(at::ones({ 1 }, m_m.options()))
{
    m_settings.step = state.step;
    m_settings.weightDecay = state.weightDecay;
    m_settings.beta1 = state.beta1;
    m_settings.beta2 = state.beta2;
    if (device::opsOf(parameters.device().type()).adamW == nullptr) {
        m_factor = over(factors, parameters).to(at::kDouble);
        return;
    }
    const std::vector<device::RateRun> runs = runsOf(factors, state.weightDecay);
    const std::size_t bytes = runs.size() * sizeof(device::RateRun);
    at::Tensor here = at::empty({ static_cast<std::int64_t>(bytes) }, at::kByte);
    if (bytes > 0)
        std::memcpy(here.data_ptr(), runs.data(), bytes);
    m_runs = here.to(parameters.device());
    m_runCount = static_cast<int>(runs.size());
    m_steps = at::full({ 1 }, state.step, at::kLong).to(parameters.device());
    m_rate = at::zeros({ 1 }, m_m.options().dtype(at::kDouble));
}

void DeviceAdamW::goTo(std::int64_t step)
{
    if (m_steps.defined() && step != m_settings.step)
        m_steps.fill_(step);
    m_settings.step = step;
}

void DeviceAdamW::fused(const at::Tensor &parameters, const at::Tensor &gradient,
                        const at::Tensor &loss, double maxNorm)
{
    const at::Tensor g = gradient.detach().to(at::kFloat).contiguous();
    const at::Tensor l = loss.defined() ? loss.detach().to(at::kFloat) : loss;
    at::Tensor all = parameters.detach(); // the same memory
    const quant::Launch launch(parameters);
    device::AdamWStep step;
    step.parameters = all.data_ptr<float>();
    step.gradients = g.const_data_ptr<float>();
    step.mean = m_m.data_ptr<float>();
    step.square = m_v.data_ptr<float>();
    step.count = all.numel();
    step.runs = static_cast<const device::RateRun *>(m_runs.const_data_ptr());
    step.runCount = m_runCount;
    step.loss = l.defined() ? l.const_data_ptr<float>() : nullptr;
    step.step = m_steps.data_ptr<std::int64_t>();
    step.learningRate = m_rate.const_data_ptr<double>();
    step.taken = m_taken.data_ptr<float>();
    step.beta1 = m_settings.beta1;
    step.beta2 = m_settings.beta2;
    step.maxNorm = maxNorm;
    device::opsOf(parameters.device().type()).adamW(step, launch.exec());
    launch.check();
}

void DeviceAdamW::update(const at::Tensor &parameters, const at::Tensor &gradient,
                         const at::Tensor &loss, double lr, double maxNorm)
{
    beginStep(lr);
    apply(parameters, gradient, loss, maxNorm);
}

void DeviceAdamW::beginStep(double lr)
{
    ++m_settings.step;
    m_lr = lr;
    if (m_rate.defined())
        m_rate.fill_(lr);
}

void DeviceAdamW::apply(const at::Tensor &parameters, const at::Tensor &gradient,
                        const at::Tensor &loss, double maxNorm)
{
    constexpr double eps = 1e-8;
    const at::NoGradGuard guard;
    const AdamW &s = m_settings;
    if (recordable()) {
        fused(parameters, gradient, loss, maxNorm);
        return;
    }
    const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
    const double correction2 = 1 - std::pow(s.beta2, static_cast<double>(s.step));
    at::Tensor g = gradient.to(at::kDouble);
    const at::Tensor norm = at::linalg_vector_norm(g);
    if (maxNorm > 0)
        g = g * (maxNorm / norm).clamp_max(1.0);
    const at::Tensor good =
        loss.defined() ? at::isfinite(loss).logical_and(at::isfinite(norm)) : at::isfinite(norm);
    m_taken.copy_(at::isfinite(norm).to(at::kFloat).view({ 1 }));
    const auto keep = [&](at::Tensor &old, const at::Tensor &fresh) {
        const at::Tensor narrow = fresh.to(at::kFloat);
        old.copy_(at::where(good, narrow, old));
    };
    keep(m_m, s.beta1 * m_m.to(at::kDouble) + (1 - s.beta1) * g);
    keep(m_v, s.beta2 * m_v.to(at::kDouble) + (1 - s.beta2) * g * g);
    const at::Tensor rate = m_factor * m_lr;
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
