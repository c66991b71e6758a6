// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/entries.h"
#include "kernels/cuda/octet_launch.cuh"

/// Hadamard blocks and rounding on given scales.
namespace batlab::kernels::cuda {

void hadamard32(ConstMatrix x, const QuantSpec *spec, Matrix out, const Exec &exec)
{
    runHadamard32(x, spec, out, DeviceLaunch { exec });
}

void roundOnScales(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                   const float *scaleValue, const QuantSpec &spec, float *out, const Exec &exec)
{
    runRoundOnScales(w, offset, rows, cols, scaleValue, spec, out, DeviceLaunch { exec });
}

} // namespace batlab::kernels::cuda
