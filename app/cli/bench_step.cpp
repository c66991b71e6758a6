// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_step.h"

#include "app/cli/foreground.h"
#include "app/cli/session_run.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/service/random_source.h"
#include "core/engine/service/step_time.h"

#include <algorithm>

namespace batlab::cli {

namespace {

constexpr int kRepeats = 3;

StepTime measure(Common &common, const device::Device &device, const ModelConfig &config)
{
    RunSpec spec =
        runSpecFromJson({ { "model", "random" },
                          { "variants",
                            Json::array({ { { "preset", "bat-paper" },
                                            { "budget", "paper" },
                                            { "set", { { "train.batch", 4 } } } } }) },
                          { "evaluate", false },
                          { "analysis", { { "enabled", false } } },
                          { "calibration", { { "sequences", 16 }, { "length", 2048 } } } },
                        presetLibrary(), "bench gpu")
            .orThrow();
    DeviceNeed need = deviceNeed(spec, config);
    need.sampling = 0;
    checkDeviceMemory(need, static_cast<std::uint64_t>(device::freeMemory(device.place))).orThrow();
    const auto store = makeMemoryCheckpointStore();
    ForegroundJob job(common, *store);
    return timeTrainingStep(spec, config, device.place, job.context(), kRepeats);
}

} // namespace

Json trainingStepRow(Common &common, const device::Device &device)
{
    ModelConfig config = qwen3Shape();
    config.vocab = 1024; // the embedding only makes the stream
    const Json shape { 8192, config.hidden, config.intermediate };
    try {
        const StepTime t = measure(common, device, config);
        std::vector<double> ratios;
        for (std::size_t i = 0; i < t.seconds.size(); ++i)
            ratios.push_back(t.products[i] / t.seconds[i]);
        std::sort(ratios.begin(), ratios.end());
        std::vector<double> seconds = t.seconds;
        std::sort(seconds.begin(), seconds.end());
        const double middle = seconds[seconds.size() / 2];
        return { { "name", kStepRow },
                 { "shape", shape },
                 { "against", "its products alone" },
                 { "ratio", ratios[ratios.size() / 2] },
                 { "ratio_p10", ratios.front() },
                 { "ratio_p90", ratios.back() },
                 { "target", 0.8 },
                 { "seconds", middle },
                 { "flop_per_second", t.flop / middle } };
    } catch (const Exception &e) {
        if (e.error.code == ErrorCode::cancelled)
            throw;
        return { { "name", kStepRow }, { "shape", shape }, { "error", e.error.what } };
    } catch (const std::exception &e) { // libtorch's
        return { { "name", kStepRow }, { "shape", shape }, { "error", e.what() } };
    }
}

} // namespace batlab::cli
