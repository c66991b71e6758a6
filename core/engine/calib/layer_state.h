// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/clip_search.h"
#include "core/engine/calib/folded_basis.h"
#include "core/engine/calib/moments.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/variant/layer_solution.h"
#include "core/recipe/recipe.h"

#include <optional>

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
    std::array<quant::Quantizer, 7> weightQuantizers; ///< by Linear
    std::uint64_t seed = 0;
    std::optional<ClipSearch> clipSearch {}; ///< weight clips that rounding is to search for
    std::array<at::Tensor, 7> branch {}; ///< by Linear, bf16 [out, rank]; the other sides stand in
                                         ///< the sites' branch
    KvSolution kv {}; ///< quantizers of the cache and P_k; P_v is in the weights
    ResidualRotation entry = {}, exit = {}; ///< of the first and last layer (calib/rotate.h)
    FoldedBasis basis {}; ///< of the site inputs, diagonals aside
    bool valuesRotated = false; ///< V's heads carry a full Hadamard rotation already
    bool valueFactorPending = false; ///< T2's within-head factor goes into V before rounding
    bool weightsInSlabs = false; ///< of transformedWeight(): faster, other last bits

    [[nodiscard]] SiteSolution &site(Site s) { return sites[static_cast<std::size_t>(s)]; }
    [[nodiscard]] const SiteSolution &site(Site s) const
    {
        return sites[static_cast<std::size_t>(s)];
    }
    [[nodiscard]] const quant::Quantizer &weightQuantizer(Linear l) const
    {
        return weightQuantizers[static_cast<std::size_t>(l)];
    }
    [[nodiscard]] SiteMoments &momentsOf(Site s) { return moments[static_cast<std::size_t>(s)]; }
    [[nodiscard]] std::vector<Linear> linearsOf(Site s) const;
    /// The weights that read a site.
    [[nodiscard]] std::vector<at::Tensor> weightsAt(Site s) const;
    /// Input channels of a site.
    [[nodiscard]] std::int64_t channels(Site s) const;
};

/// A stage's list of sites holds this one.
[[nodiscard]] bool chosen(const Json &sites, Site site);
/// A square matrix with zero rows and columns added to a multiple of `block`.
[[nodiscard]] at::Tensor paddedSquare(const at::Tensor &square, std::int64_t block);

/// Multiplies the numbers of a site's channels by d (fp64 [n]) and undoes it in the site's weights:
/// T1, T3 in the norm (rounded to bf16 first, so that both sides are exact inverses), T2 in the
/// rows of V (d must be equal over the query heads of a group), T4 in the rows of up. Moments
/// follow. Returns the d that was really applied.
at::Tensor applyDiagonal(LayerState &state, Site site, const at::Tensor &d);
/// d [heads*headDim] averaged (geometrically) over the query heads of each key/value group, so that
/// it folds into V.
[[nodiscard]] at::Tensor tiedOverGroups(const ModelConfig &config, const at::Tensor &d);

/// Stage "clip": initial clip ratios sigmoid(initLogit); a search of weight clips is left to
/// rounding, which knows the final transform.
void runClip(LayerState &state, const Json &parameters);

/// W P^-T of a linear in fp64, rounded to `type`: [out, SiteSolution::width(in)]. One product of
/// all rows, whose bits kept layers rest on, or of a few rows at a time (weightsInSlabs).
[[nodiscard]] at::Tensor transformedWeight(const LayerState &state, Linear linear,
                                           at::ScalarType type = at::kFloat);
/// w without what the low-rank branch of the linear adds: w - L R^T, or w where there is none.
[[nodiscard]] at::Tensor withoutBranch(const LayerState &state, Linear linear, const at::Tensor &w);
/// What the codes have to hold: the transformed weight without its low-rank branch.
[[nodiscard]] at::Tensor roundingTarget(const LayerState &state, Linear linear);
/// The weight quantizer of a linear, its factor for the transformed weight set (NVFP4).
[[nodiscard]] quant::Quantizer quantizerFor(const LayerState &state, Linear linear);
/// P^T H P of a site from its raw moments, fp64, over SiteSolution::width(n) channels.
[[nodiscard]] at::Tensor transformedMoment(const LayerState &state, Site site);

} // namespace batlab::calib
