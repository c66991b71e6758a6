// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/entries.h"

namespace batlab::kernels {

namespace {

/// Until the fused transforms join the table.
void refuseTransform(const char *where)
{
    cuda::noteError(cuda::badArguments, "badArguments", "this build has no such kernel", where);
}
void gpkTransform(ConstMatrix, const Gpk &, Matrix, const Exec &)
{
    refuseTransform("gpkTransform");
}
void gpkFakeQuantize(ConstMatrix, const Gpk &, const Clip &, const QuantSpec &, Matrix,
                     const Exec &)
{
    refuseTransform("gpkFakeQuantize");
}
void gpkFakeQuantizeBackward(ConstMatrix, ConstMatrix, const Gpk &, const Clip &, const QuantSpec &,
                             const Ste &, Matrix, float *, float *, const ClipGrad &, const Exec &)
{
    refuseTransform("gpkFakeQuantizeBackward");
}
void gpkTransformBackward(ConstMatrix, ConstMatrix, const Gpk &, Matrix, float *, float *,
                          const Exec &)
{
    refuseTransform("gpkTransformBackward");
}

} // namespace

const Backend &cudaBackend()
{
    static const Backend table {
        "cuda",
        &cuda::fakeQuantize,
        &cuda::fakeQuantizeBackward,
        &cuda::quantize,
        &cuda::dequantize,
        &cuda::packMxfp4,
        &cuda::unpackMxfp4,
        &cuda::blockScales,
        &gpkTransform,
        &gpkFakeQuantize,
        &gpkFakeQuantizeBackward,
        &gpkTransformBackward,
        &cuda::hadamard32,
        &cuda::blockStats,
        &cuda::gptqColumns,
        &cuda::roundOnScales,
    };
    return table;
}

} // namespace batlab::kernels
