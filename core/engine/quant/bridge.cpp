// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/bridge.h"

#include "core/base/result.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace batlab::quant {

namespace {
kernels::Matrix describe(const at::Tensor &t, void *data)
{
    const bool wide = t.scalar_type() == at::kFloat;
    if (!t.is_contiguous() || t.dim() < 1 || (!wide && t.scalar_type() != at::kBFloat16))
        throw Exception(
            { ErrorCode::internal, "kernels need contiguous fp32 or bf16 tensors", {}, {} });
    const std::int64_t cols = t.size(-1);
    const std::int64_t rows = cols > 0 ? t.numel() / cols : 0;
    return { data, wide ? kernels::DType::f32 : kernels::DType::bf16, rows, cols, cols };
}
} // namespace

kernels::ConstMatrix view(const at::Tensor &t) { return describe(t, t.data_ptr()); }
kernels::Matrix mutableView(at::Tensor &t) { return describe(t, t.data_ptr()); }

at::Tensor asMatrixInput(const at::Tensor &t)
{
    const bool direct = t.scalar_type() == at::kFloat || t.scalar_type() == at::kBFloat16;
    const at::Tensor plain = t.detach();
    return (direct ? plain : plain.to(at::kFloat)).contiguous();
}

kernels::Exec exec()
{
    kernels::Exec e;
    e.threads = at::get_num_threads();
    return e;
}

} // namespace batlab::quant
