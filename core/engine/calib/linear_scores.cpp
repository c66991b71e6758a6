// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/linear_scores.h"

#include <ATen/ATen.h>

#include <cmath>

namespace batlab::calib {

double decibel(double signal, double noise)
{
    return noise > 0 ? 10 * std::log10(signal / noise) : 200.0;
}

std::vector<LinearScore> linearScores(const LayerState &folded, const nn::LayerOps &ops,
                                      const LayerSolution &solution, Site site, const at::Tensor &x,
                                      const std::string &variant, LayerId layer,
                                      const KnownOutputs *known)
{
    std::vector<LinearScore> out;
    const at::Tensor in = known != nullptr ? known->input : ops.input(site, x);
    for (const Linear l : folded.linearsOf(site)) {
        at::Tensor exact =
            known != nullptr ? known->exact[static_cast<std::size_t>(l)] : at::Tensor();
        if (!exact.defined())
            exact = at::linear(x.to(at::kFloat), folded.weights.of(l).to(at::kFloat),
                               folded.weights.biasOf(l));
        const at::Tensor got = ops.linear(l, in).to(at::kFloat);
        at::Tensor weight =
            known != nullptr ? known->target[static_cast<std::size_t>(l)] : at::Tensor();
        if (!weight.defined())
            weight = roundingTarget(folded, l);
        const LinearSolution &s = solution.of(l);
        const at::Tensor rounded = s.values();
        const double noise = quant::sumOfSquaredDifferences(got, exact);
        LinearScore score { variant, layer, l, 0, 0, noise / static_cast<double>(exact.numel()) };
        score.outputSqnrDb = decibel(quant::sumOfSquares(exact), noise);
        score.weightSqnrDb =
            decibel(quant::sumOfSquares(weight), quant::sumOfSquaredDifferences(weight, rounded));
        out.push_back(score);
    }
    return out;
}

} // namespace batlab::calib
