// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_run.h"
#include "kernels/cuda/mxf4_tile.h"
#include "kernels/cuda/transform_ops.h"

/// Matrix products with what surrounds them.
namespace batlab::cuda {

/// y = Q(x) W^T with dequantized weights against the product alone.
void benchLinears(Bench &bench, std::int64_t tokens)
{
    const kernels::Backend &b = kernels::cudaBackend();
    const kernels::QuantSpec spec;
    for (const auto &[k, n] : { std::pair<std::int64_t, std::int64_t> { 4096, 6144 },
                                { 4096, 4096 },
                                { 4096, 24576 },
                                { 12288, 4096 } }) {
        const Sets x({ tokens, k });
        const at::Tensor w = sample({ n, k });
        const double flop =
            2.0 * static_cast<double>(tokens) * static_cast<double>(k) * static_cast<double>(n);
        const auto product = [&](int i) { (void)at::linear(x.in[i], w); };
        if (k == 4096 && n == 4096)
            bench.run(
                { "CudaGemmBf16", "itself", { tokens, k, n }, 1, 0, flop, 1, product, product });
        bench.run({ "CudaW4A4Linear",
                    "bf16 product alone",
                    { tokens, k, n },
                    0.90,
                    0,
                    flop,
                    1,
                    [&](int i) {
                        b.fakeQuantize(matrix(x.in[i]), {}, spec, matrix(x.out[i]), exec());
                        (void)at::linear(x.out[i], w);
                    },
                    product });
    }
}

/// GPTQ of one linear, its kernels and trailing updates, against the product that its Hessian takes
/// over 128 x 2,048 tokens (performance.md 5.3).
void benchGptq(Bench &bench)
{
    const kernels::Backend &b = kernels::cudaBackend();
    constexpr std::int64_t n = 4096;
    constexpr std::int64_t rows = 4096;
    constexpr std::int64_t block = 128;
    const auto fp32 = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    const at::Tensor u = (at::eye(n, fp32) + 0.01 * at::randn({ n, n }, fp32)).triu().contiguous();
    const at::Tensor w = at::randn({ rows, n }, fp32);
    const at::Tensor scales = at::full({ rows, n }, 0.25, fp32);
    const at::Tensor quantized = at::empty({ rows, n }, fp32);
    const at::Tensor errors = at::empty({ rows, block }, fp32);
    const auto update = [&](int) {
        for (std::int64_t c = 0; c + block < n; c += block)
            w.narrow(1, c + block, n - c - block)
                .sub_(at::mm(errors, u.narrow(0, c, block).narrow(1, c + block, n - c - block)));
    };
    constexpr std::int64_t tokens = 65536;
    const at::Tensor x = sample({ tokens, n });
    bench.run({ "CudaGptqBlock",
                "its Hessian's product",
                { rows, n },
                0.33,
                0,
                0,
                128.0 * 2048 / tokens,
                [&](int i) {
                    for (std::int64_t c = 0; c < n; c += block)
                        b.gptqColumns(w.data_ptr<float>(), rows, n, c, c + block,
                                      u.data_ptr<float>(), scales.data_ptr<float>(), n, {},
                                      quantized.data_ptr<float>(), errors.data_ptr<float>(),
                                      exec());
                    update(i);
                },
                [&](int) { (void)at::mm(x.t(), x, at::kFloat); } });
}

/// The native product of packed operands against the bf16 product of the same shape.
void benchNative(Bench &bench, int capability, std::int64_t tokens)
{
    constexpr std::int64_t k = 4096;
    constexpr std::int64_t n = 24576;
    const double flop = 2.0 * static_cast<double>(tokens) * static_cast<double>(k * n);
    Pair pair { "BlackwellMxf4Gemm", "bf16 product", { tokens, k, n }, 3.3, 0, flop, 1, {}, {} };
    if (!kernels::cuda::mxf4GemmRuns(capability, k) || !kernels::cuda::mxf4GemmIsBuilt()) {
        bench.refuse(pair, "not this GPU or not this build: it needs sm_120a");
        return;
    }
    if (!bench.wanted(pair.name))
        return;
    const at::Tensor x = sample({ tokens, k });
    const at::Tensor w = sample({ n, k });
    const at::Tensor out = at::empty({ tokens, n }, x.options());
    const auto packed = [](const at::Tensor &t, at::Tensor &codes, at::Tensor &scales) {
        const auto bytes = t.options().dtype(at::kByte);
        codes = at::empty({ t.size(0), t.size(1) / 2 }, bytes);
        scales = at::empty({ t.size(0), t.size(1) / 32 }, bytes);
        kernels::cudaBackend().packMxfp4(matrix(t), {}, codes.data_ptr<std::uint8_t>(),
                                         scales.data_ptr<std::uint8_t>(), exec());
        return kernels::cuda::PackedMatrix { codes.data_ptr<std::uint8_t>(),
                                             scales.data_ptr<std::uint8_t>(), t.size(0),
                                             t.size(1) };
    };
    at::Tensor xCodes, xScales, wCodes, wScales;
    const auto a = packed(x, xCodes, xScales);
    const auto b = packed(w, wCodes, wScales);
    pair.ours = [&](int) { kernels::cuda::mxf4Gemm(a, b, 1.0F, matrix(out), exec()); };
    pair.baseline = [&](int) { (void)at::linear(x, w); };
    bench.run(pair);
}

} // namespace batlab::cuda
