// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/cholesky.h"

#include "core/base/result.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

namespace {
constexpr std::int64_t kPanel = 1024; // about 0.2 s of one core at n = 12,288
}

std::optional<at::Tensor> choleskyLower(at::Tensor a, const std::function<void()> &checkpoint)
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

DampedFactor dampedCholesky(const at::Tensor &m, double damp, double scale,
                            const std::function<void()> &checkpoint)
{
    const double most = std::max(1.0, damp);
    for (;; damp = std::max(damp * 10, 1e-4)) {
        if (damp > most)
            throw Exception({ ErrorCode::badInput,
                              "the Hessian of a linear is not positive definite at any damping",
                              {},
                              "The calibration activations hold NaN or Inf; check the model and "
                              "the calibration text." });
        at::Tensor attempt = m.clone();
        attempt.diagonal().add_(damp * scale);
        if (auto lower = choleskyLower(std::move(attempt), checkpoint))
            return { std::move(*lower), damp };
    }
}

UsableMoment::UsableMoment(const at::Tensor &h)
    : m(h.to(h.size(0) <= 4096 ? at::kDouble : at::kFloat).clone())
{
    at::Tensor diagonal = m.diagonal();
    dead = diagonal == 0;
    const auto live = m.size(0) - dead.sum().item<std::int64_t>();
    mean = live > 0 ? diagonal.to(at::kDouble).sum().item<double>() / double(live) : 1.0;
    diagonal.masked_fill_(dead, mean);
}

} // namespace batlab::calib
