// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_run.h"

#include <algorithm>

namespace batlab::cuda {

namespace {

constexpr int kWarm = 3;
constexpr int kPairs = 24;

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

/// Keeps the device busy for some tenths of a millisecond, while the host queues what is timed:
/// what counts is the device's time, not how fast the host launches.
void queueFiller()
{
    constexpr std::int64_t kElements = std::int64_t(32) << 20;
    constexpr int kPasses = 8;
    static const auto *buffer = new at::Tensor( // outlives the driver otherwise
        at::zeros({ kElements }, at::TensorOptions().device(at::kCUDA).dtype(at::kFloat)));
    for (int i = 0; i < kPasses; ++i)
        (void)at::Tensor(*buffer).add_(1);
}

/// Seconds of one call on the device.
double timed(const std::function<void(int)> &call, int set)
{
    Mark begin, end;
    queueFiller();
    begin.record();
    call(set);
    end.record();
    const double seconds = end.since(begin);
    checkKernels();
    return seconds;
}

} // namespace

bool Bench::wanted(std::string_view name) const
{
    return name.find(m_filter) != std::string_view::npos;
}

void Bench::run(const Pair &pair)
{
    if (!wanted(pair.name))
        return;
    try {
        for (int i = 0; i < kWarm; ++i) {
            (void)timed(pair.ours, i % kSets);
            (void)timed(pair.baseline, i % kSets);
        }
        std::vector<double> own;
        std::vector<double> baseline;
        for (int i = 0; i < kPairs; ++i) {
            own.push_back(timed(pair.ours, i % kSets));
            baseline.push_back(timed(pair.baseline, i % kSets));
        }
        m_row(rowText(pair, own, baseline));
    } catch (const std::exception &e) { // the others go on
        m_row(errorText(pair, e.what()));
    }
}

void Bench::refuse(const Pair &pair, const std::string &why)
{
    if (wanted(pair.name))
        m_row(errorText(pair, why));
}

void Bench::group(const std::string &name, const std::function<void()> &rows)
{
    try {
        rows();
    } catch (const std::exception &e) {
        Pair pair;
        pair.name = name;
        m_row(errorText(pair, e.what()));
    }
}

kernels::Exec exec()
{
    constexpr std::int64_t kBytes = std::int64_t(64) << 20;
    static const auto *scratch = new at::Tensor( // as above
        at::empty({ kBytes }, at::TensorOptions().device(at::kCUDA).dtype(at::kByte)));
    kernels::Exec e;
    e.stream = c10::cuda::getCurrentCUDAStream().stream();
    e.scratch = scratch->data_ptr();
    e.scratchBytes = static_cast<std::size_t>(kBytes);
    return e;
}

at::Tensor sample(at::IntArrayRef shape)
{
    constexpr std::int64_t kRows = 8192; // at a time: fp32 and a mask take six times the result
    const auto options = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    at::Tensor out = at::empty(shape, options.dtype(at::kBFloat16));
    for (std::int64_t first = 0; first < shape[0]; first += kRows) {
        at::Tensor part = out.narrow(0, first, std::min(kRows, shape[0] - first));
        const at::Tensor x = at::randn(part.sizes(), options);
        part.copy_(at::where(at::rand(part.sizes(), options) < 1e-3, 30 * x, x));
    }
    return out;
}

Sets::Sets(at::IntArrayRef shape)
{
    for (int i = 0; i < kSets; ++i) {
        in[i] = sample(shape);
        out[i] = at::empty_like(in[i]);
    }
}

Factors::Factors(std::int64_t cols)
{
    const auto fp32 = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    a = at::eye(8, fp32) + 0.05 * at::randn({ 8, 8 }, fp32);
    b = (at::eye(4, fp32) + 0.05 * at::randn({ cols / 32, 4, 4 }, fp32)).contiguous();
}

} // namespace batlab::cuda
