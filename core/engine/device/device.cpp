// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/device.h"

#include "core/engine/device/device_kernels.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/headeronly/version.h>

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <dlfcn.h>

namespace batlab::device {

namespace {

namespace fs = std::filesystem;

std::atomic<const CudaPlugin *> loaded { nullptr };

fs::path folderOf(const void *symbol)
{
    Dl_info info {};
    if (::dladdr(symbol, &info) == 0 || info.dli_fname == nullptr)
        return {};
    std::error_code error;
    return fs::canonical(info.dli_fname, error).parent_path();
}

/// The folder of the libtorch this process runs with.
fs::path torchFolder() { return folderOf(reinterpret_cast<const void *>(&at::get_num_threads)); }

/// Its version as it says itself, which may differ from the headers' if libraries were exchanged.
std::string torchVersion()
{
    const std::string config = at::show_config();
    constexpr std::string_view key = "TORCH_VERSION=";
    const std::size_t begin = config.find(key);
    if (begin == std::string::npos)
        return TORCH_VERSION;
    const std::size_t first = begin + key.size();
    return config.substr(first, config.find_first_of(", \n", first) - first);
}

std::string loadTorchCuda()
{
    // Beside libtorch_cpu first: another installation's would not fit it.
    const fs::path beside = torchFolder() / "libtorch_cuda.so";
    std::error_code error;
    const std::string file = fs::exists(beside, error) ? beside.string() : "libtorch_cuda.so";
    return ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr ? std::string() : ::dlerror();
}

std::vector<fs::path> pluginPlaces(const DeviceSearch &search)
{
    if (!search.plugins.empty())
        return search.plugins;
    if (const char *given = std::getenv("BATLAB_CUDA_PLUGIN"); given != nullptr && *given != '\0')
        return { given };
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
    return { program / kCudaPluginFile, program.parent_path() / "lib" / kCudaPluginFile };
}

Error pluginError(std::string what, std::string hint)
{
    return { ErrorCode::device, std::move(what), kCudaPluginFile, std::move(hint) };
}

Result<fs::path> findPlugin(const DeviceSearch &search)
{
    std::error_code error;
    std::string tried;
    for (const fs::path &file : pluginPlaces(search)) {
        if (fs::is_regular_file(file, error))
            return file;
        tried += (tried.empty() ? "" : ", ") + file.string();
    }
    return pluginError(
        "the CUDA plug-in is not there: " + tried,
        "It is built where nvcc 13 and libtorch's CUDA libraries are found "
        "(packaging/setup cuda, then build); BATLAB_CUDA_PLUGIN names another place.");
}

/// Refuses a plug-in that does not belong to this engine or this libtorch.
Result<void> checkPlugin(const CudaPlugin *plugin, const std::string &file)
{
    if (plugin == nullptr || plugin->abi != kCudaPluginAbi)
        return pluginError(fmt::format("the CUDA plug-in is of another build of Batlab: {}", file),
                           "Build or install both together.");
    if (const std::string here = torchVersion(); here != plugin->torchVersion)
        return pluginError(
            fmt::format("the CUDA plug-in was built for libtorch {}, and this is {}",
                        plugin->torchVersion, here),
            fmt::format("`pip install torch=={}`, and set BATLAB_TORCH_DIR to its folder torch.",
                        plugin->torchVersion));
    return {};
}

Result<const CudaPlugin *> loadPlugin(const DeviceSearch &search)
{
    const auto file = findPlugin(search);
    if (!file)
        return file.error();
    if (const std::string problem = search.torchCuda ? search.torchCuda() : loadTorchCuda();
        !problem.empty())
        return loadError(problem);
    void *library = ::dlopen(file->c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        return loadError(::dlerror());
    const auto entry = reinterpret_cast<CudaPluginEntry>(::dlsym(library, kCudaPluginEntry));
    const CudaPlugin *plugin = entry != nullptr ? entry() : nullptr;
    if (const auto good = checkPlugin(plugin, file->string()); !good) {
        ::dlclose(library);
        return good.error();
    }
    return plugin; // the library stays for the life of the process
}

std::string takePluginError()
{
    std::array<char, 512> text {};
    return loaded.load()->takeError(text.data(), text.size()) ? text.data() : std::string();
}

/// Scratch from libtorch's allocator, so that kernels need not ask the driver. GPK backward with
/// block clips takes most: 59 MB for 4 x 2,048 tokens of 28,672 channels.
constexpr std::size_t kScratchBytes = std::size_t { 64 } << 20;

/// The same bytes in every run, and no product with less precision than its operands: before
/// libtorch's CUDA part wakes up.
void makeRepeatable()
{
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0); // without it cuBLAS may take any order
    at::Context &context = at::globalContext();
    context.setDeterministicAlgorithms(true, false);
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuBLAS(false);
    context.setAllowFP16ReductionCuBLAS(false, true);
    context.setAllowBF16ReductionCuBLAS(false, true);
}

} // namespace

const CudaPlugin *cudaPlugin() { return loaded.load(); }

int cudaIndex(std::string_view text)
{
    if (text == "cuda")
        return 0;
    if (text.substr(0, 5) != "cuda:" || text.size() == 5)
        return -1;
    int index = -1;
    const char *end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + 5, end, index);
    return parsed.ec == std::errc() && parsed.ptr == end ? index : -1;
}

Result<Device> openDevice(std::string_view text, const DeviceSearch &search)
{
    if (text == "cpu")
        return Device { c10::DeviceType::CPU, kernels::cpu().name, 0 };
    const int index = cudaIndex(text);
    if (index < 0)
        return Error { ErrorCode::usage, fmt::format("'{}' is no device", text), "--device",
                       "Use cpu, cuda or cuda:N." };
    const auto gpu = checkGpu(search.driver(), index);
    if (!gpu)
        return gpu.error();
    if (loaded.load() == nullptr) {
        makeRepeatable();
        const auto plugin = loadPlugin(search);
        if (!plugin)
            return plugin.error();
        loaded = *plugin;
        registerKernels(c10::DeviceType::CUDA,
                        { (*plugin)->backend, (*plugin)->stream, &takePluginError,
                          (*plugin)->freeMemory, kScratchBytes, (*plugin)->ops });
    }
    if (loaded.load()->freeMemory(index) < 0)
        return Error { ErrorCode::device,
                       fmt::format("GPU {} ({}) does not answer", index, gpu->name), "--device",
                       "Another program may hold it alone, or it has failed: see `nvidia-smi`." };
    return Device { c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index)),
                    gpu->name, gpu->memoryBytes };
}

std::vector<Finding> findDevices(const DeviceSearch &search)
{
    std::vector<Finding> out;
    const auto failed = [&](std::string name, const Error &error) {
        out.push_back({ std::move(name), false, error.what, error.hint });
    };
    const Driver driver = search.driver();
    const auto good = checkDriver(driver);
    if (good)
        out.push_back(
            { "gpu-driver",
              true,
              fmt::format("CUDA {}.{}", driver.version / 1000, driver.version % 1000 / 10),
              {} });
    else
        failed("gpu-driver", good.error());
    bool usable = false;
    for (int i = 0; good && i < static_cast<int>(driver.gpus.size()); ++i) {
        const auto gpu = checkGpu(driver, i);
        usable = usable || gpu.ok();
        if (gpu)
            out.push_back({ fmt::format("cuda:{}", i),
                            true,
                            fmt::format("{}, sm_{}, {:.0f} GB", gpu->name, gpu->capability,
                                        static_cast<double>(gpu->memoryBytes) / 1e9),
                            {} });
        else
            failed(fmt::format("cuda:{}", i), gpu.error());
    }
    const auto plugin = findPlugin(search);
    if (!plugin)
        failed("gpu-plugin", plugin.error());
    else if (!usable)
        out.push_back({ "gpu-plugin", true, plugin->string() + " (not loaded)", {} });
    else if (const auto device = openDevice("cuda", search); !device)
        failed("gpu-plugin", device.error());
    else
        out.push_back({ "gpu-plugin",
                        true,
                        fmt::format("{}, libtorch {}, code for sm_ {}", plugin->string(),
                                    cudaPlugin()->torchVersion, cudaPlugin()->architectures),
                        {} });
    return out;
}

} // namespace batlab::device
