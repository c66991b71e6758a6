// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/fake_quant.h"

#include <cstdint>

namespace batlab::quant {

/// What a layer produces for a site, before anyone stored it: rows of the stream that a norm is
/// about to scale, or the two halves of an MLP's gated product.
struct Produced
{
    at::Tensor x; ///< [.., n]: the stream, or the gate
    at::Tensor rowScale; ///< norm: 1 / sqrt(mean(x^2) + eps) of each row, [.., 1]
    at::Tensor gamma; ///< norm: [n]
    at::Tensor up; ///< gate: [.., n]
};

/// The numbers themselves in `type`: (x * rowScale) * gamma or silu(x) * up, worked out in `wide`.
/// Differentiable.
[[nodiscard]] at::Tensor stored(const Produced &p, at::ScalarType wide, at::ScalarType type);

/// Whether a kernel of p.x's device makes, transforms and quantizes them in one pass
/// (Backend::producedFakeQuantize): on a device, fp32 or bf16, and nobody asks for gradients. The
/// host keeps libtorch's operators, whose exponential is another than the kernels'.
[[nodiscard]] bool makesOnTheWay(const Produced &p, at::ScalarType type);

/// A transform of whole blocks of n channels.
struct FusedTransform
{
    kernels::OnlineTransform kind = kernels::OnlineTransform::none;
    at::Tensor a, b; ///< gpk: factors the kernels know (kernels::Gpk)
};

/// fakeQuantize(clip(T(stored(p)))) times q.epilogue() in `type`, with the bits of the operations
/// one after the other; q.fused(), p as makesOnTheWay() wants it, n a multiple of 32.
[[nodiscard]] at::Tensor producedFakeQuantize(const Produced &p, const FusedTransform &transform,
                                              const ClipRatios &clip, const Quantizer &q,
                                              at::ScalarType type);

} // namespace batlab::quant
