// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/kronecker.h"

#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

namespace batlab::quant {

at::Tensor paddedToBlock(const at::Tensor &x, std::int64_t block)
{
    const std::int64_t rest = x.size(-1) % block;
    return rest == 0 ? x : at::constant_pad_nd(x, { 0, block - rest });
}

bool isIdentity(const at::Tensor &t)
{
    if (t.requires_grad() || (t.dim() == 3 && t.size(0) != 1))
        return false;
    const at::Tensor m = t.dim() == 3 ? t.select(0, 0) : t;
    return at::equal(m, at::eye(m.size(0), m.options()));
}

at::Tensor applyKronecker(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b)
{
    return applyKronecker(x, a, b, { isIdentity(a), isIdentity(b) });
}

at::Tensor applyKronecker(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b,
                          const LeftOut &leftOut)
{
    const std::int64_t k = b.size(0);
    const std::int64_t g2 = b.size(1);
    const std::int64_t g1 = a.size(0);
    const at::Tensor blocks = x.reshape({ -1, k, g2, g1 });
    const std::int64_t rows = blocks.size(0);
    const at::Tensor mixed = leftOut.a
        ? blocks
        : at::mm(blocks.reshape({ -1, g1 }), beside(a, x)).view({ rows, k, g2, g1 });
    if (leftOut.b)
        return mixed.reshape(x.sizes());
    const at::Tensor wide = mixed.permute({ 1, 2, 0, 3 }).reshape({ k, g2, rows * g1 });
    return at::bmm(beside(b, x).transpose(1, 2), wide)
        .view({ k, g2, rows, g1 })
        .permute({ 2, 0, 1, 3 })
        .reshape(x.sizes());
}

} // namespace batlab::quant
