// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/runtime.h"

#include <array>
#include <mutex>

namespace batlab::kernels::cuda {

namespace {

constexpr std::size_t maxDevices = 64;

int attribute(cudaDeviceAttr name, int device, int otherwise)
{
    int value = otherwise;
    return check(cudaDeviceGetAttribute(&value, name, device), "cudaDeviceGetAttribute")
        ? value
        : otherwise;
}

} // namespace

const DeviceLimits &currentDevice()
{
    static const DeviceLimits smallest {};
    static std::array<DeviceLimits, maxDevices> limits;
    static std::array<std::once_flag, maxDevices> once;
    int device = 0;
    if (!check(cudaGetDevice(&device), "cudaGetDevice")
        || static_cast<std::size_t>(device) >= maxDevices) {
        return smallest;
    }
    const auto i = static_cast<std::size_t>(device);
    std::call_once(once[i], [&] {
        const int major = attribute(cudaDevAttrComputeCapabilityMajor, device, 8);
        const int minor = attribute(cudaDevAttrComputeCapabilityMinor, device, 0);
        limits[i].multiprocessors =
            attribute(cudaDevAttrMultiProcessorCount, device, smallest.multiprocessors);
        limits[i].sharedPerBlock =
            static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device,
                                               static_cast<int>(smallest.sharedPerBlock)));
        limits[i].capability = major * 10 + minor;
    });
    return limits[i];
}

Scratch::Scratch(const Exec &exec, std::size_t bytes, const char *where) : m_stream(streamOf(exec))
{
    if (bytes == 0 || (exec.scratch != nullptr && exec.scratchBytes >= bytes)) {
        m_data = exec.scratch;
        return;
    }
    m_owned = cudaMallocAsync(&m_data, bytes, m_stream) == cudaSuccess;
    if (!m_owned) {
        m_data = nullptr;
        (void)cudaGetLastError(); // ours now, not the next launch's
        noteError(badScratch, "badScratch", "no device memory for the operation's scratch", where);
    }
}

Scratch::~Scratch()
{
    if (m_owned) {
        check(cudaFreeAsync(m_data, m_stream), "cudaFreeAsync");
    }
}

} // namespace batlab::kernels::cuda
