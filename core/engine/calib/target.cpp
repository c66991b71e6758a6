// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/target.h"

#include "core/engine/calib/cholesky.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>

namespace batlab::calib {

namespace {

constexpr std::int64_t kRows = 512; // rows solved between two cancel checks

/// Row by row: a full sum would depend on the number of threads.
double product(const at::Tensor &a, const at::Tensor &b)
{
    return (a * b).sum(1).sum().item<double>();
}

} // namespace

AsymmetricTarget::AsymmetricTarget(const PairedMoments &fit, const PairedMoments &heldOut,
                                   const TargetSettings &settings, const RoundHooks &hooks)
    : m_settings(settings), m_hooks(hooks), m_heldOut(heldOut)
{
    const UsableMoment usable(fit.second);
    m_difference = (fit.cross - fit.second).to(usable.m.scalar_type());
    for (const double factor : { 1.0, 10.0, 100.0 }) {
        const double damp = settings.damp * factor;
        if (!m_factors.empty() && (damp > 1 || !heldOut.defined()))
            break;
        m_factors.push_back(
            dampedCholesky(usable.m, std::min(damp, 1.0), usable.mean, hooks.checkpoint).lower);
    }
}

/// Held-out loss of W + correction less that of W: tr(D Hq D^T) - 2 tr(D (C - Hq)^T W^T).
double AsymmetricTarget::heldOutLoss(const at::Tensor &w, const at::Tensor &correction) const
{
    const at::ScalarType type = correction.scalar_type();
    const at::Tensor h = m_heldOut.second.to(type);
    const at::Tensor difference = m_heldOut.cross.to(type) - h;
    return product(at::mm(correction, h), correction)
        - 2 * product(at::mm(w, difference), correction);
}

at::Tensor AsymmetricTarget::of(const at::Tensor &w, const std::string &what) const
{
    const at::ScalarType type = m_difference.scalar_type();
    const at::Tensor wide = w.to(type);
    at::Tensor best;
    double least = 0;
    for (const at::Tensor &factor : m_factors) {
        at::Tensor correction = at::empty_like(wide);
        for (std::int64_t r = 0; r < w.size(0); r += kRows) {
            m_hooks.checkpoint();
            const at::Tensor rows = wide.narrow(0, r, std::min(kRows, w.size(0) - r));
            const at::Tensor right = at::mm(rows, m_difference).t();
            correction.narrow(0, r, rows.size(0))
                .copy_(at::cholesky_solve(right, factor).t() * m_settings.alpha);
        }
        if (correction.norm().item<double>() <= 1e-6 * wide.norm().item<double>())
            return w; // both streams are the same
        if (!m_heldOut.defined()) {
            best = correction;
            break;
        }
        const double loss = heldOutLoss(wide, correction);
        if (loss < least) {
            least = loss;
            best = correction;
        }
    }
    if (!best.defined()) {
        m_hooks.warn(fmt::format("{}: the corrected weight does not help on held-out text; the "
                                 "plain weight is rounded",
                                 what));
        return w;
    }
    const double length = best.norm().item<double>();
    const double moved = length / std::max(wide.norm().item<double>(), 1e-30);
    if (!(moved <= m_settings.limit)) {
        m_hooks.warn(fmt::format("{}: the corrected weight would move by {:.3g} of its length "
                                 "(limit {:g}); the plain weight is rounded",
                                 what, moved, m_settings.limit));
        return w;
    }
    return (wide + best).to(at::kFloat).contiguous();
}

} // namespace batlab::calib
