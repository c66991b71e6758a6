// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/rotate.h"

#include "core/base/hash.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>

namespace batlab::calib {

namespace {

constexpr std::uint64_t kSignStream = 0x5231; // "R1": streams of the run's seed
constexpr std::uint64_t kSampleStream = 0x5132;

/// The largest power of two that divides n, at most `wanted`.
std::int64_t commonBlock(std::int64_t n, std::int64_t wanted) { return std::min(n & -n, wanted); }

std::int64_t blockOf(const Json &p) { return std::stoll(p.at("block").get<std::string>()); }

at::Tensor randomSigns(std::int64_t count, std::uint64_t seed)
{
    at::Tensor out = at::empty({ count }, at::kDouble);
    for (std::int64_t i = 0; i < count; ++i)
        out.data_ptr<double>()[i] =
            (randomBits(seed, static_cast<std::uint64_t>(i)) & 1U) != 0 ? -1.0 : 1.0;
    return out;
}

[[noreturn]] void refuse(std::string what, std::string where, std::string hint)
{
    throw Exception({ ErrorCode::unsupported, std::move(what), std::move(where), std::move(hint) });
}

/// R2 [headDim, headDim], undefined for values: none.
at::Tensor valueRotation(const ModelConfig &config, const Json &p)
{
    const std::string kind = p.at("values");
    if (kind == "none")
        return {};
    const std::int64_t d = config.headDim;
    if (kind == "hadamard") {
        if (!transform::hadamardCore(d))
            refuse(fmt::format("no Hadamard matrix of the head dimension {} can be built", d),
                   "rotate.values", "Use rotate.values: block-hadamard or none.");
        return transform::hadamard(d);
    }
    const std::int64_t block = commonBlock(d, blockOf(p));
    return at::kron(at::eye(d / block, at::kDouble), transform::hadamard(block));
}

void rotateColumns(at::Tensor &w, const at::Tensor &norm, const ResidualRotation &r)
{
    w = r.apply(w.to(at::kDouble) * norm.to(at::kDouble)).to(w.scalar_type());
}

void rotateRows(at::Tensor &w, at::Tensor &bias, const ResidualRotation &r)
{
    w = r.apply(w.to(at::kDouble).t().contiguous()).t().contiguous().to(w.scalar_type());
    if (bias.defined())
        bias = r.apply(bias.to(at::kDouble)).to(bias.scalar_type());
}

ResidualRotation residualRotation(const ModelConfig &config, const Json &p, std::uint64_t seed)
{
    const std::string kind = p.at("residual");
    const std::int64_t n = config.hidden;
    ResidualRotation out;
    if (kind == "none")
        return out;
    if (kind == "random-orthogonal") {
        out.factors = { transform::randomOrthogonal(n, randomBits(seed, kSampleStream)),
                        at::ones({ 1, 1, 1 }, at::kDouble) };
        return out;
    }
    std::int64_t period = n; // channels after which the signs repeat
    if (kind == "hadamard") {
        if (!transform::hadamardCore(n))
            refuse(fmt::format("no Hadamard matrix of the model's width {} can be built", n),
                   "rotate.residual", "Use rotate.residual: random-orthogonal or block-hadamard.");
        out.factors = transform::fullHadamardFactors(n);
    } else {
        period = commonBlock(n, blockOf(p));
        if (period < 4)
            refuse(fmt::format("the model's width {} has no blocks of 4 channels or more", n),
                   "rotate.residual", "Use rotate.residual: random-orthogonal.");
        // A shared dense block: B_i = 1.
        out.factors = { transform::hadamard(period), at::ones({ n / period, 1, 1 }, at::kDouble) };
    }
    if (p.at("signs").get<bool>())
        out.signs = randomSigns(period, randomBits(seed, kSignStream)).repeat({ n / period });
    return out;
}

} // namespace

Part Rotations::toPart() const
{
    Part part;
    part.kind = "rotations";
    part.attributes["whole_heads"] = wholeHeads;
    if (residual.defined()) {
        part.tensors.push_back(toNamed("residual.a", residual.factors.a));
        part.tensors.push_back(toNamed("residual.b", residual.factors.b));
        if (residual.signs.defined())
            part.tensors.push_back(toNamed("residual.signs", residual.signs));
    }
    if (!values.empty())
        part.tensors.push_back(toNamed("values", at::stack(values)));
    return part;
}

Result<Rotations> Rotations::fromPart(const Part &part)
{
    Rotations out;
    out.wholeHeads = part.attributes.value("whole_heads", false);
    const auto read = [&](const char *name, at::Tensor &to) -> Result<void> {
        if (const NamedTensor *named = part.find(name)) {
            Result<at::Tensor> t = toTensor(*named);
            if (!t)
                return t.error();
            to = *std::move(t);
        }
        return {};
    };
    at::Tensor stacked;
    for (const Result<void> &good :
         { read("residual.a", out.residual.factors.a), read("residual.b", out.residual.factors.b),
           read("residual.signs", out.residual.signs), read("values", stacked) })
        if (!good)
            return good.error();
    if (part.kind != "rotations"
        || out.residual.factors.a.defined() != out.residual.factors.b.defined())
        return Error { ErrorCode::badInput,
                       "a part is no set of rotations",
                       {},
                       "The part is damaged; remove it and run again." };
    for (std::int64_t l = 0; stacked.defined() && l < stacked.size(0); ++l)
        out.values.push_back(stacked[l]);
    return out;
}

Rotations makeRotations(const ModelConfig &config, const Json &p, std::uint64_t seed)
{
    Rotations out;
    if (const at::Tensor values = valueRotation(config, p); values.defined())
        out.values.assign(static_cast<std::size_t>(config.layers), values);
    out.wholeHeads = p.at("values") == "hadamard";
    out.residual = residualRotation(config, p, seed);
    return out;
}

RotationBlocks rotationBlocks(const ModelConfig &config, const Json &p)
{
    const auto side = [&](const char *name, std::int64_t n) {
        const std::string kind = p.at(name);
        return kind == "none" ? 0 : kind == "block-hadamard" ? commonBlock(n, blockOf(p)) : n;
    };
    return { side("residual", config.hidden), side("values", config.headDim) };
}

void runRotate(LayerState &state, const Rotations &rotations, std::int64_t layer)
{
    nn::LayerWeights &w = state.weights;
    const ResidualRotation &r = rotations.residual;
    if (r.defined()) {
        for (const Linear l : { Linear::q, Linear::k, Linear::v })
            rotateColumns(w.of(l), w.inputNorm, r);
        for (const Linear l : { Linear::gate, Linear::up })
            rotateColumns(w.of(l), w.postNorm, r);
        for (const Linear l : { Linear::o, Linear::down })
            rotateRows(w.of(l), w.biasOf(l), r);
        w.inputNorm = at::ones_like(w.inputNorm);
        w.postNorm = at::ones_like(w.postNorm);
        state.basis.residual = r;
        if (layer == 0)
            state.entry = r;
        if (layer + 1 == state.config.layers)
            state.exit = r;
    }
    if (!rotations.values.empty()) {
        fuseIntoValues(state, rotations.values.at(static_cast<std::size_t>(layer)));
        state.valuesRotated = rotations.wholeHeads;
    }
}

void fuseIntoValues(LayerState &state, const at::Tensor &factor)
{
    const ModelConfig &c = state.config;
    nn::LayerWeights &weights = state.weights;
    at::Tensor &v = weights.of(Linear::v);
    const at::Tensor a = factor.to(v.device(), at::kDouble);
    state.basis.turnValues(c.kvHeads, a);
    v = at::matmul(a.t(), v.to(at::kDouble).view({ c.kvHeads, c.headDim, -1 }))
            .reshape(v.sizes())
            .to(v.scalar_type());
    if (at::Tensor &bias = weights.biasOf(Linear::v); bias.defined())
        bias = at::matmul(bias.to(at::kDouble).view({ c.kvHeads, c.headDim }), a)
                   .reshape({ -1 })
                   .to(bias.scalar_type());
    const at::Tensor heads = at::eye(c.heads, at::kDouble).unsqueeze(0);
    at::Tensor &o = weights.of(Linear::o);
    o = transform::applyFactors(
            o.to(at::kDouble),
            { at::linalg_inv(factor.cpu().to(at::kDouble)).t().contiguous(), heads })
            .to(o.scalar_type());
    if (SiteMoments &m = state.momentsOf(Site::t2); m.sum.defined()) {
        m.sum = transform::congruence(m.sum.to(at::kDouble), { a, heads }).to(at::kFloat);
        m.maxAbs = at::Tensor(); // do not follow from what was kept
        m.sumAbs = at::Tensor();
    }
}

void fuseValueFactor(LayerState &state)
{
    if (!state.valueFactorPending)
        return;
    SiteSolution &s = state.site(Site::t2);
    fuseIntoValues(state, s.factors.a);
    s.factors.a = at::eye(s.factors.a.size(0), s.factors.a.options());
    state.valueFactorPending = false;
}

} // namespace batlab::calib
