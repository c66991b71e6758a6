// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/engine/service/local_engine.h"
#include "core/engine/service/preflight.h"
#include "core/model/model_source.h"
#include "core/text/dataset.h"
#include "kernels/backend.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

struct Check
{
    std::string name;
    bool ok = true;
    bool needed = true; ///< a failure makes the exit status 1
    std::string value, hint;
};

std::string_view levelName(kernels::CpuLevel level)
{
    switch (level) {
    case kernels::CpuLevel::v4: return "x86-64-v4 (AVX-512)";
    case kernels::CpuLevel::v3: return "x86-64-v3 (AVX2)";
    case kernels::CpuLevel::v2: return "x86-64-v2";
    case kernels::CpuLevel::scalar: break;
    }
    return "scalar";
}

void doctor(Common &common)
{
    setEngineThreads(common.threadCount());
    const auto opened = device::openDevice(common.device);
    const device::Device device = opened ? *opened : device::Device {};
    const Json here = resources();
    std::vector<Check> checks;
    checks.push_back({ "batlab", true, true, here["version"].get<std::string>(), {} });
    checks.push_back(
        { "cpu",
          true,
          true,
          fmt::format("{}, {} threads", levelName(kernels::detectCpuLevel()), common.threadCount()),
          {} });
    if (opened)
        checks.push_back(
            { "device", true, true, fmt::format("{} ({})", device.text(), device.name), {} });
    else
        checks.push_back({ "device", false, true, opened.error().what, opened.error().hint });
    for (const device::Finding &found : device::findDevices())
        checks.push_back({ found.name, found.ok, false, found.value, found.hint });
    checks.push_back({ "libtorch", true, true, here["torch"].get<std::string>(), {} });
    const double memory = here["availableBytes"].get<double>() / 1e9;
    checks.push_back(
        { "memory", memory >= 3, false,
          fmt::format("{:.1f} of {:.1f} GB free", memory, here["memoryBytes"].get<double>() / 1e9),
          memory >= 3 ? "" : "The demo needs about 3 GB." });
    for (const char *dtype : { "bf16", "fp32" })
        checks.push_back({ fmt::format("gemm-{}", dtype),
                           true,
                           false,
                           fmt::format("{:.0f} GFLOP/s", measureGemm(dtype, device.place) / 1e9),
                           {} });
    if (const auto demo = demoModelPath())
        checks.push_back({ "demo-model", true, false, demo->string(), {} });
    else
        checks.push_back({ "demo-model", false, false, demo.error().what, demo.error().hint });
    if (const auto text = findData("wikitext2_raw/wiki.test.raw", common.dataDir()))
        checks.push_back({ "wikitext2", true, false, text->string(), {} });
    else
        checks.push_back({ "wikitext2", false, false, text.error().what, text.error().hint });

    Json document { { "checks", Json::array() }, { "resources", here } };
    for (const Check &check : checks) {
        printLine(common,
                  fmt::format("{} {:<12} {}",
                              check.ok           ? "ok  "
                                  : check.needed ? "FAIL"
                                                 : "miss",
                              check.name, check.value));
        if (!check.hint.empty())
            printLine(common, fmt::format("     {:<12} {}", "", check.hint));
        document["checks"].push_back({ { "name", check.name },
                                       { "ok", check.ok },
                                       { "value", check.value },
                                       { "hint", check.hint } });
        if (!check.ok && check.needed)
            common.exitStatus = exitStatus(ErrorCode::verification);
    }
    printJson(common, document);
}

} // namespace

void addDoctor(CLI::App &app, Common &common)
{
    app.add_subcommand("doctor", "What is here: CPU level, GPU, libraries, demo model")
        ->callback([&common] { doctor(common); });
}

} // namespace batlab::cli
