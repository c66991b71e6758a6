// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/engine/service/open_model.h"
#include "core/engine/service/preflight.h"

#include <fmt/format.h>

#include <map>

namespace batlab::cli {

namespace {

double gib(const Json &bytes) { return bytes.get<double>() / (1 << 30); }

void inspect(const Common &common, const std::string &model)
{
    const auto source = openSource(model).orThrow();
    Json document = inspectModel(*source);
    const auto presets = PresetLibrary::builtIn();
    RunSpec spec;
    spec.model = model;
    if (presets)
        for (const char *id : { "rtn-uos", "gptq", "mr-gptq", "diag-h32", "bat" })
            if (auto recipe = presets->find(id))
                spec.variants.push_back({ id, *recipe });
    const WorkEstimate work = estimateWork(spec, source->config());
    common.prepareHost();
    const double speed = measureGemm(spec.protocol.dtype);
    document["demo_job"] = { { "flop", work.total() },
                             { "seconds", work.total() / (0.5 * speed) },
                             { "variants", spec.variants.size() } };
    printJson(common, document);
    if (common.json)
        return;

    const ModelConfig &c = source->config();
    printLine(common,
              fmt::format("{}  ({}, {})", c.displayName, c.architecture, source->container()));
    printLine(common,
              fmt::format("  {} layers, hidden {}, intermediate {}, {} heads / {} kv heads of {}, "
                          "vocabulary {}{}",
                          c.layers, c.hidden, c.intermediate, c.heads, c.kvHeads, c.headDim,
                          c.vocab, c.tiedEmbeddings ? " (tied)" : ""));
    printLine(common,
              fmt::format("  {:.1f} M parameters, {:.1f} M in the quantized linears",
                          static_cast<double>(c.totalParameters()) / 1e6,
                          static_cast<double>(c.linearParameters()) / 1e6));
    for (const Json &site : document["sites"])
        printLine(common,
                  fmt::format("  {} {:<11} {:>6} channels, {:>4} blocks",
                              site["site"].get<std::string>(), site["title"].get<std::string>(),
                              site["width"].get<std::int64_t>(),
                              site["blocks"].get<std::int64_t>()));
    std::map<std::string, std::pair<int, std::uint64_t>> storage;
    for (const TensorInfo &tensor : source->tensors()) {
        ++storage[tensor.storage].first;
        storage[tensor.storage].second += tensor.bytes;
    }
    for (const auto &[type, of] : storage)
        printLine(common,
                  fmt::format("  {:>4} tensors {:<6} {:8.1f} MB", of.first, type,
                              static_cast<double>(of.second) / 1e6));
    const Json &memory = document["memory"];
    printLine(common,
              fmt::format("  memory: {:.2f} GiB in bf16, {:.2f} GiB with MXFP4 linears; a job "
                          "works in about {:.2f} GiB",
                          gib(memory["bf16_bytes"]), gib(memory["mxfp4_bytes"]),
                          gib(memory["working_set_bf16_bytes"])));
    printLine(
        common,
        fmt::format(
            "  time: a job of {} variants takes roughly {:.0f} min here ({:.0f} GFLOP/s bf16)",
            spec.variants.size(), work.total() / (0.5 * speed) / 60 + 0.5, speed / 1e9));
    for (const Json &warning : document["warnings"])
        printLine(common, "  note: " + warning.get<std::string>());
}

} // namespace

void addInspect(CLI::App &app, Common &common)
{
    auto model = std::make_shared<std::string>();
    CLI::App *verb =
        app.add_subcommand("inspect", "Architecture, sites, tensors, memory and time estimate");
    verb->add_option("MODEL", *model, "A folder, a GGUF file, or demo")->required();
    verb->callback([&common, model] { inspect(common, *model); });
}

} // namespace batlab::cli
