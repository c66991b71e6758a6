// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/layer.h"
#include "core/model/model_source.h"

#include <memory>
#include <vector>

namespace batlab::nn {

/// A decoder-only model over a ModelSource. Embedding, head and final norm are loaded once; layers
/// on demand. Throws Exception on a bad tensor.
class Decoder
{
public:
    /// Everything of the model lives and runs on `device`.
    Decoder(std::shared_ptr<const ModelSource> source, Compute compute,
            at::Device device = at::kCPU);

    [[nodiscard]] const ModelSource &source() const { return *m_source; }
    [[nodiscard]] const ModelConfig &config() const { return m_source->config(); }
    [[nodiscard]] Compute compute() const { return m_compute; }
    [[nodiscard]] at::Device device() const { return m_device; }
    [[nodiscard]] const Rope &rope() const { return m_rope; }

    /// Weights of layer i: linears and biases in `type`, norms in residualType(compute).
    [[nodiscard]] LayerWeights loadLayer(std::int64_t i, at::ScalarType type) const;
    /// The model's own layer in matmulType(compute).
    [[nodiscard]] std::shared_ptr<const LayerOps> layer(std::int64_t i) const;

    /// ids int64 [B, T], of any device -> residual [B, T, hidden].
    [[nodiscard]] at::Tensor embed(const at::Tensor &ids) const;
    /// Final norm: [.., hidden] residual -> matmulType.
    [[nodiscard]] at::Tensor finalNorm(const at::Tensor &x) const;
    /// Normed hidden [rows, hidden] -> logits [rows, vocab] in matmulType (callers chunk rows: at
    /// most 256 at a time).
    [[nodiscard]] at::Tensor logits(const at::Tensor &normed) const;
    [[nodiscard]] const at::Tensor &head() const { return m_head; } ///< [vocab, hidden]
    /// Gradient of a loss in the normed hidden states from its gradient in the logits [rows,
    /// vocab].
    [[nodiscard]] at::Tensor logitsBackward(const at::Tensor &gradient) const;
    /// One layer of any variant; x may come from another device.
    [[nodiscard]] at::Tensor forward(const LayerOps &ops, const at::Tensor &x,
                                     KvCache *cache = nullptr) const
    {
        return layerForward(config(), m_compute, m_rope, ops, x.to(m_device), cache);
    }
    /// One layer as far as what enters site `last`.
    void siteInputs(const LayerOps &ops, const at::Tensor &x, Site last) const
    {
        layerInputs(config(), m_compute, m_rope, ops, x.to(m_device), last);
    }

private:
    [[nodiscard]] at::Tensor tensor(const std::string &name, at::ScalarType type) const;
    std::shared_ptr<const ModelSource> m_source;
    Compute m_compute;
    at::Device m_device;
    Rope m_rope;
    at::Tensor m_embedding, m_head, m_finalNorm;
};

/// Token ids of equal length as int64 [B, T].
[[nodiscard]] at::Tensor idTensor(const std::vector<std::vector<std::int32_t>> &sequences);

} // namespace batlab::nn
