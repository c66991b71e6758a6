// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/layer_state.h"

#include "core/engine/calib/weight_sums.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

std::vector<Linear> LayerState::linearsOf(Site s) const
{
    std::vector<Linear> out;
    for (const Linear l : kLinears)
        if (inputSite(l) == s)
            out.push_back(l);
    return out;
}

std::vector<at::Tensor> LayerState::weightsAt(Site s) const
{
    std::vector<at::Tensor> out;
    for (const Linear l : linearsOf(s))
        out.push_back(weights.of(l));
    return out;
}

std::int64_t LayerState::channels(Site s) const { return weights.of(linearsOf(s).front()).size(1); }

bool chosen(const Json &sites, Site site)
{
    return std::any_of(sites.begin(), sites.end(),
                       [&](const Json &s) { return s == std::string(name(site)); });
}

at::Tensor paddedSquare(const at::Tensor &square, std::int64_t block)
{
    const std::int64_t rest = square.size(0) % block;
    return rest == 0 ? square : at::constant_pad_nd(square, { 0, block - rest, 0, block - rest });
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
    at::Tensor d = wanted.to(state.weights.inputNorm.device(), at::kDouble);
    // In fp64, a few rows at a time: the wide copies stay in the cache.
    const auto inSlabs = [](at::Tensor &w, const auto &scaled) {
        const std::int64_t slabRows = w.is_cpu() ? 64 : w.size(0);
        at::Tensor out = at::empty_like(w);
        for (std::int64_t r = 0; r < w.size(0); r += slabRows) {
            const std::int64_t m = std::min(slabRows, w.size(0) - r);
            out.narrow(0, r, m).copy_(scaled(w.narrow(0, r, m).to(at::kDouble), r, m));
        }
        w = out;
    };
    const auto scaleRows = [&](at::Tensor &w, at::Tensor &bias, const at::Tensor &all) {
        const at::Tensor by =
            w.size(0) == all.size(0) ? all : all.index_select(0, evenRows(all.size(0), w.size(0)));
        inSlabs(w, [&](const at::Tensor &slab, std::int64_t r, std::int64_t m) {
            return slab * by.narrow(0, r, m).unsqueeze(1);
        });
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
        inSlabs(w.of(l), [&](const at::Tensor &slab, std::int64_t, std::int64_t) {
            return slab / d.unsqueeze(0);
        });
    state.momentsOf(site).scale(d);
    return d;
}

void runClip(LayerState &state, const Json &p)
{
    const double ratio = 1.0 / (1.0 + std::exp(-p.at("initLogit").get<double>()));
    const auto fill = [&](at::IntArrayRef shape) { return at::full(shape, ratio, at::kFloat); };
    const std::string activations = p.at("activations");
    if (activations != "none") {
        for (const Site site : kLinearSites) {
            // One pair for each group of numbers that share a scale, in the padded width.
            const std::int64_t width = state.site(site).width(state.channels(site));
            const std::int64_t block = state.site(site).activation.active()
                ? state.site(site).activation.blockSize(width)
                : kMxBlock;
            const std::int64_t count = activations == "block" ? (width + block - 1) / block : 1;
            state.site(site).clip = { fill({ count }), fill({ count }) };
        }
    }
    if (p.at("weights") == "search")
        state.clipSearch = { p.at("searchSteps").get<std::int64_t>(),
                             p.at("searchShrink").get<double>(), p.at("searchSkipQk").get<bool>() };
    if (p.at("weights") == "row") {
        for (const Linear l : kLinears) {
            const std::int64_t rows = state.weights.of(l).size(0);
            state.weightClip[static_cast<std::size_t>(l)] = { fill({ rows, 1 }),
                                                              fill({ rows, 1 }) };
        }
    }
}

at::Tensor transformedWeight(const LayerState &state, Linear linear, at::ScalarType type)
{
    const SiteSolution &s = state.site(inputSite(linear));
    const at::Tensor &w = state.weights.of(linear);
    if (s.transform == SiteSolution::Transform::none)
        return paddedToBlock(w, kMxBlock).to(type).contiguous();
    const transform::GpkFactors p = s.matrixFactors(w.size(1));
    const transform::GpkFactors inverse = transform::inverseTransposed(p);
    const auto turned = [&](const at::Tensor &rows) {
        const at::Tensor wide = paddedToBlock(rows, p.block()).to(at::kDouble);
        return paddedToBlock(transform::applyFactors(wide, inverse).to(type), kMxBlock)
            .contiguous();
    };
    if (!state.weightsInSlabs || !w.is_cpu())
        return turned(w);
    // A few rows at a time: the wide copies stay in the cache. A slab on one thread, and slabs of
    // one size: the same numbers at any number of threads.
    constexpr std::int64_t kSlabRows = 32;
    const std::int64_t rows = w.size(0);
    const at::Tensor out = at::empty({ rows, s.width(w.size(1)) }, w.options().dtype(type));
    at::parallel_for(
        0, (rows + kSlabRows - 1) / kSlabRows, 1, [&](std::int64_t begin, std::int64_t end) {
            const c10::NoGradGuard noGrad; // thread-local
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t m = std::min(kSlabRows, rows - i * kSlabRows);
                out.narrow(0, i * kSlabRows, m).copy_(turned(w.narrow(0, i * kSlabRows, m)));
            }
        });
    return out;
}

at::Tensor withoutBranch(const LayerState &state, Linear linear, const at::Tensor &w)
{
    const at::Tensor &left = state.branch[static_cast<std::size_t>(linear)];
    if (!left.defined())
        return w;
    const at::Tensor right =
        state.site(inputSite(linear))
            .branch.narrow(1, branchOffset(state.branch, linear), left.size(1));
    return at::addmm(w, left.to(w.device(), at::kFloat), right.to(w.device(), at::kFloat).t(), 1,
                     -1);
}

at::Tensor roundingTarget(const LayerState &state, Linear linear)
{
    return withoutBranch(state, linear, transformedWeight(state, linear));
}

quant::Quantizer quantizerFor(const LayerState &state, Linear linear)
{
    const quant::Quantizer &q = state.weightQuantizer(linear);
    if (!q.needsTensorScale())
        return q;
    return q.forTensor(transformedWeight(state, linear).abs().max().item<double>());
}

at::Tensor transformedMoment(const LayerState &state, Site site)
{
    const SiteSolution &s = state.site(site);
    const at::Tensor h = state.moments[static_cast<std::size_t>(site)].mean();
    if (s.transform == SiteSolution::Transform::none)
        return paddedSquare(h, kMxBlock);
    const transform::GpkFactors p = s.matrixFactors(h.size(0));
    return paddedSquare(transform::congruence(paddedSquare(h, p.block()), p), kMxBlock);
}

} // namespace batlab::calib
