// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_step.h"

#include "app/cli/foreground.h"
#include "app/cli/session_run.h"
#include "core/engine/device/device_kernels.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/service/random_source.h"
#include "core/engine/service/step_time.h"

#include <algorithm>
#include <vector>

namespace batlab::cli {

namespace {

constexpr int kRepeats = 3;
constexpr int kLength = 2048; ///< tokens of a sequence

ModelConfig stepModel()
{
    ModelConfig config = qwen3Shape();
    config.vocab = 1024; // the embedding only makes the stream
    return config;
}

/// What `time` (timeTrainingStep, timeRecordedStep) measures of steps of `batch` sequences.
template<class Time>
auto measured(Common &common, const device::Device &device, int batch, const Time &time)
{
    const ModelConfig config = stepModel();
    RunSpec spec =
        runSpecFromJson({ { "model", "random" },
                          { "variants",
                            Json::array({ { { "preset", "bat-paper" },
                                            { "budget", "paper" },
                                            { "set", { { "train.batch", batch } } } } }) },
                          { "evaluate", false },
                          { "analysis", { { "enabled", false } } },
                          { "calibration", { { "sequences", 16 }, { "length", kLength } } } },
                        presetLibrary(), "bench gpu")
            .orThrow();
    DeviceNeed need = deviceNeed(spec, config);
    need.sampling = 0;
    checkDeviceMemory(need, static_cast<std::uint64_t>(device::freeMemory(device.place))).orThrow();
    const auto store = makeMemoryCheckpointStore();
    ForegroundJob job(common, *store);
    return time(spec, config, device.place, job.context(), kRepeats);
}

double middleOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// `baseline` over `ours`, repetition by repetition.
void setRatios(Json &row, const std::vector<double> &baseline, const std::vector<double> &ours)
{
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i)
        ratios.push_back(baseline[i] / ours[i]);
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    row["ratio"] = middleOf(ratios);
    row["ratio_p10"] = *least;
    row["ratio_p90"] = *most;
}

/// A row that `fill` completes; with "error" where it cannot.
template<class Fill>
Json rowOf(const char *name, int batch, const Fill &fill)
{
    const ModelConfig config = stepModel();
    const Json head { { "name", name },
                      { "shape", Json { batch * kLength, config.hidden, config.intermediate } } };
    Json row = head;
    try {
        fill(row);
        return row;
    } catch (const Exception &e) {
        if (e.error.code == ErrorCode::cancelled)
            throw;
        row = head;
        row["error"] = e.error.what;
    } catch (const std::exception &e) { // libtorch's
        row = head;
        row["error"] = e.what();
    }
    return row;
}

} // namespace

Json trainingStepRow(Common &common, const device::Device &device)
{
    constexpr int kBatch = 4;
    return rowOf(kStepRow, kBatch, [&](Json &row) {
        const StepTime t = measured(common, device, kBatch, timeTrainingStep);
        setRatios(row, t.products, t.seconds);
        row["against"] = "its products alone";
        row["target"] = 0.8;
        row["seconds"] = middleOf(t.seconds);
        row["flop_per_second"] = t.flop / middleOf(t.seconds);
    });
}

std::vector<Json> recordedStepRows(Common &common, const device::Device &device)
{
    const auto rowFor = [&](int batch, double target) {
        return rowOf(kGraphRow, batch, [&](Json &row) {
            const RecordedStepTime t = measured(common, device, batch, timeRecordedStep);
            setRatios(row, t.eager, t.recorded);
            row["against"] = "the same step, not recorded";
            row["target"] = target;
            row["seconds"] = middleOf(t.recorded);
        });
    };
    return { rowFor(1, 1.2), rowFor(4, 1.05) };
}

} // namespace batlab::cli
