// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/rounding.h"

#include <string>

namespace batlab::calib {

/// Second moments of what enters a site's linears (xq, quantized stream) and of the same numbers in
/// the full-precision model (x), over one share of the calibration text; means, [n, n] fp64, in
/// the coordinates of the transformed weights.
struct PairedMoments
{
    at::Tensor second; ///< xq^T xq
    at::Tensor cross; ///< x^T xq
    [[nodiscard]] bool defined() const { return second.defined(); }
};

/// Parameters of the asymmetric target, round.target*.
struct TargetSettings
{
    double alpha = 0.25; ///< share of the correction that is taken
    double damp = 0.01; ///< least damping, times mean(diag Hq)
    double limit = 0.5; ///< largest |correction| / |W| that is believed
};

/// Asymmetric target (methods.md 6.4): rounded weights read xq but are to give what W gives on x.
/// With C = x^T xq and Hq = xq^T xq
///     W* = W + alpha W (C - Hq) (Hq + lambda I)^-1,
/// that is W C (Hq + lambda)^-1 with the ridge pulling towards W instead of zero, so that
/// directions the calibration never saw stay as they are, and x = xq gives W exactly.
/// lambda is 1, 10 or 100 times damp * mean(diag Hq), whichever does best on the held-out share; a
/// linear keeps its plain weight, with a warning, when none of them helps there or when the
/// correction is longer than `limit`.
class AsymmetricTarget
{
public:
    AsymmetricTarget(const PairedMoments &fit, const PairedMoments &heldOut,
                     const TargetSettings &settings, const RoundHooks &hooks);
    /// w [out, n] fp32 -> the corrected weight, or w itself. `what` names the linear in warnings.
    [[nodiscard]] at::Tensor of(const at::Tensor &w, const std::string &what) const;

private:
    [[nodiscard]] double heldOutLoss(const at::Tensor &w, const at::Tensor &correction) const;
    TargetSettings m_settings;
    RoundHooks m_hooks;
    PairedMoments m_heldOut;
    at::Tensor m_difference; ///< C - Hq
    std::vector<at::Tensor> m_factors; ///< lower Cholesky factors, one a candidate lambda
};

} // namespace batlab::calib
