// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/engine/quant/produced.h"
#include "core/model/model_config.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

namespace batlab::nn {

/// Precision of a forward pass. bf16: matrix products and site inputs in bf16, norms, softmax and
/// the residual stream in fp32. fp64 is for identity tests.
enum class Compute : std::uint8_t { bf16, fp32, fp64 };
[[nodiscard]] at::ScalarType matmulType(Compute compute);
[[nodiscard]] at::ScalarType residualType(Compute compute);

/// Weights of one decoder layer; linears [out, in], undefined tensors where the architecture has
/// none.
struct LayerWeights
{
    at::Tensor inputNorm, postNorm; ///< [hidden]
    at::Tensor qNorm, kNorm; ///< [headDim]
    std::array<at::Tensor, 7> weight; ///< by Linear
    std::array<at::Tensor, 7> bias; ///< by Linear, [out]

    [[nodiscard]] at::Tensor &of(Linear l) { return weight[static_cast<std::size_t>(l)]; }
    [[nodiscard]] const at::Tensor &of(Linear l) const
    {
        return weight[static_cast<std::size_t>(l)];
    }
    [[nodiscard]] at::Tensor &biasOf(Linear l) { return bias[static_cast<std::size_t>(l)]; }
    [[nodiscard]] const at::Tensor &biasOf(Linear l) const
    {
        return bias[static_cast<std::size_t>(l)];
    }
};

/// What a variant may change in a layer: norms (folded diagonals), the numbers entering the linears
/// (online transform, clipping, quantization), the linears, and the numbers entering the KV cache.
/// Stateless towards the forward; differentiable implementations are built from autograd tensors.
class LayerOps
{
public:
    virtual ~LayerOps() = default;
    /// The residual stream [B, T, hidden] on its way into the layer and out of it: a variant may
    /// keep it in another basis between its layers (QuaRot's R1).
    [[nodiscard]] virtual at::Tensor enter(const at::Tensor &x) const { return x; }
    [[nodiscard]] virtual at::Tensor leave(const at::Tensor &x) const { return x; }
    [[nodiscard]] virtual const at::Tensor &inputNorm() const = 0; ///< fp32 [hidden]
    [[nodiscard]] virtual const at::Tensor &postNorm() const = 0;
    [[nodiscard]] virtual const at::Tensor &qNorm() const = 0; ///< undefined if none
    [[nodiscard]] virtual const at::Tensor &kNorm() const = 0;
    /// x [.., n] at a site (as the model produces it) -> what the site's linears read.
    [[nodiscard]] virtual at::Tensor input(Site site, const at::Tensor &x) const = 0;
    /// input() of x that nobody has stored yet. Those who want to see x leave this as it is: it
    /// stores x and calls input(). Others may make x on the way, with the same results bit for bit.
    [[nodiscard]] virtual at::Tensor inputOf(Site site, const quant::Produced &x,
                                             Compute compute) const
    {
        return input(site, quant::stored(x, residualType(compute), matmulType(compute)));
    }
    /// y = siteInput W^T + bias, siteInput from input().
    [[nodiscard]] virtual at::Tensor linear(Linear linear, const at::Tensor &siteInput) const = 0;
    /// K after RoPE or V, [B, kvHeads, T, headDim], on its way into the cache.
    [[nodiscard]] virtual at::Tensor cached(Site site, const at::Tensor &x) const
    {
        (void)site;
        return x;
    }
    /// Q after RoPE, [B, heads, T, headDim], before it meets the cached keys: what cached() did to
    /// K is undone here.
    [[nodiscard]] virtual at::Tensor query(const at::Tensor &x) const { return x; }
};

/// The model's own layer.
class PlainOps : public LayerOps
{
public:
    explicit PlainOps(LayerWeights weights) : m_weights(std::move(weights)) { }
    [[nodiscard]] const at::Tensor &inputNorm() const override { return m_weights.inputNorm; }
    [[nodiscard]] const at::Tensor &postNorm() const override { return m_weights.postNorm; }
    [[nodiscard]] const at::Tensor &qNorm() const override { return m_weights.qNorm; }
    [[nodiscard]] const at::Tensor &kNorm() const override { return m_weights.kNorm; }
    [[nodiscard]] at::Tensor input(Site, const at::Tensor &x) const override { return x; }
    [[nodiscard]] at::Tensor linear(Linear linear, const at::Tensor &siteInput) const override;
    [[nodiscard]] const LayerWeights &weights() const { return m_weights; }

private:
    LayerWeights m_weights;
};

/// Forwards everything to another layer's operations; a base for those that look on.
class ForwardingOps : public LayerOps
{
public:
    explicit ForwardingOps(const LayerOps &inner) : m_inner(inner) { }
    [[nodiscard]] at::Tensor enter(const at::Tensor &x) const override { return m_inner.enter(x); }
    [[nodiscard]] at::Tensor leave(const at::Tensor &x) const override { return m_inner.leave(x); }
    [[nodiscard]] const at::Tensor &inputNorm() const override { return m_inner.inputNorm(); }
    [[nodiscard]] const at::Tensor &postNorm() const override { return m_inner.postNorm(); }
    [[nodiscard]] const at::Tensor &qNorm() const override { return m_inner.qNorm(); }
    [[nodiscard]] const at::Tensor &kNorm() const override { return m_inner.kNorm(); }
    [[nodiscard]] at::Tensor input(Site site, const at::Tensor &x) const override
    {
        return m_inner.input(site, x);
    }
    [[nodiscard]] at::Tensor linear(Linear linear, const at::Tensor &x) const override
    {
        return m_inner.linear(linear, x);
    }
    [[nodiscard]] at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_inner.cached(site, x);
    }
    [[nodiscard]] at::Tensor query(const at::Tensor &x) const override { return m_inner.query(x); }

protected:
    [[nodiscard]] const LayerOps &inner() const { return m_inner; }

private:
    const LayerOps &m_inner;
};

/// Calls `seen(site, x)` with what the model produces at T1..T4 (before transform and
/// quantization), then forwards.
class CapturingOps : public ForwardingOps
{
public:
    using Seen = std::function<void(Site, const at::Tensor &)>;
    CapturingOps(const LayerOps &inner, Seen seen) : ForwardingOps(inner), m_seen(std::move(seen))
    { }
    [[nodiscard]] at::Tensor input(Site site, const at::Tensor &x) const override
    {
        m_seen(site, x);
        return ForwardingOps::input(site, x);
    }

protected:
    void see(Site site, const at::Tensor &x) const { m_seen(site, x); }

private:
    Seen m_seen;
};

/// Calls `seen` at all sites: also with the stream entering the layer (R, in the basis in which it
/// enters) and with K after RoPE and V before they enter the cache, [B, T, kvHeads, headDim].
class CapturingAllOps : public CapturingOps
{
public:
    using CapturingOps::CapturingOps;
    [[nodiscard]] at::Tensor enter(const at::Tensor &x) const override
    {
        at::Tensor in = ForwardingOps::enter(x);
        see(Site::residual, in);
        return in;
    }
    [[nodiscard]] at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        see(site, x.transpose(1, 2));
        return ForwardingOps::cached(site, x);
    }
};

/// A tensor for each site, by Site.
using SiteTensors = std::array<at::Tensor, kSites.size()>;

/// Cosines and sines of the rotary embedding for positions [0, maxPositions), [positions,
/// headDim/2], grown on demand.
class Rope
{
public:
    Rope(const ModelConfig &config, Compute compute, at::Device device = at::kCPU);
    /// Rotates halves (HF rotate_half convention): x [B, H, T, D], token t at position first + t.
    [[nodiscard]] at::Tensor apply(const at::Tensor &x, std::int64_t first) const;

private:
    void grow(std::int64_t positions) const;
    std::vector<double> m_inverse;
    double m_attentionFactor = 1;
    at::ScalarType m_type;
    at::Device m_device;
    mutable at::Tensor m_cos, m_sin;
};

/// Keys and values of one layer for batched generation, [B, kvHeads, capacity, headDim].
struct KvCache
{
    at::Tensor k, v;
    std::int64_t length = 0;
};

/// What attention adds to the residual stream x: o_proj's output, in residualType(compute). With a
/// cache, the T tokens follow cache->length earlier ones.
[[nodiscard]] at::Tensor attentionBlock(const ModelConfig &config, Compute compute,
                                        const Rope &rope, const LayerOps &ops, const at::Tensor &x,
                                        KvCache *cache = nullptr);
/// What the MLP adds to h, the stream after attention.
[[nodiscard]] at::Tensor mlpBlock(const ModelConfig &config, Compute compute, const LayerOps &ops,
                                  const at::Tensor &h);

/// x + attention + MLP of one decoder layer. x [B, T, hidden] in residualType(compute). With a
/// cache, the T tokens follow cache->length earlier ones. Differentiable in ops' tensors when grad
/// mode is on.
[[nodiscard]] at::Tensor layerForward(const ModelConfig &config, Compute compute, const Rope &rope,
                                      const LayerOps &ops, const at::Tensor &x,
                                      KvCache *cache = nullptr);

/// A layer only as far as what enters `last` (T1 to T4), for those who look on at `ops.input`.
void layerInputs(const ModelConfig &config, Compute compute, const Rope &rope, const LayerOps &ops,
                 const at::Tensor &x, Site last);

/// rsqrt(mean(x^2) + eps) over the last axis, [.., 1].
[[nodiscard]] at::Tensor rmsScale(const at::Tensor &x, double eps);
/// x * rmsScale(x) * weight, computed in fp32 (fp64 for double).
[[nodiscard]] at::Tensor rmsNorm(const at::Tensor &x, const at::Tensor &weight, double eps);

} // namespace batlab::nn
