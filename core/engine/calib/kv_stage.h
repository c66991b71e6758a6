// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"

namespace batlab::calib {

/// Second moments of what meets in the attention of one layer, fp64.
struct HeadMoments
{
    at::Tensor queries, keys; ///< [headDim, headDim] after RoPE, mean over tokens and heads
    at::Tensor values; ///< [kvHeads, headDim, headDim], mean over tokens
};

/// Adds up the moments of queries, keys and values of the batches that run through it.
class HeadCapture : public nn::ForwardingOps
{
public:
    explicit HeadCapture(const nn::LayerOps &inner) : ForwardingOps(inner) { }
    [[nodiscard]] at::Tensor cached(Site site, const at::Tensor &x) const override;
    [[nodiscard]] at::Tensor query(const at::Tensor &x) const override;
    [[nodiscard]] HeadMoments moments() const;

private:
    struct Sum
    {
        at::Tensor sum; ///< [heads, headDim, headDim]
        std::int64_t tokens = 0;
        void add(const at::Tensor &x);
        [[nodiscard]] at::Tensor mean() const;
    };
    mutable Sum m_queries, m_keys, m_values;
};

/// Whether a "kv" stage needs HeadMoments for what is quantized.
[[nodiscard]] bool kvNeedsMoments(const Json &parameters, const KvSolution &kv);

/// Why a "kv" stage cannot run on heads of this size: blocks, halved to no less than 16 channels,
/// must divide head_dim, and there must be a Hadamard matrix over a head (transform::hadamardCore).
/// Sides that are not quantized are not judged.
[[nodiscard]] Result<void> checkKvStage(const Json &parameters, std::int64_t headDim, bool keys,
                                        bool values);

/// Stage "kv" (methods.md 2.11.6): P_k of the layer's keys, if they are quantized, and P_v of each
/// key/value head, if values are: W_v^(h) <- P_v^T W_v^(h) (rows), W_o^(j) <- W_o^(j) P_v^-T
/// (columns of every query head of the group). T2's moments follow; their maxima do not (they
/// become undefined). The closed form is A^-1 # B of methods.md 2.10, which also minimizes the
/// error when only one side is quantized: tr(P^T A P) tr(P^-1 B P^-T) is least at P P^T = A^-1 # B
/// up to scale. For P_k A and B are the moments of K and Q, for P_v those of V and of W_o's
/// columns.
void runKv(LayerState &state, const Json &parameters, const HeadMoments &moments);

} // namespace batlab::calib
