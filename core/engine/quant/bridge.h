// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <ATen/core/Tensor.h>
#include <c10/core/DeviceGuard.h>

#include <optional>

namespace batlab::device {
struct DeviceKernels;
}

namespace batlab::quant {

/// A tensor of fp32 or bf16 seen as a matrix: leading axes are rows. The tensor must be contiguous
/// (use asMatrixInput to make it so); the view does not own it. Pointers are the tensor's device's.
[[nodiscard]] kernels::ConstMatrix view(const at::Tensor &t);
[[nodiscard]] kernels::Matrix mutableView(at::Tensor &t);
/// Contiguous, detached, fp32 or bf16 (other types become fp32).
[[nodiscard]] at::Tensor asMatrixInput(const at::Tensor &t);
/// As many threads as libtorch has: for loops over host memory.
[[nodiscard]] kernels::Exec exec();
/// t on the device of x: t itself if it is there or undefined. Differentiable.
[[nodiscard]] at::Tensor beside(const at::Tensor &t, const at::Tensor &x);
/// Whether a tensor's memory can be read here.
[[nodiscard]] inline bool onHost(const at::Tensor &t) { return t.device().is_cpu(); }

/// One call of a kernel on the device of `where`: its table, queue and scratch memory.
class Launch
{
public:
    explicit Launch(const at::Tensor &where);
    [[nodiscard]] const kernels::Backend &table() const;
    [[nodiscard]] const kernels::Exec &exec() const { return m_exec; }
    /// Throws what the device said about the call.
    void check() const;

private:
    const device::DeviceKernels &m_kernels;
    std::optional<c10::DeviceGuard> m_guard;
    at::Tensor m_scratch;
    kernels::Exec m_exec;
};

/// Runs an entry of the table of the device that `where` lives on; all pointers among the arguments
/// are that device's. For example run(x, &kernels::Backend::fakeQuantize, view(x), clip, spec,
/// out).
template<class... Parameters, class... Arguments>
void run(const at::Tensor &where, void (*kernels::Backend::*entry)(Parameters...),
         Arguments &&...arguments)
{
    const Launch launch(where);
    (launch.table().*entry)(static_cast<Arguments &&>(arguments)..., launch.exec());
    launch.check();
}

} // namespace batlab::quant
