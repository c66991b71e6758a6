// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench.h"

#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/device_ops.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace batlab::cuda {

namespace {

using Json = nlohmann::ordered_json;
using kernels::Backend;

constexpr int kSets = 4;
constexpr int kWarm = 3;
constexpr int kPairs = 24;

kernels::DType typeOf(const at::Tensor &t)
{
    return t.scalar_type() == at::kBFloat16 ? kernels::DType::bf16 : kernels::DType::f32;
}

kernels::Matrix matrix(const at::Tensor &t)
{
    return { t.data_ptr(), typeOf(t), t.size(0), t.size(1), t.size(1) };
}

kernels::Exec exec()
{
    kernels::Exec e;
    e.stream = c10::cuda::getCurrentCUDAStream().stream();
    return e;
}

void checkKernels()
{
    const kernels::cuda::Status status = kernels::cuda::lastError();
    if (status.ok())
        return;
    kernels::cuda::clearError();
    throw std::runtime_error(std::string(status.where) + ": " + status.text);
}

/// A mark in the device's queue. The runtime's own: libtorch's header wants all of a toolkit.
class Mark
{
public:
    Mark() { C10_CUDA_CHECK(cudaEventCreate(&m_event)); }
    ~Mark() { (void)cudaEventDestroy(m_event); }
    Mark(const Mark &) = delete;
    Mark &operator=(const Mark &) = delete;
    void record()
    {
        C10_CUDA_CHECK(cudaEventRecord(m_event, c10::cuda::getCurrentCUDAStream().stream()));
    }
    /// Waits for the mark; seconds since an earlier one.
    [[nodiscard]] double since(const Mark &begin) const
    {
        C10_CUDA_CHECK(cudaEventSynchronize(m_event));
        float milliseconds = 0;
        C10_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin.m_event, m_event));
        return 1e-3 * double(milliseconds);
    }

private:
    cudaEvent_t m_event = nullptr;
};

/// Seconds of one call on the device.
double timed(const std::function<void(int)> &call, int set)
{
    Mark begin, end;
    begin.record();
    call(set);
    end.record();
    const double seconds = end.since(begin);
    checkKernels();
    return seconds;
}

double at(std::vector<double> sorted, double share)
{
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

/// What one benchmark compares.
struct Pair
{
    std::string name, against;
    std::vector<std::int64_t> shape;
    double target = 0; ///< of the ratio
    double bytes = 0; ///< ours reads and writes; 0: counts flop
    double flop = 0;
    double scale = 1; ///< the baseline's time counts this often (it moves other bytes)
    std::function<void(int)> ours, baseline;
};

class Bench
{
public:
    Bench(std::string filter, const std::function<void(const std::string &)> &row)
        : m_filter(std::move(filter)), m_row(row)
    { }

    void run(const Pair &pair)
    {
        if (pair.name.find(m_filter) == std::string::npos)
            return;
        try {
            measure(pair);
        } catch (const std::exception &e) { // the others go on
            m_row(Json { { "name", pair.name }, { "shape", pair.shape }, { "error", e.what() } }
                      .dump());
        }
    }

private:
    void measure(const Pair &pair)
    {
        for (int i = 0; i < kWarm; ++i) {
            (void)timed(pair.ours, i % kSets);
            (void)timed(pair.baseline, i % kSets);
        }
        std::vector<double> ratios;
        std::vector<double> own;
        for (int i = 0; i < kPairs; ++i) {
            own.push_back(timed(pair.ours, i % kSets));
            ratios.push_back(pair.scale * timed(pair.baseline, i % kSets) / own.back());
        }
        const double seconds = at(own, 0.5);
        Json row { { "name", pair.name },
                   { "shape", pair.shape },
                   { "against", pair.against },
                   { "ratio", at(ratios, 0.5) },
                   { "ratio_p10", at(ratios, 0.1) },
                   { "ratio_p90", at(ratios, 0.9) },
                   { "target", pair.target },
                   { "seconds", seconds } };
        if (pair.bytes > 0)
            row["bytes_per_second"] = pair.bytes / seconds;
        if (pair.flop > 0)
            row["flop_per_second"] = pair.flop / seconds;
        m_row(row.dump());
    }

    std::string m_filter;
    const std::function<void(const std::string &)> &m_row;
};

/// Normal numbers with a thousandth of outliers 30 times larger.
at::Tensor sample(at::IntArrayRef shape)
{
    const auto options = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    const at::Tensor x = at::randn(shape, options);
    return at::where(at::rand(shape, options) < 1e-3, 30 * x, x).to(at::kBFloat16);
}

/// Four inputs and outputs of one shape, and copies of the first as the denominator.
struct Sets
{
    std::array<at::Tensor, kSets> in, out;
    explicit Sets(at::IntArrayRef shape)
    {
        for (int i = 0; i < kSets; ++i) {
            in[i] = sample(shape);
            out[i] = at::empty_like(in[i]);
        }
    }
    [[nodiscard]] std::function<void(int)> copy() const
    {
        return [this](int i) { out[i].copy_(in[i]); };
    }
    [[nodiscard]] double elements() const { return static_cast<double>(in[0].numel()); }
};

/// The careful chain of libtorch operators that a kernel replaces (performance.md 1.1).
at::Tensor leanChain(const at::Tensor &x)
{
    const at::Tensor blocks = x.to(at::kFloat).view({ x.size(0), -1, 32 });
    const at::Tensor power = blocks.abs()
                                 .amax(-1, true)
                                 .view(at::kInt)
                                 .bitwise_and(0x7f800000)
                                 .view(at::kFloat)
                                 .mul_(0.25)
                                 .clamp_min_(1.17549435e-38);
    const at::Tensor y = blocks / power;
    const at::Tensor step =
        y.abs().view(at::kInt).bitwise_and_(0x7f800000).view(at::kFloat).clamp_min_(1.0).mul_(0.5);
    return at::div(y, step).round_().mul_(step).clamp_(-6.0, 6.0).mul_(power).view_as(x).to(
        x.scalar_type());
}

void elementwise(Bench &bench, const Backend &b, const std::vector<std::int64_t> &shape)
{
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
    bench.run({ "CudaChain_Lean", "libtorch op chain", shape, 12, 4 * n, 0, 1, quantize,
                [&](int i) { sets.out[i].copy_(leanChain(sets.in[i])); } });

    const auto bytes = at::TensorOptions().device(at::kCUDA).dtype(at::kByte);
    const at::Tensor nibbles = at::empty({ rows, cols / 2 }, bytes);
    const at::Tensor scales = at::empty({ rows, cols / 32 }, bytes);
    const double packed = (2 + 0.5 + 1.0 / 32) * n;
    bench.run({ "CudaPackMxfp4", d2d, shape, 0.80, packed, 0, packed / (4 * n),
                [&](int i) {
                    b.packMxfp4(matrix(sets.in[i]), spec, nibbles.data_ptr<std::uint8_t>(),
                                scales.data_ptr<std::uint8_t>(), exec());
                },
                copy });

    const at::Tensor tiles =
        at::empty({ static_cast<std::int64_t>(kernels::cuda::scaleBytes(
                      kernels::cuda::ScaleLayout::swizzled, rows, cols / 32)) },
                  bytes);
    bench.run({ "CudaPackSwizzled", d2d, shape, 0.80, packed, 0, packed / (4 * n),
                [&](int i) {
                    kernels::cuda::packMxfp4Swizzled(matrix(sets.in[i]), spec,
                                                     nibbles.data_ptr<std::uint8_t>(),
                                                     tiles.data_ptr<std::uint8_t>(), exec());
                },
                copy });

    const auto fp32 = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    const at::Tensor a = at::eye(8, fp32) + 0.05 * at::randn({ 8, 8 }, fp32);
    const at::Tensor bs =
        (at::eye(4, fp32) + 0.05 * at::randn({ cols / 32, 4, 4 }, fp32)).contiguous();
    const kernels::Gpk p { a.data_ptr<float>(), bs.data_ptr<float>(), 8, 4 };
    const auto transformed = [&](int i) {
        b.gpkFakeQuantize(matrix(sets.in[i]), p, {}, spec, matrix(sets.out[i]), exec());
    };
    bench.run({ "CudaGpkFakeQuant", d2d, shape, 0.88, 4 * n, 0, 1, transformed, copy });
    bench.run({ "CudaGpkFakeQuant", "CudaFakeQuantBF16", shape, 0.95, 4 * n, 0, 1, transformed,
                quantize });
    const at::Tensor dA = at::empty_like(a);
    const at::Tensor dB = at::empty_like(bs);
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

/// y = Q(x) W^T with dequantized weights against the product alone.
void linears(Bench &bench, const Backend &b, std::int64_t tokens)
{
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

/// A row slab of GPTQ with its trailing update against the update alone.
void gptq(Bench &bench, const Backend &b)
{
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
    bench.run({ "CudaGptqBlock",
                "lazy updates alone",
                { rows, n },
                0.33,
                0,
                0,
                1,
                [&](int i) {
                    for (std::int64_t c = 0; c < n; c += block)
                        b.gptqColumns(w.data_ptr<float>(), rows, n, c, c + block,
                                      u.data_ptr<float>(), scales.data_ptr<float>(), n, {},
                                      quantized.data_ptr<float>(), errors.data_ptr<float>(),
                                      exec());
                    update(i);
                },
                update });
}

} // namespace

void runBench(int index, const std::string &filter,
              const std::function<void(const std::string &)> &row)
{
    const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index));
    const at::NoGradGuard noGrad;
    const Backend &b = kernels::cudaBackend();
    Bench bench(filter, row);
    {
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
    }
    elementwise(bench, b, { 8192, 8192 });
    std::size_t free = 0;
    std::size_t total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    std::int64_t rows = 262144; // of a Qwen3-8B calibration; fewer where the memory is small
    while (rows > 8192 && static_cast<std::size_t>(rows) * 4096 * 2 * (2 * kSets + 2) > free)
        rows /= 2;
    elementwise(bench, b, { rows, 4096 });
    linears(bench, b, 8192);
    gptq(bench, b);
}

} // namespace batlab::cuda
