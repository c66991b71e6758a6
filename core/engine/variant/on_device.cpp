// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>

namespace batlab {

namespace {

void move(at::Tensor &t, at::Device device)
{
    if (t.defined())
        t = t.to(device);
}

void move(transform::GpkFactors &factors, at::Device device)
{
    move(factors.a, device);
    move(factors.b, device);
}

} // namespace

SiteSolution onDevice(SiteSolution site, at::Device device)
{
    move(site.factors, device);
    for (at::Tensor *t : { &site.clip.lo, &site.clip.hi, &site.refinement.gram,
                           &site.refinement.residual, &site.branch })
        move(*t, device);
    return site;
}

KvSolution onDevice(KvSolution kv, at::Device device)
{
    move(kv.keyFactors, device);
    move(kv.queryFactors, device);
    return kv;
}

LayerSolution onDevice(LayerSolution solution, at::Device device)
{
    for (at::Tensor *t :
         { &solution.inputNorm, &solution.postNorm, &solution.qNorm, &solution.kNorm })
        move(*t, device);
    for (LinearSolution &s : solution.linears)
        for (at::Tensor *t :
             { &s.codes, &s.scales, &s.zeros, &s.plain, &s.bias, &s.gain, &s.branch })
            move(*t, device);
    for (SiteSolution &s : solution.sites)
        s = onDevice(std::move(s), device);
    solution.kv = onDevice(std::move(solution.kv), device);
    for (ResidualRotation *r : { &solution.entry, &solution.exit }) {
        move(r->factors, device);
        move(r->signs, device);
    }
    return solution;
}

std::shared_ptr<const nn::LayerOps> solvedOps(const LayerSolution &solution,
                                              const nn::Decoder &decoder)
{
    if (decoder.device().is_cpu())
        return solvedOps(solution, decoder.compute());
    return solvedOps(onDevice(solution, decoder.device()), decoder.compute());
}

} // namespace batlab
