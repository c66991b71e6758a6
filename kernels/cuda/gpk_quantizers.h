// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/numerics.h"

#include <type_traits>

namespace batlab::kernels::cuda {

template<class Q>
constexpr bool isRne = false;
template<Kind K>
constexpr bool isRne<Quantizer<K, true>> = true;

/// Calls f(Quantizer) for the formats of the tensor core kernels (takesMma). MXFP4 with ties to
/// even has a path of its own where `fast`; all else shares one path for all ties, so that few
/// kernels are compiled.
template<class Function>
void withQuadQuantizer(const QuantSpec &spec, bool fast, const Function &f)
{
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::e2m1) {
        fast && !c.away && !c.zero ? f(Quantizer<Kind::e2m1, true> { c })
                                   : f(Quantizer<Kind::e2m1, false> { c });
    } else if (c.kind == Kind::prescale) {
        f(Quantizer<Kind::prescale, false> { c });
    } else {
        f(Quantizer<Kind::miniFloat, false> { c });
    }
}

} // namespace batlab::kernels::cuda
