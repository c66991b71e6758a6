// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/trained_values.h"

#include <ATen/ATen.h>

#include <cmath>

namespace batlab::calib {

Parameters::Slot Parameters::add(const at::Tensor &initial, double factor)
{
    const at::Tensor flat = initial.cpu().to(at::kFloat).contiguous().view({ -1 });
    Slot slot { static_cast<std::int64_t>(m_values.size()), initial.sizes().vec() };
    const float *p = flat.const_data_ptr<float>();
    m_values.insert(m_values.end(), p, p + flat.numel());
    m_factors.insert(m_factors.end(), static_cast<std::size_t>(flat.numel()),
                     static_cast<float>(factor));
    return slot;
}

void Parameters::seal()
{
    m_flat = at::tensor(m_values).to(at::kFloat).to(m_device).requires_grad_(true);
}

at::Tensor Parameters::get(const Slot &slot) const
{
    std::int64_t count = 1;
    for (const std::int64_t s : slot.shape)
        count *= s;
    return m_flat.narrow(0, slot.offset, count).view(slot.shape);
}

namespace {

/// (I-S)(I+S)^-1 with S = free - free^T, fp64: orthogonal.
at::Tensor cayley(const at::Tensor &free)
{
    const at::Tensor s = (free - free.transpose(-1, -2)).to(at::kDouble);
    const at::Tensor eye = at::eye(s.size(-1), s.options());
    return at::matmul(eye - s, std::get<0>(at::linalg_inv_ex(eye + s, s.device().is_cpu())));
}

} // namespace

FactorForm factorForm(std::string_view parametrization)
{
    if (parametrization == "orthogonal")
        return FactorForm::orthogonal;
    return parametrization == "svd" ? FactorForm::svd : FactorForm::affine;
}

TrainedFactor::TrainedFactor(Parameters &parameters, const at::Tensor &start, FactorForm form,
                             double cap)
    : m_form(form), m_bound(cap > 0 ? 0.5 * std::log(cap) : 0)
{
    if (form == FactorForm::affine) {
        m_first = parameters.add(start, 1);
        return;
    }
    m_first = parameters.add(at::zeros_like(start), 1);
    m_left = start.cpu().to(at::kDouble);
    if (form == FactorForm::svd) {
        const auto [u, s, vt] = at::linalg_svd(m_left, false);
        m_left = u;
        m_right = vt;
        m_second = parameters.add(at::zeros_like(start), 1);
        m_logs = parameters.add(s.clamp_min(1e-12).log(), 1);
        m_right = m_right.to(parameters.device());
    }
    m_left = m_left.to(parameters.device());
}

at::Tensor TrainedFactor::matrix(const Parameters &parameters) const
{
    const at::Tensor first = parameters.get(m_first);
    if (m_form == FactorForm::affine)
        return first;
    const at::Tensor turned = at::matmul(m_left, cayley(first));
    if (m_form == FactorForm::orthogonal)
        return turned.to(at::kFloat);
    at::Tensor logs = parameters.get(m_logs).to(at::kDouble);
    if (m_bound > 0)
        logs = (logs - logs.mean(-1, true)).clamp(-m_bound, m_bound);
    const at::Tensor right =
        at::matmul(cayley(parameters.get(m_second)).transpose(-1, -2), m_right);
    return at::matmul(turned * logs.exp().unsqueeze(-2), right).to(at::kFloat);
}

} // namespace batlab::calib
