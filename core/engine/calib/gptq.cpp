// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/gptq.h"

#include "core/base/result.h"
#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

#include <optional>

namespace batlab::calib {

namespace {

constexpr std::int64_t kPanel =
    1024; // columns per factorization panel: about 0.2 s of one core at n = 12,288

/// Lower Cholesky factor in panels, empty if the matrix is not positive definite.
std::optional<at::Tensor> cholesky(at::Tensor a, const std::function<void()> &checkpoint)
{
    const std::int64_t n = a.size(0);
    for (std::int64_t c = 0; c < n; c += kPanel) {
        checkpoint();
        const std::int64_t m = std::min(kPanel, n - c);
        const auto [l, info] = at::linalg_cholesky_ex(a.narrow(0, c, m).narrow(1, c, m));
        if (info.item<int>() != 0)
            return std::nullopt;
        a.narrow(0, c, m).narrow(1, c, m).copy_(l);
        const std::int64_t rest = n - c - m;
        if (rest == 0)
            break;
        const at::Tensor below = a.narrow(0, c + m, rest).narrow(1, c, m);
        below.copy_(
            at::linalg_solve_triangular(l.transpose(0, 1).contiguous(), below, true, false));
        for (std::int64_t d = 0; d < rest; d += kPanel) { // trailing update, only the lower panels
            checkpoint();
            const std::int64_t width = std::min(kPanel, rest - d);
            const at::Tensor left = below.narrow(0, d, rest - d);
            a.narrow(0, c + m + d, rest - d)
                .narrow(1, c + m + d, width)
                .sub_(at::mm(left, below.narrow(0, d, width).t()));
        }
    }
    return a.tril();
}

/// Inverse of an upper triangular matrix, panel by panel from the left.
at::Tensor upperInverse(const at::Tensor &r, const std::function<void()> &checkpoint)
{
    const std::int64_t n = r.size(0);
    at::Tensor out = at::zeros_like(r);
    for (std::int64_t c = 0; c < n; c += kPanel) {
        checkpoint();
        const std::int64_t m = std::min(kPanel, n - c);
        // Columns [c, c+m): R X = I; only the first c+m rows are non-zero.
        at::Tensor rhs = at::zeros({ c + m, m }, r.options());
        rhs.narrow(0, c, m).copy_(at::eye(m, r.options()));
        out.narrow(0, 0, c + m)
            .narrow(1, c, m)
            .copy_(
                at::linalg_solve_triangular(r.narrow(0, 0, c + m).narrow(1, 0, c + m), rhs, true));
    }
    return out;
}

} // namespace

GptqFactor gptqFactor(const at::Tensor &h, const GptqSettings &settings,
                      const std::function<void()> &checkpoint)
{
    const std::int64_t n = h.size(0);
    // fp64 costs little up to 4,096 columns; above, memory decides (methods.md 2.4).
    at::Tensor m = h.to(n <= 4096 ? at::kDouble : at::kFloat).clone();
    GptqFactor f;
    at::Tensor diagonal = m.diagonal();
    f.dead = diagonal == 0;
    diagonal.masked_fill_(f.dead, 1.0);
    const double mean = diagonal.to(at::kDouble).mean().item<double>();
    f.order = settings.activationOrder ? std::get<1>(diagonal.sort(true, 0, true)) : at::arange(n);
    m = m.index_select(0, f.order).index_select(1, f.order);
    // H = R R^T with R upper comes from the Cholesky factor of the reversed matrix; H^-1 = R^-T
    // R^-1, so U = R^-1.
    const at::Tensor reversed = m.flip({ 0, 1 });
    double damp = settings.damp;
    for (;; damp = std::max(damp * 10, 1e-4)) {
        if (damp > 1.0)
            throw Exception({ ErrorCode::badInput,
                              "the Hessian of a linear is not positive definite at any damping",
                              {},
                              "The calibration activations hold NaN or Inf; check the model and "
                              "the calibration text." });
        at::Tensor attempt = reversed.clone();
        attempt.diagonal().add_(damp * mean);
        if (const auto lower = cholesky(attempt, checkpoint)) {
            f.upper = upperInverse(lower->flip({ 0, 1 }).contiguous(), checkpoint)
                          .to(at::kFloat)
                          .contiguous();
            break;
        }
    }
    f.damp = damp;
    return f;
}

at::Tensor gptqRound(const at::Tensor &w, const GptqFactor &factor, const at::Tensor &scaleValues,
                     const kernels::QuantSpec &spec, const GptqSettings &settings,
                     const std::function<void()> &checkpoint)
{
    const std::int64_t rows = w.size(0);
    const std::int64_t n = w.size(1);
    at::Tensor work = w.to(at::kFloat)
                          .masked_fill(factor.dead.unsqueeze(0), 0.0)
                          .index_select(1, factor.order)
                          .contiguous();
    // Each column keeps the scale of the block it came from (methods.md 2.16.9).
    const at::Tensor scales =
        scaleValues.index_select(1, factor.order.div(kernels::blockSize(spec.format), "floor"))
            .contiguous();
    at::Tensor quantized = at::empty({ rows, n }, at::kFloat);
    for (std::int64_t c0 = 0; c0 < n; c0 += settings.blockSize) {
        checkpoint();
        const std::int64_t c1 = std::min(n, c0 + settings.blockSize);
        at::Tensor errors = at::empty({ rows, c1 - c0 }, at::kFloat);
        kernels::cpu().gptqColumns(
            work.data_ptr<float>(), rows, n, c0, c1, factor.upper.const_data_ptr<float>(),
            scales.const_data_ptr<float>(), n, spec, quantized.data_ptr<float>(),
            errors.data_ptr<float>(), quant::exec());
        if (c1 < n)
            work.narrow(1, c1, n - c1)
                .sub_(at::mm(errors, factor.upper.narrow(0, c0, c1 - c0).narrow(1, c1, n - c1)));
    }
    at::Tensor out = at::empty_like(quantized);
    out.index_copy_(1, factor.order, quantized);
    return out;
}

} // namespace batlab::calib
