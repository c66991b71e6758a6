// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <c10/core/Device.h>

#include <string>

namespace batlab::device {

struct DeviceOps;

/// How the kernels of one kind of device are run. The CPU's table is always there; the CUDA plug-in
/// brings its own (core/engine/cuda), tests a spy's.
struct DeviceKernels
{
    const kernels::Backend *table = nullptr;
    /// The queue that libtorch's operators of this thread use on device `index`; null: none.
    void *(*stream)(int index) = nullptr;
    /// What went wrong on this thread since the last call, which forgets it; empty: nothing. Null:
    /// kernels of this device cannot fail.
    std::string (*takeError)() = nullptr;
    /// Free bytes of device `index`, with what libtorch's allocator holds unused; null: unknown.
    std::int64_t (*freeMemory)(int index) = nullptr;
    /// Bytes of device memory that every call gets as scratch; 0: none.
    std::size_t scratchBytes = 0;
    /// Operations beyond the table (device_ops.h); null: none.
    const DeviceOps *ops = nullptr;
};

/// Makes a device's kernels known (or, with a null table, forgets them). Before anything runs on
/// it.
void registerKernels(c10::DeviceType type, const DeviceKernels &kernels);

/// Exception{device} if none are registered.
[[nodiscard]] const DeviceKernels &kernelsOf(c10::DeviceType type);
/// Free bytes of a device; 0 where that is not known.
[[nodiscard]] std::int64_t freeMemory(c10::Device device);
/// Whether a device still takes work. After some failures (a fault in a kernel) a GPU never does
/// again in the process that met them.
[[nodiscard]] bool answers(c10::Device device);

} // namespace batlab::device
