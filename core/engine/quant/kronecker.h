// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace batlab::quant {

/// x [.., n] padded with zeros to a multiple of `block` on the last axis.
[[nodiscard]] at::Tensor paddedToBlock(const at::Tensor &x, std::int64_t block);

/// t [n, n] or [1, n, n] is the identity: its product may be left out. The host reads t.
[[nodiscard]] bool isIdentity(const at::Tensor &t);

/// Which factors of a product are left out, as identities.
struct LeftOut
{
    bool a = false, b = false;
};

/// x [.., k*g2*g1] times diag(B_i (x) A): Y_i = B_i^T X_i A with X_i [g2, g1] row-major (methods.md
/// 2.0, A.1). a [g1, g1], b [k, g2, g2] in x's type; any sizes, one matrix product per side, never
/// a dense P. Differentiable in all three.
[[nodiscard]] at::Tensor applyKronecker(const at::Tensor &x, const at::Tensor &a,
                                        const at::Tensor &b);
/// The same for who knows which factors are the identity: the host reads neither, which it cannot
/// while a device's steps are recorded (device/step_graphs.h).
[[nodiscard]] at::Tensor applyKronecker(const at::Tensor &x, const at::Tensor &a,
                                        const at::Tensor &b, const LeftOut &leftOut);

} // namespace batlab::quant
