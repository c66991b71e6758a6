// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/tune.h"

#include "core/base/hash.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/walker.h"
#include "core/engine/tune/model_gradient.h"
#include "core/engine/tune/remeasure.h"
#include "core/engine/tune/tune_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace batlab::tune {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t kKeptWeightBytes = std::uint64_t { 1 } << 30; // dequantized, between visits
// Graphs of all layers at once, if they take no more. A token's share of one layer was measured as
// about 20 fp32 values a hidden channel and 8 an intermediate one.
constexpr std::uint64_t kKeptGraphBytes = std::uint64_t { 4 } << 30;
constexpr int kLogEvery = 20; // steps

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

TunedGroups groupsOf(const Stage &stage)
{
    const Json &names = stage.parameters.at("groups");
    const auto rate = [&](const char *group, const char *parameter) {
        const bool on = std::find(names.begin(), names.end(), Json(group)) != names.end();
        return on ? number(stage, parameter) : 0.0;
    };
    TunedGroups groups;
    groups.factors = rate("factors", "learningRate");
    groups.biases = rate("biases", "biasRate");
    groups.norms = rate("norms", "normRate");
    groups.gains = rate("gains", "gainRate");
    groups.branch = rate("branch", "branchRate");
    groups.clips = rate("clips", "clipRate");
    groups.codes = text(stage, "codes") == "learned";
    groups.ste.mask = flag(stage, "steMask");
    groups.ste.scaleGradient = flag(stage, "scaleGradient");
    return groups;
}

/// Rates over the full rates at a step: a linear rise, then a cosine.
double schedule(std::int64_t step, std::int64_t total, std::int64_t warmup, double floor)
{
    const double rise = warmup > 0
        ? std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmup))
        : 1.0;
    return rise * calib::cosine(step, total, floor);
}

double meanOf(const std::vector<float> &values, std::size_t first, std::size_t count)
{
    return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first),
                           values.begin() + static_cast<std::ptrdiff_t>(first + count), 0.0)
        / static_cast<double>(std::max<std::size_t>(count, 1));
}

class TuneRun
{
public:
    TuneRun(const calib::Context &context, const VariantSpec &variant,
            const std::vector<std::string> &layerParts,
            const std::vector<std::vector<std::int32_t>> &sequences)
        : m_context(context)
        , m_variant(variant)
        , m_stage(*variant.recipe.findStage("tune"))
        , m_layerParts(layerParts)
        , m_sequences(sequences)
        , m_layerBase(calib::calibrationKey(context, variant))
    {
        Hasher hasher;
        hasher.update(m_stage.parameters.dump());
        for (const auto &s : sequences)
            hasher.update(s.data(), s.size() * sizeof(s.front()));
        for (const std::string &part : layerParts)
            hasher.update(part);
        m_base = m_layerBase + "/tune-" + hasher.hex().substr(0, 16);
    }

    std::vector<std::string> run()
    {
        if (std::vector<std::string> parts = publishFinished(); !parts.empty())
            return parts;
        TunedModel model { *m_context.decoder, {}, {}, graphBytes() <= kKeptGraphBytes };
        loadLayers(model);
        const at::Tensor teacher = teacherStates();
        Progress progress { model.parameters, calib::AdamW(model.parameters.size()), {}, 0 };
        train(model, teacher, progress);
        return finish(model, progress);
    }

private:
    [[nodiscard]] std::string curveKey() const { return m_base + "/model/artifacts"; }
    [[nodiscard]] std::uint64_t layers() const { return m_layerParts.size(); }
    JobContext &job() const { return m_context.job; }
    /// share: of this stage, 0 to 1; it counts as much as one walk through the layers.
    void setStage(const std::string &what, double share) const
    {
        calib::setStage(m_context, fmt::format("{}: {}", m_variant.id, what),
                        static_cast<std::int64_t>(share * static_cast<double>(layers())));
    }

    /// The parts of a stage that ended earlier, published again; empty if it did not end.
    std::vector<std::string> publishFinished()
    {
        const auto curve = job().store().get(curveKey()).orThrow();
        if (!curve)
            return {};
        std::vector<std::string> parts;
        std::vector<Artifact> all = calib::artifactsOf(*curve);
        for (std::size_t l = 0; l < layers(); ++l) {
            const auto saved =
                job()
                    .store()
                    .get(calib::layerKey(m_base, static_cast<std::int64_t>(l), "artifacts"))
                    .orThrow();
            if (!saved)
                return {};
            for (Artifact &a : calib::artifactsOf(*saved)) {
                if (const auto *done = std::get_if<LayerDone>(&a))
                    parts.push_back(done->part);
                all.push_back(std::move(a));
            }
        }
        for (Artifact &a : all)
            job().publish(std::move(a));
        return parts;
    }

    /// What all layers' graphs of one step take, roughly.
    [[nodiscard]] std::uint64_t graphBytes() const
    {
        const ModelConfig &c = m_context.decoder->config();
        const auto tokens =
            static_cast<std::uint64_t>(integer(m_stage, "batch")) * m_sequences.front().size();
        return tokens * layers() * sizeof(float)
            * static_cast<std::uint64_t>(20 * c.hidden + 8 * c.intermediate);
    }

    [[nodiscard]] LayerSolution solution(const std::string &hash) const
    {
        const std::optional<Part> part = job().store().getByHash(hash).orThrow();
        if (!part)
            throw Exception({ ErrorCode::notFound, "a layer's part is missing", hash,
                              "Remove the parts folder and run again." });
        return LayerSolution::fromPart(*part).orThrow();
    }

    void loadLayers(TunedModel &model) const
    {
        const nn::Decoder &decoder = *m_context.decoder;
        const at::ScalarType type = nn::matmulType(decoder.compute());
        if (type == at::kDouble)
            throw Exception({ ErrorCode::unsupported, "tuning needs bf16 or fp32", "protocol.dtype",
                              "Use protocol.dtype: bf16." });
        const auto bytes = static_cast<std::uint64_t>(decoder.config().linearParameters())
            * c10::elementSize(type);
        const TunedGroups groups = groupsOf(m_stage);
        for (const std::string &hash : m_layerParts) {
            job().checkpoint();
            model.layers.push_back(std::make_unique<TunedLayer>(solution(hash), decoder.config(),
                                                                groups, model.parameters, type,
                                                                bytes <= kKeptWeightBytes));
        }
        if (model.parameters.size() == 0 && !groups.codes)
            throw Exception({ ErrorCode::badInput, "the tune stage has nothing to train",
                              m_variant.id, "Name groups with rates above 0." });
        model.parameters.seal();
    }

    /// Final normed states of the full-precision model on the stage's sequences, [sequences,
    /// length, hidden] in the compute type.
    [[nodiscard]] at::Tensor teacherStates() const
    {
        calib::Context own = m_context;
        own.sequences = m_sequences;
        const nn::Decoder &decoder = *m_context.decoder;
        calib::Walker walker(own);
        for (std::size_t l = 0; l < layers(); ++l) {
            job().checkpoint();
            setStage("full-precision targets of the tune stage", 0);
            job().setStep(l, layers());
            walker.advance(walker.run(*decoder.layer(static_cast<std::int64_t>(l))));
        }
        const at::Tensor x = walker.input();
        at::Tensor out =
            calib::makeStream(x.sizes(), nn::matmulType(decoder.compute()), job().store().folder());
        for (std::int64_t s = 0; s < x.size(0); ++s) {
            job().checkpoint();
            out[s].copy_(decoder.finalNorm(x[s]));
        }
        return out;
    }

    /// The sequences of a step: epochs of seeded permutations, one after the other.
    [[nodiscard]] std::vector<std::int64_t> batchOf(std::int64_t step)
    {
        const auto count = static_cast<std::int64_t>(m_sequences.size());
        const std::int64_t batch = integer(m_stage, "batch");
        std::vector<std::int64_t> out;
        for (std::int64_t i = step * batch; i < (step + 1) * batch; ++i) {
            const std::int64_t epoch = i / count;
            if (epoch != m_orderEpoch) {
                m_order.resize(static_cast<std::size_t>(count));
                std::iota(m_order.begin(), m_order.end(), 0);
                const std::uint64_t seed =
                    randomBits(m_context.spec.seed, 7000 + static_cast<std::uint64_t>(epoch));
                for (std::size_t n = m_order.size(); n > 1; --n)
                    std::swap(m_order[n - 1],
                              m_order[static_cast<std::size_t>(randomBits(seed, n) % n)]);
                m_orderEpoch = epoch;
            }
            out.push_back(m_order[static_cast<std::size_t>(i % count)]);
        }
        return out;
    }

    void train(TunedModel &model, const at::Tensor &teacher, Progress &p)
    {
        const std::int64_t total = integer(m_stage, "steps");
        const std::int64_t every = integer(m_stage, "checkpointSteps");
        const std::string key = m_base + "/state";
        p.optimizer.weightDecay = 0;
        p.optimizer.beta1 = number(m_stage, "beta1");
        p.optimizer.beta2 = number(m_stage, "beta2");
        p.curve.variant = m_variant.id;
        p.curve.layer = kWholeModel;
        p.curve.objective = "end-to-end-kl";
        if (const auto saved = job().store().get(key).orThrow();
            saved && !(restoreCodes(model, *saved) && restore(*saved, p)))
            job().log(LogLevel::warning,
                      fmt::format("{}: the state of the tune stage does not fit; it starts anew",
                                  m_variant.id));
        const at::Tensor ids = nn::idTensor(m_sequences);
        job().log(LogLevel::info,
                  fmt::format("{}: tuning {} values on {} x {} tokens, steps {} to {}",
                              m_variant.id, model.parameters.size(), m_sequences.size(),
                              ids.size(1), p.optimizer.step + 1, total));
        auto logged = Clock::now();
        while (p.optimizer.step < total) {
            job().checkpoint();
            const std::int64_t step = p.optimizer.step;
            setStage(fmt::format("tuning end to end"),
                     static_cast<double>(step) / static_cast<double>(total));
            const auto start = Clock::now();
            const double rate = schedule(step, total, integer(m_stage, "warmup"),
                                         number(m_stage, "minLearningRateFactor"));
            const at::Tensor pick = at::tensor(batchOf(step), at::kLong);
            model.parameters.clearGradients();
            const double loss = modelGradient(
                model, ids.index_select(0, pick), teacher.index_select(0, pick),
                number(m_stage, "temperature"), job(),
                { rate * number(m_stage, "codeRate"), p.optimizer.beta1, p.optimizer.beta2, step });
            update(model, p, loss, rate);
            p.seconds += since(start);
            job().setStep(static_cast<std::uint64_t>(p.optimizer.step),
                          static_cast<std::uint64_t>(total), loss);
            const bool last = p.optimizer.step == total;
            if (p.optimizer.step % kLogEvery == 0 || last) {
                const auto count =
                    static_cast<std::size_t>(std::min<std::int64_t>(kLogEvery, p.optimizer.step));
                job().log(LogLevel::info,
                          fmt::format("{}: step {} of {}: KL {:.4f} over the last {}, {:.2f} s a "
                                      "step",
                                      m_variant.id, p.optimizer.step, total,
                                      meanOf(p.curve.loss, p.curve.loss.size() - count, count),
                                      count, since(logged) / static_cast<double>(count)));
                logged = Clock::now();
            }
            if (p.optimizer.step % every == 0 && !last) {
                saveState(model, key, p);
                job().publish(p.curve);
            }
        }
    }

    [[nodiscard]] std::string codesKey(std::size_t layer, std::int64_t step) const
    {
        return calib::layerKey(m_base, static_cast<std::int64_t>(layer),
                               fmt::format("codes-{}", step));
    }
    /// The codes' states carry their step in their keys and go only once the new state stands.
    void saveState(const TunedModel &model, const std::string &key, const Progress &p)
    {
        const bool codes = text(m_stage, "codes") == "learned";
        for (std::size_t l = 0; codes && l < layers(); ++l) {
            job().checkpoint();
            Part part;
            part.kind = "train-state";
            part.attributes["step"] = p.optimizer.step;
            part.tensors = model.layers[l]->codeState();
            (void)job().store().put(codesKey(l, p.optimizer.step), part).orThrow();
        }
        (void)job().store().put(key, tuneState(p)).orThrow();
        removeCodes(p.optimizer.step);
    }
    /// Forgets the codes' states of all steps but one.
    void removeCodes(std::int64_t keep)
    {
        if (text(m_stage, "codes") != "learned")
            return;
        for (std::size_t l = 0; l < layers(); ++l)
            for (const std::string &old : job().store().keys(
                     calib::layerKey(m_base, static_cast<std::int64_t>(l), "codes-")))
                if (old != codesKey(l, keep))
                    (void)job().store().remove(old);
    }
    [[nodiscard]] bool restoreCodes(TunedModel &model, const Part &state) const
    {
        if (text(m_stage, "codes") != "learned")
            return true;
        const auto step = state.attributes.value("step", std::int64_t { 0 });
        for (std::size_t l = 0; l < layers(); ++l) {
            const auto part = job().store().get(codesKey(l, step)).orThrow();
            if (!part || !model.layers[l]->restoreCodes(*part))
                return false;
        }
        return true;
    }

    void update(TunedModel &model, Progress &p, double loss, double rate) const
    {
        if (std::isfinite(loss)) {
            p.optimizer.update(model.parameters.values().data_ptr<float>(),
                               model.parameters.gradients().const_data_ptr<float>(),
                               model.parameters.rates(), rate, number(m_stage, "gradientNorm"));
        } else {
            job().log(LogLevel::warning,
                      fmt::format("{}: step {}: the divergence is not finite, step skipped",
                                  m_variant.id, p.optimizer.step));
            ++p.optimizer.step;
        }
        p.curve.loss.push_back(static_cast<float>(loss));
        p.curve.learningRate.push_back(static_cast<float>(rate));
    }

    std::vector<std::string> finish(TunedModel &model, const Progress &p)
    {
        setStage("measuring the tuned layers", 1);
        const bool finite = at::isfinite(model.parameters.values()).all().item<bool>();
        if (!finite)
            job().log(LogLevel::warning,
                      fmt::format("{}: tuning has diverged and is dropped; the layers stay as they "
                                  "were: lower the rates of the tune stage",
                                  m_variant.id));
        reportMovedCodes(model);
        std::vector<std::string> parts;
        OnlineCost cost;
        for (std::size_t l = 0; l < layers(); ++l) {
            job().checkpoint();
            const LayerSolution tuned =
                finite ? model.layers[l]->solution() : solution(m_layerParts[l]);
            cost += onlineCost(tuned, m_context.decoder->config());
            const auto index = static_cast<std::int64_t>(l);
            parts.push_back(job()
                                .store()
                                .put(calib::layerKey(m_base, index, "solution"),
                                     tuned.toPart({ Branch::text, static_cast<std::int32_t>(l) }))
                                .orThrow());
        }
        const std::vector<LayerDone> before = layersBefore();
        double seconds = p.seconds;
        for (const LayerDone &done : before)
            seconds += done.seconds;
        const auto measured = remeasure(m_context, m_variant, parts, before);
        for (std::size_t l = 0; l < layers(); ++l)
            (void)job()
                .store()
                .put(calib::layerKey(m_base, static_cast<std::int64_t>(l), "artifacts"),
                     calib::artifactsPart(measured[l]))
                .orThrow();
        (void)job()
            .store()
            .put(curveKey(),
                 calib::artifactsPart(
                     { p.curve, calib::variantInfo(m_context, m_variant, cost, seconds) }))
            .orThrow();
        (void)job().store().remove(m_base + "/state");
        removeCodes(-1);
        return publishFinished();
    }

    void reportMovedCodes(const TunedModel &model) const
    {
        if (text(m_stage, "codes") != "learned")
            return;
        std::int64_t moved = 0;
        for (const auto &layer : model.layers)
            moved += layer->movedCodes();
        job().log(
            LogLevel::info,
            fmt::format("{}: {} codes of {} have moved to a neighbour ({:.2f} %)", m_variant.id,
                        moved, m_context.decoder->config().linearParameters(),
                        100.0 * static_cast<double>(moved)
                            / static_cast<double>(m_context.decoder->config().linearParameters())));
    }

    /// What the layer pass said about its layers.
    [[nodiscard]] std::vector<LayerDone> layersBefore() const
    {
        std::vector<LayerDone> out(layers());
        for (std::size_t l = 0; l < layers(); ++l) {
            const auto saved =
                job()
                    .store()
                    .get(calib::layerKey(m_layerBase, static_cast<std::int64_t>(l), "artifacts"))
                    .orThrow();
            if (saved)
                for (const Artifact &a : calib::artifactsOf(*saved))
                    if (const auto *done = std::get_if<LayerDone>(&a))
                        out[l] = *done;
        }
        return out;
    }

    const calib::Context &m_context;
    const VariantSpec &m_variant;
    const Stage &m_stage;
    const std::vector<std::string> &m_layerParts;
    const std::vector<std::vector<std::int32_t>> &m_sequences;
    std::string m_layerBase, m_base;
    std::vector<std::int64_t> m_order;
    std::int64_t m_orderEpoch = -1;
};

} // namespace

std::vector<std::string> tuneVariant(const calib::Context &context, const VariantSpec &variant,
                                     const std::vector<std::string> &layerParts,
                                     const std::vector<std::vector<std::int32_t>> &sequences)
{
    const at::NoGradGuard guard;
    return TuneRun(context, variant, layerParts, sequences).run();
}

} // namespace batlab::tune
