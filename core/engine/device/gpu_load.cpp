// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/gpu_load.h"

#include "core/engine/device/device.h"

#include <dlfcn.h>
#include <memory>
#include <mutex>

namespace batlab::device {

namespace {

struct Utilization // nvmlUtilization_t
{
    unsigned gpu = 0, memory = 0;
};

template<class Function>
Function *entry(void *library, const char *symbol)
{
    return reinterpret_cast<Function *>(::dlsym(library, symbol));
}

} // namespace

GpuLoad::GpuLoad(const std::string &bus, const char *library)
{
    void *opened = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr)
        return;
    auto *init = entry<int()>(opened, "nvmlInit_v2");
    auto *find = entry<int(const char *, void **)>(opened, "nvmlDeviceGetHandleByPciBusId_v2");
    if (init == nullptr || find == nullptr || init() != 0) {
        ::dlclose(opened);
        return;
    }
    m_library = opened;
    if (find(bus.c_str(), &m_gpu) != 0)
        m_gpu = nullptr;
}

GpuLoad::~GpuLoad()
{
    if (m_library == nullptr)
        return;
    if (auto *shutdown = entry<int()>(m_library, "nvmlShutdown"); shutdown != nullptr)
        shutdown();
    ::dlclose(m_library);
}

std::optional<int> GpuLoad::percent() const
{
    if (m_gpu == nullptr)
        return std::nullopt;
    auto *rates = entry<int(void *, Utilization *)>(m_library, "nvmlDeviceGetUtilizationRates");
    Utilization now;
    if (rates == nullptr || rates(m_gpu, &now) != 0 || now.gpu > 100)
        return std::nullopt;
    return static_cast<int>(now.gpu);
}

std::function<std::optional<int>()> loadOf(const std::string &device)
{
    const int index = cudaIndex(device);
    if (index < 0)
        return {};
    struct Shared
    {
        std::mutex mutex;
        std::unique_ptr<GpuLoad> load;
    };
    return [index = static_cast<std::size_t>(index), shared = std::make_shared<Shared>()] {
        const std::lock_guard lock(shared->mutex);
        if (!shared->load) {
            // By its place on the bus: CUDA_VISIBLE_DEVICES and the order of CUDA's GPUs are not
            // NVML's.
            const Driver driver = probeDriver();
            shared->load = std::make_unique<GpuLoad>(
                index < driver.gpus.size() ? driver.gpus[index].bus : std::string());
        }
        return shared->load->percent();
    };
}

} // namespace batlab::device
