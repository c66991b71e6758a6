// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nn/layer.h"

#include <ATen/ATen.h>

#include <cmath>

namespace batlab::nn {

at::ScalarType matmulType(Compute compute)
{
    switch (compute) {
    case Compute::bf16: return at::kBFloat16;
    case Compute::fp32: return at::kFloat;
    case Compute::fp64: break;
    }
    return at::kDouble;
}

at::ScalarType residualType(Compute compute)
{
    return compute == Compute::fp64 ? at::kDouble : at::kFloat;
}

at::Tensor PlainOps::linear(Linear linear, const at::Tensor &siteInput) const
{
    return at::linear(siteInput, m_weights.of(linear), m_weights.biasOf(linear));
}

at::Tensor rmsScale(const at::Tensor &x, double eps)
{
    return x.square().mean(-1, true).add_(eps).rsqrt_();
}

at::Tensor rmsNorm(const at::Tensor &x, const at::Tensor &weight, double eps)
{
    return (x * rmsScale(x, eps)).mul_(weight);
}

Rope::Rope(const ModelConfig &config, Compute compute, at::Device device)
    : m_inverse(config.rope.inverseFrequencies(config.headDim))
    , m_attentionFactor(config.rope.attentionFactor)
    , m_type(residualType(compute))
    , m_device(device)
{
    grow(2048); // before any thread shares this object with another
}

void Rope::grow(std::int64_t positions) const
{
    if (m_cos.defined() && m_cos.size(0) >= positions)
        return;
    const auto half = static_cast<std::int64_t>(m_inverse.size());
    // HF builds angle = float(position) * float(inv_freq) in fp32; the fp64 path keeps doubles.
    at::Tensor cosines = at::empty({ positions, half }, at::kDouble);
    at::Tensor sines = at::empty({ positions, half }, at::kDouble);
    double *c = cosines.data_ptr<double>();
    double *s = sines.data_ptr<double>();
    const bool wide = m_type == at::kDouble;
    for (std::int64_t t = 0; t < positions; ++t) {
        for (std::int64_t i = 0; i < half; ++i) {
            const double inverse = m_inverse[static_cast<std::size_t>(i)];
            const double angle = wide
                ? static_cast<double>(t) * inverse
                : static_cast<double>(static_cast<float>(t) * static_cast<float>(inverse));
            c[t * half + i] = std::cos(angle) * m_attentionFactor;
            s[t * half + i] = std::sin(angle) * m_attentionFactor;
        }
    }
    m_cos = cosines.to(m_type).to(m_device);
    m_sin = sines.to(m_type).to(m_device);
}

at::Tensor Rope::apply(const at::Tensor &x, std::int64_t first) const
{
    const std::int64_t tokens = x.size(2);
    const std::int64_t half = x.size(3) / 2;
    at::Tensor cosines = m_cos;
    at::Tensor sines = m_sin;
    if (cosines.size(0) < first + tokens) {
        grow(2 * (first + tokens));
        cosines = m_cos;
        sines = m_sin;
    }
    const at::Tensor c = cosines.narrow(0, first, tokens);
    const at::Tensor s = sines.narrow(0, first, tokens);
    const at::Tensor a = x.narrow(3, 0, half).to(m_type);
    const at::Tensor b = x.narrow(3, half, half).to(m_type);
    return at::cat({ (a * c).sub_(b * s), (b * c).add_(a * s) }, 3).to(x.scalar_type());
}

namespace {

at::Tensor splitHeads(const at::Tensor &x, std::int64_t heads, std::int64_t headDim)
{
    return x.view({ x.size(0), x.size(1), heads, headDim }).transpose(1, 2);
}

void append(KvCache &cache, const at::Tensor &k, const at::Tensor &v)
{
    const std::int64_t needed = cache.length + k.size(2);
    if (!cache.k.defined() || cache.k.size(2) < needed) {
        const std::int64_t capacity = std::max<std::int64_t>(needed, 2 * cache.length);
        const auto grown = [&](const at::Tensor &old, const at::Tensor &like) {
            at::Tensor fresh =
                at::empty({ like.size(0), like.size(1), capacity, like.size(3) }, like.options());
            if (cache.length > 0)
                fresh.narrow(2, 0, cache.length).copy_(old.narrow(2, 0, cache.length));
            return fresh;
        };
        cache.k = grown(cache.k, k);
        cache.v = grown(cache.v, v);
    }
    cache.k.narrow(2, cache.length, k.size(2)).copy_(k);
    cache.v.narrow(2, cache.length, v.size(2)).copy_(v);
    cache.length = needed;
}

/// Which keys each of `tokens` queries (at positions first..) may see; undefined when plain
/// causality says it all.
at::Tensor attentionMask(std::int64_t tokens, std::int64_t keys, std::int64_t window,
                         const at::TensorOptions &options)
{
    const bool windowed = window > 0 && keys > window;
    if (!windowed && (tokens == keys || tokens == 1))
        return {};
    const at::Tensor query = at::arange(keys - tokens, keys, options.dtype(at::kLong)).unsqueeze(1);
    const at::Tensor key = at::arange(keys, options.dtype(at::kLong)).unsqueeze(0);
    at::Tensor hidden = key > query;
    if (windowed)
        hidden = hidden.logical_or(key <= query - window);
    return at::zeros({ tokens, keys }, options)
        .masked_fill_(hidden, -std::numeric_limits<float>::infinity());
}

at::Tensor attention(const ModelConfig &config, Compute compute, const Rope &rope,
                     const LayerOps &ops, const at::Tensor &x, KvCache *cache)
{
    const std::int64_t first = cache != nullptr ? cache->length : 0;
    at::Tensor q = splitHeads(ops.linear(Linear::q, x), config.heads, config.headDim);
    at::Tensor k = splitHeads(ops.linear(Linear::k, x), config.kvHeads, config.headDim);
    at::Tensor v = splitHeads(ops.linear(Linear::v, x), config.kvHeads, config.headDim);
    if (config.qkNorm) {
        q = rmsNorm(q.to(residualType(compute)), ops.qNorm(), config.normEps).to(q.scalar_type());
        k = rmsNorm(k.to(residualType(compute)), ops.kNorm(), config.normEps).to(k.scalar_type());
    }
    q = ops.query(rope.apply(q, first));
    k = ops.cached(Site::k, rope.apply(k, first));
    v = ops.cached(Site::v, v);
    if (cache != nullptr) {
        append(*cache, k, v);
        k = cache->k.narrow(2, 0, cache->length);
        v = cache->v.narrow(2, 0, cache->length);
    }
    const at::Tensor mask =
        attentionMask(q.size(2), k.size(2), config.slidingWindow, q.options().requires_grad(false));
    const bool causal = !mask.defined() && q.size(2) == k.size(2);
    if (config.kvHeads != config.heads && q.size(2) == 1 && !mask.defined()) {
        // Decoding: the heads of a group stand in for tokens, so that the cache is never copied.
        const at::Tensor grouped =
            q.reshape({ q.size(0), config.kvHeads, config.heads / config.kvHeads, config.headDim });
        return at::scaled_dot_product_attention(grouped, k, v)
            .reshape({ x.size(0), 1, config.heads * config.headDim });
    }
    if (config.kvHeads != config.heads) {
        const std::int64_t group = config.heads / config.kvHeads;
        const auto spread = [&](const at::Tensor &t) {
            return t.unsqueeze(2)
                .expand({ t.size(0), t.size(1), group, t.size(2), t.size(3) })
                .reshape({ t.size(0), config.heads, t.size(2), t.size(3) });
        };
        k = spread(k);
        v = spread(v);
    }
    const at::Tensor mixed = at::scaled_dot_product_attention(
        q, k, v, mask.defined() ? std::optional<at::Tensor>(mask) : std::nullopt, 0.0, causal);
    return mixed.transpose(1, 2).reshape({ x.size(0), x.size(1), config.heads * config.headDim });
}

} // namespace

namespace {

at::Tensor normedInput(Compute compute, const LayerOps &ops, Site site, const at::Tensor &x,
                       const at::Tensor &norm, double eps)
{
    return ops.inputOf(site, { x, rmsScale(x, eps), norm, {} }, compute);
}

/// What o reads, from the stream entering attention.
at::Tensor mixedHeads(const ModelConfig &config, Compute compute, const Rope &rope,
                      const LayerOps &ops, const at::Tensor &x, KvCache *cache)
{
    const at::Tensor t1 = normedInput(compute, ops, Site::t1, x, ops.inputNorm(), config.normEps);
    return ops.input(Site::t2,
                     attention(config, compute, rope, ops, t1, cache).to(matmulType(compute)));
}

/// What down reads, from what gate and up read.
at::Tensor gatedUnits(Compute compute, const LayerOps &ops, const at::Tensor &t3)
{
    const at::Tensor gate = ops.linear(Linear::gate, t3);
    return ops.inputOf(Site::t4, { gate, {}, {}, ops.linear(Linear::up, t3) }, compute);
}

} // namespace

at::Tensor attentionBlock(const ModelConfig &config, Compute compute, const Rope &rope,
                          const LayerOps &ops, const at::Tensor &x, KvCache *cache)
{
    return ops.linear(Linear::o, mixedHeads(config, compute, rope, ops, x, cache))
        .to(residualType(compute));
}

at::Tensor mlpBlock(const ModelConfig &config, Compute compute, const LayerOps &ops,
                    const at::Tensor &h)
{
    const at::Tensor t3 = normedInput(compute, ops, Site::t3, h, ops.postNorm(), config.normEps);
    return ops.linear(Linear::down, gatedUnits(compute, ops, t3)).to(residualType(compute));
}

at::Tensor layerForward(const ModelConfig &config, Compute compute, const Rope &rope,
                        const LayerOps &ops, const at::Tensor &x, KvCache *cache)
{
    const at::Tensor in = ops.enter(x);
    const at::Tensor h = in + attentionBlock(config, compute, rope, ops, in, cache);
    return ops.leave(h + mlpBlock(config, compute, ops, h));
}

void layerInputs(const ModelConfig &config, Compute compute, const Rope &rope, const LayerOps &ops,
                 const at::Tensor &x, Site last)
{
    const at::Tensor in = ops.enter(x);
    if (last == Site::t1) {
        (void)normedInput(compute, ops, Site::t1, in, ops.inputNorm(), config.normEps);
        return;
    }
    const at::Tensor t2 = mixedHeads(config, compute, rope, ops, in, nullptr);
    if (last == Site::t2)
        return;
    const at::Tensor h = in + ops.linear(Linear::o, t2).to(residualType(compute));
    const at::Tensor t3 = normedInput(compute, ops, Site::t3, h, ops.postNorm(), config.normEps);
    if (last == Site::t4)
        (void)gatedUnits(compute, ops, t3);
}

} // namespace batlab::nn
