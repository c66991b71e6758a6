// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_calib.h"

#include "app/cli/foreground.h"
#include "app/cli/session_run.h"
#include "core/base/hash.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/service/gemm_time.h"
#include "core/engine/service/preflight.h"
#include "core/engine/service/random_source.h"

#include <fmt/format.h>

#include <chrono>

namespace batlab::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// Qwen3-8B's proportions at another width; heads keep their 128 channels while they can.
ModelConfig shapeOf(std::int64_t hidden, std::int64_t layers)
{
    ModelConfig c = qwen3Shape();
    c.layers = layers;
    c.vocab = 1024; // the embedding only makes the stream
    if (hidden == c.hidden)
        return c;
    c.hidden = hidden;
    c.intermediate = 3 * hidden;
    c.headDim = std::min<std::int64_t>(128, hidden / 4);
    c.heads = hidden / c.headDim;
    c.kvHeads = std::max<std::int64_t>(1, c.heads / 4);
    return c;
}

/// Matrix products of one layer's calibration, in flop.
double layerFlop(const RunSpec &spec, const ModelConfig &config)
{
    double flop = 0;
    for (const GemmRow &row : jobGemms(spec, config))
        if (row.what.starts_with("calibration") || row.what.starts_with("Hessians"))
            flop += row.flop();
    return flop / static_cast<double>(config.layers);
}

} // namespace

void benchCalib(Common &common, const CalibBench &options)
{
    const device::Device device = common.prepareDevice();
    const bool gpu = !device.place.is_cpu();
    const auto or_ = [&](std::int64_t given, std::int64_t onGpu, std::int64_t onCpu) {
        return given > 0 ? given : gpu ? onGpu : onCpu;
    };
    const std::int64_t hidden = or_(options.hidden, 4096, 256);
    if (hidden % 128 != 0)
        throw Exception({ ErrorCode::usage, "the width is no multiple of 128", "--hidden",
                          "For example --hidden 512." });
    const std::int64_t sequences = or_(options.sequences, 128, 8);
    const std::int64_t length = or_(options.length, 2048, 128);
    const ModelConfig config = shapeOf(hidden, options.layers);
    const std::int64_t whole = qwen3Shape().layers;

    const RunSpec spec =
        runSpecFromJson(
            { { "model", "random" },
              { "variants",
                Json::array({ { { "preset", options.preset }, { "budget", "paper" } } }) },
              { "seed", common.seedOr(0) },
              { "evaluate", false },
              { "analysis", { { "enabled", false } } },
              { "calibration", { { "sequences", sequences }, { "length", length } } } },
            presetLibrary(), "bench calib")
            .orThrow();
    if (gpu) {
        DeviceNeed need = deviceNeed(spec, config);
        need.sampling = 0;
        checkDeviceMemory(need, static_cast<std::uint64_t>(device::freeMemory(device.place)))
            .orThrow();
    }
    const nn::Compute compute =
        spec.protocol.dtype == "bf16" ? nn::Compute::bf16 : nn::Compute::fp32;
    const auto decoder =
        std::make_shared<const nn::Decoder>(randomSource(config), compute, device.place);
    std::vector<std::vector<std::int32_t>> tokens(static_cast<std::size_t>(sequences));
    for (std::size_t s = 0; s < tokens.size(); ++s)
        for (std::int64_t t = 0; t < length; ++t)
            tokens[s].push_back(
                static_cast<std::int32_t>(randomBits(s, static_cast<std::uint64_t>(t)) % 1024));

    const auto store = makeMemoryCheckpointStore();
    std::vector<double> seconds;
    ForegroundJob job(common, *store, [&](const ArtifactPtr &artifact) {
        if (const auto *done = std::get_if<LayerDone>(artifact.get()))
            seconds.push_back(done->seconds);
    });
    const calib::Context context { decoder, tokens, spec, job.context(), "bench" };
    const auto begin = Clock::now();
    (void)calib::calibrateVariant(context, spec.variants.front());
    const double all = std::chrono::duration<double>(Clock::now() - begin).count();

    const double each = seconds.back();
    const double total = each * static_cast<double>(whole);
    const double flop = layerFlop(spec, config);
    const double gemm = measureGemm(spec.protocol.dtype, device.place);
    printLine(common,
              fmt::format("{} on {} ({}): {} x {} tokens, width {}, MLP {}, {} heads, {}",
                          options.preset, device.text(), device.name, sequences, length, hidden,
                          config.intermediate, config.heads, spec.protocol.dtype));
    for (std::size_t l = 0; l < seconds.size(); ++l)
        printLine(common,
                  fmt::format("layer {}: {:.2f} s{}", l + 1, seconds[l],
                              l + 1 < seconds.size() ? " (warms up)" : ""));
    printLine(common,
              fmt::format("{} layers x {:.2f} s = {:.1f} s ({} were timed, {:.1f} s in all)", whole,
                          each, total, seconds.size(), all));
    printLine(common,
              fmt::format("products of a layer: {:.3g} TFLOP / {:.3g} TFLOP/s = {:.2f} s, {:.2f} "
                          "of its time",
                          flop / 1e12, gemm / 1e12, flop / gemm, flop / gemm / each));
    printJson(common,
              { { "preset", options.preset },
                { "device", device.text() },
                { "name", device.name },
                { "hidden", hidden },
                { "intermediate", config.intermediate },
                { "sequences", sequences },
                { "length", length },
                { "dtype", spec.protocol.dtype },
                { "layer_seconds", seconds },
                { "layers", whole },
                { "extrapolated_seconds", total },
                { "layer_flop", flop },
                { "gemm_flop_per_second", gemm },
                { "share_of_products", flop / gemm / each } });
}

} // namespace batlab::cli
