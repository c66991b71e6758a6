// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/moments.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/variant/layer_solution.h"
#include "core/recipe/recipe.h"

#include <functional>

namespace batlab::calib {

/// A layer on its way through a recipe's stages: full-precision weights with what has been folded
/// so far, moments of the site inputs in the same coordinates, and the transforms, clips and
/// roundings decided.
struct LayerState
{
    const ModelConfig &config;
    nn::LayerWeights weights; ///< fp32, folded diagonals included, online transforms not
    LayerMoments moments; ///< of the site inputs after folding; empty where no stage needs them
    std::array<SiteSolution, 4>
        sites; ///< transform factors (deployed values), clips, activation quantizers
    std::array<quant::ClipRatios, 7> weightClip; ///< per row, [out, 1] ratios; undefined: none
    quant::Quantizer weightQuantizer;
    std::uint64_t seed = 0;

    [[nodiscard]] SiteSolution &site(Site s) { return sites[static_cast<std::size_t>(s)]; }
    [[nodiscard]] const SiteSolution &site(Site s) const
    {
        return sites[static_cast<std::size_t>(s)];
    }
    [[nodiscard]] SiteMoments &momentsOf(Site s) { return moments[static_cast<std::size_t>(s)]; }
    [[nodiscard]] std::vector<Linear> linearsOf(Site s) const;
};

/// Multiplies the numbers of a site's channels by d (fp64 [n]) and undoes it in the site's weights:
/// T1, T3 in the norm (rounded to bf16 first, so that both sides are exact inverses), T2 in the
/// rows of V (d must be equal over the query heads of a group), T4 in the rows of up. Moments
/// follow. Returns the d that was really applied.
at::Tensor applyDiagonal(LayerState &state, Site site, const at::Tensor &d);
/// d [heads*headDim] averaged (geometrically) over the query heads of each key/value group, so that
/// it folds into V.
[[nodiscard]] at::Tensor tiedOverGroups(const ModelConfig &config, const at::Tensor &d);

/// Stage "fold": diagonals of the chosen sites, T2 and T4 first since they change the weights T1
/// and T3 see.
void runFold(LayerState &state, const Json &parameters);
/// Stage "transform": sets each chosen site's transform and its initial factors.
void runTransform(LayerState &state, const Json &parameters);
/// Stage "clip": initial clip ratios sigmoid(initLogit).
void runClip(LayerState &state, const Json &parameters);
/// Stage "round": codes of all linears. hessians: mean second moments of the numbers entering each
/// site's linears
/// ([n,n] fp64, after the transform), needed for GPTQ only.
[[nodiscard]] LayerSolution runRound(const LayerState &state, const Json &parameters,
                                     const std::function<at::Tensor(Site)> &hessian,
                                     const std::function<void()> &checkpoint);

/// W P^-T of a linear in fp64, rounded to fp32: [out, padded in].
[[nodiscard]] at::Tensor transformedWeight(const LayerState &state, Linear linear);
/// P^T H P of a site from its raw moments, fp64 [padded n, padded n].
[[nodiscard]] at::Tensor transformedMoment(const LayerState &state, Site site);

} // namespace batlab::calib
