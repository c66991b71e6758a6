// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/plugin.h"

#include "core/engine/cuda/adam_settings.h"
#include "core/engine/cuda/bench.h"
#include "core/engine/cuda/step_graphs.h"
#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/transform_ops.h"

#include <ATen/Context.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>

/// libbatlab_cuda.so: our kernels and what the engine needs of libtorch_cuda (device/plugin.h).
namespace batlab::cuda {

namespace {

void write(const char *from, char *text, std::size_t capacity)
{
    if (capacity > 0)
        std::snprintf(text, capacity, "%s", from);
}

void *stream(int index)
{
    return c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(index)).stream();
}

bool takeError(char *text, std::size_t capacity)
{
    const kernels::cuda::Status status = kernels::cuda::lastError();
    if (status.ok())
        return false;
    kernels::cuda::clearError();
    std::snprintf(text, capacity, "%s: %s (%s)", status.where, status.text, status.name);
    return true;
}

std::int64_t freeMemory(int index)
{
    try {
        at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
        const auto device = static_cast<c10::DeviceIndex>(index);
        const c10::cuda::CUDAGuard guard(device);
        std::size_t free = 0;
        std::size_t total = 0;
        if (cudaMemGetInfo(&free, &total) != cudaSuccess) {
            (void)cudaGetLastError();
            return -1;
        }
        const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device);
        constexpr std::size_t all = 0; // StatType::AGGREGATE
        return static_cast<std::int64_t>(free) + stats.reserved_bytes[all].current
            - stats.allocated_bytes[all].current;
    } catch (const std::exception &) {
        return -1;
    }
}

void releaseMemory()
{
    try {
        c10::cuda::CUDACachingAllocator::emptyCache();
    } catch (const std::exception &) {
        // A lost device has nothing to give back; the next job is told so.
    }
}

bool bench(int index, const char *filter, void (*row)(void *context, const char *json),
           void *context, char *error, std::size_t capacity)
{
    try {
        runBench(index, filter, [&](const std::string &json) { row(context, json.c_str()); });
        return true;
    } catch (const std::exception &e) {
        write(e.what(), error, capacity);
        return false;
    }
}

void smallInverses(const device::InverseJob *jobs, int count, const kernels::Exec &exec)
{
    std::array<kernels::cuda::InverseJob, device::kMostInverseJobs> own {};
    const int most = std::min(count, device::kMostInverseJobs);
    for (int j = 0; j < most; ++j)
        own[static_cast<std::size_t>(j)] = { jobs[j].in, jobs[j].out, jobs[j].n, jobs[j].count,
                                             jobs[j].transpose };
    // One job too many is refused there.
    kernels::cuda::smallInverses(own.data(), count, nullptr, exec);
}

void adamW(const device::AdamWStep &s, const kernels::Exec &exec)
{
    kernels::cuda::adamWStep(s.parameters, s.gradients, s.mean, s.square, s.count,
                             adamSegments(s.runs), s.runCount, adamSettings(s), s.loss, s.step,
                             exec);
}

const device::DeviceOps kOps { &smallInverses, &adamW, &stepGraphs() };
static_assert(device::kMostInverseJobs == kernels::cuda::maxInverseJobs
              && device::kMostInverseRows == kernels::cuda::maxInverse);

} // namespace

} // namespace batlab::cuda

extern "C" __attribute__((visibility("default"))) const batlab::device::CudaPlugin *
batlabCudaPlugin()
{
    static const batlab::device::CudaPlugin plugin { batlab::device::kCudaPluginAbi,
                                                     TORCH_VERSION,
                                                     BATLAB_CUDA_ARCHITECTURES,
                                                     &batlab::kernels::cudaBackend(),
                                                     &batlab::cuda::kOps,
                                                     &batlab::cuda::stream,
                                                     &batlab::cuda::takeError,
                                                     &batlab::cuda::freeMemory,
                                                     &batlab::cuda::releaseMemory,
                                                     &batlab::cuda::bench };
    return &plugin;
}
