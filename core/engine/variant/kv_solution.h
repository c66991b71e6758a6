// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/transform/gpk.h"
#include "core/model/model_config.h"

namespace batlab {

/// What happens to keys and values on their way into the cache (methods.md 1.6, 2.11.6). Scales
/// belong to one token of one key/value head; blocks lie along head_dim, and a last block that is
/// not whole is filled with zeros.
///   K  after q/k norm and RoPE: K P_k, then its quantizer. Q gets P_k^-T, so that Q K^T is as it
///   was. V  after v_proj: its quantizer. P_v is fused into the rows of W_v and undone in the
///   columns of
///      W_o; nothing of it runs.
struct KvSolution
{
    quant::Quantizer keys, values;
    transform::GpkFactors keyFactors; ///< P_k of one head, shared by all, fp32; undefined: none
    transform::GpkFactors queryFactors; ///< P_k^-T, fp64, inverted from keyFactors as they run
    bool fixedTransform = false; ///< P_k is a Hadamard matrix: no parameters, additions only

    [[nodiscard]] bool active() const { return keys.active() || values.active(); }
    /// Sets P_k, rounded as it runs, and the inverse that belongs to it. A fixed transform stays
    /// fp32, any other is rounded to bf16.
    void setKeyTransform(const transform::GpkFactors &factors, bool fixed);

    /// K after RoPE or V [B, kvHeads, T, headDim] as it comes back from the cache, in `out` type.
    /// Differentiable (straight-through).
    [[nodiscard]] at::Tensor cached(Site site, const at::Tensor &x, at::ScalarType out) const;
    /// Q after RoPE [B, heads, T, headDim] for the keys as cached() leaves them.
    [[nodiscard]] at::Tensor query(const at::Tensor &x, at::ScalarType out) const;

    [[nodiscard]] std::int64_t onlineParameters() const;
    /// Of P_k on the keys and P_k^-T on the queries.
    [[nodiscard]] double flopPerToken(const ModelConfig &config) const;

    /// Adds attribute "kv" and the tensors "K.a", "K.b", "Q.a", "Q.b"; nothing if inactive.
    void addTo(Part &part) const;
    [[nodiscard]] static Result<KvSolution> fromPart(const Part &part, std::string_view where);
};

} // namespace batlab
