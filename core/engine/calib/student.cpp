// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/student.h"

#include "core/engine/transform/inverses.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace batlab::calib {

namespace {

double logit(double p) { return std::log(p / (1 - p)); }

} // namespace

TrainSettings::TrainSettings(const Json &p, const Stage *fold)
    : epochs(p.at("epochs"))
    , batch(p.at("batch"))
    , sequences(p.at("sequences"))
    , length(p.at("length"))
    , checkpointSteps(p.at("checkpointSteps"))
    , learningRate(p.at("learningRate"))
    , clipFactor(p.at("clipLearningRateFactor"))
    , minFactor(p.at("minLearningRateFactor"))
    , gradientNorm(p.at("gradientNorm"))
    , normalizeLoss(p.at("normalizeLoss"))
    , weightsQuantized(p.at("weightsInLoop") == "rtn")
{
    if (p.at("trainDiagonal").get<bool>() && fold != nullptr)
        diagonalSites = fold->parameters.at("sites");
}

Student::Student(const LayerState &state, const TrainSettings &settings, FactorForm form,
                 double cap, const kernels::Ste &ste, const nn::Decoder &decoder)
    : m_state(state)
    , m_type(nn::matmulType(decoder.compute()))
    , m_kv(onDevice(state.kv, decoder.device()))
    , m_parameters(decoder.device())
{
    m_kv.keys.ste = m_kv.values.ste = ste;
    for (const Site site : kLinearSites) {
        const SiteSolution &s = state.site(site);
        SitePart &part = m_sites[index(site)];
        part.quantizer = s.activation;
        part.quantizer.ste = ste;
        const std::int64_t n = state.weights.of(state.linearsOf(site).front()).size(1);
        if (s.transform == SiteSolution::Transform::gpk && !s.fixed) {
            const bool one = s.factors.a.numel() == 1 || s.factors.b.size(-1) == 1;
            const double each = cap <= 0 ? 0 : one ? cap : std::sqrt(cap);
            part.a = TrainedFactor(m_parameters, s.factors.a, form, each);
            part.b = TrainedFactor(m_parameters, s.factors.b, form, each);
        } else if (s.transform != SiteSolution::Transform::none) {
            const transform::GpkFactors h = s.matrixFactors(n);
            part.base = { h.a.to(decoder.device(), at::kFloat),
                          h.b.to(decoder.device(), at::kFloat) };
            part.identity = { quant::isIdentity(h.a), quant::isIdentity(h.b) };
        }
        part.onlineIdentity = part.identity;
        part.onlineIdentity.a = part.identity.a || (site == Site::t2 && state.valueFactorPending);
        if (s.clip.active()) {
            part.clipLo = m_parameters.add(
                at::full(s.clip.lo.sizes(), logit(s.clip.lo.view({ -1 })[0].item<double>())),
                settings.clipFactor);
            part.clipHi = m_parameters.add(
                at::full(s.clip.hi.sizes(), logit(s.clip.hi.view({ -1 })[0].item<double>())),
                settings.clipFactor);
        }
        if (chosen(settings.diagonalSites, site))
            part.logDiagonal = m_parameters.add(
                at::zeros({ site == Site::t2 ? state.config.kvHeads * state.config.headDim : n }),
                1);
    }
    for (const Linear l : kLinears) {
        if (settings.weightsQuantized)
            m_linears[index(l)].quantizer = quantizerFor(state, l);
        m_linears[index(l)].quantizer.ste = ste;
        const quant::ClipRatios &clip = state.weightClip[index(l)];
        if (clip.active()) {
            m_linears[index(l)].clipLo = m_parameters.add(clip.lo.logit(), settings.clipFactor);
            m_linears[index(l)].clipHi = m_parameters.add(clip.hi.logit(), settings.clipFactor);
        }
    }
    if (m_parameters.size() == 0)
        throw Exception({ ErrorCode::badInput, "the training stage has nothing to train", "recipe",
                          "Give it a trainable transform, a clip stage or trainDiagonal." });
    m_parameters.seal();
}

void Student::prepare()
{
    m_inputNorm = m_state.weights.inputNorm;
    m_postNorm = m_state.weights.postNorm;
    for (const Site site : kLinearSites) {
        SitePart &part = m_sites[index(site)];
        part.factors = factorsOf(part);
        part.online = part.factors;
        if (site == Site::t2 && m_state.valueFactorPending) // the factor within heads is V's
            part.online.a =
                at::eye(part.factors.a.size(0), part.factors.a.options().requires_grad(false));
        part.clip = ratiosOf(part.clipLo, part.clipHi);
        part.diagonal =
            part.logDiagonal.used() ? m_parameters.get(part.logDiagonal).exp() : at::Tensor();
    }
    const at::Tensor &d1 = m_sites[0].diagonal;
    const at::Tensor &d3 = m_sites[2].diagonal;
    if (d1.defined())
        m_inputNorm = m_inputNorm * d1;
    if (d3.defined())
        m_postNorm = m_postNorm * d3;
    if (!m_parameters.device().is_cpu()) { // all in one launch
        std::vector<transform::GpkFactors> all;
        for (const SitePart &part : m_sites)
            all.push_back(part.factors);
        all = transform::inversesTransposed(all);
        for (std::size_t i = 0; i < m_sites.size(); ++i)
            m_sites[i].inverse = all[i];
    }
    for (const Linear l : kLinears)
        prepareLinear(l);
}

at::Tensor Student::input(Site site, const at::Tensor &x) const
{
    const SitePart &part = m_sites[index(site)];
    if (part.online.defined())
        return quant::gpkFakeQuantize(paddedToBlock(x, part.online.block()), part.online.a,
                                      part.online.b, part.clip, part.quantizer, m_type,
                                      part.onlineIdentity);
    return quant::fakeQuantize(paddedToBlock(x, 32), part.clip, part.quantizer, m_type);
}

at::Tensor Student::linear(Linear l, const at::Tensor &x) const
{
    const LinearPart &part = m_linears[index(l)];
    return scaledLinear(x, part.weight, part.bias, part.factor, m_type);
}

std::array<transform::GpkFactors, 4> Student::deployedFactors() const
{
    const at::NoGradGuard guard;
    std::array<transform::GpkFactors, 4> out;
    for (const Site site : kLinearSites) {
        const SitePart &part = m_sites[index(site)];
        if (!part.a.used())
            continue;
        const transform::GpkFactors f = factorsOf(part);
        out[index(site)] = transform::deployed({ f.a.detach().cpu(), f.b.detach().cpu() });
    }
    return out;
}

void Student::store(LayerState &state, const std::array<transform::GpkFactors, 4> &factors)
{
    const at::NoGradGuard guard;
    prepare();
    for (const Site site : kLinearSites) {
        const SitePart &part = m_sites[index(site)];
        SiteSolution &s = state.site(site);
        if (part.a.used())
            s.factors = factors[index(site)];
        if (part.clip.active())
            s.clip = { part.clip.lo.detach().cpu().contiguous(),
                       part.clip.hi.detach().cpu().contiguous() };
    }
    for (const Linear l : kLinears)
        if (m_linears[index(l)].clipLo.used())
            state.weightClip[index(l)] =
                ratiosOf(m_linears[index(l)].clipLo, m_linears[index(l)].clipHi);
    for (const Site site : { Site::t2, Site::t4, Site::t1, Site::t3 }) {
        const at::Tensor &d = m_sites[index(site)].diagonal;
        if (d.defined())
            applyDiagonal(state, site, site == Site::t2 ? overQueryHeads(d) : d);
    }
}

transform::GpkFactors Student::factorsOf(const SitePart &part) const
{
    return part.a.used()
        ? transform::GpkFactors { part.a.matrix(m_parameters), part.b.matrix(m_parameters) }
        : part.base;
}

quant::ClipRatios Student::ratiosOf(const Parameters::Slot &lo, const Parameters::Slot &hi) const
{
    if (!lo.used())
        return {};
    return { m_parameters.get(lo).sigmoid(), m_parameters.get(hi).sigmoid() };
}

at::Tensor Student::overQueryHeads(const at::Tensor &d) const
{
    const ModelConfig &c = m_state.config;
    return d.view({ c.kvHeads, 1, c.headDim })
        .expand({ c.kvHeads, c.heads / c.kvHeads, c.headDim })
        .reshape({ -1 });
}

void Student::prepareLinear(Linear l)
{
    LinearPart &part = m_linears[index(l)];
    const SitePart &site = m_sites[index(inputSite(l))];
    at::Tensor w = m_state.weights.of(l);
    at::Tensor bias = m_state.weights.biasOf(l);
    if (site.diagonal.defined())
        w = w / (inputSite(l) == Site::t2 ? overQueryHeads(site.diagonal) : site.diagonal);
    const Site producer =
        l == Linear::v ? Site::t2 : Site::t4; // whose diagonal sits in this linear's rows
    const at::Tensor &rows = m_sites[index(producer)].diagonal;
    if ((l == Linear::v || l == Linear::up) && rows.defined()) {
        w = w * rows.unsqueeze(1);
        bias = bias.defined() ? bias * rows : bias;
    }
    if (l == Linear::v && m_state.valueFactorPending) {
        const at::Tensor &a = m_sites[index(Site::t2)].factors.a;
        const ModelConfig &c = m_state.config;
        w = at::matmul(a.t(), w.reshape({ c.kvHeads, c.headDim, -1 })).reshape(w.sizes());
        if (bias.defined())
            bias = at::matmul(bias.reshape({ c.kvHeads, c.headDim }), a).reshape({ -1 });
    }
    const quant::ClipRatios clip = ratiosOf(part.clipLo, part.clipHi);
    if (site.factors.defined()) {
        const transform::GpkFactors inverse =
            site.inverse.defined() ? site.inverse : transform::inverseTransposed(site.factors);
        part.weight =
            quant::gpkFakeQuantize(paddedToBlock(w, site.factors.block()), inverse.a, inverse.b,
                                   clip, part.quantizer, m_type, site.identity);
    } else {
        part.weight = quant::fakeQuantize(paddedToBlock(w, 32), clip, part.quantizer, m_type);
    }
    part.bias = bias.defined() ? bias.to(m_type) : bias;
    part.factor = 1.0 / (double(part.quantizer.epilogue()) * double(site.quantizer.epilogue()));
}

} // namespace batlab::calib
