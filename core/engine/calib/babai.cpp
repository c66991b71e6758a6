// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/babai.h"

#include "core/engine/calib/cholesky.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/variant/layer_solution.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

namespace {

/// With J the reversal, J (R^T R)^-1 J = U^T U for the upper U = J R^-T J.
at::Tensor reversedFactor(const at::Tensor &r)
{
    const at::Tensor eye = at::eye(r.size(0), r.options());
    const at::Tensor inverse = at::linalg_solve_triangular(r, eye, true);
    return inverse.t().flip({ 0, 1 }).to(at::kFloat).contiguous();
}

} // namespace

BabaiFactor babaiFactor(const at::Tensor &h, double damp, const std::function<void()> &checkpoint)
{
    const UsableMoment usable(h);
    const DampedFactor damped = dampedCholesky(usable.m, damp, usable.mean, checkpoint);
    return { damped.lower.t().contiguous(), usable.dead, damped.damp };
}

at::Tensor conditionalFactors(const BabaiFactor &factor, std::int64_t block)
{
    std::vector<at::Tensor> out;
    for (std::int64_t c = 0; c < factor.upper.size(0); c += block)
        out.push_back(
            reversedFactor(factor.upper.narrow(0, c, block).narrow(1, c, block).contiguous()));
    return at::stack(out);
}

GptqResult babaiRound(const at::Tensor &w, const BabaiFactor &factor, const ScaleSource &source,
                      const kernels::QuantSpec &spec, std::int64_t panel,
                      const std::function<void()> &checkpoint)
{
    const std::int64_t rows = w.size(0);
    const std::int64_t n = w.size(1);
    const std::int64_t width = kernels::blockSize(spec.format);
    const std::int64_t lazy = std::max(width, panel / width * width);
    const at::Tensor &r = factor.upper;
    const auto part = [&](std::int64_t row, std::int64_t height, std::int64_t c,
                          std::int64_t cols) {
        return r.narrow(0, row, height).narrow(1, c, cols);
    };
    const at::Tensor target =
        w.to(r.scalar_type()).masked_fill(factor.dead.unsqueeze(0), 0.0).t().contiguous();
    at::Tensor y = at::mm(r, target); // [n, out]: what is left to reproduce, in R's coordinates
    at::Tensor solved = at::zeros_like(y); // the rounded weights, transposed
    GptqResult out;
    const at::TensorOptions fp32 = w.options().dtype(at::kFloat);
    out.values = at::empty({ rows, n }, fp32);
    out.updated = at::empty({ rows, n }, fp32);
    out.scales = source.fixed.defined() ? source.fixed
                                        : at::empty({ rows, n / width }, fp32.dtype(at::kByte));
    at::Tensor quantized = at::empty({ rows, width }, fp32);
    const at::Tensor errors = at::empty({ rows, width }, fp32);

    for (std::int64_t p1 = n; p1 > 0;) {
        checkpoint();
        const std::int64_t p0 = (p1 - 1) / lazy * lazy;
        for (std::int64_t c = p1 - width; c >= p0; c -= width) {
            const std::int64_t block = c / width;
            const at::Tensor rbb = part(c, width, c, width).contiguous();
            BlockAtHand hand;
            hand.block = block;
            hand.columns = at::arange(c + width - 1, c - 1, -1, fp32.dtype(at::kLong));
            hand.u = reversedFactor(rbb);
            hand.w = at::linalg_solve_triangular(rbb, y.narrow(0, c, width), true)
                         .flip(0)
                         .t()
                         .to(at::kFloat)
                         .contiguous();
            if (!source.fixed.defined())
                out.scales.narrow(1, block, 1).copy_(source.choose(hand));
            const at::Tensor scales = scaleValues(out.scales.narrow(1, block, 1), spec)
                                          .expand({ rows, width })
                                          .contiguous();
            at::Tensor work = hand.w.clone();
            quant::run(work, &kernels::Backend::gptqColumns, work.data_ptr<float>(), rows, width,
                       std::int64_t { 0 }, width, hand.u.const_data_ptr<float>(),
                       scales.const_data_ptr<float>(), width, spec, quantized.data_ptr<float>(),
                       errors.data_ptr<float>());
            out.values.narrow(1, c, width).copy_(quantized.flip(1));
            out.updated.narrow(1, c, width).copy_(work.flip(1));
            const at::Tensor x = quantized.flip(1).t().to(r.scalar_type()).contiguous();
            solved.narrow(0, c, width).copy_(x);
            if (c > p0)
                y.narrow(0, p0, c - p0).sub_(at::mm(part(p0, c - p0, c, width), x));
        }
        if (p0 > 0)
            y.narrow(0, 0, p0).sub_(
                at::mm(part(0, p0, p0, p1 - p0), solved.narrow(0, p0, p1 - p0)));
        p1 = p0;
    }
    return out;
}

} // namespace batlab::calib
