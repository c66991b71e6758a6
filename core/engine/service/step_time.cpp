// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/step_time.h"

#include "core/base/hash.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/device/step_graphs.h"
#include "core/engine/service/random_source.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <functional>

namespace batlab {

namespace {

constexpr std::int64_t kEpochs = 16; // the steps of all but one are counted

double since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Waits for everything that was queued on t's device.
void waitFor(const at::Tensor &t)
{
    (void)t.detach().reshape({ -1 })[0].to(at::kFloat).item<float>();
}

/// The recipe with another number of epochs.
RunSpec withEpochs(const RunSpec &spec, std::int64_t epochs)
{
    RunSpec out = spec;
    for (Pass &pass : out.variants.front().recipe.passes)
        for (Stage &stage : pass.stages)
            if (stage.kind == "train")
                stage.parameters["epochs"] = epochs;
    return out;
}

std::vector<std::vector<std::int32_t>> randomTokens(const CalibrationSpec &c, std::int64_t vocab)
{
    std::vector<std::vector<std::int32_t>> out(static_cast<std::size_t>(c.sequences));
    for (std::size_t s = 0; s < out.size(); ++s)
        for (std::int64_t t = 0; t < c.length; ++t)
            out[s].push_back(static_cast<std::int32_t>(randomBits(s, static_cast<std::uint64_t>(t))
                                                       % static_cast<std::uint64_t>(vocab)));
    return out;
}

/// Calibrates the one layer of `decoder` from nothing; its seconds.
double layerSeconds(const RunSpec &spec, const std::shared_ptr<const nn::Decoder> &decoder,
                    JobContext &job)
{
    const auto store = makeMemoryCheckpointStore();
    double seconds = 0;
    JobContext own({ [&](ArtifactPtr artifact) {
                        if (const auto *done = std::get_if<LayerDone>(artifact.get()))
                            seconds = done->seconds;
                        job.checkpoint();
                    },
                     [&](LogLevel level, std::string_view text) { job.log(level, text); } },
                   *store, 1);
    const calib::Context context { decoder, randomTokens(spec.calibration, decoder->config().vocab),
                                   spec, own, "step" };
    (void)calib::calibrateVariant(context, spec.variants.front());
    return seconds;
}

/// Steps of the one layer of a model with random weights.
struct StepTimer
{
    StepTimer(const RunSpec &ofSpec, const ModelConfig &ofConfig, c10::Device device,
              JobContext &ofJob)
        : spec(ofSpec)
        , config(ofConfig)
        , compute(spec.protocol.dtype == "bf16" ? nn::Compute::bf16 : nn::Compute::fp32)
        , job(ofJob)
        , length(spec.calibration.length)
    {
        config.layers = 1;
        decoder = std::make_shared<const nn::Decoder>(randomSource(config), compute, device);
        const Json &train = spec.variants.front().recipe.findStage("train")->parameters;
        const std::int64_t all = spec.calibration.sequences;
        sequences = std::min<std::int64_t>(train.at("batch").get<std::int64_t>(), all);
        steps = (kEpochs - 1) * ((all + sequences - 1) / sequences);
    }
    void warmUp() const { (void)layerSeconds(withEpochs(spec, 1), decoder, job); }
    /// Seconds of a step. Exception{internal} if a layer takes no longer with more of them.
    [[nodiscard]] double step() const
    {
        job.checkpoint();
        const double few = layerSeconds(withEpochs(spec, 1), decoder, job);
        const double many = layerSeconds(withEpochs(spec, kEpochs), decoder, job);
        if (!(many > few))
            throw Exception({ ErrorCode::internal,
                              "the layer took no longer with more epochs: the machine is too busy",
                              "CalibStep", "Run the benchmark again with nothing else running." });
        return (many - few) / static_cast<double>(steps);
    }

    const RunSpec &spec;
    ModelConfig config; ///< with one layer
    nn::Compute compute;
    JobContext &job;
    std::shared_ptr<const nn::Decoder> decoder;
    std::int64_t sequences = 0, length; ///< of a step
    std::int64_t steps = 0; ///< that are counted
};

/// What `products` takes, warmed up.
double timed(const std::function<at::Tensor()> &products)
{
    waitFor(products());
    const auto start = std::chrono::steady_clock::now();
    waitFor(products());
    return since(start);
}

} // namespace

std::vector<GemmRow> stepGemms(const ModelConfig &c, std::int64_t tokens)
{
    std::vector<GemmRow> rows;
    const std::int64_t heads = c.heads * c.headDim;
    const std::int64_t keys = c.kvHeads * c.headDim;
    const auto linear = [&](const char *name, std::int64_t in, std::int64_t out) {
        const std::string what = name;
        rows.push_back({ what, 1, tokens, out, in, false, 1 });
        rows.push_back({ what + ", inputs", 1, tokens, in, out, false, 1 });
        rows.push_back({ what + ", weights", 1, out, in, tokens, false, 1 });
    };
    linear("q", c.hidden, heads);
    linear("k", c.hidden, keys);
    linear("v", c.hidden, keys);
    linear("o", heads, c.hidden);
    linear("gate", c.hidden, c.intermediate);
    linear("up", c.hidden, c.intermediate);
    linear("down", c.intermediate, c.hidden);
    return rows;
}

double stepFlop(const ModelConfig &c, std::int64_t sequences, std::int64_t length)
{
    double flop = 0;
    for (const GemmRow &row : stepGemms(c, sequences * length))
        flop += row.flop();
    // Scores and mixing, the causal half of each.
    const double forward = 2.0 * static_cast<double>(sequences * c.heads * c.headDim)
        * static_cast<double>(length) * static_cast<double>(length);
    return flop + 3.5 * forward;
}

StepTime timeTrainingStep(const RunSpec &spec, const ModelConfig &config, c10::Device device,
                          JobContext &job, int repeats)
{
    const at::NoGradGuard guard;
    const StepTimer timer(spec, config, device, job);
    const ModelConfig &one = timer.config;
    StepTime out;
    out.sequences = timer.sequences;
    out.length = timer.length;
    out.flop = stepFlop(one, out.sequences, out.length);

    const auto options = at::TensorOptions().dtype(nn::matmulType(timer.compute)).device(device);
    // Not ones: a GPU is faster with them.
    const auto random = [&](at::IntArrayRef shape) {
        return at::empty(shape, options).uniform_(-1, 1);
    };
    std::vector<std::pair<at::Tensor, at::Tensor>> operands;
    for (const GemmRow &row : stepGemms(one, out.sequences * out.length))
        operands.emplace_back(random({ row.m, row.k }), random({ row.n, row.k }));
    const auto heads = [&] {
        return random({ out.sequences, one.heads, out.length, one.headDim }).requires_grad_(true);
    };
    const at::Tensor q = heads();
    const at::Tensor k = heads();
    const at::Tensor v = heads();
    const auto products = [&] {
        at::Tensor last;
        for (const auto &[a, b] : operands)
            last = at::mm(a, b.t());
        const at::AutoGradMode grad(true);
        const at::Tensor mixed = at::scaled_dot_product_attention(q, k, v, std::nullopt, 0.0, true);
        mixed.backward(at::ones_like(mixed));
        for (const at::Tensor &t : { q, k, v })
            t.mutable_grad() = at::Tensor();
        return last;
    };
    timer.warmUp();
    for (int i = 0; i < repeats; ++i) {
        out.seconds.push_back(timer.step());
        out.products.push_back(timed(products));
    }
    return out;
}

RecordedStepTime timeRecordedStep(const RunSpec &spec, const ModelConfig &config,
                                  c10::Device device, JobContext &job, int repeats)
{
    if (device::opsOf(device.type()).graphs == nullptr)
        throw Exception({ ErrorCode::unsupported, "this device cannot record a training step",
                          "CalibStep_Graph", "Run it on a GPU (--device cuda)." });
    const at::NoGradGuard guard;
    const StepTimer timer(spec, config, device, job);
    RecordedStepTime out;
    out.sequences = timer.sequences;
    out.length = timer.length;
    timer.warmUp();
    for (int i = 0; i < repeats; ++i) {
        out.recorded.push_back(timer.step());
        const device::WithoutGraphs none(device.type());
        out.eager.push_back(timer.step());
    }
    return out;
}

} // namespace batlab
