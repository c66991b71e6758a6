// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/preflight.h"
#include "core/base/build_id.h"
#include "core/engine/calib/formats.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/service/gemm_time.h"
#include "core/engine/service/host_memory.h"
#include "core/engine/service/local_engine.h"
#include "core/engine/service/open_model.h"
#include "core/engine/service/sampled_text.h"
#include "core/spec/parameter.h"
#include "core/text/dataset.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <torch/headeronly/version.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

namespace batlab {

namespace {

/// The folder, or the first one above it that exists.
std::filesystem::path existing(std::filesystem::path folder)
{
    std::error_code error;
    folder = std::filesystem::absolute(folder, error);
    while (!folder.empty() && folder != folder.parent_path()
           && !std::filesystem::exists(folder, error))
        folder = folder.parent_path();
    return folder;
}

/// Of the GPU a job computes on; null on the CPU.
Json memoryOf(const std::string &device)
{
    if (!device.starts_with("cuda"))
        return {};
    const auto opened = device::openDevice(device);
    if (!opened || opened->place.is_cpu())
        return {};
    return { { "free", static_cast<std::uint64_t>(device::freeMemory(opened->place)) },
             { "total", opened->memoryBytes } };
}

} // namespace

Json resources()
{
    const std::string id = buildId();
    return { { "version", BATLAB_VERSION },
             { "build",
               fmt::format("{} {}{}{}", BATLAB_VERSION, BATLAB_COMPILER, id.empty() ? "" : " ",
                           id) },
             { "cpu", kernels::cpu().name },
             { "device", "cpu" },
             { "threads", defaultThreads() },
             { "memoryBytes", totalMemory() },
             { "availableBytes", availableMemory() },
             { "torch", TORCH_VERSION } };
}

WorkEstimate estimateWork(const RunSpec &spec, const ModelConfig &c)
{
    WorkEstimate out;
    for (const GemmRow &row : jobGemms(spec, c)) {
        const auto of = [&](std::string_view what) {
            return std::string_view(row.what).substr(0, what.size()) == what;
        };
        (of("sampling")         ? out.sampling
             : of("statistics") ? out.statistics
             : of("evaluation") ? out.evaluation
                                : out.calibration) += row.flop();
    }
    return out;
}

double measureGemm(std::string_view dtype, c10::Device device)
{
    const c10::NoGradGuard noGrad;
    const at::ScalarType type = dtype == "bf16" ? at::kBFloat16 : at::kFloat;
    const std::int64_t n = device.is_cpu() ? 1024 : 4096;
    // Not ones: a GPU multiplies those an eighth faster, for they take less power.
    const auto random = [&] {
        return at::rand({ n, n }, at::TensorOptions().device(device)).sub_(0.5).to(type);
    };
    const at::Tensor a = random();
    const at::Tensor b = random();
    at::Tensor c = at::mm(a, b); // warm up
    const auto wait = [&] { (void)c[0][0].item(); };
    wait();
    const auto begin = std::chrono::steady_clock::now();
    double seconds = 0;
    int count = 0;
    while (seconds < 0.1) {
        for (int i = 0; i < (device.is_cpu() ? 1 : 16); ++i, ++count)
            c = at::mm(a, b);
        wait();
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    return 2.0 * std::pow(static_cast<double>(n), 3) * count / seconds;
}

Result<Json> preflight(const RunSpec &spec, const std::filesystem::path &workspace,
                       const std::filesystem::path &dataDir, FirstLayerCheck &firstLayer,
                       const std::string &device)
{
    const auto source = openSource(spec.model);
    if (!source)
        return source.error();
    const ModelConfig &c = (*source)->config();
    Json warnings = modelWarnings(**source);
    Json errors = Json::array();
    if (const auto computes = firstLayer.check(*source, spec.protocol.dtype); !computes)
        errors.push_back(computes.error().message());

    const DeviceNeed onHost = hostNeed(spec, c);
    const std::uint64_t memory = onHost.total();
    const std::uint64_t available = availableMemory();
    if (const auto fits = checkHostMemory(onHost, available); !fits)
        warnings.push_back(fits.error().message());

    // Codes and scales of every variant, norms and transforms, training states, tokens.
    const std::uint64_t disk =
        spec.variants.size() * static_cast<std::uint64_t>(c.linearParameters()) * 6 / 10
        + (std::uint64_t(64) << 20);
    const std::filesystem::path folder =
        existing(workspace.empty() ? std::filesystem::path(".") : workspace);
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    if (!error && disk > space.available)
        errors.push_back(fmt::format("about {:.2f} GB are needed in {} and {:.2f} GB are free",
                                     static_cast<double>(disk) / 1e9, folder.string(),
                                     static_cast<double>(space.available) / 1e9));

    for (const VariantSpec &variant : spec.variants)
        if (const auto good = calib::checkModelFit(spec.protocol, variant, c); !good)
            errors.push_back(good.error().message());
    std::set<std::string> missing;
    std::set<std::int64_t> tooLong;
    for (const CalibrationSpec &text : calibrationTexts(spec)) {
        if (text.source != "self" && !std::filesystem::is_regular_file(text.file, error))
            missing.insert(text.file);
        if (text.length > c.maxPositions && c.maxPositions > 0)
            tooLong.insert(text.length);
    }
    for (const std::string &file : missing)
        errors.push_back("calibration.file: there is no text file '" + file + "'");
    if (spec.evaluate)
        for (const Protocol &protocol : evaluationProtocols(spec)) {
            if (std::filesystem::is_regular_file(protocol.text, error))
                continue;
            if (const auto file = namedTextFile(protocol.text, dataDir); !file)
                errors.push_back(file.error().message());
        }
    for (const std::int64_t length : tooLong)
        warnings.push_back(fmt::format("calibration.length {} is beyond the model's {} positions",
                                       length, c.maxPositions));
    if (spec.evaluate && spec.protocol.windowLength > c.maxPositions && c.maxPositions > 0)
        warnings.push_back(
            fmt::format("protocol.windowLength {} is beyond the model's {} positions",
                        spec.protocol.windowLength, c.maxPositions));

    const WorkEstimate work = estimateWork(spec, c);
    Json deviceMemory;
    c10::Device place = c10::DeviceType::CPU;
    if (const auto opened = device::openDevice(device); !opened) {
        errors.push_back(opened.error().message());
    } else if (place = opened->place; !place.is_cpu()) {
        const DeviceNeed need = deviceNeed(spec, c);
        const auto free = static_cast<std::uint64_t>(device::freeMemory(place));
        if (const auto fits = checkDeviceMemory(need, free); !fits)
            errors.push_back(fits.error().message());
        deviceMemory = { { "needed", need.total() }, { "available", free } };
    }
    const double speed = measureGemm(spec.protocol.dtype, place);
    Json out { { "model",
                 { { "name", c.displayName },
                   { "architecture", c.architecture },
                   { "layers", c.layers },
                   { "parameters", c.totalParameters() } } },
               { "memory", { { "needed", memory }, { "available", available } } },
               { "disk",
                 { { "needed", disk },
                   { "available", static_cast<std::uint64_t>(space.available) },
                   { "folder", folder.string() } } },
               { "gemmFlopPerSecond", speed },
               { "flop",
                 { { "sampling", work.sampling },
                   { "statistics", work.statistics },
                   { "calibration", work.calibration },
                   { "evaluation", work.evaluation } } },
               { "seconds", work.total() / (0.5 * speed) },
               { "warnings", warnings },
               { "errors", errors },
               { "device", device } };
    if (!deviceMemory.is_null())
        out["deviceMemory"] = std::move(deviceMemory);
    return out;
}

namespace {

Result<Json> presetList(const PresetLibrary &presets)
{
    Json list = Json::array();
    for (const std::string &id : presets.ids()) {
        Json entry = { { "id", id } };
        for (const char *budget : { "desk", "paper" }) {
            const auto recipe = presets.find(id, budget);
            if (!recipe) // a preset without this budget
                continue;
            entry["title"] = recipe->title;
            entry["family"] = recipe->family;
            entry["description"] = recipe->description;
            entry["filled"] = recipe->filled;
            entry["budgets"][budget] = recipe->toJson();
        }
        list.push_back(std::move(entry));
    }
    return Json { { "presets", list } };
}

Json schema()
{
    Json run = Json::array();
    for (const Parameter &p : runParameters())
        run.push_back(toJson(p));
    Json stages = Json::object();
    for (const std::string &kind : stageKinds()) {
        stages[kind] = Json::array();
        for (const Parameter &p : stageParameters(kind))
            stages[kind].push_back(toJson(p));
    }
    return { { "run", run }, { "stages", stages }, { "stageOrder", stageKinds() } };
}

} // namespace

Result<Json> answer(const Json &question, const PresetLibrary &presets,
                    const std::filesystem::path &dataDir, int threads, FirstLayerCheck &firstLayer,
                    const std::string &device)
{
    const auto text = [&](const char *key) -> std::string {
        const auto it = question.find(key);
        return it != question.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    const std::string ask = question.is_object() ? text("ask") : std::string();
    if (ask == "inspect-model") {
        const auto source = openSource(text("model"));
        if (!source)
            return source.error();
        Json out = toJson(Artifact(modelSummary(**source))); // readable as the artifact, and more
        out.update(inspectModel(**source));
        return out;
    }
    if (ask == "presets")
        return presetList(presets);
    if (ask == "schema")
        return schema();
    if (ask == "resources") {
        Json out = resources();
        out["threads"] = threads;
        out["device"] = device;
        out["deviceMemory"] = memoryOf(device);
        std::error_code error;
        const std::string workspace = text("workspace");
        const std::filesystem::space_info space =
            std::filesystem::space(existing(workspace.empty() ? "." : workspace), error);
        if (!error)
            out["diskFreeBytes"] = static_cast<std::uint64_t>(space.available);
        return out;
    }
    if (ask == "preflight") {
        const auto it = question.find("spec");
        if (it == question.end())
            return Error { ErrorCode::badInput, "preflight needs a spec", "question", {} };
        const auto spec = runSpecFromJson(*it, presets, "preflight");
        if (!spec)
            return spec.error();
        return preflight(*spec, text("workspace"), dataDir, firstLayer, device);
    }
    return Error { ErrorCode::unsupported,
                   fmt::format("this engine does not know the question '{}'", ask), "question",
                   "Use a window and an engine of one version." };
}

} // namespace batlab
