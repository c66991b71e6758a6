// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/entries.h"
#include "kernels/cuda/octet_launch.cuh"

namespace batlab::kernels::cuda {

void fakeQuantize(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out,
                  const Exec &exec)
{
    runFakeQuantize(in, clip, spec, out, DeviceLaunch { exec });
}

} // namespace batlab::kernels::cuda
