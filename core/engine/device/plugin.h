// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device_ops.h"
#include "kernels/backend.h"

#include <cstddef>
#include <cstdint>

namespace batlab::device {

/// Grows with every change below: engine and plug-in of different builds refuse each other.
inline constexpr std::uint32_t kCudaPluginAbi = 3;

/// What libbatlab_cuda.so gives the engine. Plain data: no exception and no C++ object crosses.
struct CudaPlugin
{
    std::uint32_t abi;
    const char *torchVersion; ///< it was built against, e.g. "2.11.0"
    const char *architectures; ///< it has code for, e.g. "80 89 90a 100a 120a"
    const kernels::Backend *backend;
    const DeviceOps *ops; ///< beyond the backend (device_ops.h)
    void *(*stream)(int index); ///< cudaStream_t of libtorch on this thread
    /// Writes what failed on this thread since the last call and forgets it; false: nothing did.
    bool (*takeError)(char *text, std::size_t capacity);
    /// Free bytes of a device with what libtorch's allocator holds unused; -1: it does not answer.
    std::int64_t (*freeMemory)(int index);
    /// Gives back what libtorch's allocator holds unused, so that a job starts from nothing.
    void (*releaseMemory)();
    /// Runs the benchmarks whose name holds `filter`: each row is a JSON object. False: `error`
    /// says why not.
    bool (*bench)(int index, const char *filter, void (*row)(void *context, const char *json),
                  void *context, char *error, std::size_t capacity);
};

/// The one symbol of the plug-in: extern "C" const CudaPlugin *batlabCudaPlugin().
using CudaPluginEntry = const CudaPlugin *(*)();
inline constexpr const char *kCudaPluginEntry = "batlabCudaPlugin";
inline constexpr const char *kCudaPluginFile = "libbatlab_cuda.so";

} // namespace batlab::device
