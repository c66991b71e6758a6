// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/driver.h"

#include <fmt/format.h>

#include <array>
#include <dlfcn.h>
#include <string_view>
#include <utility>

namespace batlab::device {

namespace {

/// The entries of the driver's interface that are asked here; all take and give plain values.
struct DriverApi
{
    int (*init)(unsigned) = nullptr;
    int (*version)(int *) = nullptr;
    int (*count)(int *) = nullptr;
    int (*get)(int *, int) = nullptr;
    int (*name)(char *, int, int) = nullptr;
    int (*attribute)(int *, int, int) = nullptr;
    int (*memory)(std::size_t *, int) = nullptr;
    int (*bus)(char *, int, int) = nullptr;
    int (*errorName)(int, const char **) = nullptr;

    explicit DriverApi(void *library)
    {
        const auto load = [&](auto &entry, const char *symbol) {
            entry = reinterpret_cast<std::remove_reference_t<decltype(entry)>>(
                ::dlsym(library, symbol));
            m_complete = m_complete && entry != nullptr;
        };
        load(init, "cuInit");
        load(version, "cuDriverGetVersion");
        load(count, "cuDeviceGetCount");
        load(get, "cuDeviceGet");
        load(name, "cuDeviceGetName");
        load(attribute, "cuDeviceGetAttribute");
        load(memory, "cuDeviceTotalMem_v2");
        load(bus, "cuDeviceGetPCIBusId");
        load(errorName, "cuGetErrorName");
    }
    [[nodiscard]] bool complete() const { return m_complete; }

private:
    bool m_complete = true;
};

constexpr int kCapabilityMajor = 75; // CUdevice_attribute
constexpr int kCapabilityMinor = 76;
constexpr int kNoDevice = 100; // CUDA_ERROR_NO_DEVICE

constexpr const char *kDriverHint =
    "Install NVIDIA's driver 580 or newer (Debian, Ubuntu: `sudo apt install nvidia-driver`), "
    "restart, and see that `nvidia-smi` lists the GPU; or use --device cpu.";

std::string versionText(int version)
{
    return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

Error unusable(std::string what, std::string hint)
{
    return { ErrorCode::device, std::move(what), "--device", std::move(hint) };
}

Gpu describe(const DriverApi &api, int index)
{
    Gpu gpu;
    int handle = 0;
    std::array<char, 256> text {};
    int major = 0;
    int minor = 0;
    std::size_t bytes = 0;
    if (api.get(&handle, index) != 0)
        return gpu;
    if (api.name(text.data(), static_cast<int>(text.size()) - 1, handle) == 0)
        gpu.name = text.data();
    if (api.attribute(&major, kCapabilityMajor, handle) == 0
        && api.attribute(&minor, kCapabilityMinor, handle) == 0)
        gpu.capability = 10 * major + minor;
    if (api.memory(&bytes, handle) == 0)
        gpu.memoryBytes = bytes;
    std::array<char, 32> place {};
    if (api.bus(place.data(), static_cast<int>(place.size()), handle) == 0)
        gpu.bus = place.data();
    return gpu;
}

} // namespace

Driver probeDriver()
{
    Driver out;
    void *library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        return out;
    const DriverApi api(library); // the library stays: others of this process use it
    if (!api.complete())
        return out;
    out.found = true;
    (void)api.version(&out.version);
    out.initCode = api.init(0);
    if (out.initCode != 0) {
        const char *text = nullptr;
        if (api.errorName(out.initCode, &text) == 0 && text != nullptr)
            out.initName = text;
        return out;
    }
    int count = 0;
    if (api.count(&count) == 0)
        for (int i = 0; i < count; ++i)
            out.gpus.push_back(describe(api, i));
    return out;
}

Result<void> checkDriver(const Driver &driver)
{
    if (!driver.found)
        return unusable("there is no NVIDIA driver (libcuda.so.1)", kDriverHint);
    if (driver.version < kLeastDriver)
        return unusable(fmt::format("the NVIDIA driver supports CUDA {}, but {} is needed",
                                    versionText(driver.version), versionText(kLeastDriver)),
                        kDriverHint);
    if (driver.initCode == kNoDevice || (driver.initCode == 0 && driver.gpus.empty()))
        return unusable("the NVIDIA driver sees no GPU",
                        "See `nvidia-smi`; in a container, start it with the GPU (--gpus all), and "
                        "look at CUDA_VISIBLE_DEVICES. Or use --device cpu.");
    if (driver.initCode != 0)
        return unusable(
            fmt::format("the NVIDIA driver does not start: {} ({})",
                        driver.initName.empty() ? "unknown error" : driver.initName,
                        driver.initCode),
            "Its kernel module and library may differ after an update: restart the machine. Or use "
            "--device cpu.");
    return {};
}

Result<Gpu> checkGpu(const Driver &driver, int index)
{
    if (const auto good = checkDriver(driver); !good)
        return good.error();
    if (index < 0 || static_cast<std::size_t>(index) >= driver.gpus.size())
        return unusable(fmt::format("there is no GPU {}", index),
                        driver.gpus.size() == 1
                            ? "This machine has one: use --device cuda:0."
                            : fmt::format("This machine has {}: use --device cuda:0 to cuda:{}.",
                                          driver.gpus.size(), driver.gpus.size() - 1));
    const Gpu &gpu = driver.gpus[static_cast<std::size_t>(index)];
    if (gpu.capability < kLeastCapability)
        return unusable(
            fmt::format("GPU {} ({}) has compute capability {}.{}", index, gpu.name,
                        gpu.capability / 10, gpu.capability % 10),
            fmt::format("{}.{} or newer is needed (Ampere and later): use another GPU or --device "
                        "cpu.",
                        kLeastCapability / 10, kLeastCapability % 10));
    return gpu;
}

Error loadError(const std::string &message)
{
    // The wheels that the CUDA 13 build of libtorch depends on.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kWheels { {
        { "libcublas", "nvidia-cublas" },
        { "libcudart.so", "nvidia-cuda-runtime" },
        { "libcudnn", "nvidia-cudnn-cu13" },
        { "libcufft.so", "nvidia-cufft" },
        { "libcufile.so", "nvidia-cufile" },
        { "libcupti.so", "nvidia-cuda-cupti" },
        { "libcurand.so", "nvidia-curand" },
        { "libcusolver", "nvidia-cusolver" },
        { "libcusparseLt", "nvidia-cusparselt-cu13" },
        { "libcusparse.so", "nvidia-cusparse" },
        { "libnccl.so", "nvidia-nccl-cu13" },
        { "libnvJitLink", "nvidia-nvjitlink" },
        { "libnvrtc", "nvidia-cuda-nvrtc" },
        { "libnvshmem", "nvidia-nvshmem-cu13" },
        { "libtorch", "torch" },
    } };
    const std::size_t end = message.find(": cannot open shared object file");
    if (end == std::string::npos)
        return unusable("the CUDA libraries of libtorch cannot be loaded: " + message,
                        "They belong to one installation: `pip install --force-reinstall "
                        "torch==2.11.0`, or use --device cpu.");
    const std::string library = message.substr(0, end);
    const std::string_view base =
        std::string_view(library).substr(library.find_last_of('/') + 1); // npos + 1 is 0
    for (const auto &[prefix, wheel] : kWheels)
        if (base.substr(0, prefix.size()) == prefix)
            return unusable(fmt::format("the CUDA library {} is missing", base),
                            fmt::format("`pip install {}` has it (`pip install torch==2.11.0` "
                                        "brings all); then set BATLAB_TORCH_DIR to its folder "
                                        "torch, or use --device cpu.",
                                        wheel));
    return unusable(fmt::format("the library {} is missing", base),
                    "Install it, or use --device cpu.");
}

} // namespace batlab::device
