// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/device/driver.h"
#include "core/engine/device/plugin.h"

#include <c10/core/Device.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace batlab::device {

/// Where a job computes.
struct Device
{
    c10::Device place = c10::DeviceType::CPU;
    std::string name; ///< the GPU's, or the CPU level's
    std::uint64_t memoryBytes = 0; ///< of the GPU; 0: host memory

    [[nodiscard]] std::string text() const { return place.str(); } ///< "cpu", "cuda:0"
};

/// How openDevice looks for a GPU; the defaults are this machine, tests put in their own.
struct DeviceSearch
{
    std::function<Driver()> driver = probeDriver;
    /// Opens libtorch's CUDA library for the whole process; the loader's message, or empty.
    std::function<std::string()> torchCuda;
    /// Files that may be the plug-in, first match wins; empty: BATLAB_CUDA_PLUGIN, or beside the
    /// program and in ../lib.
    std::vector<std::filesystem::path> plugins;
};

/// N of "cuda" (0) or "cuda:N"; -1 for another text.
[[nodiscard]] int cudaIndex(std::string_view text);

/// "cpu", "cuda" or "cuda:N" ready to compute: driver, GPU, libtorch's CUDA libraries and the
/// plug-in are checked in this order and loaded once a process. Error{device} names what is missing
/// and what installs it; Error{usage} for another text.
[[nodiscard]] Result<Device> openDevice(std::string_view text, const DeviceSearch &search = {});

/// The plug-in that openDevice has loaded; null before.
[[nodiscard]] const CudaPlugin *cudaPlugin();

/// A line of `doctor`.
struct Finding
{
    std::string name;
    bool ok = false;
    std::string value, hint;
};
/// What is here for GPUs: driver, each GPU, libtorch's CUDA libraries, the plug-in. Loads libraries
/// only where a GPU is usable.
[[nodiscard]] std::vector<Finding> findDevices(const DeviceSearch &search = {});

} // namespace batlab::device
