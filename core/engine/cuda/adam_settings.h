// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device_ops.h"
#include "kernels/cuda/adamw.h"

#include <cstddef>

namespace batlab::cuda {

static_assert(sizeof(device::RateRun) == sizeof(kernels::cuda::AdamSegment)
              && offsetof(device::RateRun, begin) == offsetof(kernels::cuda::AdamSegment, begin)
              && offsetof(device::RateRun, factor)
                  == offsetof(kernels::cuda::AdamSegment, rateFactor)
              && offsetof(device::RateRun, weightDecay)
                  == offsetof(kernels::cuda::AdamSegment, weightDecay));

/// A step of the engine in the kernel's terms; the cosine is in the engine's rate already.
inline kernels::cuda::AdamSettings adamSettings(const device::AdamWStep &step)
{
    kernels::cuda::AdamSettings out;
    out.rate = step.learningRate;
    out.taken = step.taken;
    out.beta1 = step.beta1;
    out.beta2 = step.beta2;
    out.maxNorm = step.maxNorm;
    out.minFactor = 1.0;
    return out;
}

/// The engine's runs of parameters of one rate, as the kernel reads them.
inline const kernels::cuda::AdamSegment *adamSegments(const device::RateRun *runs)
{
    return reinterpret_cast<const kernels::cuda::AdamSegment *>(runs);
}

} // namespace batlab::cuda
