// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/refine.h"

#include <ATen/ATen.h>

namespace batlab::calib {

Error integerCodesError(Site site)
{
    return { ErrorCode::unsupported, "activation codes of integer formats cannot be refined",
             fmt::format("site {}", name(site)),
             "Use a block format such as mxfp4, leave the site out of refine.sites, or drop the "
             "refine stage." };
}

void runRefine(const LayerState &state, const Json &parameters, LayerSolution &solution,
               const std::function<void()> &checkpoint)
{
    for (const Site site : kLinearSites) {
        SiteSolution &s = solution.at(site);
        if (!chosen(parameters.at("sites"), site) || !s.activation.active())
            continue;
        if (s.activation.integer)
            throw Exception(integerCodesError(site)); // checkModelFit tells it before a run
        std::vector<at::Tensor> wanted, stored;
        for (const Linear l : state.linearsOf(site)) {
            checkpoint();
            wanted.push_back(roundingTarget(state, l));
            stored.push_back(solution.of(l).values());
        }
        const at::Tensor own = at::cat(stored);
        s.refinement = quant::codeRefinement(at::cat(wanted).to(own.device()), own,
                                             s.activation.blockSize(own.size(1)));
    }
}

} // namespace batlab::calib
