// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_gpu.h"

#include "app/cli/bench_step.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace batlab::cli {

namespace {

struct Table
{
    Common &common;
    Json rows = Json::array();

    void add(const Json &row)
    {
        rows.push_back(row);
        if (row.contains("error")) {
            printLine(common,
                      fmt::format("{:<24}{:<22}not measured: {}", row["name"].get<std::string>(),
                                  shapeOf(row), row["error"].get<std::string>()));
            return;
        }
        const std::string speed = row.contains("bytes_per_second")
            ? fmt::format("{:.2f} TB/s", row["bytes_per_second"].get<double>() / 1e12)
            : row.contains("flop_per_second")
            ? fmt::format("{:.0f} TFLOP/s", row["flop_per_second"].get<double>() / 1e12)
            : fmt::format("{:.3f} ms", 1e3 * row["seconds"].get<double>());
        printLine(common,
                  fmt::format("{:<24}{:<22}{:<30}{:>8.3f}{:>8.3f}{:>8.2f}{:>16}",
                              row["name"].get<std::string>(), shapeOf(row),
                              row["against"].get<std::string>(), row["ratio"].get<double>(),
                              row["ratio_p10"].get<double>(), row["target"].get<double>(), speed));
        if (!common.json)
            std::fflush(stdout);
    }

    static std::string shapeOf(const Json &row)
    {
        return fmt::format("{}", fmt::join(row["shape"].get<std::vector<long>>(), " x "));
    }
};

} // namespace

void benchGpu(Common &common, const std::string &filter)
{
    Common here = common;
    if (here.device == "cpu")
        here.device = "cuda";
    const device::Device device = here.prepareDevice();
    Table table { common };
    printLine(
        common,
        fmt::format("{} ({}); ratio: the baseline's time over ours", device.text(), device.name));
    printLine(common,
              fmt::format("{:<24}{:<22}{:<30}{:>8}{:>8}{:>8}{:>16}", "benchmark", "shape",
                          "against", "ratio", "p10", "target", "speed"));
    std::array<char, 512> error {};
    const bool done = device::cudaPlugin()->bench(
        device.place.index(), filter.c_str(),
        [](void *context, const char *json) {
            static_cast<Table *>(context)->add(Json::parse(json));
        },
        &table, error.data(), error.size());
    if (!done)
        throw Exception({ ErrorCode::device, error.data(), device.text(),
                          "Close other programs on the GPU and try again." });
    if (std::string_view(kStepRow).find(filter) != std::string_view::npos)
        table.add(trainingStepRow(common, device));
    if (std::string_view(kGraphRow).find(filter) != std::string_view::npos)
        for (const Json &row : recordedStepRows(common, device))
            table.add(row);
    if (table.rows.empty())
        throw Exception({ ErrorCode::usage, "no benchmark has '" + filter + "' in its name",
                          "bench gpu", "Leave --only out to run all." });
    printJson(common, { { "rows", table.rows }, { "device", device.name } });
}

} // namespace batlab::cli
