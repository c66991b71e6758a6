// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_chains.h"
#include "core/engine/cuda/bench_run.h"
#include "kernels/cuda/transform_ops.h"

/// Kernels that do the work of several, and chains of operators that do the work of one.
namespace batlab::cuda {

namespace {
constexpr double kNormEps = 1e-6;
}

void benchFused(Bench &bench, const std::vector<std::int64_t> &shape)
{
    if (!bench.wanted("CudaRmsNormGpkQuant") && !bench.wanted("CudaSwigluGpkQuant"))
        return;
    const kernels::Backend &b = kernels::cudaBackend();
    const Sets sets(shape);
    const Factors factors(shape[1]);
    const kernels::Gpk p = factors.gpk();
    const kernels::QuantSpec spec;
    const double n = sets.elements();
    const at::Tensor gamma = 1 + 0.1 * at::randn({ shape[1] }, factors.a.options());
    const at::Tensor narrow = gamma.to(at::kBFloat16);
    const auto target = [&](int i) {
        kernels::cuda::FusedOut out;
        out.values = matrix(sets.out[i]);
        return out;
    };
    const auto quantized = [&](const at::Tensor &x, int i) {
        b.gpkFakeQuantize(matrix(x), p, {}, spec, matrix(sets.out[i]), exec());
    };
    bench.run(
        { "CudaRmsNormGpkQuant", "norm, then GPK + quantize", shape, 1.8, moved(n, 2, 2), 0, 1,
          [&](int i) {
              kernels::cuda::rmsNormGpk(matrix(sets.in[i]), gamma.data_ptr<float>(),
                                        static_cast<float>(kNormEps), kernels::DType::bf16, p, {},
                                        &spec, target(i), exec());
          },
          [&](int i) { quantized(at::rms_norm(sets.in[i], { shape[1] }, narrow, kNormEps), i); } });
    bench.run(
        { "CudaSwigluGpkQuant", "SwiGLU, then GPK + quantize", shape, 1.8, moved(n, 4, 2), 0, 1,
          [&](int i) {
              kernels::cuda::swigluGpk(matrix(sets.in[i]), matrix(sets.in[(i + 1) % kSets]),
                                       kernels::DType::bf16, p, {}, &spec, target(i), exec());
          },
          [&](int i) { quantized(at::silu(sets.in[i]).mul_(sets.in[(i + 1) % kSets]), i); } });
}

void benchHadamard(Bench &bench, const std::vector<std::int64_t> &shape)
{
    const auto name = [](int size) { return "CudaHadamard" + std::to_string(size); };
    bool any = false;
    for (int size = 64; size <= 4096; size *= 2)
        any = any || bench.wanted(name(size));
    if (!any)
        return;
    const Sets sets(shape);
    const kernels::QuantSpec spec;
    // The target is what fast-hadamard-transform says of itself (performance.md 1.8), there
    // without a quantizer.
    for (int size = 64; size <= 4096; size *= 2)
        bench.run({ name(size), "device copy", shape, size <= 512 ? 1.0 : 1 / 1.2,
                    moved(sets.elements(), 2, 2), 0, 1,
                    [&, size](int i) {
                        kernels::cuda::hadamardRowsTransform(matrix(sets.in[i]), size, &spec,
                                                             matrix(sets.out[i]), exec());
                    },
                    sets.copy() });
}

void benchChains(Bench &bench, const std::vector<std::int64_t> &shape)
{
    if (!bench.wanted("CudaChain_Lean") && !bench.wanted("CudaChain_Microxcaling")
        && !bench.wanted("CudaChain_Torchao"))
        return;
    const kernels::Backend &b = kernels::cudaBackend();
    const Sets sets(shape);
    const double n = sets.elements();
    const std::string chain = "libtorch op chain";
    kernels::QuantSpec floor; // what all chains compute
    floor.rule = kernels::ScaleRule::floor;
    kernels::QuantSpec away = floor;
    away.ties = kernels::Ties::away;
    const auto quantize = [&](const kernels::QuantSpec &spec, int i) {
        b.fakeQuantize(matrix(sets.in[i]), {}, spec, matrix(sets.out[i]), exec());
    };
    bench.run({ "CudaChain_Lean", chain, shape, 12, moved(n, 2, 2), 0, 1,
                [&](int i) { quantize(floor, i); },
                [&](int i) { sets.out[i].copy_(leanChain(sets.in[i])); } });
    bench.run({ "CudaChain_Microxcaling", chain, shape, 25, moved(n, 2, 2), 0, 1,
                [&](int i) { quantize(away, i); },
                [&](int i) { sets.out[i].copy_(microxcalingChain(sets.in[i])); } });
    const auto bytes = sets.in[0].options().dtype(at::kByte);
    const at::Tensor nibbles = at::empty({ shape[0], shape[1] / 2 }, bytes);
    const at::Tensor scales = at::empty({ shape[0], shape[1] / 32 }, bytes);
    bench.run({ "CudaChain_Torchao", chain, shape, 15, moved(n, 2, kPackedBytes), 0, 1,
                [&](int i) {
                    b.packMxfp4(matrix(sets.in[i]), floor, nibbles.data_ptr<std::uint8_t>(),
                                scales.data_ptr<std::uint8_t>(), exec());
                },
                [&](int i) { (void)torchaoChain(sets.in[i]); } });
}

} // namespace batlab::cuda
