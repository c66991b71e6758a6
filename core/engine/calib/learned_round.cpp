// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/learned_round.h"

#include "core/base/hash.h"
#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/learned_weight.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/trouble.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

namespace {

struct LearnSettings
{
    std::int64_t steps, batch, checkpointSteps;
    double rate;
    bool clips;

    explicit LearnSettings(const Json &p)
        : steps(p.at("learnSteps"))
        , batch(p.at("learnBatch"))
        , checkpointSteps(p.at("learnCheckpointSteps"))
        , rate(p.at("learnRate"))
        , clips(p.at("learnClip"))
    {
        if (rate == 0)
            rate = 1.0 / static_cast<double>(steps);
    }
};

/// Codes and scale bytes of the best state so far.
struct Best
{
    double loss = 0; ///< held-out
    double start = 0; ///< of the start
    std::array<at::Tensor, 7> codes, scales;
};

/// The layer with weights that are leaves of the graph; everything else runs as it will.
class LearningOps : public nn::LayerOps
{
public:
    LearningOps(RoundedLayer &layer, const nn::Decoder &decoder)
        : m_layer(layer.solution)
        , m_fixed(solvedOps(layer.solution, decoder))
        , m_type(nn::matmulType(decoder.compute()))
    {
        for (const Linear l : kLinears)
            m_weights.emplace_back(layer.solution.of(l), layer.updated[index(l)]);
        for (const Site site : kLinearSites) {
            SiteSolution &s = m_sites[index(site)];
            s = onDevice(layer.solution.at(site), decoder.device());
            s.activation.ste = {};
            if (s.transform == SiteSolution::Transform::hadamard32) { // the fused kernel that has a
                                                                      // backward pass
                const auto n = layer.solution.of(firstOf(site)).scales.size(1)
                    * kernels::blockSize(layer.solution.of(firstOf(site)).format->format);
                const transform::GpkFactors h = s.matrixFactors(n);
                s.factors = { h.a.to(at::kFloat), h.b.to(at::kFloat) };
                s.transform = SiteSolution::Transform::gpk;
            }
        }
    }

    [[nodiscard]] LearnedWeight &weight(Linear l) { return m_weights[index(l)]; }
    /// Rounds every weight and makes its values a leaf.
    void prepare(bool gradients)
    {
        for (const Linear l : kLinears) {
            m_weights[index(l)].update();
            m_leaves[index(l)] =
                (m_weights[index(l)].values() * m_layer.of(l).epilogue()).to(m_type);
            m_leaves[index(l)].requires_grad_(gradients);
        }
    }
    void step(float rate, bool clips)
    {
        for (const Linear l : kLinears)
            if (const at::Tensor &g = m_leaves[index(l)].grad(); g.defined())
                m_weights[index(l)].step(g, rate, clips);
    }
    void keep(Best &best, double loss) const
    {
        best.loss = loss;
        for (const Linear l : kLinears) {
            const LearnedWeight &w = m_weights[index(l)];
            best.codes[index(l)] = encodeOnGrid(w.values(), w.scales(), *m_layer.of(l).format);
            best.scales[index(l)] = w.scales();
        }
    }

    at::Tensor enter(const at::Tensor &x) const override { return m_fixed->enter(x); }
    at::Tensor leave(const at::Tensor &x) const override { return m_fixed->leave(x); }
    const at::Tensor &inputNorm() const override { return m_fixed->inputNorm(); }
    const at::Tensor &postNorm() const override { return m_fixed->postNorm(); }
    const at::Tensor &qNorm() const override { return m_fixed->qNorm(); }
    const at::Tensor &kNorm() const override { return m_fixed->kNorm(); }
    at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_fixed->cached(site, x);
    }
    at::Tensor query(const at::Tensor &x) const override { return m_fixed->query(x); }
    at::Tensor input(Site site, const at::Tensor &x) const override
    {
        return m_sites[index(site)].apply(x, m_type);
    }
    at::Tensor linear(Linear l, const at::Tensor &x) const override
    {
        const LinearSolution &s = m_layer.of(l);
        const double factor = 1.0
            / (double(s.epilogue()) * double(m_sites[index(inputSite(l))].activation.epilogue()));
        return scaledLinear(x, m_leaves[index(l)], s.bias.defined() ? s.bias.to(m_type) : s.bias,
                            factor, m_type, s.gain);
    }

private:
    template<class Enum>
    static std::size_t index(Enum e)
    {
        return static_cast<std::size_t>(e);
    }
    static Linear firstOf(Site site)
    {
        return *std::find_if(kLinears.begin(), kLinears.end(),
                             [&](Linear l) { return inputSite(l) == site; });
    }
    const LayerSolution &m_layer;
    std::shared_ptr<const nn::LayerOps> m_fixed;
    std::array<SiteSolution, 4> m_sites;
    std::vector<LearnedWeight> m_weights;
    std::array<at::Tensor, 7> m_leaves;
    at::ScalarType m_type;
};

Part learningState(std::int64_t step, LearningOps &ops, const Best &best, const LossCurve &curve)
{
    Part part;
    part.kind = "rounding-state";
    part.attributes["step"] = step;
    part.attributes["best"] = best.loss;
    part.attributes["start"] = best.start;
    part.tensors = { toNamed("learning_rate", at::tensor(curve.learningRate).to(at::kFloat)),
                     toNamed("loss", at::tensor(curve.loss).to(at::kFloat)) };
    for (const Linear l : kLinears) {
        const std::string base(name(l));
        const auto i = static_cast<std::size_t>(l);
        part.tensors.push_back(toNamed(base + ".codes", best.codes[i]));
        part.tensors.push_back(toNamed(base + ".offsets", ops.weight(l).offsets));
        part.tensors.push_back(toNamed(base + ".scales", best.scales[i]));
        part.tensors.push_back(toNamed(base + ".shares", ops.weight(l).shares));
    }
    std::sort(part.tensors.begin(), part.tensors.end(),
              [](const auto &a, const auto &b) { return a.name < b.name; });
    return part;
}

/// The step that a saved state stands at, 0 (and nothing changed) if it does not fit.
std::int64_t restore(const Part &part, LearningOps &ops, Best &best, LossCurve &curve)
{
    const auto step = part.attributes.value("step", std::int64_t { 0 });
    if (part.kind != "rounding-state" || step <= 0 || !part.attributes.contains("best"))
        return 0;
    const auto get = [&](const std::string &key, at::IntArrayRef shape, at::ScalarType type) {
        const NamedTensor *n = part.find(key);
        const auto t = n != nullptr ? toTensor(*n) : Result<at::Tensor>(at::Tensor());
        return t && t->defined() && t->sizes() == shape && t->scalar_type() == type ? *t
                                                                                    : at::Tensor();
    };
    Best loaded;
    loaded.loss = part.attributes["best"];
    loaded.start = part.attributes.value("start", loaded.loss);
    std::array<at::Tensor, 7> offsets;
    std::array<at::Tensor, 7> shares;
    bool complete = true;
    for (const Linear l : kLinears) {
        const std::string base(name(l));
        const auto i = static_cast<std::size_t>(l);
        const LearnedWeight &w = ops.weight(l);
        offsets[i] = get(base + ".offsets", w.offsets.sizes(), at::kFloat);
        shares[i] = get(base + ".shares", w.shares.sizes(), at::kFloat);
        loaded.codes[i] = get(base + ".codes", w.offsets.sizes(), at::kByte);
        loaded.scales[i] = get(base + ".scales", w.shares.sizes(), at::kByte);
        complete = complete && offsets[i].defined() && shares[i].defined()
            && loaded.codes[i].defined() && loaded.scales[i].defined();
    }
    const at::Tensor loss = get("loss", { step }, at::kFloat);
    const at::Tensor rate = get("learning_rate", { step }, at::kFloat);
    if (!complete || !loss.defined() || !rate.defined())
        return 0;
    for (const Linear l : kLinears) {
        LearnedWeight &w = ops.weight(l);
        w.offsets = quant::beside(offsets[static_cast<std::size_t>(l)], w.offsets);
        w.shares = quant::beside(shares[static_cast<std::size_t>(l)], w.shares);
    }
    best = std::move(loaded);
    const auto *pl = loss.const_data_ptr<float>();
    const auto *pr = rate.const_data_ptr<float>();
    curve.loss.assign(pl, pl + step);
    curve.learningRate.assign(pr, pr + step);
    return step;
}

} // namespace

LossCurve learnRounding(const Context &context, const LayerState &state, RoundedLayer &layer,
                        const Json &parameters, const Pass &pass, const TrainingData &data,
                        LayerId id, const std::string &variant, const std::string &key)
{
    for (const Linear l : kLinears)
        if (!layer.solution.of(l).format)
            throw Exception({ ErrorCode::unsupported,
                              "learned rounding needs a block format for every linear",
                              fmt::format("{}, {}", variant, name(l)),
                              "Use round.kind: gptq with 16-bit or integer weights." });
    const LearnSettings settings(parameters);
    const nn::Decoder &decoder = *context.decoder;
    const at::Tensor &input = pass.stream == Stream::fp ? data.fpInput : data.quantizedInput;
    const std::int64_t sequences = input.size(0);
    const std::int64_t heldOut = std::max<std::int64_t>(1, sequences / 8);
    const std::int64_t usable = std::max<std::int64_t>(1, sequences - heldOut);
    const std::int64_t batch = std::min(settings.batch, usable);
    const std::int64_t stepsPerEpoch = (usable + batch - 1) / batch;
    const std::int64_t lookEvery = std::max<std::int64_t>(1, settings.steps / 10);

    LearningOps ops(layer, decoder);
    const InterruptibleOps interruptible(ops, context.job);
    const auto heldOutLoss = [&] {
        ops.prepare(false);
        double sum = 0;
        forBatches(heldOut, sequencesPerBatch(input.size(1)),
                   [&](std::int64_t first, std::int64_t count) {
                       const std::int64_t at = sequences - heldOut + first;
                       sum += quant::sumOfSquaredDifferences(
                           decoder.forward(interruptible, input.narrow(0, at, count)),
                           data.target.narrow(0, at, count));
                   });
        return sum / static_cast<double>(data.target.narrow(0, 0, heldOut).numel());
    };

    LossCurve curve;
    curve.variant = variant;
    curve.layer = id;
    curve.objective = "rounding-mse";
    Best best;
    std::int64_t step = 0;
    if (const auto saved = context.job.store().get(key).orThrow()) {
        step = restore(*saved, ops, best, curve);
        if (step == 0)
            context.job.log(LogLevel::warning,
                            fmt::format("{}: rounding state of layer {} does not fit; learning "
                                        "starts anew",
                                        variant, toString(id)));
    }
    if (step == 0) {
        ops.keep(best, heldOutLoss());
        best.start = best.loss;
    }

    SkippedSteps skipped(context.job, fmt::format("{}: layer {}", variant, toString(id)),
                         "Lower round.learnRate.");
    const quant::BackwardCheck check([&context] { context.job.checkpoint(); });
    std::vector<std::int64_t> order;
    std::int64_t orderEpoch = -1;
    while (step < settings.steps) {
        context.job.checkpoint();
        if (const std::int64_t epoch = step / stepsPerEpoch; epoch != orderEpoch) {
            order = shuffledOrder(usable,
                                  randomBits(state.seed, 2000 + static_cast<std::uint64_t>(epoch)));
            orderEpoch = epoch;
        }
        const std::int64_t first = (step % stepsPerEpoch) * batch;
        const std::int64_t count = std::min(batch, usable - first);
        const at::Tensor pick = at::tensor(
            std::vector<std::int64_t>(order.begin() + first, order.begin() + first + count),
            at::kLong);
        const auto rows = [&](const at::Tensor &stream) {
            return stream.index_select(0, quant::beside(pick, stream)).to(decoder.device());
        };
        const double rate =
            settings.rate * (1.0 - static_cast<double>(step) / static_cast<double>(settings.steps));
        ops.prepare(true);
        float lossValue = 0;
        {
            const at::AutoGradMode grad(true);
            const at::Tensor loss = quant::meanSquaredError(
                decoder.forward(interruptible, rows(input)), rows(data.target));
            lossValue = loss.item<float>();
            // Only signs count: the loss is scaled so that bf16 gradients do not vanish.
            if (std::isfinite(lossValue) && lossValue > 0)
                (loss / lossValue).backward();
        }
        if (std::isfinite(lossValue))
            ops.step(static_cast<float>(rate), settings.clips);
        else
            skipped.add(step);
        ++step;
        curve.loss.push_back(lossValue);
        curve.learningRate.push_back(static_cast<float>(rate));
        context.job.setStep(static_cast<std::uint64_t>(step),
                            static_cast<std::uint64_t>(settings.steps), lossValue);
        if (step % lookEvery == 0 || step == settings.steps)
            if (const double loss = heldOutLoss(); loss < best.loss)
                ops.keep(best, loss);
        if (step % settings.checkpointSteps == 0 && step < settings.steps)
            (void)context.job.store().put(key, learningState(step, ops, best, curve)).orThrow();
    }
    skipped.finish(settings.steps);
    context.job.log(LogLevel::info,
                    fmt::format("{}: layer {}: held-out error of the learned rounding {:.4g}, of "
                                "its start {:.4g}",
                                variant, toString(id), best.loss, best.start));
    for (const Linear l : kLinears) {
        LinearSolution &s = layer.solution.of(l);
        const auto i = static_cast<std::size_t>(l);
        s.scales = best.scales[i];
        s.codes = s.format->format == kernels::Format::mxfp4 ? packedNibbles(best.codes[i])
                                                             : best.codes[i];
    }
    return curve;
}

} // namespace batlab::calib
