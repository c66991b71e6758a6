// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/bridge.h"

#include "core/base/result.h"
#include "core/engine/device/device_kernels.h"

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

at::Tensor beside(const at::Tensor &t, const at::Tensor &x)
{
    return !t.defined() || t.device() == x.device() ? t : t.to(x.device());
}

Launch::Launch(const at::Tensor &where)
    : m_kernels(device::kernelsOf(where.device().type())), m_exec(quant::exec())
{
    if (onHost(where))
        return;
    m_guard.emplace(where.device());
    if (m_kernels.stream != nullptr)
        m_exec.stream = m_kernels.stream(where.device().index());
    if (m_kernels.scratchBytes > 0) { // libtorch's allocator reuses it in the queue's order
        m_scratch = at::empty({ static_cast<std::int64_t>(m_kernels.scratchBytes) },
                              where.options().dtype(at::kByte).requires_grad(false));
        m_exec.scratch = m_scratch.data_ptr();
        m_exec.scratchBytes = m_kernels.scratchBytes;
    }
}

const kernels::Backend &Launch::table() const { return *m_kernels.table; }

void Launch::check() const
{
    if (m_kernels.takeError == nullptr)
        return;
    std::string problem = m_kernels.takeError();
    if (problem.find("no device memory") != std::string::npos)
        throw Exception({ ErrorCode::outOfMemory, std::move(problem), m_kernels.table->name,
                          "Use a smaller train.batch, fewer calibration sequences or shorter "
                          "windows, or close other programs on the GPU. Finished layers are "
                          "kept." });
    if (!problem.empty())
        throw Exception({ ErrorCode::device, std::move(problem), m_kernels.table->name,
                          "Finished layers are kept: run the same command again, or on another "
                          "device (--device)." });
}

} // namespace batlab::quant
