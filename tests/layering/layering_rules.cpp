// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/layering_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace batlab::layering {

namespace {

using Names = std::vector<std::string_view>;

constexpr std::string_view kPlotHeader = "views/plots/qcp.h";

/// A run's specification holds its recipes, and recipes are made of spec's parameters: run_spec.*
/// and sweep.* (which varies them) lie in core/spec but are a floor of their own above core/recipe.
constexpr std::string_view kRunSpecRoom = "core/spec/run_spec";

bool isRunSpec(std::string_view path)
{
    return path.starts_with("core/spec/run_spec.") || path.starts_with("core/spec/read_run_spec.")
        || path.starts_with("core/spec/change_run_spec.") || path.starts_with("core/spec/sweep.");
}

Names operator+(Names left, const Names &right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

bool contains(const Names &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// `path` is `folder` or lies under it.
bool isWithin(std::string_view path, std::string_view folder)
{
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::vector<Room> makeRooms()
{
    const Names plain { "fmt", "nlohmann", "yaml-cpp", "xxhash", "pcre2", "utf8proc" };
    const Names core { "core/base",  "core/artifact", "core/job",  "core/recipe", "core/spec",
                       kRunSpecRoom, "core/model",    "core/text", "core/stats" };
    const Names torch = plain + Names { "torch" };
    const Names numerics = core + Names { "kernels" };
    const Names variant { "core/engine/device", "core/engine/quant", "core/engine/nn",
                          "core/engine/transform", "core/engine/variant" };
    const Names engine = variant
        + Names { "core/engine/calib", "core/engine/eval", "core/engine/tune", "core/engine/export",
                  "core/engine/proxy" };
    const Names qt { "qt", "fmt", "nlohmann" };
    const Names plot = qt + Names { "qcustomplot" };
    const Names everything = numerics + engine
        + Names {
              "core",     "core/engine",  "core/engine/service", "views",        "tests/support",
              "sessions", "views/models", "views/plots",         "views/panels", "app/gui",
              "app/cli",  "kernels/cuda", "core/engine/cuda"
          };
    const Names testLibraries = plain + Names { "qt", "hdf5", "cli11", "benchmark", "cuda" };

    std::vector<Room> list {
        { "kernels", {}, {} },
        // device code and its host half; the only place that sees the CUDA runtime
        { "kernels/cuda", { "kernels" }, { "cuda" } },
        // core's own CMake file: one library on top of the kernels
        { "core", { "kernels" }, plain },
        { "core/base", {}, plain },
        { "core/artifact", { "core/base" }, plain },
        // jobs publish artifacts
        { "core/job", { "core/base", "core/artifact" }, plain },
        // parameters, their names and YAML; formats and scale rules are the kernels' enums
        { "core/spec", { "core/base", "core/artifact", "kernels" }, plain },
        { "core/recipe", { "core/base", "core/artifact", "core/spec", "kernels" }, plain },
        { kRunSpecRoom,
          { "core/base", "core/artifact", "core/spec", "core/recipe", "kernels" },
          plain },
        { "core/model", { "core/base" }, plain },
        { "core/text", { "core/base", "core/model" }, plain },
        { "core/stats", { "core/base", "core/artifact", "kernels" }, plain },
        // the engine's rooms see all of core; among themselves only downwards
        // which device computes, and the kernels and the plug-in that belong to it
        { "core/engine/device", numerics, torch },
        // libbatlab_cuda.so, which nothing links
        { "core/engine/cuda", numerics + Names { "core/engine/device", "kernels/cuda" }, torch },
        { "core/engine/quant", numerics + Names { "core/engine/device" }, torch },
        { "core/engine/nn", numerics + Names { "core/engine/quant" }, torch },
        { "core/engine/transform", numerics + Names { "core/engine/quant" }, torch },
        { "core/engine/variant",
          numerics + Names { "core/engine/quant", "core/engine/nn", "core/engine/transform" },
          torch },
        { "core/engine/calib", numerics + variant, torch },
        { "core/engine/eval", numerics + variant, torch },
        // a model pass starts from calibrated layers and scores logits
        { "core/engine/tune",
          numerics + variant + Names { "core/engine/calib", "core/engine/eval" }, torch },
        { "core/engine/export", numerics + variant, torch },
        // asks what a recipe would do to a layer; a calibration in small
        { "core/engine/proxy", numerics + variant + Names { "core/engine/calib" }, torch },
        // the in-process engine: jobs that tie passes, evaluation and artifacts together
        { "core/engine/service", numerics + engine, torch },
        // the engine's CMake file
        { "core/engine", numerics + engine + Names { "core", "core/engine/service" }, torch },
        { "sessions", numerics + Names { "core" }, { "hdf5", "fmt", "nlohmann", "xxhash" } },
        { "views/models", core + Names { "core", "sessions" }, qt },
        { "views/plots", core + Names { "core", "sessions", "views/models" }, plot },
        { "views/panels", core + Names { "core", "sessions", "views/models", "views/plots" }, qt },
        { "views",
          core + Names { "core", "sessions", "views/models", "views/plots", "views/panels" },
          plot },
        { "app/gui",
          core
              + Names { "core", "sessions", "views/models", "views/plots", "views/panels",
                        "views" },
          qt },
        { "app/cli",
          numerics + engine + Names { "core", "core/engine", "core/engine/service", "sessions" },
          plain + Names { "cli11" } },
    };
    // Tests may look at everything; libtorch stays with the engine's.
    for (const std::string_view name :
         { "tests/support", "tests/kernels", "tests/core", "tests/sessions", "tests/views",
           "tests/app", "tests/layering" })
        list.push_back({ name, everything, testLibraries });
    for (const std::string_view name : { "tests/engine", "tests/bench" })
        list.push_back({ name, everything, testLibraries + Names { "torch" } });
    return list;
}

const Room *findRoom(std::string_view name)
{
    const auto &all = rooms();
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Room &room) { return room.name == name; });
    return it == all.end() ? nullptr : &*it;
}

std::string cannot(std::string_view file, std::string_view verb, std::string_view what,
                   const std::string &why)
{
    std::string text { file };
    return text.append(" must not ").append(verb).append(" ").append(what).append(": ").append(why);
}

std::string unknownRoom(std::string_view file, const std::string &room)
{
    std::string text { file };
    return text.append(": ").append(room).append(" is no room of the house; name it, and what it "
                                                 "may see, in tests/layering/layering_rules.cpp");
}

using Prefixes = std::array<std::pair<std::string_view, std::string_view>, 26>;

std::string_view firstPrefix(const Prefixes &table, std::string_view text)
{
    for (const auto &[prefix, library] : table) {
        if (!prefix.empty() && text.starts_with(prefix))
            return library;
    }
    return {};
}

bool isQtHeader(std::string_view header)
{
    return header.size() >= 2 && header[0] == 'Q'
        && (header[1] == 't' || (header[1] >= 'A' && header[1] <= 'Z'));
}

} // namespace

const std::vector<Room> &rooms()
{
    static const std::vector<Room> all = makeRooms();
    return all;
}

std::string roomOf(std::string_view path)
{
    if (isRunSpec(path))
        return std::string { kRunSpecRoom };
    const std::size_t slash = path.rfind('/');
    const std::string_view folder =
        slash == std::string_view::npos ? std::string_view {} : path.substr(0, slash);
    std::size_t depth = 0;
    if (isWithin(folder, "kernels/cuda"))
        depth = 2;
    else if (isWithin(folder, "kernels") || isWithin(folder, "sessions"))
        depth = 1;
    else if (isWithin(folder, "core/engine"))
        depth = 3;
    else if (isWithin(folder, "core") || isWithin(folder, "views") || isWithin(folder, "app")
             || isWithin(folder, "tests"))
        depth = 2;
    if (depth == 0)
        return {};
    std::size_t end = 0;
    for (std::size_t i = 0; i < depth && end != std::string_view::npos; ++i)
        end = folder.find('/', i == 0 ? 0 : end + 1);
    return std::string { folder.substr(0, end) };
}

std::string_view libraryOfHeader(std::string_view header)
{
    static constexpr Prefixes table { {
        { "torch/", "torch" },
        { "ATen/", "torch" },
        { "c10/", "torch" },
        { "caffe2/", "torch" },
        { "qcustomplot", "qcustomplot" },
        { "hdf5", "hdf5" },
        { "H5", "hdf5" },
        { "highfive/", "hdf5" },
        { "cuda", "cuda" },
        { "cublas", "cuda" },
        { "fmt/", "fmt" },
        { "nlohmann/", "nlohmann" },
        { "yaml-cpp/", "yaml-cpp" },
        { "CLI/", "cli11" },
        { "pcre2", "pcre2" },
        { "utf8proc", "utf8proc" },
        { "xxhash", "xxhash" },
        { "benchmark/", "benchmark" },
        { "boost/", "boost" },
        { "Eigen/", "eigen" },
        { "omp.h", "openmp" },
    } };
    if (isQtHeader(header))
        return "qt";
    return firstPrefix(table, header);
}

std::string_view libraryOfTarget(std::string_view target)
{
    static constexpr Prefixes table { {
        { "Batlab::Torch", "torch" },
        { "${TORCH", "torch" },
        { "torch", "torch" },
        { "c10", "torch" },
        { "QCustomPlot", "qcustomplot" },
        { "qcustomplot", "qcustomplot" },
        { "Qt6::", "qt" },
        { "Qt::", "qt" },
        { "HDF5::", "hdf5" },
        { "hdf5", "hdf5" },
        { "${HDF5", "hdf5" },
        { "PkgConfig::HDF5", "hdf5" },
        { "CUDA::", "cuda" },
        { "cudart", "cuda" },
        { "Batlab::Cuda", "cuda" },
        { "fmt", "fmt" },
        { "nlohmann_json", "nlohmann" },
        { "yaml-cpp", "yaml-cpp" },
        { "CLI11", "cli11" },
        { "PkgConfig::PCRE2", "pcre2" },
        { "PkgConfig::UTF8PROC", "utf8proc" },
        { "PkgConfig::XXHASH", "xxhash" },
        { "benchmark", "benchmark" },
        { "Boost", "boost" },
        { "Eigen", "eigen" },
        { "OpenMP", "openmp" },
    } };
    return firstPrefix(table, target);
}

std::string checkInclude(std::string_view file, std::string_view header)
{
    const std::string from = roomOf(file);
    if (from.empty())
        return {};
    const Room *room = findRoom(from);
    if (!room)
        return unknownRoom(file, from);
    if (header == "torch/torch.h" || header == "torch/extension.h")
        return cannot(file, "include", header,
                      "it pulls in all of libtorch; include the ATen or autograd header");
    if (header.find("..") != std::string_view::npos)
        return cannot(file, "include", header, "paths start at the repository root");

    const std::string to = roomOf(header);
    if (!to.empty()) {
        if (to == from || contains(room->sees, to))
            return {};
        return cannot(file, "include", header, from + " does not see " + to);
    }
    const std::string_view library = libraryOfHeader(header);
    if (library == "qcustomplot" && file != kPlotHeader)
        return cannot(file, "include", header,
                      "QCustomPlot is included through views/plots/qcp.h only");
    if (library.empty() || contains(room->uses, library))
        return {};
    return cannot(file, "include", header, from + " does not use " + std::string { library });
}

std::string checkLink(std::string_view file, std::string_view target)
{
    const std::string from = roomOf(file);
    if (from.empty())
        return {};
    const Room *room = findRoom(from);
    if (!room)
        return unknownRoom(file, from);

    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> targets { {
        { "batlab_kernels", "kernels" },
        { "batlab_core", "core" },
        { "batlab_engine", "core/engine" },
        { "batlab_sessions", "sessions" },
        { "batlab_views", "views" },
    } };
    for (const auto &entry : targets) {
        const std::string_view to = entry.second;
        if (!target.starts_with(entry.first))
            continue;
        // batlab_core and batlab_views hold several rooms; the engine is a library of its own
        const auto gives = [to](std::string_view name) {
            return name == to || (isWithin(name, to) && !isWithin(name, "core/engine"));
        };
        if (isWithin(from, to) || std::any_of(room->sees.begin(), room->sees.end(), gives))
            return {};
        return cannot(file, "link", target, from + " does not see " + std::string { to });
    }
    const std::string_view library = libraryOfTarget(target);
    if (library.empty() || contains(room->uses, library))
        return {};
    return cannot(file, "link", target, from + " does not use " + std::string { library });
}

} // namespace batlab::layering
