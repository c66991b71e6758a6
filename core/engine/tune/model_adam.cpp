// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/model_adam.h"

#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

namespace batlab::tune {

namespace {

at::Tensor seen(std::vector<float> &values)
{
    return at::from_blob(values.data(), { static_cast<std::int64_t>(values.size()) },
                         at::TensorOptions().dtype(at::kFloat));
}

} // namespace

ModelAdam::ModelAdam(Parameters &parameters, double beta1, double beta2)
    : m_parameters(parameters), m_host(parameters.size())
{
    m_host.weightDecay = 0;
    m_host.beta1 = beta1;
    m_host.beta2 = beta2;
    if (!quant::onHost(parameters.values()))
        m_device.emplace(m_host, parameters.values(), parameters.rates());
}

void ModelAdam::update(std::int64_t step, double rate, double gradientNorm)
{
    if (m_device) {
        m_device->goTo(step);
        m_device->update(m_parameters.values(), m_parameters.gradients(), {}, rate, gradientNorm);
        return;
    }
    m_host.step = step;
    m_host.update(m_parameters.values().data_ptr<float>(),
                  m_parameters.gradients().const_data_ptr<float>(), m_parameters.rates(), rate,
                  gradientNorm);
}

std::vector<StateBuffer> ModelAdam::state()
{
    return { { "m", m_device ? m_device->mean() : seen(m_host.m) },
             { "parameters", m_parameters.values() },
             { "v", m_device ? m_device->square() : seen(m_host.v) } };
}

} // namespace batlab::tune
