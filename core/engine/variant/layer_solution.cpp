// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/layer_solution.h"

#include "core/engine/nn/site_width.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/integer_quant.h"
#include "core/engine/transform/hadamard.h"
#include "core/engine/variant/fused_site.h"
#include "core/engine/variant/quantizer_json.h"
#include "core/spec/format_names.h"
#include "kernels/formats.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {

constexpr std::array<std::string_view, 3> kTransformNames { "none", "hadamard32", "gpk" };

std::string transformName(SiteSolution::Transform t)
{
    return std::string(kTransformNames[static_cast<std::size_t>(t)]);
}

at::Tensor hadamard32(const at::Tensor &x, const kernels::QuantSpec *spec, at::ScalarType out)
{
    const at::Tensor in = quant::asMatrixInput(x);
    at::Tensor y = at::empty(in.sizes(), in.options().dtype(out));
    quant::run(in, &kernels::Backend::hadamard32, quant::view(in), spec, quant::mutableView(y));
    return y;
}

std::string_view dtypeName(at::ScalarType type)
{
    switch (type) {
    case at::kFloat: return "f32";
    case at::kDouble: return "f64";
    case at::kBFloat16: return "bf16";
    case at::kByte: return "u8";
    case at::kLong: return "i64";
    default: return "";
    }
}

std::optional<at::ScalarType> dtypeFromName(std::string_view text)
{
    for (const at::ScalarType t : { at::kFloat, at::kDouble, at::kBFloat16, at::kByte, at::kLong })
        if (dtypeName(t) == text)
            return t;
    return std::nullopt;
}

} // namespace

NamedTensor toNamed(std::string name, const at::Tensor &t)
{
    const at::Tensor c = t.detach().cpu().contiguous();
    NamedTensor n { std::move(name), std::string(dtypeName(c.scalar_type())), c.sizes().vec(), {} };
    const auto *bytes = static_cast<const std::uint8_t *>(c.const_data_ptr());
    n.bytes.assign(bytes, bytes + c.nbytes());
    return n;
}

Result<at::Tensor> toTensor(const NamedTensor &n)
{
    const auto type = dtypeFromName(n.dtype);
    std::size_t elements = 1;
    for (const std::int64_t s : n.shape)
        elements *= static_cast<std::size_t>(std::max<std::int64_t>(s, 0));
    if (!type || n.bytes.size() != elements * c10::elementSize(*type))
        return Error { ErrorCode::badInput,
                       "tensor " + n.name + " of a part has a wrong type or size",
                       {},
                       "The part is damaged; remove it and run again." };
    at::Tensor t = at::empty(n.shape, at::TensorOptions().dtype(*type));
    std::copy(n.bytes.begin(), n.bytes.end(), static_cast<std::uint8_t *>(t.data_ptr()));
    return t;
}

std::int64_t SiteSolution::width(std::int64_t n) const
{
    const auto whole = [](std::int64_t v, std::int64_t block) {
        return (v + block - 1) / block * block;
    };
    return whole(transform == Transform::gpk ? whole(n, factors.block()) : n, 32);
}

at::Tensor SiteSolution::transformed(const at::Tensor &x, at::ScalarType out) const
{
    switch (transform) {
    case Transform::none: return paddedToBlock(x, 32).to(out);
    case Transform::hadamard32: {
        const at::Tensor padded = paddedToBlock(x, 32);
        if (x.scalar_type() == at::kDouble) // the kernel knows fp32 and bf16
            return transform::applyFactors(padded, matrixFactors(x.size(-1))).to(out);
        return hadamard32(padded, nullptr, out);
    }
    case Transform::gpk: break;
    }
    return paddedToBlock(
        quant::gpkTransform(paddedToBlock(x, factors.block()), factors.a, factors.b, out), 32);
}

at::Tensor SiteSolution::apply(const at::Tensor &x, at::ScalarType out) const
{
    if (!activation.active())
        return transformed(x, out);
    if (refinement.active())
        return quant::refinedFakeQuantize(transformed(x, at::kFloat), activation, refinement, out);
    if (transform == Transform::gpk)
        return quant::gpkFakeQuantize(paddedToBlock(x, factors.block()), factors.a, factors.b, clip,
                                      activation, out);
    const at::Tensor padded = paddedToBlock(x, 32);
    if (transform == Transform::hadamard32) {
        if (!clip.active() && activation.fused() && activation.epilogue() == 1.0F)
            return hadamard32(padded, &*activation.spec, out);
        return quant::fakeQuantize(hadamard32(padded, nullptr, at::kFloat), clip, activation, out);
    }
    return quant::fakeQuantize(padded, clip, activation, out);
}

at::Tensor branchedInput(const SiteSolution &site, const at::Tensor &x, at::ScalarType out)
{
    const at::Tensor quantized = site.apply(x, out);
    if (!site.branch.defined())
        return quantized;
    return at::cat(
        { quantized, at::matmul(site.transformed(x, out), quant::beside(site.branch, x).to(out)) },
        -1);
}

transform::GpkFactors SiteSolution::matrixFactors(std::int64_t n) const
{
    if (transform == Transform::none)
        return {};
    if (transform == Transform::hadamard32)
        return transform::hadamardFactors(8, 4, (n + 31) / 32);
    return { factors.a.to(at::kDouble), factors.b.to(at::kDouble) };
}

at::Tensor scaledLinear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                        double factor, at::ScalarType out, const at::Tensor &gain)
{
    if (factor == 1.0 && !gain.defined())
        return at::linear(x, weight, bias);
    const at::Tensor product = at::linear(x, weight).to(at::kFloat);
    const at::Tensor y = gain.defined() ? product * (gain * factor) : product * factor;
    return (bias.defined() ? y + bias : y).to(out);
}

std::int64_t SiteSolution::onlineParameters() const
{
    std::int64_t count = clip.active() ? clip.lo.numel() + clip.hi.numel() : 0;
    if (transform == Transform::gpk && !fixed)
        for (const at::Tensor &factor : { factors.a, factors.b })
            count += quant::isIdentity(factor) ? 0 : factor.numel();
    for (const at::Tensor *t : { &refinement.gram, &refinement.residual, &branch })
        count += t->defined() ? t->numel() : 0;
    return count;
}

double SiteSolution::flopPerToken(std::int64_t n) const
{
    const double rest = refinement.flopPerToken()
        + (branch.defined() ? 2.0 * static_cast<double>(branch.numel()) : 0.0);
    if (transform == Transform::hadamard32)
        return 5.0 * static_cast<double>(n) + rest; // log2(32) additions
    if (transform == Transform::none)
        return rest;
    double each = 0;
    for (const at::Tensor &factor : { factors.a, factors.b })
        if (const auto order = static_cast<double>(factor.size(-1)); !quant::isIdentity(factor))
            each +=
                fixed && transform::hadamardCore(factor.size(-1)) ? std::log2(order) : 2 * order;
    return each * static_cast<double>(factors.blocks() * factors.block()) + rest;
}

quant::Quantizer LinearSolution::quantizer() const
{
    quant::Quantizer q;
    q.spec = format;
    q.integer = integer;
    return q;
}

float LinearSolution::epilogue() const { return quantizer().epilogue(); }

void LinearSolution::setIntegers(const at::Tensor &unpacked, const quant::IntegerGrid &grid)
{
    integer = grid.format;
    codes = integer->bits == 4 ? packedNibbles(unpacked) : unpacked;
    scales = grid.scales;
    zeros = integer->symmetric ? at::Tensor() : grid.zeros.to(at::kByte);
}

at::Tensor LinearSolution::weight(at::ScalarType out) const
{
    if (integer) {
        const bool packed = integer->bits == 4;
        at::Tensor unpacked = codes;
        if (packed)
            unpacked =
                at::stack({ at::bitwise_and(codes, 15), at::bitwise_right_shift(codes, 4) }, 2)
                    .view({ codes.size(0), -1 });
        const quant::IntegerGrid grid { scales,
                                        integer->symmetric
                                            ? at::full_like(scales, 1 << (integer->bits - 1))
                                            : zeros.to(at::kFloat),
                                        *integer, unpacked.size(1) };
        return quant::integerValues(unpacked, grid).to(out);
    }
    if (!format)
        return plain.to(out);
    const bool direct = epilogue() == 1.0F && out != at::kDouble;
    const std::int64_t cols = scales.size(1) * kernels::blockSize(format->format);
    at::Tensor w =
        at::empty({ scales.size(0), cols }, codes.options().dtype(direct ? out : at::kFloat));
    quant::run(codes,
               format->format == kernels::Format::mxfp4 ? &kernels::Backend::unpackMxfp4
                                                        : &kernels::Backend::dequantize,
               codes.const_data_ptr<std::uint8_t>(), scales.const_data_ptr<std::uint8_t>(), *format,
               quant::mutableView(w));
    return direct ? w : (w * epilogue()).to(out);
}

at::Tensor LinearSolution::values() const
{
    at::Tensor w = weight(at::kFloat);
    if (const float factor = epilogue(); factor != 1.0F)
        w = w / factor;
    return gain.defined() ? w * gain.unsqueeze(1) : w;
}

std::int64_t branchOffset(const std::array<at::Tensor, 7> &branches, Linear linear)
{
    std::int64_t offset = 0;
    for (const Linear l : kLinears)
        if (l < linear && inputSite(l) == inputSite(linear)
            && branches[static_cast<std::size_t>(l)].defined())
            offset += branches[static_cast<std::size_t>(l)].size(1);
    return offset;
}

OnlineCost &OnlineCost::operator+=(const OnlineCost &other)
{
    parameters += other.parameters;
    epilogue += other.epilogue;
    flopPerToken += other.flopPerToken;
    return *this;
}

OnlineCost onlineCost(const LayerSolution &solution, const ModelConfig &c)
{
    OnlineCost cost;
    const auto add = [&](std::int64_t parameters, double flop) {
        cost.parameters += parameters;
        cost.flopPerToken += flop;
    };
    for (const Site site : kLinearSites) {
        const SiteSolution &s = solution.at(site);
        add(s.onlineParameters(), s.flopPerToken(siteWidth(c, site)));
        cost.epilogue += s.branch.defined() ? s.branch.numel() : 0;
    }
    const auto addEpilogue = [&](const at::Tensor &t, double flopEach) {
        add(t.numel(), flopEach * static_cast<double>(t.numel()));
        cost.epilogue += t.numel();
    };
    for (const Linear l : kLinears) {
        const LinearSolution &s = solution.of(l);
        if (s.branch.defined())
            addEpilogue(s.branch, 2);
        if (s.gain.defined())
            addEpilogue(s.gain, 1);
        const bool own = l < Linear::o ? c.qkvBias : l == Linear::o ? c.oBias : c.mlpBias;
        if (s.bias.defined() && !own)
            addEpilogue(s.bias, 1);
    }
    add(solution.kv.onlineParameters(), solution.kv.flopPerToken(c));
    return cost;
}

Part LayerSolution::toPart(LayerId layer) const
{
    Part part;
    part.kind = "layer-solution";
    part.attributes["layer"] = toString(layer);
    const auto add = [&](const std::string &key, const at::Tensor &t) {
        if (t.defined())
            part.tensors.push_back(toNamed(key, t));
    };
    add("input_norm", inputNorm);
    add("post_norm", postNorm);
    add("q_norm", qNorm);
    add("k_norm", kNorm);
    for (const Linear l : kLinears) {
        const LinearSolution &s = of(l);
        const std::string base(name(l));
        if (const quant::Quantizer q = s.quantizer(); q.active())
            part.attributes["linears"][base] = quantizerJson(q);
        add(base + ".codes", s.codes);
        add(base + ".scales", s.scales);
        add(base + ".zeros", s.zeros);
        add(base + ".plain", s.plain);
        add(base + ".bias", s.bias);
        add(base + ".gain", s.gain);
        add(base + ".branch", s.branch);
    }
    for (const Site site : kLinearSites) {
        const SiteSolution &s = at(site);
        const std::string base(name(site));
        Json &j = part.attributes["sites"][base];
        j["transform"] = transformName(s.transform);
        if (s.fixed)
            j["fixed"] = true;
        j["stores_epilogue"] = s.activation.epilogue();
        if (s.activation.active())
            j["activation"] = quantizerJson(s.activation);
        add(base + ".a", s.factors.a);
        add(base + ".b", s.factors.b);
        add(base + ".clip_lo", s.clip.lo);
        add(base + ".clip_hi", s.clip.hi);
        add(base + ".refine_gram", s.refinement.gram);
        add(base + ".refine_residual", s.refinement.residual);
        add(base + ".branch", s.branch);
    }
    kv.addTo(part);
    for (const auto &[base, r] : { std::pair("entry", &entry), std::pair("exit", &exit) }) {
        add(std::string(base) + ".a", r->factors.a);
        add(std::string(base) + ".b", r->factors.b);
        add(std::string(base) + ".signs", r->signs);
    }
    std::sort(part.tensors.begin(), part.tensors.end(),
              [](const auto &x, const auto &y) { return x.name < y.name; });
    return part;
}

Result<LayerSolution> LayerSolution::fromPart(const Part &part)
{
    const std::string where = "layer solution " + part.attributes.value("layer", std::string("?"));
    if (part.kind != "layer-solution")
        return Error {
            ErrorCode::badInput, "part is a " + part.kind + ", not a layer solution", where, {}
        };
    LayerSolution out;
    Error problem;
    const auto load = [&](const std::string &key, at::Tensor &t) {
        const NamedTensor *n = part.find(key);
        if (n == nullptr)
            return;
        auto r = toTensor(*n);
        if (r)
            t = *r;
        else
            problem = r.error();
    };
    load("input_norm", out.inputNorm);
    load("post_norm", out.postNorm);
    load("q_norm", out.qNorm);
    load("k_norm", out.kNorm);
    const Json linearSpecs = part.attributes.value("linears", Json::object());
    for (const Linear l : kLinears) {
        LinearSolution &s = out.of(l);
        const std::string base(name(l));
        if (linearSpecs.contains(base)) {
            auto quantizer = quantizerFromJson(linearSpecs[base], where);
            if (!quantizer)
                return quantizer.error();
            s.format = quantizer->spec;
            s.integer = quantizer->integer;
        }
        load(base + ".codes", s.codes);
        load(base + ".scales", s.scales);
        load(base + ".zeros", s.zeros);
        load(base + ".plain", s.plain);
        load(base + ".bias", s.bias);
        load(base + ".gain", s.gain);
        load(base + ".branch", s.branch);
        const bool coded = s.format || s.integer;
        const bool complete = coded ? s.codes.defined() && s.scales.defined()
                && (!s.integer || s.integer->symmetric || s.zeros.defined())
                                    : s.plain.defined();
        if (!complete)
            return Error { ErrorCode::badInput, base + " has no codes", where,
                           "The part is damaged; run again." };
    }
    const Json siteSpecs = part.attributes.value("sites", Json::object());
    for (const Site site : kLinearSites) {
        SiteSolution &s = out.at(site);
        const std::string base(name(site));
        const Json j = siteSpecs.value(base, Json::object());
        const std::string kind = j.value("transform", std::string("none"));
        const auto found = std::find(kTransformNames.begin(), kTransformNames.end(), kind);
        if (found == kTransformNames.end())
            return Error { ErrorCode::unsupported, "unknown transform \"" + kind + "\"", where,
                           "Made by a newer Batlab?" };
        s.transform = static_cast<SiteSolution::Transform>(found - kTransformNames.begin());
        s.fixed = j.value("fixed", false);
        if (j.contains("activation")) {
            auto activation = quantizerFromJson(j["activation"], where);
            if (!activation)
                return activation.error();
            s.activation = *activation;
        }
        load(base + ".a", s.factors.a);
        load(base + ".b", s.factors.b);
        load(base + ".clip_lo", s.clip.lo);
        load(base + ".clip_hi", s.clip.hi);
        load(base + ".refine_gram", s.refinement.gram);
        load(base + ".refine_residual", s.refinement.residual);
        load(base + ".branch", s.branch);
    }
    auto kv = KvSolution::fromPart(part, where);
    if (!kv)
        return kv.error();
    out.kv = *kv;
    for (const auto &[base, r] : { std::pair("entry", &out.entry), std::pair("exit", &out.exit) }) {
        load(std::string(base) + ".a", r->factors.a);
        load(std::string(base) + ".b", r->factors.b);
        load(std::string(base) + ".signs", r->signs);
    }
    if (!problem.what.empty())
        return problem;
    if (!out.inputNorm.defined() || !out.postNorm.defined())
        return Error { ErrorCode::badInput, "norm weights are missing", where,
                       "The part is damaged; run again." };
    return out;
}

namespace {

class SolvedOps : public nn::LayerOps
{
public:
    SolvedOps(const LayerSolution &s, nn::Compute compute)
        : m_inputNorm(s.inputNorm)
        , m_postNorm(s.postNorm)
        , m_qNorm(s.qNorm)
        , m_kNorm(s.kNorm)
        , m_sites(s.sites)
        , m_kv(s.kv)
        , m_entry(s.entry)
        , m_exit(s.exit)
        , m_type(nn::matmulType(compute))
    {
        for (const Linear l : kLinears) {
            const auto i = static_cast<std::size_t>(l);
            m_weights[i] = s.of(l).weight(m_type);
            m_factor[i] = 1.0
                / (double(s.of(l).epilogue()) * double(s.at(inputSite(l)).activation.epilogue()));
            if (s.of(l).bias.defined())
                m_bias[i] = s.of(l).bias.to(m_type);
            m_gain[i] = s.of(l).gain;
            if (s.of(l).branch.defined())
                m_branch[i] = s.of(l).branch.to(m_type);
            m_branchOffset[i] = branchOffset(m_branch, l);
        }
    }
    at::Tensor enter(const at::Tensor &x) const override
    {
        return m_entry.defined() ? m_entry.apply(x) : x;
    }
    at::Tensor leave(const at::Tensor &x) const override
    {
        return m_exit.defined() ? m_exit.undo(x) : x;
    }
    const at::Tensor &inputNorm() const override { return m_inputNorm; }
    const at::Tensor &postNorm() const override { return m_postNorm; }
    const at::Tensor &qNorm() const override { return m_qNorm; }
    const at::Tensor &kNorm() const override { return m_kNorm; }
    at::Tensor input(Site site, const at::Tensor &x) const override
    {
        return branchedInput(m_sites[static_cast<std::size_t>(site)], x, m_type);
    }
    at::Tensor inputOf(Site site, const quant::Produced &x, nn::Compute compute) const override
    {
        at::Tensor y = fusedInput(m_sites[static_cast<std::size_t>(site)], x, m_type);
        return y.defined() ? y : LayerOps::inputOf(site, x, compute);
    }
    at::Tensor linear(Linear l, const at::Tensor &x) const override
    {
        const auto i = static_cast<std::size_t>(l);
        const std::int64_t width = m_weights[i].size(1);
        const at::Tensor own = x.size(-1) == width ? x : x.narrow(-1, 0, width);
        if (!m_branch[i].defined() && !m_gain[i].defined())
            return scaledLinear(own, m_weights[i], m_bias[i], m_factor[i], m_type);
        // The epilogue of a native kernel: fp32 until the end.
        at::Tensor y =
            at::linear(own, m_weights[i]).to(at::promote_types(at::kFloat, m_type)) * m_factor[i];
        if (m_gain[i].defined())
            y = y * m_gain[i];
        if (m_branch[i].defined())
            y = y
                + at::linear(x.narrow(-1, width + m_branchOffset[i], m_branch[i].size(1)),
                             m_branch[i]);
        if (m_bias[i].defined())
            y = y + m_bias[i];
        return y.to(m_type);
    }
    at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_kv.cached(site, x, m_type);
    }
    at::Tensor query(const at::Tensor &x) const override { return m_kv.query(x, m_type); }

private:
    at::Tensor m_inputNorm, m_postNorm, m_qNorm, m_kNorm;
    std::array<at::Tensor, 7> m_weights, m_bias, m_gain, m_branch;
    std::array<double, 7> m_factor {};
    std::array<std::int64_t, 7> m_branchOffset {};
    std::array<SiteSolution, 4> m_sites;
    KvSolution m_kv;
    ResidualRotation m_entry, m_exit;
    at::ScalarType m_type;
};

} // namespace

std::shared_ptr<const nn::LayerOps> solvedOps(const LayerSolution &solution, nn::Compute compute)
{
    return std::make_shared<SolvedOps>(solution, compute);
}

} // namespace batlab
