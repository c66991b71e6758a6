// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/layer_solution.h"

#include "core/engine/quant/bridge.h"
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
    kernels::cpu().hadamard32(quant::view(in), spec, quant::mutableView(y), quant::exec());
    return y;
}

Json specJson(const kernels::QuantSpec &spec)
{
    return { { "format", name(spec.format) },
             { "rule", name(spec.rule) },
             { "ties", name(spec.ties) },
             { "tensorScale", spec.tensorScale } };
}

Result<kernels::QuantSpec> specFromJson(const Json &j, std::string_view where)
{
    try {
        auto spec = quantSpec(j.at("format").get<std::string>(), j.at("rule").get<std::string>(),
                              j.at("ties").get<std::string>());
        if (!spec)
            return spec.error();
        spec->tensorScale = j.at("tensorScale").get<float>();
        return spec;
    } catch (const Json::exception &e) {
        return Error { ErrorCode::badInput,
                       std::string("damaged quantizer description: ") + e.what(),
                       std::string(where), "Calibrate again." };
    }
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

at::Tensor paddedToBlock(const at::Tensor &x, std::int64_t block)
{
    const std::int64_t rest = x.size(-1) % block;
    return rest == 0 ? x : at::constant_pad_nd(x, { 0, block - rest });
}

NamedTensor toNamed(std::string name, const at::Tensor &t)
{
    const at::Tensor c = t.detach().contiguous();
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

at::Tensor SiteSolution::transformed(const at::Tensor &x, at::ScalarType out) const
{
    const at::Tensor padded = paddedToBlock(x, transform == Transform::gpk ? factors.block() : 32);
    switch (transform) {
    case Transform::none: return padded.to(out);
    case Transform::hadamard32: return hadamard32(padded, nullptr, out);
    case Transform::gpk: break;
    }
    return quant::gpkTransform(padded, factors.a, factors.b, out);
}

at::Tensor SiteSolution::apply(const at::Tensor &x, at::ScalarType out) const
{
    if (!activation.active())
        return transformed(x, out);
    if (transform == Transform::gpk)
        return quant::gpkFakeQuantize(paddedToBlock(x, factors.block()), factors.a, factors.b, clip,
                                      activation, out);
    const at::Tensor padded = paddedToBlock(x, 32);
    if (transform == Transform::hadamard32) {
        if (!clip.active() && activation.epilogue() == 1.0F)
            return hadamard32(padded, &*activation.spec, out);
        return quant::fakeQuantize(hadamard32(padded, nullptr, at::kFloat), clip, activation, out);
    }
    return quant::fakeQuantize(padded, clip, activation, out);
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
                        double factor, at::ScalarType out)
{
    if (factor == 1.0)
        return at::linear(x, weight, bias);
    const at::Tensor y = at::linear(x, weight).to(at::kFloat) * factor;
    return (bias.defined() ? y + bias : y).to(out);
}

std::int64_t SiteSolution::onlineParameters() const
{
    return (transform == Transform::gpk ? factors.parameters() : 0)
        + (clip.active() ? clip.lo.numel() + clip.hi.numel() : 0);
}

double SiteSolution::flopPerToken(std::int64_t n) const
{
    if (transform == Transform::gpk)
        return factors.flopPerToken();
    return transform == Transform::hadamard32 ? 5.0 * static_cast<double>(n)
                                              : 0.0; // log2(32) additions
}

at::Tensor scaleValues(const at::Tensor &scales, const kernels::QuantSpec &spec)
{
    const at::Tensor c = scales.contiguous();
    at::Tensor out = at::empty(c.sizes(), at::kFloat);
    const auto *bytes = c.const_data_ptr<std::uint8_t>();
    auto *p = out.data_ptr<float>();
    const bool nv = spec.format == kernels::Format::nvfp4;
    const float third = spec.rule == kernels::ScaleRule::prescale ? 3.0F : 1.0F;
    const float *e4m3 = kernels::e4m3Table();
    for (std::int64_t i = 0; i < c.numel(); ++i) {
        const float s = nv    ? e4m3[bytes[i]] / spec.tensorScale
            : bytes[i] == 255 ? std::numeric_limits<float>::quiet_NaN()
                              : std::ldexp(1.0F, static_cast<int>(bytes[i]) - 127);
        p[i] = s / third;
    }
    return out;
}

at::Tensor encodeOnGrid(const at::Tensor &values, const at::Tensor &scales,
                        const kernels::QuantSpec &spec)
{
    // (value, code) of the grid in ascending order; each value is nearest to its own code.
    const kernels::ElementFormat &e = kernels::elementFormat(spec.format);
    const float *table = kernels::decodeTable(spec.format);
    std::vector<std::pair<float, std::uint8_t>> grid;
    for (int code = 0; code < (1 << e.codeBits); ++code)
        if (std::isfinite(table[code]))
            grid.emplace_back(table[code], static_cast<std::uint8_t>(code));
    std::sort(grid.begin(), grid.end(), [](auto x, auto y) { return x.first < y.first; });

    const at::Tensor v = values.to(at::kFloat).contiguous();
    const at::Tensor s = scaleValues(scales, spec);
    const std::int64_t rows = v.size(0);
    const std::int64_t cols = v.size(1);
    const std::int64_t block = kernels::blockSize(spec.format);
    at::Tensor codes = at::empty({ rows, cols }, at::kByte);
    const float *pv = v.const_data_ptr<float>();
    const float *ps = s.const_data_ptr<float>();
    auto *pc = codes.data_ptr<std::uint8_t>();
    const auto signBit = static_cast<std::uint8_t>(1 << (e.codeBits - 1));
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = 0; c < cols; ++c) {
            const float scale = ps[r * s.size(1) + c / block];
            const float y = scale > 0 ? pv[r * cols + c] / scale : 0.0F;
            const auto next = std::lower_bound(grid.begin(), grid.end(), y,
                                               [](auto g, float x) { return g.first < x; });
            auto best = next;
            if (next == grid.end()
                || (next != grid.begin() && y - std::prev(next)->first < next->first - y))
                best = std::prev(next);
            std::uint8_t code = best->second;
            if (best->first == 0 && !e.twosComplement)
                code = std::signbit(y) ? signBit : std::uint8_t { 0 };
            pc[r * cols + c] = code;
        }
    }
    return codes;
}

float LinearSolution::epilogue() const
{
    quant::Quantizer q;
    q.spec = format;
    return q.epilogue();
}

at::Tensor LinearSolution::weight(at::ScalarType out) const
{
    if (!format)
        return plain.to(out);
    const bool direct = epilogue() == 1.0F && out != at::kDouble;
    const std::int64_t cols = scales.size(1) * kernels::blockSize(format->format);
    at::Tensor w =
        at::empty({ scales.size(0), cols }, at::TensorOptions().dtype(direct ? out : at::kFloat));
    const auto *codeBytes = codes.const_data_ptr<std::uint8_t>();
    const auto *scaleBytes = scales.const_data_ptr<std::uint8_t>();
    const auto decode = format->format == kernels::Format::mxfp4 ? kernels::cpu().unpackMxfp4
                                                                 : kernels::cpu().dequantize;
    decode(codeBytes, scaleBytes, *format, quant::mutableView(w), quant::exec());
    return direct ? w : (w * epilogue()).to(out);
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
        if (s.format)
            part.attributes["linears"][base] = specJson(*s.format);
        add(base + ".codes", s.codes);
        add(base + ".scales", s.scales);
        add(base + ".plain", s.plain);
        add(base + ".bias", s.bias);
    }
    for (const Site site : kLinearSites) {
        const SiteSolution &s = at(site);
        const std::string base(name(site));
        Json &j = part.attributes["sites"][base];
        j["transform"] = transformName(s.transform);
        j["stores_epilogue"] = s.activation.epilogue();
        if (s.activation.spec)
            j["activation"] = specJson(*s.activation.spec);
        add(base + ".a", s.factors.a);
        add(base + ".b", s.factors.b);
        add(base + ".clip_lo", s.clip.lo);
        add(base + ".clip_hi", s.clip.hi);
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
            auto spec = specFromJson(linearSpecs[base], where);
            if (!spec)
                return spec.error();
            s.format = *spec;
        }
        load(base + ".codes", s.codes);
        load(base + ".scales", s.scales);
        load(base + ".plain", s.plain);
        load(base + ".bias", s.bias);
        const bool complete =
            s.format ? s.codes.defined() && s.scales.defined() : s.plain.defined();
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
        if (j.contains("activation")) {
            auto spec = specFromJson(j["activation"], where);
            if (!spec)
                return spec.error();
            s.activation.spec = *spec;
        }
        load(base + ".a", s.factors.a);
        load(base + ".b", s.factors.b);
        load(base + ".clip_lo", s.clip.lo);
        load(base + ".clip_hi", s.clip.hi);
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
        , m_type(nn::matmulType(compute))
    {
        for (const Linear l : kLinears) {
            const auto i = static_cast<std::size_t>(l);
            m_weights[i] = s.of(l).weight(m_type);
            m_factor[i] = 1.0
                / (double(s.of(l).epilogue()) * double(s.at(inputSite(l)).activation.epilogue()));
            if (s.of(l).bias.defined())
                m_bias[i] = s.of(l).bias.to(m_type);
        }
    }
    const at::Tensor &inputNorm() const override { return m_inputNorm; }
    const at::Tensor &postNorm() const override { return m_postNorm; }
    const at::Tensor &qNorm() const override { return m_qNorm; }
    const at::Tensor &kNorm() const override { return m_kNorm; }
    at::Tensor input(Site site, const at::Tensor &x) const override
    {
        return m_sites[static_cast<std::size_t>(site)].apply(x, m_type);
    }
    at::Tensor linear(Linear l, const at::Tensor &x) const override
    {
        const auto i = static_cast<std::size_t>(l);
        return scaledLinear(x, m_weights[i], m_bias[i], m_factor[i], m_type);
    }

private:
    at::Tensor m_inputNorm, m_postNorm, m_qNorm, m_kNorm;
    std::array<at::Tensor, 7> m_weights, m_bias;
    std::array<double, 7> m_factor {};
    std::array<SiteSolution, 4> m_sites;
    at::ScalarType m_type;
};

} // namespace

std::shared_ptr<const nn::LayerOps> solvedOps(const LayerSolution &solution, nn::Compute compute)
{
    return std::make_shared<SolvedOps>(solution, compute);
}

} // namespace batlab
