// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/rotated_layer.h"

#include "core/engine/nn/site_width.h"
#include "core/engine/tune/autograd.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>

namespace batlab::tune {

namespace {

template<class Enum>
std::size_t index(Enum e)
{
    return static_cast<std::size_t>(e);
}

bool readsStream(Linear l) { return l != Linear::o && l != Linear::down; }

/// NVFP4 would want a factor of the calibration; each token's own does while training.
quant::Quantizer forTraining(quant::Quantizer q, kernels::Ste ste)
{
    q.ste = ste;
    q.dynamicScale = q.dynamicScale || q.needsTensorScale();
    return q;
}

/// x [.., heads * d] times r within each head.
at::Tensor timesHeads(const at::Tensor &x, const at::Tensor &r, std::int64_t headDim)
{
    return timesBlocks(x.reshape({ -1, headDim }), r).reshape(x.sizes());
}

} // namespace

at::Tensor timesBlocks(const at::Tensor &x, const at::Tensor &r)
{
    const at::Tensor one =
        at::ones({ 1, 1 }, r.options().device(at::kCPU)); // told apart on the host
    return r.size(0) == 1 ? quant::applyKronecker(x, r.select(0, 0), one.unsqueeze(0))
                          : quant::applyKronecker(x, one, r);
}

RotatedLayer::RotatedLayer(std::function<calib::LayerState()> load, std::int64_t layer,
                           const RotationSlots &slots, Parameters &parameters,
                           const RotationSetting &setting)
    : m_load(std::move(load))
    , m_layer(layer)
    , m_slots(slots)
    , m_parameters(parameters)
    , m_setting(setting)
{ }

void RotatedLayer::prepare(at::IntArrayRef)
{
    if (!m_state) {
        m_state.emplace(m_load());
        const at::Device device = m_state->weights.inputNorm.device();
        m_state->kv = onDevice(std::move(m_state->kv), device);
        for (const Site site : kLinearSites) {
            const SiteSolution &s = m_state->site(site);
            m_quantizers[index(site)] = forTraining(s.activation, m_setting.ste);
            if (s.transform == SiteSolution::Transform::none)
                continue;
            const transform::GpkFactors f = s.matrixFactors(siteWidth(m_state->config, site));
            const transform::GpkFactors inverse = transform::inverseTransposed(f);
            m_transforms[index(site)] = { f.a.to(device, at::kFloat), f.b.to(device, at::kFloat) };
            m_inverses[index(site)] = { inverse.a.to(device, at::kFloat),
                                        inverse.b.to(device, at::kFloat) };
        }
    }
    m_residual = m_slots.residual.used() ? m_parameters.leaf(m_slots.residual) : at::Tensor();
    m_values = m_slots.values.used() ? m_parameters.leaf(m_slots.values) : at::Tensor();
    const nn::LayerWeights &w = m_state->weights;
    m_norms = { w.inputNorm, w.postNorm };
    if (m_residual.defined())
        m_norms.fill(at::ones_like(w.inputNorm));
    for (const Linear l : kLinears) {
        m_setting.check();
        rotateLinear(l);
    }
}

void RotatedLayer::rotateLinear(Linear l)
{
    const ModelConfig &c = m_state->config;
    const nn::LayerWeights &all = m_state->weights;
    at::Tensor w = all.of(l);
    at::Tensor bias = m_state->weights.biasOf(l);
    if (m_residual.defined() && readsStream(l))
        w = timesBlocks(w * (inputSite(l) == Site::t1 ? all.inputNorm : all.postNorm), m_residual);
    if (m_values.defined() && l == Linear::o)
        w = timesHeads(w, m_values, c.headDim);
    if (m_values.defined() && l == Linear::v) {
        w = timesHeads(w.t().contiguous(), m_values, c.headDim).t();
        if (bias.defined())
            bias = timesHeads(bias, m_values, c.headDim);
    }
    if (const auto &p = m_inverses[index(inputSite(l))]; p.defined())
        w = quant::applyKronecker(paddedToBlock(w, p.block()), p.a, p.b);
    if (m_residual.defined() && !readsStream(l)) {
        w = timesBlocks(w.t().contiguous(), m_residual).t();
        if (bias.defined())
            bias = timesBlocks(bias, m_residual);
    }
    w = paddedToBlock(w, 32).contiguous();
    LinearPart &part = m_linears[index(l)];
    part.factor = 1.0 / double(m_quantizers[index(inputSite(l))].epilogue());
    quant::Quantizer q = m_state->weightQuantizer(l);
    if (m_setting.roundWeights && q.active()) {
        q.ste = m_setting.ste;
        if (q.needsTensorScale())
            q = q.forTensor(w.detach().abs().max().item<double>());
        w = quant::fakeQuantize(w, {}, q, m_setting.type);
        part.factor /= double(q.epilogue());
    }
    part.weight = w.to(m_setting.type);
    part.bias = bias;
}

void RotatedLayer::collect(const CodeStep &)
{
    if (m_residual.defined())
        m_parameters.collect(m_slots.residual, m_residual);
    if (m_values.defined())
        m_parameters.collect(m_slots.values, m_values);
    release();
}

void RotatedLayer::release()
{
    m_linears = {};
    m_residual = m_values = at::Tensor();
    if (!m_setting.keepWeights)
        m_state.reset();
}

at::Tensor RotatedLayer::enter(const at::Tensor &x) const
{
    return m_layer == 0 && m_residual.defined() ? timesBlocks(x, m_residual) : x;
}

at::Tensor RotatedLayer::leave(const at::Tensor &x) const
{
    return m_layer + 1 == m_state->config.layers && m_residual.defined()
        ? timesBlocks(x, m_residual.transpose(1, 2))
        : x;
}

at::Tensor RotatedLayer::input(Site site, const at::Tensor &x) const
{
    const transform::GpkFactors &p = m_transforms[index(site)];
    const quant::Quantizer &q = m_quantizers[index(site)];
    if (!p.defined())
        return quant::fakeQuantize(paddedToBlock(x, 32), {}, q, m_setting.type);
    return quant::gpkFakeQuantize(paddedToBlock(x, p.block()), p.a, p.b, {}, q, m_setting.type);
}

at::Tensor RotatedLayer::linear(Linear l, const at::Tensor &x) const
{
    const LinearPart &part = m_linears[index(l)];
    return frozenLinear(x, part.weight, {}, part.bias, part.factor, m_setting.type);
}

at::Tensor RotatedLayer::cached(Site site, const at::Tensor &x) const
{
    return m_state->kv.cached(site, x, m_setting.type);
}

at::Tensor RotatedLayer::query(const at::Tensor &x) const
{
    return m_state->kv.query(x, m_setting.type);
}

} // namespace batlab::tune
