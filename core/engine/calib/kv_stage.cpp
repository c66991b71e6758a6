// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/kv_stage.h"

#include "core/engine/transform/closed_form.h"
#include "core/engine/transform/hadamard.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

namespace batlab::calib {

namespace {

constexpr std::int64_t kBlock = 32;

bool isPowerOfTwo(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

/// Channels a transform of this kind mixes: halved, down to 16, where they would not divide a head.
std::int64_t blockOf(const Json &p, const std::string &kind, std::int64_t headDim)
{
    if (kind == "hadamard-head")
        return headDim;
    std::int64_t g = kind == "hadamard"
        ? kBlock
        : p.at("g1").get<std::int64_t>() * p.at("g2").get<std::int64_t>();
    while (g > 16 && headDim % g != 0)
        g /= 2;
    return g;
}

/// Sizes of A and B for a Hadamard matrix of this size.
std::pair<std::int64_t, std::int64_t> split(std::int64_t n)
{
    std::int64_t g1 = 1;
    while (g1 * g1 < n)
        g1 *= 2;
    return { g1, n / g1 };
}

/// The Hadamard matrix of a head's size, one block a head.
transform::GpkFactors wholeHeads(std::int64_t headDim, std::int64_t blocks)
{
    if (isPowerOfTwo(headDim)) {
        const auto [g1, g2] = split(headDim);
        return transform::hadamardFactors(g1, g2, blocks);
    }
    const transform::GpkFactors h = transform::fullHadamardFactors(headDim);
    return { h.a, h.b.repeat({ blocks, 1, 1 }) };
}

/// Factors of `blocks` blocks; a and b are the moments [blocks, g, g] of the closed form.
transform::GpkFactors factorsOf(const Json &p, const std::string &kind, std::int64_t block,
                                std::int64_t blocks, const at::Tensor &a, const at::Tensor &b)
{
    if (kind == "hadamard-head")
        return wholeHeads(block, blocks);
    if (kind != "gpk") {
        const auto [g1, g2] = split(block);
        return transform::hadamardFactors(g1, g2, blocks);
    }
    const std::int64_t g2 = std::min(p.at("g2").get<std::int64_t>(), block);
    const std::int64_t g1 = block / g2;
    if (p.at("init") == "hadamard")
        return transform::hadamardFactors(g1, g2, blocks);
    return transform::closedFormFactors(a, b, g1, g2);
}

/// Diagonal blocks of every head's matrix, [heads * headDim/g, g, g].
at::Tensor blocksOfHeads(const at::Tensor &heads, std::int64_t g)
{
    std::vector<at::Tensor> out;
    for (std::int64_t h = 0; h < heads.size(0); ++h)
        out.push_back(transform::diagonalBlocks(heads.select(0, h), g));
    return at::cat(out);
}

/// [kvHeads * k, g, g] -> [heads * k, g, g]: every query head gets its group's blocks.
at::Tensor overQueryHeads(const ModelConfig &c, const at::Tensor &blocks)
{
    const std::int64_t k = blocks.size(0) / c.kvHeads;
    const std::int64_t g = blocks.size(1);
    return blocks.view({ c.kvHeads, 1, k, g, g })
        .expand({ c.kvHeads, c.heads / c.kvHeads, k, g, g })
        .reshape({ -1, g, g });
}

/// [kvHeads * k, g, g] as the diagonal blocks of every head's matrix: [kvHeads, headDim, headDim].
at::Tensor ofHeads(const ModelConfig &c, const at::Tensor &blocks)
{
    std::vector<at::Tensor> out;
    for (const at::Tensor &head : blocks.chunk(c.kvHeads))
        out.push_back(at::block_diag(head.unbind()));
    return at::stack(out);
}

/// Second moments of W_o's columns for each key/value head: the mean over output rows, summed over
/// the query heads of a group, [kvHeads, headDim, headDim].
at::Tensor outputMoments(const ModelConfig &c, const at::Tensor &wo)
{
    const at::Tensor w = wo.to(at::kDouble)
                             .view({ wo.size(0), c.kvHeads, c.heads / c.kvHeads, c.headDim })
                             .permute({ 1, 2, 0, 3 })
                             .reshape({ c.kvHeads, -1, c.headDim });
    return at::matmul(w.transpose(1, 2), w) / static_cast<double>(wo.size(0));
}

/// Blocks [k, g, g] as factors.
transform::GpkFactors dense(const at::Tensor &blocks)
{
    return { at::ones({ 1, 1 }, blocks.options()), blocks };
}

void fuseValues(LayerState &state, const transform::GpkFactors &factors)
{
    const ModelConfig &c = state.config;
    const at::Tensor blocks =
        transform::dense({ factors.a.to(at::kDouble), factors.b.to(at::kDouble) });
    const at::Tensor inverse = at::linalg_inv(blocks).transpose(-1, -2).contiguous();
    state.basis.turnValues(c.kvHeads, ofHeads(c, blocks));
    at::Tensor &wv = state.weights.of(Linear::v);
    at::Tensor &wo = state.weights.of(Linear::o);
    at::Tensor &bias = state.weights.biasOf(Linear::v);
    const at::Tensor rows = wv.to(at::kDouble).t().contiguous();
    wv = transform::applyFactors(rows, dense(blocks)).t().to(wv.scalar_type()).contiguous();
    if (bias.defined())
        bias =
            transform::applyFactors(bias.to(at::kDouble).unsqueeze(0).contiguous(), dense(blocks))
                .squeeze(0)
                .to(bias.scalar_type());
    wo = transform::applyFactors(wo.to(at::kDouble).contiguous(), dense(overQueryHeads(c, inverse)))
             .to(wo.scalar_type());
    SiteMoments &m = state.momentsOf(Site::t2);
    if (m.sum.defined()) {
        m.sum = transform::congruence(m.sum.to(at::kDouble), dense(overQueryHeads(c, blocks)))
                    .to(m.sum.scalar_type());
        m.maxAbs = m.sumAbs = at::Tensor(); // do not follow a mixing of channels
    }
}

} // namespace

void HeadCapture::Sum::add(const at::Tensor &x)
{
    const at::Tensor rows =
        x.detach().to(at::kFloat).transpose(0, 1).reshape({ x.size(1), -1, x.size(3) });
    const at::Tensor product = at::matmul(rows.transpose(1, 2), rows).to(at::kDouble);
    sum = sum.defined() ? sum + product : product;
    tokens += rows.size(1);
}

at::Tensor HeadCapture::Sum::mean() const { return sum / static_cast<double>(tokens); }

at::Tensor HeadCapture::cached(Site site, const at::Tensor &x) const
{
    (site == Site::k ? m_keys : m_values).add(x);
    return ForwardingOps::cached(site, x);
}

at::Tensor HeadCapture::query(const at::Tensor &x) const
{
    m_queries.add(x);
    return ForwardingOps::query(x);
}

HeadMoments HeadCapture::moments() const
{
    return { m_queries.mean().mean(0).cpu(), m_keys.mean().mean(0).cpu(),
             m_values.mean().cpu() }; // factors are made on the host
}

bool kvNeedsMoments(const Json &p, const KvSolution &kv)
{
    return p.at("init") == "closed-form"
        && ((p.at("keys") == "gpk" && kv.keys.active())
            || (p.at("values") == "gpk" && kv.values.active()));
}

Result<void> checkKvStage(const Json &p, std::int64_t headDim, bool keys, bool values)
{
    for (const auto &[side, active] :
         { std::pair { "keys", keys }, std::pair { "values", values } }) {
        const std::string kind = p.at(side);
        if (!active || kind == "none")
            continue;
        const std::string where = fmt::format("kv.{}", side);
        if (kind == "hadamard-head" && !transform::hadamardCore(headDim))
            return Error { ErrorCode::unsupported,
                           fmt::format("no Hadamard matrix over a head of {} channels can be built",
                                       headDim),
                           where,
                           fmt::format("Its order is 2^j times q + 1 or 2(q + 1) with a prime "
                                       "power q: use kv.{}: {}.",
                                       side, headDim % kBlock == 0 ? "hadamard" : "none") };
        const std::int64_t g = blockOf(p, kind, headDim);
        if (headDim % g != 0 || headDim < 16)
            return Error {
                ErrorCode::unsupported,
                fmt::format("blocks of {} channels do not divide heads of {}", g, headDim), where,
                kind == "gpk" && headDim % 16 == 0
                    ? "Choose kv.g1 and kv.g2 so that g1*g2 divides head_dim, or none."
                    : fmt::format("Use kv.{}: none; the cache is quantized all the same, "
                                  "with a last block that is not whole.",
                                  side)
            };
    }
    return {};
}

void runKv(LayerState &state, const Json &p, const HeadMoments &moments)
{
    const ModelConfig &c = state.config;
    KvSolution &kv = state.kv;
    checkKvStage(p, c.headDim, kv.keys.active(), kv.values.active()).orThrow();
    if (const std::string kind = p.at("keys"); kind != "none" && kv.keys.active()) {
        const std::int64_t g = blockOf(p, kind, c.headDim);
        const bool fit = kind == "gpk" && moments.keys.defined();
        kv.setKeyTransform(
            factorsOf(p, kind, g, c.headDim / g,
                      fit ? transform::diagonalBlocks(moments.keys, g) : at::Tensor(),
                      fit ? transform::diagonalBlocks(moments.queries, g) : at::Tensor()),
            kind != "gpk");
    }
    if (const std::string kind = p.at("values"); kind != "none" && kv.values.active()) {
        const std::int64_t g = blockOf(p, kind, c.headDim);
        const bool fit = kind == "gpk" && moments.values.defined();
        fuseValues(
            state,
            factorsOf(p, kind, g, c.kvHeads * (c.headDim / g),
                      fit ? blocksOfHeads(moments.values, g) : at::Tensor(),
                      fit ? blocksOfHeads(outputMoments(c, state.weights.of(Linear::o)).cpu(), g)
                          : at::Tensor()));
    }
}

} // namespace batlab::calib
