// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/small_inverse.h"

#include "core/engine/device/device_ops.h"
#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

namespace batlab::quant {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// Y = M^-T for all matrices of a list; dL/dM = -Y (dL/dY)^T Y.
struct TransposedInverseFn : Function<TransposedInverseFn>
{
    static variable_list forward(AutogradContext *ctx, at::TensorList matrices)
    {
        variable_list in, out;
        std::vector<device::InverseJob> jobs;
        for (const at::Tensor &m : matrices) {
            in.push_back(m.detach().contiguous());
            out.push_back(at::empty_like(in.back()));
            const std::int64_t n = m.size(-1);
            jobs.push_back({ in.back().const_data_ptr<float>(), out.back().data_ptr<float>(),
                             static_cast<int>(n), m.numel() / (n * n), true });
        }
        const Launch launch(in.front());
        const device::DeviceOps &ops = device::opsOf(in.front().device().type());
        for (std::size_t first = 0; first < jobs.size(); first += device::kMostInverseJobs)
            ops.smallInverses(jobs.data() + first,
                              static_cast<int>(std::min<std::size_t>(jobs.size() - first,
                                                                     device::kMostInverseJobs)),
                              launch.exec());
        launch.check();
        ctx->save_for_backward(out);
        return out;
    }
    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        const variable_list saved = ctx->get_saved_variables();
        variable_list out(saved.size());
        for (std::size_t i = 0; i < saved.size(); ++i)
            if (grads[i].defined())
                out[i] = -at::matmul(
                    saved[i], at::matmul(grads[i].to(at::kFloat).transpose(-1, -2), saved[i]));
        return out;
    }
};

} // namespace

at::Tensor transposedInverse(const at::Tensor &m)
{
    const at::Tensor wide = m.to(at::kDouble);
    const at::Tensor inverse =
        m.device().is_cpu() ? at::linalg_inv(wide) : std::get<0>(at::linalg_inv_ex(wide, false));
    return inverse.transpose(-1, -2).to(m.scalar_type()).contiguous();
}

std::vector<at::Tensor> transposedInverses(const std::vector<at::Tensor> &matrices)
{
    std::vector<at::Tensor> out(matrices.size());
    std::vector<at::Tensor> small;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < matrices.size(); ++i) {
        const at::Tensor &m = matrices[i];
        if (device::opsOf(m.device().type()).smallInverses != nullptr && m.numel() > 0
            && m.scalar_type() == at::kFloat && m.size(-1) <= device::kMostInverseRows) {
            small.push_back(m);
            places.push_back(i);
        } else {
            out[i] = transposedInverse(m);
        }
    }
    if (small.empty())
        return out;
    const variable_list inverted = TransposedInverseFn::apply(at::TensorList(small));
    for (std::size_t i = 0; i < places.size(); ++i)
        out[places[i]] = inverted[i];
    return out;
}

} // namespace batlab::quant
