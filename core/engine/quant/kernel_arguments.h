// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/bridge.h"
#include "core/engine/quant/fake_quant.h"

#include <ATen/ATen.h>

#include <algorithm>

/// What calls of the quantizing kernels share: tensors as their arguments, and their result.
namespace batlab::quant {

/// Clip tensors as the kernels want them: contiguous fp32 and strides that follow from the shape.
/// Empty tensors: no clipping.
struct BoundClip
{
    at::Tensor lo, hi;
    kernels::Clip clip;

    BoundClip(const at::Tensor &loIn, const at::Tensor &hiIn, const at::Tensor &x)
    {
        if (loIn.numel() == 0)
            return;
        const std::int64_t rows = x.numel() / std::max<std::int64_t>(x.size(-1), 1);
        lo = loIn.detach().to(at::kFloat).contiguous();
        hi = hiIn.detach().to(at::kFloat).contiguous();
        clip.lo = lo.const_data_ptr<float>();
        clip.hi = hi.const_data_ptr<float>();
        const bool perRow = lo.dim() == 2 && lo.size(0) == rows && lo.size(1) == 1;
        const bool shared = lo.numel() == 1;
        clip.rowStride = perRow && !shared ? 1 : 0;
        clip.blockStride = perRow || shared ? 0 : 1;
    }
};

/// The fused kernels know blocks of 16 to 128 channels of power-of-two factors (kernels::Gpk).
[[nodiscard]] inline bool isFused(std::int64_t g1, std::int64_t g2)
{
    const auto powerOfTwo = [](std::int64_t v) { return (v & (v - 1)) == 0; };
    return powerOfTwo(g1) && powerOfTwo(g2) && g1 * g2 >= 16 && g1 * g2 <= 128;
}

/// a [g1, g1], b [k, g2, g2], contiguous fp32; the tensors must outlive the call.
[[nodiscard]] inline kernels::Gpk gpkOf(const at::Tensor &a, const at::Tensor &b)
{
    return { a.const_data_ptr<float>(), b.const_data_ptr<float>(), static_cast<int>(a.size(-1)),
             static_cast<int>(b.size(-1)) };
}

/// Writes quantized values of x's shape times the epilogue factor, exactly (see
/// Quantizer::epilogue).
template<class Write>
at::Tensor produce(const at::Tensor &x, const Quantizer &q, at::ScalarType out, Write &&write)
{
    const float factor = q.epilogue();
    const bool direct = factor == 1.0F;
    at::Tensor y =
        at::empty(x.sizes(), x.options().dtype(direct ? out : at::kFloat).requires_grad(false));
    kernels::Matrix m = mutableView(y);
    write(m);
    return direct ? y : (y * factor).to(out);
}

} // namespace batlab::quant
