// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/produced.h"

#include "core/engine/quant/kernel_arguments.h"

#include <ATen/core/grad_mode.h>

namespace batlab::quant {

at::Tensor stored(const Produced &p, at::ScalarType wide, at::ScalarType type)
{
    if (p.up.defined())
        return at::silu(p.x.to(wide)).mul_(p.up).to(type);
    return (p.x * p.rowScale).mul_(p.gamma).to(type);
}

bool makesOnTheWay(const Produced &p, at::ScalarType type)
{
    const auto plain = [&](const at::Tensor &t) {
        return !t.defined()
            || (t.device() == p.x.device() && t.scalar_type() != at::kDouble
                && !(at::GradMode::is_enabled() && t.requires_grad()));
    };
    return !onHost(p.x) && type != at::kDouble && plain(p.x) && plain(p.rowScale) && plain(p.gamma)
        && plain(p.up);
}

at::Tensor producedFakeQuantize(const Produced &p, const FusedTransform &transform,
                                const ClipRatios &clip, const Quantizer &q, at::ScalarType type)
{
    const auto wide = [](const at::Tensor &t) {
        return t.defined() ? asMatrixInput(t.to(at::kFloat)) : at::Tensor();
    };
    const at::Tensor x = asMatrixInput(p.x);
    const at::Tensor rowScale = wide(p.rowScale);
    const at::Tensor gamma = wide(p.gamma);
    const at::Tensor up = p.up.defined() ? asMatrixInput(p.up) : p.up;
    kernels::Produced source;
    source.x = view(x);
    source.dtype = type == at::kBFloat16 ? kernels::DType::bf16 : kernels::DType::f32;
    if (up.defined()) {
        source.up = view(up);
    } else {
        source.rowScale = rowScale.const_data_ptr<float>();
        source.gamma = gamma.const_data_ptr<float>();
    }
    const bool hasFactors = transform.kind == kernels::OnlineTransform::gpk;
    const at::Tensor a = hasFactors ? asMatrixInput(beside(transform.a, x)) : at::Tensor();
    const at::Tensor b = hasFactors ? asMatrixInput(beside(transform.b, x)) : at::Tensor();
    const at::Tensor none = at::empty({ 0 });
    const BoundClip bound(clip.lo.defined() ? beside(clip.lo, x) : none,
                          clip.hi.defined() ? beside(clip.hi, x) : none, x);
    return produce(x, q, type, [&](kernels::Matrix y) {
        run(x, &kernels::Backend::producedFakeQuantize, source, transform.kind,
            hasFactors ? gpkOf(a, b) : kernels::Gpk {}, bound.clip, *q.spec, y);
    });
}

} // namespace batlab::quant
