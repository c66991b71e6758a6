// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/op_chain.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace batlab {

namespace {

at::Tensor borrowed(const float *data, at::IntArrayRef shape)
{
    return at::from_blob(const_cast<float *>(data), shape, at::kFloat);
}

/// x [.., 32] in place of a copy where it can.
at::Tensor fakeQuantize(const at::Tensor &blocks)
{
    // 2^(floor(log2 amax) - 2) by masking the exponent bits; E2M1 rounds to steps of 2^max(e, 0)
    // / 2.
    const at::Tensor amax = blocks.abs().amax(-1, true);
    const at::Tensor power = amax.view(at::kInt)
                                 .bitwise_and(0x7f800000)
                                 .view(at::kFloat)
                                 .mul_(0.25)
                                 .clamp_min_(1.17549435e-38);
    const at::Tensor y = blocks / power;
    const at::Tensor step =
        y.abs().view(at::kInt).bitwise_and_(0x7f800000).view(at::kFloat).clamp_min_(1.0).mul_(0.5);
    return at::div(y, step).round_().mul_(step).clamp_(-6.0, 6.0).mul_(power);
}

} // namespace

void chainFakeQuantize(const float *input, std::int64_t rows, std::int64_t cols, float *out)
{
    const c10::NoGradGuard noGrad;
    borrowed(out, { rows, cols / 32, 32 })
        .copy_(fakeQuantize(borrowed(input, { rows, cols / 32, 32 })));
}

void chainGpkFakeQuantize(const float *input, std::int64_t rows, std::int64_t cols, const float *a,
                          const float *b, std::int64_t g1, std::int64_t g2, float *out)
{
    const c10::NoGradGuard noGrad;
    const std::int64_t k = cols / (g1 * g2);
    const at::Tensor x = borrowed(input, { rows * k * g2, g1 });
    const at::Tensor right = at::mm(x, borrowed(a, { g1, g1 })).view({ rows, k, g2, g1 });
    const at::Tensor left = borrowed(b, { k, g2, g2 }).transpose(1, 2); // [k, g2, g2]
    const at::Tensor y = at::matmul(left, right).reshape({ rows, cols / 32, 32 });
    borrowed(out, { rows, cols / 32, 32 }).copy_(fakeQuantize(y));
}

} // namespace batlab
