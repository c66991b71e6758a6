// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/device_ops.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/entries.h"
#include "kernels/cuda/octet_launch.cuh"

/// Codes and scales: quantize, dequantize, pack, unpack.
namespace batlab::kernels::cuda {

void quantize(ConstMatrix in, const QuantSpec &spec, std::uint8_t *codes, std::uint8_t *scales,
              const Exec &exec)
{
    runQuantize(in, spec, codes, scales, DeviceLaunch { exec }, "quantize");
}

void blockScales(ConstMatrix in, const QuantSpec &spec, std::uint8_t *scales, const Exec &exec)
{
    runQuantize(in, spec, nullptr, scales, DeviceLaunch { exec }, "blockScales");
}

void dequantize(const std::uint8_t *codes, const std::uint8_t *scales, const QuantSpec &spec,
                Matrix out, const Exec &exec)
{
    runDequantize(codes, scales, spec, out, DeviceLaunch { exec });
}

void packMxfp4(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles, std::uint8_t *scales,
               const Exec &exec)
{
    runPack(in, spec, nibbles, scales, ScaleLayout::linear, DeviceLaunch { exec }, "packMxfp4");
}

void packMxfp4Swizzled(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles,
                       std::uint8_t *scales, const Exec &exec)
{
    runPack(in, spec, nibbles, scales, ScaleLayout::swizzled, DeviceLaunch { exec },
            "packMxfp4Swizzled");
}

void unpackMxfp4(const std::uint8_t *nibbles, const std::uint8_t *scales, const QuantSpec &spec,
                 Matrix out, const Exec &exec)
{
    runUnpack(nibbles, scales, spec, out, DeviceLaunch { exec });
}

} // namespace batlab::kernels::cuda
