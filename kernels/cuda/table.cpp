// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/entries.h"
#include "kernels/cuda/transform_ops.h"

namespace batlab::kernels {

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
        &cuda::gpkTransform,
        &cuda::gpkFakeQuantize,
        &cuda::gpkFakeQuantizeBackward,
        &cuda::gpkTransformBackward,
        &cuda::hadamard32,
        &cuda::blockStats,
        &cuda::gptqColumns,
        &cuda::roundOnScales,
        &cuda::producedFakeQuantize,
    };
    return table;
}

} // namespace batlab::kernels
