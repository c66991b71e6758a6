// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/moments.h"

#include <ATen/ATen.h>

namespace batlab::calib {

void SiteMoments::add(const at::Tensor &x)
{
    const at::Tensor rows = x.detach().to(at::kFloat).reshape({ -1, x.size(-1) });
    const at::Tensor product = at::mm(rows.t(), rows);
    const at::Tensor magnitude = rows.abs();
    const at::Tensor peak = magnitude.amax(0);
    // As a matrix product: libtorch's sums depend on the number of threads.
    const at::Tensor total =
        at::mm(at::ones({ 1, rows.size(0) }, rows.options()), magnitude).select(0, 0);
    if (!sum.defined()) {
        sum = product;
        maxAbs = peak;
        sumAbs = total;
    } else {
        sum.add_(product);
        maxAbs = at::maximum(maxAbs, peak);
        sumAbs = sumAbs + total;
    }
    tokens += rows.size(0);
}

at::Tensor SiteMoments::mean() const { return sum.to(at::kDouble) / static_cast<double>(tokens); }

at::Tensor SiteMoments::meanAbs() const
{
    return sumAbs.to(at::kDouble) / static_cast<double>(tokens);
}

at::Tensor weightMoment(const std::vector<at::Tensor> &weights)
{
    at::Tensor total;
    std::int64_t rows = 0;
    for (const at::Tensor &w : weights) {
        const at::Tensor f = w.to(at::kFloat);
        const at::Tensor product = at::mm(f.t(), f).to(at::kDouble);
        total = total.defined() ? total + product : product;
        rows += w.size(0);
    }
    return total / static_cast<double>(rows);
}

} // namespace batlab::calib
