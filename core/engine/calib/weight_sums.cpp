// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/weight_sums.h"

#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/moments.h"

#include <ATen/ATen.h>

namespace batlab::calib {

at::Tensor StateSums::meanSquares(Site site) { return weightMeanSquares(m_state.weightsAt(site)); }

at::Tensor StateSums::blockMoments(Site site, std::int64_t g)
{
    return weightBlockMoments(m_state.weightsAt(site), g);
}

at::Tensor StateSums::peaks(Site site)
{
    at::Tensor peak;
    for (const at::Tensor &w : m_state.weightsAt(site)) {
        const at::Tensor column = w.abs().amax(0);
        peak = peak.defined() ? at::maximum(peak, column) : column;
    }
    return peak;
}

at::Tensor evenRows(std::int64_t rows, std::int64_t kept)
{
    return (at::arange(kept, at::kLong) * rows).div(kept, "floor");
}

} // namespace batlab::calib
