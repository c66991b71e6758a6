// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_run.h"

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

at::Tensor sample(at::IntArrayRef shape)
{
    const auto options = at::TensorOptions().device(at::kCUDA).dtype(at::kFloat);
    const at::Tensor x = at::randn(shape, options);
    return at::where(at::rand(shape, options) < 1e-3, 30 * x, x).to(at::kBFloat16);
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
