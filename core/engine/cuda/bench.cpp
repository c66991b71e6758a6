// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench.h"

#include "core/engine/cuda/bench_run.h"
#include "kernels/cuda/device_ops.h"
#include "kernels/cuda/runtime.h"

#include <ATen/core/grad_mode.h>
#include <c10/cuda/CUDAGuard.h>

#include <algorithm>

namespace batlab::cuda {

void benchElementwise(Bench &bench, const std::vector<std::int64_t> &shape)
{
    const kernels::Backend &b = kernels::cudaBackend();
    const Sets sets(shape);
    const std::int64_t rows = shape[0];
    const std::int64_t cols = shape[1];
    const kernels::QuantSpec spec;
    const double n = sets.elements();
    const auto copy = sets.copy();
    const auto quantize = [&](int i) {
        b.fakeQuantize(matrix(sets.in[i]), {}, spec, matrix(sets.out[i]), exec());
    };
    const std::string d2d = "device copy";
    bench.run({ "CudaFakeQuantBF16", d2d, shape, 0.92, 4 * n, 0, 1, quantize, copy });

    const auto bytes = at::TensorOptions().device(at::kCUDA).dtype(at::kByte);
    const at::Tensor nibbles = at::empty({ rows, cols / 2 }, bytes);
    const at::Tensor scales = at::empty({ rows, cols / 32 }, bytes);
    const double packed = moved(n, 2, kPackedBytes);
    const double asCopy = copyScale(n, packed);
    bench.run({ "CudaPackMxfp4", d2d, shape, 0.80, packed, 0, asCopy,
                [&](int i) {
                    b.packMxfp4(matrix(sets.in[i]), spec, nibbles.data_ptr<std::uint8_t>(),
                                scales.data_ptr<std::uint8_t>(), exec());
                },
                copy });

    const at::Tensor tiles =
        at::empty({ static_cast<std::int64_t>(kernels::cuda::scaleBytes(
                      kernels::cuda::ScaleLayout::swizzled, rows, cols / 32)) },
                  bytes);
    bench.run({ "CudaPackSwizzled", d2d, shape, 0.80, packed, 0, asCopy,
                [&](int i) {
                    kernels::cuda::packMxfp4Swizzled(matrix(sets.in[i]), spec,
                                                     nibbles.data_ptr<std::uint8_t>(),
                                                     tiles.data_ptr<std::uint8_t>(), exec());
                },
                copy });

    const auto fp32 = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    const Factors factors(cols);
    const kernels::Gpk p = factors.gpk();
    const auto transformed = [&](int i) {
        b.gpkFakeQuantize(matrix(sets.in[i]), p, {}, spec, matrix(sets.out[i]), exec());
    };
    bench.run({ "CudaGpkFakeQuant", d2d, shape, 0.88, 4 * n, 0, 1, transformed, copy });
    bench.run({ "CudaGpkFakeQuant", "CudaFakeQuantBF16", shape, 0.95, 4 * n, 0, 1, transformed,
                quantize });
    bench.run({ "CudaGpkPack", d2d, shape, 0.75, packed, 0, asCopy,
                [&](int i) {
                    kernels::cuda::PackedOut to;
                    to.codes = nibbles.data_ptr<std::uint8_t>();
                    to.scales = scales.data_ptr<std::uint8_t>();
                    kernels::cuda::gpkPack(matrix(sets.in[i]), p, {}, spec, to, exec());
                },
                copy });
    const at::Tensor dA = at::empty_like(factors.a);
    const at::Tensor dB = at::empty_like(factors.b);
    bench.run({ "CudaGpkBackward", d2d, shape, 0.70, 6 * n, 0, 1.5,
                [&](int i) {
                    b.gpkFakeQuantizeBackward(matrix(sets.in[i]), matrix(sets.in[(i + 1) % kSets]),
                                              p, {}, spec, {}, matrix(sets.out[i]),
                                              dA.data_ptr<float>(), dB.data_ptr<float>(), {},
                                              exec());
                },
                copy });

    const at::Tensor sums = at::empty({ 5, cols / 32 }, fp32.dtype(at::kDouble));
    const at::Tensor peak = at::empty({ cols / 32 }, fp32);
    kernels::BlockStatsOut out;
    out.sum = sums[0].data_ptr<double>();
    out.sum2 = sums[1].data_ptr<double>();
    out.sum3 = sums[2].data_ptr<double>();
    out.sum4 = sums[3].data_ptr<double>();
    out.quantError2 = sums[4].data_ptr<double>();
    out.maxAbs = peak.data_ptr<float>();
    // A copy reads and writes: half of its time is the time to read.
    bench.run({ "CudaStats", "half of a device copy", shape, 0.85, 2 * n, 0, 0.5,
                [&](int i) { b.blockStats(matrix(sets.in[i]), spec, out, exec()); }, copy });
}

void runBench(int index, const std::string &filter,
              const std::function<void(const std::string &)> &row)
{
    const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index));
    const at::NoGradGuard noGrad;
    Bench bench(filter, row);
    bench.group("CudaCopy", [&] {
        const Sets sets({ 16384, 8192 });
        bench.run({ "CudaCopy",
                    "itself",
                    { 16384, 8192 },
                    1,
                    4 * sets.elements(),
                    0,
                    1,
                    sets.copy(),
                    sets.copy() });
    });
    bench.group("8192 x 8192", [&] { benchElementwise(bench, { 8192, 8192 }); });
    bench.group("libtorch op chains", [&] { benchChains(bench, { 8192, 8192 }); });
    std::size_t free = 0;
    std::size_t total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    std::int64_t rows = 262144; // of a Qwen3-8B calibration; fewer where the memory is small
    while (rows > 8192 && static_cast<std::size_t>(rows) * 4096 * 2 * (2 * kSets + 2) > free)
        rows /= 2;
    bench.group("calibration stream", [&] { benchElementwise(bench, { rows, 4096 }); });
    bench.group("fused prologues", [&] {
        benchFused(bench, { std::min<std::int64_t>(rows, 65536), 4096 });
    });
    bench.group("Hadamard", [&] { benchHadamard(bench, { 16384, 8192 }); });
    bench.group("linears", [&] { benchLinears(bench, 8192); });
    bench.group("GPTQ", [&] { benchGptq(bench); });
    bench.group("native MXFP4",
                [&] { benchNative(bench, kernels::cuda::currentDevice().capability, 8192); });
}

} // namespace batlab::cuda
