// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/cayley.h"

#include <ATen/ATen.h>

namespace batlab::tune {

void cayleyStep(at::Tensor &x, const at::Tensor &gradient, at::Tensor &memory,
                const CayleyStep &how)
{
    const at::Tensor rows = x / x.norm(2, { -1 }, true).clamp_min(1e-30);
    const at::Tensor v = memory * how.momentum - gradient.transpose(-1, -2);
    const at::Tensor product = at::matmul(v, rows);
    how.check();
    const at::Tensor inner = at::matmul(rows, product);
    how.check();
    const at::Tensor half = product - 0.5 * at::matmul(rows.transpose(-1, -2), inner);
    const at::Tensor tangent = half - half.transpose(-1, -2);
    // Largest column sum; rows sum to the same, since the tangent is skew.
    const at::Tensor size = tangent.abs().sum(-1, true).amax(-2, true);
    const at::Tensor step = (1.0 / (size + 1e-8)).clamp_max(how.rate); // [k, 1, 1]
    const at::Tensor start = rows.transpose(-1, -2);
    at::Tensor y = start + step * v;
    for (std::int64_t i = 0; i < how.iterations; ++i) {
        how.check();
        y = start + 0.5 * step * at::matmul(tangent, start + y);
    }
    how.check();
    memory.copy_(at::matmul(tangent, start));
    x.copy_(y.transpose(-1, -2));
}

at::Tensor retracted(const at::Tensor &x)
{
    const auto [q, r] = at::linalg_qr(x.to(at::kDouble));
    const at::Tensor diagonal = r.diagonal(0, -2, -1);
    const at::Tensor sign = at::where(diagonal.lt(0), -1.0, 1.0).to(at::kDouble);
    return (q * sign.unsqueeze(-2)).contiguous();
}

} // namespace batlab::tune
