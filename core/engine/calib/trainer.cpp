// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/trainer.h"

#include "core/base/hash.h"
#include "core/engine/calib/device_steps.h"
#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/student.h"
#include "core/engine/calib/trouble.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

namespace batlab::calib {

namespace {

constexpr double kConditionWarning = 100; // performance.md 3.5
constexpr double kConditionLimit = 1e4;

Part trainingState(const at::Tensor &flat, const AdamW &optimizer, const LossCurve &curve)
{
    const auto vector = [](const std::vector<float> &v) { return at::tensor(v).to(at::kFloat); };
    Part part;
    part.kind = "train-state";
    part.attributes["step"] = optimizer.step;
    part.tensors = { toNamed("learning_rate", vector(curve.learningRate)),
                     toNamed("loss", vector(curve.loss)), toNamed("m", vector(optimizer.m)),
                     toNamed("parameters", flat.detach()), toNamed("v", vector(optimizer.v)) };
    return part;
}

bool restore(const Part &part, at::Tensor &flat, AdamW &optimizer, LossCurve &curve)
{
    const auto load = [&](const char *name, std::vector<float> &out, std::size_t size) {
        const NamedTensor *t = part.find(name);
        if (t == nullptr || t->dtype != "f32" || t->bytes.size() != size * sizeof(float))
            return false;
        out.resize(size);
        std::memcpy(out.data(), t->bytes.data(), t->bytes.size());
        return true;
    };
    const auto step = part.attributes.value("step", std::int64_t { 0 });
    if (part.kind != "train-state" || step <= 0)
        return false;
    std::vector<float> values;
    LossCurve fresh = curve;
    AdamW loaded = optimizer;
    const bool complete = load("parameters", values, loaded.m.size())
        && load("m", loaded.m, loaded.m.size()) && load("v", loaded.v, loaded.v.size())
        && load("loss", fresh.loss, static_cast<std::size_t>(step))
        && load("learning_rate", fresh.learningRate, static_cast<std::size_t>(step));
    if (!complete)
        return false;
    loaded.step = step;
    const at::NoGradGuard guard;
    flat.copy_(at::tensor(values));
    optimizer = std::move(loaded);
    curve = std::move(fresh);
    return true;
}

/// Mean of `count` losses from `first` on.
double meanLoss(const LossCurve &curve, std::int64_t first, std::int64_t count)
{
    const auto begin = curve.loss.begin() + first;
    return std::accumulate(begin, begin + count, 0.0) / static_cast<double>(count);
}

/// Error over that of the start beyond which training was spoilt. A method may lose a little: that
/// is its result, not an accident.
constexpr double kSpoilt = 2;

/// Whether the last epoch may be that much worse than the start. The first step sees the start
/// itself, but one batch of it only; the first epoch sees all sequences.
bool mayHaveWorsened(const LossCurve &curve, std::int64_t stepsPerEpoch)
{
    const auto steps = static_cast<std::int64_t>(curve.loss.size());
    const std::int64_t count = std::min(stepsPerEpoch, steps);
    const double start = std::min<double>(curve.loss.front(), meanLoss(curve, 0, count));
    return !(meanLoss(curve, steps - count, count) <= kSpoilt * start);
}

/// Why trained transforms cannot run; empty if they can. High condition numbers are told.
std::string conditionProblem(const Context &context,
                             const std::array<transform::GpkFactors, 4> &factors,
                             const std::string &what)
{
    std::string problem;
    for (const Site site : kLinearSites) {
        const transform::GpkFactors &f = factors[static_cast<std::size_t>(site)];
        const double condition = f.defined() ? transform::conditionNumber(f) : 1;
        if (condition < kConditionWarning)
            continue;
        if (!(condition < kConditionLimit)) {
            problem = fmt::format("gave {} a transform of condition number {:.3g}", name(site),
                                  condition);
            continue;
        }
        context.job.log(LogLevel::warning,
                        fmt::format("{} {}: condition number of the trained transform is {:.3g}",
                                    what, name(site), condition));
    }
    return problem;
}

} // namespace

LossCurve trainLayer(const Context &context, LayerState &state, const Pass &pass,
                     const Recipe &recipe, const TrainingData &data, LayerId layer,
                     const std::string &variant, const std::string &key)
{
    const Json &p = recipe.findStage("train")->parameters;
    const TrainSettings settings(p, recipe.findStage("fold"));
    kernels::Ste ste;
    ste.mask = p.at("steMask");
    ste.scaleGradient = p.at("scaleGradient");
    const Stage *transformStage = recipe.findStage("transform");
    const FactorForm form = factorForm(
        transformStage != nullptr ? text(*transformStage, "parametrization") : std::string());
    const double cap = transformStage != nullptr
        ? transformStage->parameters.at("conditionCap").get<double>()
        : 0.0;

    const nn::Decoder &decoder = *context.decoder;
    const std::string what = fmt::format("{}: layer {}", variant, toString(layer));
    Student student(state, settings, form, cap, ste, decoder);
    at::Tensor &flat = student.parameters().flat();
    AdamW optimizer(student.parameters().size());
    optimizer.weightDecay = p.at("weightDecay");

    const at::Tensor &any = data.quantizedInput.defined() ? data.quantizedInput : data.fpInput;
    const std::int64_t sequences =
        settings.sequences > 0 ? std::min(settings.sequences, any.size(0)) : any.size(0);
    const std::int64_t length =
        settings.length > 0 ? std::min(settings.length, any.size(1)) : any.size(1);
    const std::int64_t batch = std::min(settings.batch, sequences);
    const std::int64_t stepsPerEpoch = (sequences + batch - 1) / batch;
    const std::int64_t total = settings.epochs * stepsPerEpoch;
    const auto switchEpoch = static_cast<std::int64_t>(
        std::llround(pass.mixedFrom * static_cast<double>(settings.epochs)));

    LossCurve curve;
    curve.variant = variant;
    curve.layer = layer;
    curve.objective = "layer-mse";
    if (const auto saved = context.job.store().get(key).orThrow())
        if (!restore(*saved, flat, optimizer, curve))
            context.job.log(
                LogLevel::warning,
                fmt::format("{}: training state of layer {} does not fit; training starts anew",
                            variant, toString(layer)));

    const quant::BackwardCheck check([&context] { context.job.checkpoint(); });
    const auto lossOf = [&](const at::Tensor &x, const at::Tensor &y) {
        student.prepare();
        const InterruptibleOps ops(student, context.job);
        return quant::meanSquaredError(decoder.forward(ops, x), y);
    };
    std::optional<DeviceSteps> device;
    if (!decoder.device().is_cpu())
        device.emplace(optimizer, student.parameters(),
                       DeviceSteps::Settings { settings.normalizeLoss, settings.gradientNorm },
                       lossOf, [&](const std::string &text) {
                           context.job.log(LogLevel::info, fmt::format("{}: {}", what, text));
                       });
    SkippedSteps skipped(context.job, what, "Lower train.learningRate, or set train.gradientNorm.");
    const auto skip = [&skipped](std::int64_t step) { skipped.add(step); };
    const auto sourceOf = [&](std::int64_t epoch) -> const at::Tensor & {
        const bool quantizedInput = pass.stream == Stream::quantized
            || (pass.stream == Stream::mixed && epoch >= switchEpoch);
        return quantizedInput ? data.quantizedInput : data.fpInput;
    };
    // Error over all sequences, as the last epoch reads them.
    const auto errorOf = [&](Student &of) {
        const at::NoGradGuard guard;
        of.prepare();
        const InterruptibleOps ops(of, context.job);
        double sum = 0;
        forBatches(sequences, batch, [&](std::int64_t first, std::int64_t count) {
            const auto part = [&](const at::Tensor &stream) {
                return stream.narrow(0, first, count)
                    .narrow(1, 0, length)
                    .contiguous()
                    .to(decoder.device());
            };
            sum += quant::sumOfSquaredDifferences(
                decoder.forward(ops, part(sourceOf(settings.epochs - 1))), part(data.target));
        });
        return sum / static_cast<double>(sequences * length * data.target.size(2));
    };
    std::vector<std::int64_t> order;
    std::int64_t orderEpoch = -1;
    float lossValue = 0;
    const auto train = [&] {
        while (optimizer.step < total) {
            context.job.checkpoint();
            const std::int64_t step = optimizer.step;
            const std::int64_t epoch = step / stepsPerEpoch;
            if (epoch != orderEpoch) {
                order = shuffledOrder(
                    sequences, randomBits(state.seed, 1000 + static_cast<std::uint64_t>(epoch)));
                orderEpoch = epoch;
            }
            const std::int64_t first = (step % stepsPerEpoch) * batch;
            const std::int64_t count = std::min(batch, sequences - first);
            const at::IntArrayRef rows(order.data() + first, static_cast<std::size_t>(count));
            const at::Tensor &source = sourceOf(epoch);
            const double rate = settings.learningRate * cosine(step, total, settings.minFactor);
            if (device) {
                optimizer.step = device->run(source, data.target, rows, length, rate);
                if (optimizer.step % stepsPerEpoch == 0)
                    device->read(optimizer, curve, skip);
                lossValue = curve.loss.empty() ? 0 : curve.loss.back();
            } else {
                const at::AutoGradMode grad(true);
                const at::Tensor loss = lossOf(takeSequences(source, rows, length, at::kCPU),
                                               takeSequences(data.target, rows, length, at::kCPU));
                lossValue = loss.item<float>();
                bool stepped = false;
                if (std::isfinite(lossValue)) {
                    flat.mutable_grad() = at::Tensor();
                    const at::Tensor scaled =
                        settings.normalizeLoss && lossValue > 0 ? loss / lossValue : loss;
                    scaled.backward();
                    const at::NoGradGuard guard;
                    const at::Tensor gradient = flat.grad().contiguous();
                    stepped = optimizer.update(
                        flat.data_ptr<float>(), gradient.const_data_ptr<float>(),
                        student.parameters().factors(), rate, settings.gradientNorm);
                } else {
                    ++optimizer.step;
                }
                if (!stepped)
                    skip(step);
                curve.loss.push_back(lossValue);
            }
            curve.learningRate.push_back(static_cast<float>(rate));
            context.job.setStep(static_cast<std::uint64_t>(optimizer.step),
                                static_cast<std::uint64_t>(total), lossValue);
            if (settings.checkpointSteps > 0 && optimizer.step % settings.checkpointSteps == 0
                && optimizer.step < total) {
                if (device)
                    device->read(optimizer, curve, skip);
                (void)context.job.store().put(key, trainingState(flat, optimizer, curve)).orThrow();
            }
        }
        if (device)
            device->read(optimizer, curve, skip);
    };
    // Why the layer keeps its start; empty if what was trained may run.
    const auto problemOf = [&](std::array<transform::GpkFactors, 4> &factors) -> std::string {
        if (!at::isfinite(flat).all().item<bool>())
            return "ended with values that are not finite";
        if (mayHaveWorsened(curve, stepsPerEpoch)) {
            Student start(state, settings, form, cap, ste, decoder);
            const double before = errorOf(start);
            const double after = errorOf(student);
            if (!(after <= kSpoilt * before))
                return fmt::format("ended worse than it began (error {:.3g}, at the start {:.3g})",
                                   after, before);
        }
        factors = student.deployedFactors();
        if (cap > 0 && form != FactorForm::orthogonal)
            for (transform::GpkFactors &f : factors)
                if (f.defined())
                    f = transform::deployed(transform::withConditionCap(f, cap));
        return conditionProblem(context, factors, what);
    };
    std::array<transform::GpkFactors, 4> factors;
    std::string problem;
    try {
        train();
        problem = problemOf(factors);
    } catch (const c10::LinAlgError &) { // an inverse on the host; a device gives NaN
        problem = fmt::format("made a transform singular in step {}", optimizer.step);
    }
    skipped.finish(total);
    if (problem.empty())
        student.store(state, factors);
    else
        context.job.log(LogLevel::warning,
                        fmt::format("{}: training {}; the layer keeps what it started from. Lower "
                                    "train.learningRate, or set transform.conditionCap or "
                                    "transform.parametrization: svd.",
                                    what, problem));
    return curve;
}

} // namespace batlab::calib
