// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nn/decoder.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

namespace batlab::nn {

Decoder::Decoder(std::shared_ptr<const ModelSource> source, Compute compute, at::Device device)
    : m_source(std::move(source))
    , m_compute(compute)
    , m_device(device)
    , m_rope(m_source->config(), compute, device)
{
    m_embedding = tensor("model.embed_tokens.weight", matmulType(compute));
    m_head = config().tiedEmbeddings ? m_embedding : tensor("lm_head.weight", matmulType(compute));
    m_finalNorm = tensor("model.norm.weight", residualType(compute));
}

at::Tensor Decoder::tensor(const std::string &name, at::ScalarType type) const
{
    const TensorInfo *info = m_source->find(name);
    if (info == nullptr)
        throw Exception({ ErrorCode::badInput, "tensor " + name + " is missing",
                          m_source->path().string(), "The checkpoint is incomplete." });
    // Decoded slab by slab, so that a large embedding never exists in fp32 as a whole.
    const std::int64_t rows = info->shape.size() > 1 ? info->shape[0] : 1;
    const std::int64_t width = info->elements() / std::max<std::int64_t>(rows, 1);
    at::Tensor out = at::empty({ rows, width }, at::TensorOptions().dtype(type));
    const std::int64_t slab =
        std::max<std::int64_t>(1, (1 << 22) / std::max<std::int64_t>(width, 1));
    at::Tensor staging;
    for (std::int64_t row = 0; row < rows; row += slab) {
        const std::int64_t count = std::min(slab, rows - row);
        if (type == at::kFloat) {
            m_source->read(name, row, count, out.data_ptr<float>() + row * width).orThrow();
            continue;
        }
        if (!staging.defined())
            staging = at::empty({ slab, width }, at::kFloat);
        m_source->read(name, row, count, staging.data_ptr<float>()).orThrow();
        out.narrow(0, row, count).copy_(staging.narrow(0, 0, count));
    }
    return out.view(info->shape).to(m_device);
}

LayerWeights Decoder::loadLayer(std::int64_t i, at::ScalarType type) const
{
    const ModelConfig &c = config();
    const std::string prefix = fmt::format("model.layers.{}.", i);
    const at::ScalarType normType = residualType(m_compute);
    LayerWeights w;
    w.inputNorm = tensor(prefix + "input_layernorm.weight", normType);
    w.postNorm = tensor(prefix + "post_attention_layernorm.weight", normType);
    if (c.qkNorm) {
        w.qNorm = tensor(prefix + "self_attn.q_norm.weight", normType);
        w.kNorm = tensor(prefix + "self_attn.k_norm.weight", normType);
    }
    for (const Linear l : kLinears) {
        const bool attention = l <= Linear::o;
        const std::string base =
            prefix + (attention ? "self_attn." : "mlp.") + std::string(name(l));
        w.of(l) = tensor(base + ".weight", type);
        const bool biased = l < Linear::o ? c.qkvBias : l == Linear::o ? c.oBias : c.mlpBias;
        if (biased)
            w.biasOf(l) = tensor(base + ".bias", type);
    }
    return w;
}

std::shared_ptr<const LayerOps> Decoder::layer(std::int64_t i) const
{
    return std::make_shared<PlainOps>(loadLayer(i, matmulType(m_compute)));
}

at::Tensor Decoder::embed(const at::Tensor &ids) const
{
    return at::embedding(m_embedding, ids.to(m_device)).to(residualType(m_compute));
}

at::Tensor Decoder::finalNorm(const at::Tensor &x) const
{
    return rmsNorm(x, m_finalNorm, config().normEps).to(matmulType(m_compute));
}

at::Tensor Decoder::logits(const at::Tensor &normed) const { return at::linear(normed, m_head); }

at::Tensor Decoder::logitsBackward(const at::Tensor &gradient) const
{
    return at::matmul(gradient.to(m_head.scalar_type()), m_head);
}

at::Tensor idTensor(const std::vector<std::vector<std::int32_t>> &sequences)
{
    const auto count = static_cast<std::int64_t>(sequences.size());
    const std::int64_t length = count > 0 ? static_cast<std::int64_t>(sequences[0].size()) : 0;
    at::Tensor ids = at::empty({ count, length }, at::kLong);
    std::int64_t *p = ids.data_ptr<std::int64_t>();
    for (const auto &sequence : sequences)
        for (const std::int32_t id : sequence)
            *p++ = id;
    return ids;
}

} // namespace batlab::nn
