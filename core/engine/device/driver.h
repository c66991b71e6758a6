// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace batlab::device {

/// A GPU as the driver describes it.
struct Gpu
{
    std::string name;
    int capability = 0; ///< 10 * major + minor, e.g. 90
    std::uint64_t memoryBytes = 0;
    std::string bus {}; ///< PCI bus id, "0000:3B:00.0"
};

/// What the NVIDIA driver of this machine says. Asked without a toolkit and without libtorch.
struct Driver
{
    bool found = false; ///< libcuda.so.1 could be opened
    int initCode = 0; ///< of cuInit
    std::string initName; ///< e.g. "CUDA_ERROR_NO_DEVICE"
    int version = 0; ///< CUDA version it supports, e.g. 13000
    std::vector<Gpu> gpus;
};

/// The CUDA version the plug-in's libraries need, and the least capability it has code for.
inline constexpr int kLeastDriver = 13000;
inline constexpr int kLeastCapability = 80;

/// Asks the driver of this machine.
[[nodiscard]] Driver probeDriver();

/// Whether the driver can run the plug-in at all. Error{device} with the remedy: no driver, one
/// that does not start, one that is too old, no GPU.
[[nodiscard]] Result<void> checkDriver(const Driver &driver);
/// GPU `index` if there is one that the plug-in has code for.
[[nodiscard]] Result<Gpu> checkGpu(const Driver &driver, int index);

/// What to do about a message of dlopen: names the pip wheel of a missing CUDA library.
[[nodiscard]] Error loadError(const std::string &message);

} // namespace batlab::device
