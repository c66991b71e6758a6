// SPDX-License-Identifier: Apache-2.0
#include "core/engine/transform/inverses.h"

#include "core/engine/quant/small_inverse.h"

namespace batlab::transform {

std::vector<GpkFactors> inversesTransposed(const std::vector<GpkFactors> &all)
{
    std::vector<at::Tensor> matrices;
    for (const GpkFactors &p : all)
        if (p.defined())
            matrices.insert(matrices.end(), { p.a, p.b });
    const std::vector<at::Tensor> inverses = quant::transposedInverses(matrices);
    std::vector<GpkFactors> out(all.size());
    auto next = inverses.begin();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].defined()) {
            out[i].a = *next++;
            out[i].b = *next++;
        }
    return out;
}

} // namespace batlab::transform
