// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/engine/service/local_engine.h"

#include <cstdio>

namespace batlab::cli {

int Common::threadCount() const { return threads > 0 ? threads : defaultThreads(); }

device::Device Common::prepareDevice() const
{
    setEngineThreads(threadCount());
    return device::openDevice(device).orThrow();
}

void Common::prepareHost() const
{
    if (device != "cpu")
        throw Exception({ ErrorCode::unsupported, "this computes on the CPU only", "--device",
                          "Leave --device out." });
    setEngineThreads(threadCount());
}

void addCommonOptions(CLI::App &app, Common &common)
{
    const char *group = "Common options";
    app.add_flag("--json", common.json, "Print one JSON document on stdout and nothing else")
        ->group(group);
    app.add_option("--progress", common.progress, "Progress on stderr: bar, json or none")
        ->check(CLI::IsMember({ "auto", "bar", "json", "none" }))
        ->group(group);
    app.add_option("--device", common.device, "cpu, or cuda[:N]")
        ->check([](const std::string &text) {
            const bool known = text == "cpu" || text == "cuda"
                || (text.rfind("cuda:", 0) == 0 && text.size() > 5
                    && text.find_first_not_of("0123456789", 5) == std::string::npos);
            return known ? std::string() : "use cpu, cuda or cuda:N";
        })
        ->group(group);
    app.add_option("--threads", common.threads, "Threads to compute with (default: all cores)")
        ->check(CLI::Range(1, 4096))
        ->group(group);
    app.add_option("--seed", common.seed, "Seed of everything random (default 0)")->group(group);
    app.add_option("--data", common.data, "Folder of the data sets")->group(group);
}

void printJson(const Common &common, const Json &document)
{
    if (!common.json)
        return;
    // Token pieces may hold half a UTF-8 sequence: such bytes become the replacement character.
    const std::string text = document.dump(2, ' ', false, Json::error_handler_t::replace);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
}

void printLine(const Common &common, std::string_view text)
{
    if (common.json)
        return;
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
}

} // namespace batlab::cli
