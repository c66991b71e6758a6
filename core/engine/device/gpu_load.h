// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace batlab::device {

/// How busy a GPU is, as NVML says, which comes with the driver. There is no answer without NVML,
/// of a GPU it does not know, and where it does not count (one that is split by MIG).
class GpuLoad
{
public:
    /// bus: Gpu::bus; library: for dlopen.
    explicit GpuLoad(const std::string &bus, const char *library = "libnvidia-ml.so.1");
    ~GpuLoad();
    GpuLoad(const GpuLoad &) = delete;
    GpuLoad &operator=(const GpuLoad &) = delete;

    /// Percent of the driver's last sample period (1/6 to 1 s) in which a kernel ran, of any
    /// process (nvmlDeviceGetUtilizationRates).
    [[nodiscard]] std::optional<int> percent() const;

private:
    void *m_library = nullptr; ///< opened and initialised
    void *m_gpu = nullptr; ///< nvmlDevice_t
};

/// What tells the load of a job's device ("cuda", "cuda:1"), from any thread; NVML is opened when
/// it is first asked. Empty for the CPU.
[[nodiscard]] std::function<std::optional<int>()> loadOf(const std::string &device);

} // namespace batlab::device
