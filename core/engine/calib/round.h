// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/rounding.h"
#include "core/engine/calib/target.h"

namespace batlab::calib {

/// What rounding may ask about the numbers that enter a site's linears, in the coordinates of the
/// transformed weights. `solved` holds the linears of the sites before.
class RoundInputs
{
public:
    virtual ~RoundInputs() = default;
    /// Mean second moment, [n, n] fp64, n padded to whole blocks.
    [[nodiscard]] virtual at::Tensor hessian(Site site, const LayerSolution &solved) = 0;
    struct Paired
    {
        PairedMoments fit, heldOut; ///< heldOut is undefined where there is only one sequence
    };
    /// The same next to the full-precision model's numbers (target: asymmetric).
    [[nodiscard]] virtual Paired paired(Site site, const LayerSolution &solved) = 0;
};

struct RoundedLayer
{
    LayerSolution solution;
    std::array<at::Tensor, 7>
        updated; ///< by Linear: what each code was rounded from, [out, n] fp32
};

/// Stage "round": codes of all linears, site by site. For kind "learned" this is the start.
[[nodiscard]] RoundedLayer runRound(const LayerState &state, const Json &parameters,
                                    RoundInputs &inputs, const RoundHooks &hooks);

/// The layer with its transforms and activation quantizers but with plain (bf16) weights.
[[nodiscard]] LayerSolution unrounded(const LayerState &state);

/// Least-squares gain of the rounded weight q for w, both [out, n] fp32:
/// <w, q>_H / <q, q>_H over the whole weight ([1]) or row by row ([out]), fp32; an undefined
/// hessian means the plain product. 1 where q is zero (methods.md 6.7).
[[nodiscard]] at::Tensor leastSquaresGain(const at::Tensor &w, const at::Tensor &q,
                                          const at::Tensor &hessian, bool perRow);

} // namespace batlab::calib
