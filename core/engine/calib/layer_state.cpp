// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/layer_state.h"

#include "core/base/hash.h"
#include "core/engine/calib/gptq.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/transform/closed_form.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

namespace {

constexpr std::int64_t kMxBlock = 32;

bool chosen(const Json &sites, Site site)
{
    return std::any_of(sites.begin(), sites.end(),
                       [&](const Json &s) { return s == std::string(name(site)); });
}

at::Tensor padded(const at::Tensor &square, std::int64_t block)
{
    const std::int64_t rest = square.size(0) % block;
    return rest == 0 ? square : at::constant_pad_nd(square, { 0, block - rest, 0, block - rest });
}

std::vector<at::Tensor> weightsOf(const LayerState &state, Site site)
{
    std::vector<at::Tensor> out;
    for (const Linear l : state.linearsOf(site))
        out.push_back(state.weights.of(l));
    return out;
}

at::Tensor diagonalFor(const LayerState &state, Site site, const Json &p)
{
    const SiteMoments &m = state.moments[static_cast<std::size_t>(site)];
    const std::int64_t n = m.sum.size(0);
    const std::int64_t block = n % kMxBlock == 0 ? kMxBlock : n;
    const double alpha = p.at("alpha").get<double>();
    if (p.at("diagonal") == "smoothquant") {
        at::Tensor peak;
        for (const at::Tensor &w : weightsOf(state, site)) {
            const at::Tensor column = w.abs().amax(0);
            peak = peak.defined() ? at::maximum(peak, column) : column;
        }
        return transform::smoothQuantDiagonal(m.maxAbs, peak, alpha, block);
    }
    return transform::balancedDiagonal(
        m.mean().diagonal(), weightMoment(weightsOf(state, site)).diagonal(), alpha, block);
}

} // namespace

std::vector<Linear> LayerState::linearsOf(Site s) const
{
    std::vector<Linear> out;
    for (const Linear l : kLinears)
        if (inputSite(l) == s)
            out.push_back(l);
    return out;
}

at::Tensor tiedOverGroups(const ModelConfig &config, const at::Tensor &d)
{
    const std::int64_t group = config.heads / config.kvHeads;
    return d.log()
        .view({ config.kvHeads, group, config.headDim })
        .mean(1, true)
        .expand({ config.kvHeads, group, config.headDim })
        .exp()
        .reshape({ -1 });
}

at::Tensor applyDiagonal(LayerState &state, Site site, const at::Tensor &wanted)
{
    at::Tensor d = wanted.to(at::kDouble);
    const auto scaleRows = [](at::Tensor &w, at::Tensor &bias, const at::Tensor &by) {
        w = (w.to(at::kDouble) * by.unsqueeze(1)).to(w.scalar_type());
        if (bias.defined())
            bias = (bias.to(at::kDouble) * by).to(bias.scalar_type());
    };
    nn::LayerWeights &w = state.weights;
    if (site == Site::t1 || site == Site::t3) {
        at::Tensor &norm = site == Site::t1 ? w.inputNorm : w.postNorm;
        const at::Tensor old = norm.to(at::kDouble);
        const at::Tensor fresh = (old * d).to(at::kBFloat16).to(at::kDouble);
        const at::Tensor usable = old.abs().gt(1e-12).logical_and(fresh.abs().gt(1e-12));
        d = at::where(usable, fresh / old, at::ones_like(old));
        norm = at::where(usable, fresh, old).to(norm.scalar_type());
    } else if (site == Site::t2) {
        const ModelConfig &c = state.config;
        d = tiedOverGroups(c, d);
        const at::Tensor perKv =
            d.view({ c.kvHeads, c.heads / c.kvHeads, c.headDim }).select(1, 0).reshape({ -1 });
        scaleRows(w.of(Linear::v), w.biasOf(Linear::v), perKv);
    } else {
        scaleRows(w.of(Linear::up), w.biasOf(Linear::up), d);
    }
    for (const Linear l : state.linearsOf(site))
        w.of(l) = (w.of(l).to(at::kDouble) / d.unsqueeze(0)).to(w.of(l).scalar_type());
    SiteMoments &m = state.momentsOf(site);
    if (m.sum.defined()) {
        const at::Tensor f = d.to(at::kFloat);
        m.sum = m.sum * f.unsqueeze(0) * f.unsqueeze(1);
        m.maxAbs = m.maxAbs * f;
    }
    return d;
}

void runFold(LayerState &state, const Json &p)
{
    if (p.at("diagonal") == "none")
        return;
    for (const Site site : { Site::t2, Site::t4, Site::t1, Site::t3 })
        if (chosen(p.at("sites"), site))
            applyDiagonal(state, site, diagonalFor(state, site, p));
}

void runTransform(LayerState &state, const Json &p)
{
    const std::string kind = p.at("kind");
    const std::int64_t g1 = p.at("g1");
    const std::int64_t g2 = p.at("g2");
    const std::string init = p.at("init");
    for (const Site site : kLinearSites) {
        if (!chosen(p.at("sites"), site) || kind == "none")
            continue;
        SiteSolution &s = state.site(site);
        if (kind == "hadamard" && g1 * g2 == kMxBlock) {
            s.transform = SiteSolution::Transform::hadamard32;
            continue;
        }
        s.transform = SiteSolution::Transform::gpk;
        const std::int64_t g = g1 * g2;
        const std::int64_t n = state.weights.of(state.linearsOf(site).front()).size(1);
        const std::int64_t blocks = (n + g - 1) / g;
        transform::GpkFactors f;
        if (kind == "hadamard" || init == "hadamard") {
            f = transform::hadamardFactors(g1, g2, blocks);
        } else if (init == "identity") {
            f = transform::identityFactors(g1, g2, blocks);
        } else if (init == "random-orthogonal") {
            f = transform::randomOrthogonalFactors(
                g1, g2, blocks, randomBits(state.seed, static_cast<std::uint64_t>(site)));
        } else {
            const at::Tensor a = padded(state.momentsOf(site).mean(), g);
            const at::Tensor b = padded(weightMoment(weightsOf(state, site)), g);
            f = transform::closedFormFactors(transform::diagonalBlocks(a, g),
                                             transform::diagonalBlocks(b, g), g1, g2);
        }
        s.factors =
            transform::deployed(transform::withConditionCap(f, p.at("conditionCap").get<double>()));
    }
}

void runClip(LayerState &state, const Json &p)
{
    const double ratio = 1.0 / (1.0 + std::exp(-p.at("initLogit").get<double>()));
    const auto fill = [&](at::IntArrayRef shape) { return at::full(shape, ratio, at::kFloat); };
    const std::string activations = p.at("activations");
    if (activations != "none") {
        for (const Site site : kLinearSites) {
            const std::int64_t n = state.weights.of(state.linearsOf(site).front()).size(1);
            const std::int64_t count = activations == "block" ? (n + kMxBlock - 1) / kMxBlock : 1;
            state.site(site).clip = { fill({ count }), fill({ count }) };
        }
    }
    if (p.at("weights") == "row") {
        for (const Linear l : kLinears) {
            const std::int64_t rows = state.weights.of(l).size(0);
            state.weightClip[static_cast<std::size_t>(l)] = { fill({ rows, 1 }),
                                                              fill({ rows, 1 }) };
        }
    }
}

at::Tensor transformedWeight(const LayerState &state, Linear linear)
{
    const SiteSolution &s = state.site(inputSite(linear));
    const at::Tensor &w = state.weights.of(linear);
    if (s.transform == SiteSolution::Transform::none)
        return paddedToBlock(w, kMxBlock).to(at::kFloat).contiguous();
    const transform::GpkFactors p = s.matrixFactors(w.size(1));
    const transform::GpkFactors inverse = transform::inverseTransposed(p);
    const at::Tensor wide = paddedToBlock(w, p.block()).to(at::kDouble);
    return transform::applyDense(wide, transform::dense(inverse)).to(at::kFloat).contiguous();
}

at::Tensor transformedMoment(const LayerState &state, Site site)
{
    const SiteSolution &s = state.site(site);
    const at::Tensor h = state.moments[static_cast<std::size_t>(site)].mean();
    if (s.transform == SiteSolution::Transform::none)
        return padded(h, kMxBlock);
    const transform::GpkFactors p = s.matrixFactors(h.size(0));
    return transform::congruence(padded(h, p.block()), transform::dense(p));
}

LayerSolution runRound(const LayerState &state, const Json &p,
                       const std::function<at::Tensor(Site)> &hessian,
                       const std::function<void()> &checkpoint)
{
    LayerSolution out;
    out.inputNorm = state.weights.inputNorm;
    out.postNorm = state.weights.postNorm;
    out.qNorm = state.weights.qNorm;
    out.kNorm = state.weights.kNorm;
    out.sites = state.sites;
    const bool gptq = p.at("kind") == "gptq" && state.weightQuantizer.active();
    const GptqSettings settings { p.at("damp").get<double>(), p.at("blockSize").get<std::int64_t>(),
                                  p.at("order") == "activation" };

    for (const Site site : kLinearSites) {
        GptqFactor factor;
        if (gptq)
            factor = gptqFactor(hessian(site), settings, checkpoint);
        for (const Linear l : state.linearsOf(site)) {
            checkpoint();
            LinearSolution &s = out.of(l);
            const at::Tensor w = transformedWeight(state, l);
            if (state.weights.biasOf(l).defined())
                s.bias = state.weights.biasOf(l).to(at::kFloat);
            if (!state.weightQuantizer.active()) {
                s.plain = w.to(at::kBFloat16);
                continue;
            }
            s.format = state.weightQuantizer.spec;
            if (s.format->format
                == kernels::Format::nvfp4) // g = 448*6/amax of the tensor (methods.md 1.4)
                s.format->tensorScale =
                    448.0F * 6.0F / std::max(w.abs().max().item<float>(), 1e-30F);
            // A row clip shrinks the block maximum the scale is taken from; the rounding target
            // stays the unclipped weight.
            const quant::ClipRatios &clip = state.weightClip[static_cast<std::size_t>(l)];
            at::Tensor basis = w;
            if (clip.active()) {
                const at::Tensor blocks =
                    w.view({ w.size(0), -1, kernels::blockSize(s.format->format) });
                const at::Tensor low = blocks.amin(-1, true).clamp_max(0) * clip.lo.unsqueeze(2);
                const at::Tensor high = blocks.amax(-1, true).clamp_min(0) * clip.hi.unsqueeze(2);
                basis = blocks.clamp(low, high).view_as(w).contiguous();
            }
            const std::int64_t blocks = w.size(1) / kernels::blockSize(s.format->format);
            s.scales = at::empty({ w.size(0), blocks }, at::kByte);
            kernels::cpu().blockScales(quant::view(basis), *s.format,
                                       s.scales.data_ptr<std::uint8_t>(), quant::exec());
            at::Tensor values = basis;
            if (gptq)
                values = gptqRound(w, factor, scaleValues(s.scales, *s.format), *s.format, settings,
                                   checkpoint);
            if (!gptq && s.format->format == kernels::Format::mxfp4) {
                s.codes = at::empty({ w.size(0), w.size(1) / 2 }, at::kByte);
                kernels::cpu().packMxfp4(quant::view(basis), *s.format,
                                         s.codes.data_ptr<std::uint8_t>(),
                                         s.scales.data_ptr<std::uint8_t>(), quant::exec());
                continue;
            }
            if (!gptq) {
                s.codes = at::empty(w.sizes(), at::kByte);
                kernels::cpu().quantize(quant::view(basis), *s.format,
                                        s.codes.data_ptr<std::uint8_t>(),
                                        s.scales.data_ptr<std::uint8_t>(), quant::exec());
                continue;
            }
            s.codes = encodeOnGrid(values, s.scales, *s.format);
            if (s.format->format == kernels::Format::mxfp4) {
                const at::Tensor pairs = s.codes.view({ w.size(0), -1, 2 });
                s.codes = at::bitwise_or(pairs.select(2, 0), pairs.select(2, 1) * 16).contiguous();
            }
        }
    }
    return out;
}

} // namespace batlab::calib
