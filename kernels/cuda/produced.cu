// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/entries.h"
#include "kernels/cuda/octet_launch.cuh"
#include "kernels/cuda/produced_ops.h"
#include "kernels/cuda/transform_ops.h"

namespace batlab::kernels::cuda {

void producedFakeQuantize(const Produced &produced, OnlineTransform transform, const Gpk &p,
                          const Clip &clip, const QuantSpec &spec, Matrix out, const Exec &exec)
{
    if (transform == OnlineTransform::gpk) {
        producedGpk(produced, p, clip, &spec, { out, {} }, exec);
    } else {
        runProduced(produced, transform == OnlineTransform::hadamard32, clip, spec, out,
                    DeviceLaunch { exec });
    }
}

} // namespace batlab::kernels::cuda
