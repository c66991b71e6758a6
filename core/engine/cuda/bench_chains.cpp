// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_chains.h"

#include <ATen/ATen.h>

#include <limits>

namespace batlab::cuda {

namespace {
constexpr float kLeastNormal = 1.17549435e-38F;

at::Tensor blocksOf(const at::Tensor &x) { return x.to(at::kFloat).view({ x.size(0), -1, 32 }); }
} // namespace

at::Tensor leanChain(const at::Tensor &x)
{
    const at::Tensor blocks = blocksOf(x);
    const at::Tensor power = blocks.abs()
                                 .amax(-1, true)
                                 .view(at::kInt)
                                 .bitwise_and(0x7f800000)
                                 .view(at::kFloat)
                                 .mul_(0.25)
                                 .clamp_min_(kLeastNormal);
    const at::Tensor y = blocks / power;
    const at::Tensor step =
        y.abs().view(at::kInt).bitwise_and_(0x7f800000).view(at::kFloat).clamp_min_(1.0).mul_(0.5);
    return at::div(y, step).round_().mul_(step).clamp_(-6.0, 6.0).mul_(power).view_as(x).to(
        x.scalar_type());
}

at::Tensor microxcalingChain(const at::Tensor &x)
{
    const float infinity = std::numeric_limits<float>::infinity();
    const at::Tensor blocks = blocksOf(x);
    const at::Tensor most = blocks.abs().amax(-1, true);
    at::Tensor shared = (most + kLeastNormal * most.eq(0)).log2().floor() - 2;
    shared.masked_fill_(shared.gt(127), std::numeric_limits<float>::quiet_NaN());
    shared.masked_fill_(shared.lt(-127), -127);
    const at::Tensor power = at::pow(2, shared);
    const at::Tensor a = blocks / power;
    const at::Tensor own = (a.abs() + a.eq(0)).log2().floor().clamp_min(0); // of E2M1
    const at::Tensor whole = a / at::pow(2, own) * 2; // one bit of mantissa
    const at::Tensor nearest = whole.sign() * (whole.abs() + 0.5).floor();
    at::Tensor out = (nearest / 2 * at::pow(2, own)).clamp(-6, 6);
    out.masked_fill_(a.eq(infinity), infinity);
    out.masked_fill_(a.eq(-infinity), -infinity);
    out.masked_fill_(a.isnan(), std::numeric_limits<float>::quiet_NaN());
    return (out * power).view_as(x).to(x.scalar_type());
}

PackedChain torchaoChain(const at::Tensor &x)
{
    const at::Tensor blocks = blocksOf(x);
    const at::Tensor most = blocks.abs().amax(-1, true);
    const at::Tensor exponent =
        ((most.view(at::kInt).bitwise_right_shift(23).bitwise_and(0xff) - 127) - 2)
            .clamp(-127, 128);
    const at::Tensor biased = (exponent + 127).to(at::kByte);
    const at::Tensor scale = biased.to(at::kInt).bitwise_left_shift(23).view(at::kFloat);
    const at::Tensor y = blocks / scale.clamp_min(kLeastNormal);

    const at::Tensor bits = y.view(at::kInt);
    const at::Tensor sign = bits.bitwise_and(std::numeric_limits<int>::min());
    const at::Tensor size = bits.bitwise_xor(sign).view(at::kFloat);
    const at::Tensor saturates = size.ge(6);
    const at::Tensor small = saturates.logical_not().logical_and(size.lt(1));
    const at::Tensor normal = saturates.logical_or(small).logical_not();
    // Below 1 a step is 1/2: adding 2^22 leaves the code in the last bits.
    constexpr float adder = 4194304.0F;
    constexpr int adderBits = 0x4a800000;
    const at::Tensor lowCodes = ((size + adder).view(at::kInt) - adderBits).to(at::kByte);
    // From 1 on: exponents less 126, half a step less one, and the last bit kept for ties.
    at::Tensor wide = size.view(at::kInt);
    const at::Tensor odd = wide.bitwise_right_shift(22).bitwise_and(1);
    wide = wide + (-126 * (1 << 23) + (1 << 21) - 1);
    wide = wide + odd;
    const at::Tensor codes = wide.bitwise_right_shift(22).to(at::kByte);
    at::Tensor out = at::full_like(codes, 7);
    out = at::where(small, lowCodes, out);
    out = at::where(normal, codes, out);
    const at::Tensor signs = sign.bitwise_right_shift(28).to(at::kByte).bitwise_and(8);
    const at::Tensor all = out.bitwise_or(signs).view({ x.size(0), -1, 2 });
    return { all.select(2, 0).bitwise_or(all.select(2, 1).bitwise_left_shift(4)),
             biased.squeeze(2) };
}

} // namespace batlab::cuda
