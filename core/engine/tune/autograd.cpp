// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/autograd.h"

#include "core/engine/quant/bridge.h"
#include "core/engine/tune/linear_kernels.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

namespace batlab::tune {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

struct SumJob
{
    const float *a;
    const float *b; // may be null
    std::int64_t rows, cols;
    double *partial; // [chunks, cols]
};

void sumChunk(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &job = *static_cast<const SumJob *>(context);
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
        double *out = job.partial + chunk * job.cols;
        const std::int64_t last = std::min(job.rows, (chunk + 1) * kRowsPerSum);
        for (std::int64_t r = chunk * kRowsPerSum; r < last; ++r) {
            const float *a = job.a + r * job.cols;
            if (job.b == nullptr) {
                for (std::int64_t c = 0; c < job.cols; ++c)
                    out[c] += double(a[c]);
            } else {
                const float *b = job.b + r * job.cols;
                for (std::int64_t c = 0; c < job.cols; ++c)
                    out[c] += double(a[c]) * double(b[c]);
            }
        }
    }
}

at::Tensor asRows(const at::Tensor &x)
{
    return x.detach().to(at::kFloat).contiguous().view({ -1, x.size(-1) });
}

struct EveryTokenFn : Function<EveryTokenFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &w, at::IntArrayRef leading)
    {
        ctx->saved_data["type"] = static_cast<std::int64_t>(w.scalar_type());
        std::vector<std::int64_t> shape = leading.vec();
        shape.push_back(w.size(0));
        return w.detach().expand(shape);
    }
    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
        return { columnSums(grads[0]).to(type), at::Tensor() };
    }
};

} // namespace

at::Tensor columnSums(const at::Tensor &a, const at::Tensor &b)
{
    const at::Tensor left = asRows(a);
    const at::Tensor right = b.defined() ? asRows(b) : at::Tensor();
    if (!quant::onHost(left)) // in the device's own order, which is fixed too
        return at::sum(right.defined() ? left * right : left, { 0 }, false, at::kDouble)
            .to(at::kFloat);
    const std::int64_t rows = left.size(0);
    const std::int64_t cols = left.size(1);
    const std::int64_t chunks = (rows + kRowsPerSum - 1) / kRowsPerSum;
    std::vector<double> partial(static_cast<std::size_t>(chunks * cols));
    SumJob job { left.const_data_ptr<float>(),
                 right.defined() ? right.const_data_ptr<float>() : nullptr, rows, cols,
                 partial.data() };
    kernels::parallelFor(chunks, 1, quant::exec().threads, sumChunk, &job);
    at::Tensor out = at::empty({ cols }, at::kFloat);
    float *p = out.data_ptr<float>();
    for (std::int64_t c = 0; c < cols; ++c) {
        double sum = 0;
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
            sum += partial[static_cast<std::size_t>(chunk * cols + c)];
        p[c] = static_cast<float>(sum);
    }
    return out;
}

at::Tensor everyToken(const at::Tensor &w, at::IntArrayRef leading)
{
    return EveryTokenFn::apply(w, leading);
}

at::Tensor deployedValue(const at::Tensor &x)
{
    const at::Tensor plain = x.detach();
    return x + (plain.to(at::kBFloat16).to(plain.scalar_type()) - plain);
}

} // namespace batlab::tune
