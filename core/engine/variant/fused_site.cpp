// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/fused_site.h"

#include "core/engine/quant/kernel_arguments.h"

namespace batlab {

bool fuses(const SiteSolution &site, std::int64_t n, at::ScalarType out)
{
    if (!site.activation.fused() || site.refinement.active() || site.branch.defined()
        || n % kMxBlock != 0 || out == at::kDouble)
        return false;
    if (site.transform != SiteSolution::Transform::gpk)
        return true;
    const transform::GpkFactors &p = site.factors;
    return quant::isFused(p.a.size(-1), p.b.size(-1)) && p.blocks() * p.block() == n;
}

at::Tensor fusedInput(const SiteSolution &site, const quant::Produced &x, at::ScalarType out)
{
    if (!fuses(site, x.x.size(-1), out) || !quant::makesOnTheWay(x, out))
        return {};
    using Kind = kernels::OnlineTransform;
    quant::FusedTransform transform;
    switch (site.transform) {
    case SiteSolution::Transform::none: break;
    case SiteSolution::Transform::hadamard32: transform.kind = Kind::hadamard32; break;
    case SiteSolution::Transform::gpk:
        transform = { Kind::gpk, site.factors.a, site.factors.b };
        break;
    }
    return quant::producedFakeQuantize(x, transform, site.clip, site.activation, out);
}

} // namespace batlab
