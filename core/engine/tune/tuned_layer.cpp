// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/tuned_layer.h"

#include "core/engine/tune/autograd.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace batlab::tune {

namespace {

template<class Enum>
std::size_t index(Enum e)
{
    return static_cast<std::size_t>(e);
}

/// [outputs, padded inputs] of a stored weight.
std::array<std::int64_t, 2> shapeOf(const LinearSolution &s)
{
    if (s.format)
        return { s.scales.size(0), s.scales.size(1) * kernels::blockSize(s.format->format) };
    const at::Tensor w = s.integer ? s.weight(at::kFloat) : s.plain;
    return { w.size(0), w.size(1) };
}

} // namespace

TunedLayer::TunedLayer(LayerSolution solution, const ModelConfig &config, const TunedGroups &groups,
                       Parameters &parameters, at::ScalarType type, bool keepWeights)
    : m_solution(std::move(solution))
    , m_parameters(parameters)
    , m_type(type)
    , m_keepWeights(keepWeights)
{
    m_norms[0].slot = parameters.add(at::zeros({ config.hidden }), groups.norms);
    m_norms[1].slot = parameters.add(at::zeros({ config.hidden }), groups.norms);
    std::array<at::Tensor, 7> branches;
    for (const Linear l : kLinears)
        branches[index(l)] = m_solution.of(l).branch;
    for (const Linear l : kLinears) {
        const LinearSolution &s = m_solution.of(l);
        LinearPart &part = m_linears[index(l)];
        const auto [outputs, width] = shapeOf(s);
        part.width = width;
        part.branchOffset = branchOffset(branches, l);
        part.factor = 1.0
            / (double(s.epilogue()) * double(m_solution.at(inputSite(l)).activation.epilogue()));
        part.bias.slot =
            parameters.add(s.bias.defined() ? s.bias : at::zeros({ outputs }), groups.biases);
        part.gain.slot = parameters.add(at::zeros({ outputs }), groups.gains);
        if (s.branch.defined())
            part.branch.slot = parameters.add(s.branch, groups.branch);
        if (groups.codes && LearnedCodes::canLearn(s))
            part.codes = std::make_unique<LearnedCodes>(s);
    }
    for (const Site site : kLinearSites) {
        const SiteSolution &s = m_solution.at(site);
        SitePart &part = m_sites[index(site)];
        part.quantizer = s.activation;
        part.quantizer.ste = groups.ste;
        std::int64_t width = 0;
        for (const Linear l : kLinears)
            if (inputSite(l) == site)
                width = m_linears[index(l)].width;
        if (s.transform != SiteSolution::Transform::none) {
            const transform::GpkFactors f = s.matrixFactors(width);
            const at::Device device = m_solution.inputNorm.device();
            part.fixed = { f.a.to(device, at::kFloat), f.b.to(device, at::kFloat) };
        }
        if (s.transform == SiteSolution::Transform::gpk && !s.fixed) {
            // Over the whole width of T2 the factor within a head is in V already.
            const bool inValues = site == Site::t2 && s.factors.blocks() == 1
                && s.factors.a.size(0) == config.headDim && quant::isIdentity(s.factors.a);
            part.a.slot = parameters.add(s.factors.a, inValues ? 0.0 : groups.factors);
            part.b.slot = parameters.add(s.factors.b, groups.factors);
        }
        if (s.branch.defined())
            part.branch.slot = parameters.add(s.branch, groups.branch);
        if (s.clip.active()) {
            part.clipLo.slot = parameters.add(s.clip.lo.logit(1e-6), groups.clips);
            part.clipHi.slot = parameters.add(s.clip.hi.logit(1e-6), groups.clips);
        }
    }
}

template<class Body>
void TunedLayer::forValues(const Body &body)
{
    for (Value &v : m_norms)
        body(v);
    for (SitePart &s : m_sites)
        for (Value *v : { &s.a, &s.b, &s.branch, &s.clipLo, &s.clipHi })
            body(*v);
    for (LinearPart &l : m_linears)
        for (Value *v : { &l.bias, &l.gain, &l.branch })
            body(*v);
}

void TunedLayer::loadWeights()
{
    for (const Linear l : kLinears) {
        LinearPart &part = m_linears[index(l)];
        if (part.codes) // a leaf of its own in each visit
            part.weight = part.codes->weight(m_type).detach().requires_grad_(true);
        else if (!part.weight.defined())
            part.weight = m_solution.of(l).weight(m_type);
    }
}

void TunedLayer::open(Value &v)
{
    v.leaf = v.slot.used() ? m_parameters.leaf(v.slot) : at::Tensor();
}

void TunedLayer::prepare(at::IntArrayRef leading)
{
    forValues([this](Value &v) { open(v); });
    for (std::size_t i = 0; i < 2; ++i) {
        Value &v = m_norms[i];
        const at::Tensor &base = i == 0 ? m_solution.inputNorm : m_solution.postNorm;
        v.value = base;
        if (!v.leaf.defined())
            continue;
        v.value = deployedValue(base * (v.leaf + 1));
        if (!leading.empty())
            v.value = everyToken(v.value, leading);
    }
    for (const Site site : kLinearSites) {
        SitePart &s = m_sites[index(site)];
        const SiteSolution &base = m_solution.at(site);
        const auto deployed = [](const Value &v, const at::Tensor &otherwise) {
            return v.leaf.defined() ? deployedValue(v.leaf) : otherwise;
        };
        s.a.value = deployed(s.a, s.fixed.a);
        s.b.value = deployed(s.b, s.fixed.b);
        s.branch.value = deployed(s.branch, base.branch);
        s.clipLo.value = s.clipLo.leaf.defined() ? s.clipLo.leaf.sigmoid() : base.clip.lo;
        s.clipHi.value = s.clipHi.leaf.defined() ? s.clipHi.leaf.sigmoid() : base.clip.hi;
    }
    for (const Linear l : kLinears) {
        LinearPart &part = m_linears[index(l)];
        const LinearSolution &base = m_solution.of(l);
        part.bias.value = part.bias.leaf.defined() ? deployedValue(part.bias.leaf) : base.bias;
        part.branch.value =
            part.branch.leaf.defined() ? deployedValue(part.branch.leaf) : base.branch;
        part.gain.value = base.gain;
        if (part.gain.leaf.defined()) {
            const at::Tensor gain = part.gain.leaf + 1;
            part.gain.value = deployedValue(base.gain.defined() ? gain * base.gain : gain);
        }
    }
    loadWeights();
}

void TunedLayer::collect(const CodeStep &codes)
{
    for (LinearPart &l : m_linears)
        if (l.codes && codes.rate > 0 && l.weight.grad().defined())
            l.codes->step(l.weight.grad(), codes);
    forValues([this](Value &v) {
        if (v.leaf.defined())
            m_parameters.collect(v.slot, v.leaf);
    });
    release();
}

void TunedLayer::release()
{
    forValues([](Value &v) { v.leaf = v.value = at::Tensor(); });
    for (LinearPart &l : m_linears)
        if (!m_keepWeights || l.codes)
            l.weight = at::Tensor();
}

at::Tensor TunedLayer::input(Site site, const at::Tensor &x) const
{
    const SitePart &s = m_sites[index(site)];
    const quant::ClipRatios clip { s.clipLo.value, s.clipHi.value };
    at::Tensor padded;
    at::Tensor quantized;
    if (s.fixed.defined()) {
        padded = paddedToBlock(x, s.fixed.block());
        quantized = quant::gpkFakeQuantize(padded, s.a.value, s.b.value, clip, s.quantizer, m_type);
    } else {
        padded = paddedToBlock(x, 32);
        quantized = quant::fakeQuantize(padded, clip, s.quantizer, m_type);
    }
    if (!s.branch.value.defined())
        return quantized;
    const at::Tensor transformed = s.fixed.defined()
        ? paddedToBlock(quant::gpkTransform(padded, s.a.value, s.b.value, m_type), 32)
        : padded.to(m_type);
    return at::cat({ quantized, at::matmul(transformed, s.branch.value.to(m_type)) }, -1);
}

at::Tensor TunedLayer::linear(Linear l, const at::Tensor &x) const
{
    const LinearPart &part = m_linears[index(l)];
    const at::Tensor own = x.size(-1) == part.width ? x : x.narrow(-1, 0, part.width);
    if (!part.branch.value.defined())
        return frozenLinear(own, part.weight, part.gain.value, part.bias.value, part.factor,
                            m_type);
    const at::Tensor &branch = part.branch.value;
    const at::Tensor projected = x.narrow(-1, part.width + part.branchOffset, branch.size(1));
    return (frozenLinear(own, part.weight, part.gain.value, part.bias.value, part.factor,
                         at::kFloat)
            + at::linear(projected, branch.to(m_type)))
        .to(m_type);
}

at::Tensor TunedLayer::cached(Site site, const at::Tensor &x) const
{
    return m_solution.kv.cached(site, x, m_type);
}

at::Tensor TunedLayer::query(const at::Tensor &x) const { return m_solution.kv.query(x, m_type); }

LayerSolution TunedLayer::solution()
{
    const at::NoGradGuard guard;
    prepare({});
    LayerSolution out = m_solution; // where it was trained, and then on the host
    const auto take = [](at::Tensor &to, const Value &v, at::ScalarType type) {
        if (v.leaf.defined())
            to = v.value.detach().to(type).contiguous();
    };
    take(out.inputNorm, m_norms[0], out.inputNorm.scalar_type());
    take(out.postNorm, m_norms[1], out.postNorm.scalar_type());
    for (const Site site : kLinearSites) {
        const SitePart &part = m_sites[index(site)];
        SiteSolution &s = out.at(site);
        take(s.factors.a, part.a, at::kFloat);
        take(s.factors.b, part.b, at::kFloat);
        take(s.branch, part.branch, at::kBFloat16);
        take(s.clip.lo, part.clipLo, at::kFloat);
        take(s.clip.hi, part.clipHi, at::kFloat);
    }
    for (const Linear l : kLinears) {
        const LinearPart &part = m_linears[index(l)];
        take(out.of(l).bias, part.bias, at::kFloat);
        take(out.of(l).gain, part.gain, at::kFloat);
        take(out.of(l).branch, part.branch, at::kBFloat16);
        if (part.codes)
            part.codes->store(out.of(l));
    }
    release();
    return onDevice(std::move(out), at::kCPU);
}

std::vector<NamedTensor> TunedLayer::codeState() const
{
    std::vector<NamedTensor> out;
    for (const Linear l : kLinears)
        if (m_linears[index(l)].codes)
            for (NamedTensor &t : m_linears[index(l)].codes->state(std::string(name(l))))
                out.push_back(std::move(t));
    std::sort(out.begin(), out.end(),
              [](const NamedTensor &a, const NamedTensor &b) { return a.name < b.name; });
    return out;
}

bool TunedLayer::restoreCodes(const Part &part)
{
    for (const Linear l : kLinears)
        if (m_linears[index(l)].codes
            && !m_linears[index(l)].codes->restore(part, std::string(name(l))))
            return false;
    return true;
}

std::int64_t TunedLayer::movedCodes() const
{
    std::int64_t count = 0;
    for (const LinearPart &l : m_linears)
        count += l.codes ? l.codes->moved() : 0;
    return count;
}

} // namespace batlab::tune
