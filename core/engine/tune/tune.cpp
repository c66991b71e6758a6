// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/tune.h"

#include "core/base/hash.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/walker.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/tune/finished_stage.h"
#include "core/engine/tune/model_adam.h"
#include "core/engine/tune/model_gradient.h"
#include "core/engine/tune/refine_tuned.h"
#include "core/engine/tune/training.h"
#include "core/engine/tune/tuned_layer.h"
#include "core/engine/variant/on_device.h"
#include "core/recipe/refinement.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace batlab::tune {

namespace {

using TunedModel = TrainedModel<TunedLayer>;
constexpr std::uint64_t kKeptWeightBytes = std::uint64_t { 1 } << 30; // dequantized, between visits
// Graphs of all layers at once, if they take no more. A token's share of one layer was measured as
// about 20 fp32 values a hidden channel and 8 an intermediate one.
constexpr std::uint64_t kKeptGraphBytes = std::uint64_t { 4 } << 30;

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
        if (valueFactorStands())
            hasher.update("value factor 2"); // what tuning gives, since that has changed
        m_own = "/tune-" + hasher.hex().substr(0, 16);
        m_base = m_layerBase + m_own;
    }

    FinishedStage run()
    {
        FinishedStage done = tuned();
        if (refinesAfterTuning(m_variant.recipe))
            return refineTuned(m_context, m_variant, done, m_layerBase, m_base);
        return done;
    }

private:
    using Clock = std::chrono::steady_clock;

    FinishedStage tuned()
    {
        if (std::optional<FinishedStage> done = finishedStage(job().store(), m_base, layers()))
            return *std::move(done);
        if (std::optional<FinishedStage> done = takenOver())
            return *std::move(done);
        const auto start = Clock::now();
        TunedModel model { *m_context.decoder, {}, {} };
        const bool keepsWeights = loadLayers(model);
        // Graphs hold the dequantized weights of their layers.
        const std::uint64_t graphs = graphBytes() + (keepsWeights ? 0 : weightBytes());
        model.keepGraphs = graphs <= keptBytes(*m_context.decoder, kKeptGraphBytes);
        const at::Tensor teacher = teacherStates(m_context, m_variant.id, m_sequences);
        const double prepared = std::chrono::duration<double>(Clock::now() - start).count();
        const Progress progress = train(model, teacher, prepared);
        return finish(model, progress);
    }
    /// Whether factors are tuned and that within T2's heads is not, since it is in V (TunedLayer).
    [[nodiscard]] bool valueFactorStands() const
    {
        const Stage *transform = m_variant.recipe.findStage("transform");
        return transform != nullptr && text(*transform, "kind") == "kronecker"
            && calib::chosen(transform->parameters.at("sites"), Site::t2)
            && groupsOf(m_stage).factors > 0;
    }
    [[nodiscard]] std::uint64_t layers() const { return m_layerParts.size(); }
    JobContext &job() const { return m_context.job; }
    /// A stage that ended elsewhere, measured for this one; nothing if there is none.
    std::optional<FinishedStage> takenOver()
    {
        const std::optional<FinishedStage> found =
            stageElsewhere(m_context, m_variant, m_own, layers());
        if (!found)
            return std::nullopt;
        StageRecord record = recordOf(*found);
        record.curve.variant = m_variant.id;
        OnlineCost cost;
        for (std::size_t l = 0; l < layers(); ++l) {
            job().checkpoint();
            const LayerSolution tuned = solution(found->parts[l]);
            cost += onlineCost(tuned, m_context.decoder->config());
            (void)keep(tuned, l);
        }
        job().log(
            LogLevel::info,
            fmt::format("{}: the layers are tuned already; they are measured again", m_variant.id));
        return measured(found->parts, record, cost);
    }
    /// Keeps a tuned layer; its part's hash.
    std::string keep(const LayerSolution &tuned, std::size_t layer) const
    {
        const auto index = static_cast<std::int64_t>(layer);
        return job()
            .store()
            .put(calib::layerKey(m_base, index, "solution"),
                 tuned.toPart({ Branch::text, static_cast<std::int32_t>(layer) }))
            .orThrow();
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

    /// What all layers' dequantized weights take.
    [[nodiscard]] std::uint64_t weightBytes() const
    {
        const nn::Decoder &decoder = *m_context.decoder;
        return static_cast<std::uint64_t>(decoder.config().linearParameters())
            * c10::elementSize(nn::matmulType(decoder.compute()));
    }

    [[nodiscard]] LayerSolution solution(const std::string &hash) const
    {
        return keptLayer(job().store(), hash);
    }

    /// Whether the layers keep their dequantized weights between visits.
    [[nodiscard]] bool loadLayers(TunedModel &model) const
    {
        const nn::Decoder &decoder = *m_context.decoder;
        const at::ScalarType type = nn::matmulType(decoder.compute());
        if (type == at::kDouble)
            throw Exception({ ErrorCode::unsupported, "tuning needs bf16 or fp32", "protocol.dtype",
                              "Use protocol.dtype: bf16." });
        const bool keepWeights = weightBytes() <= keptBytes(decoder, kKeptWeightBytes);
        const TunedGroups groups = groupsOf(m_stage);
        for (const std::string &hash : m_layerParts) {
            job().checkpoint();
            model.layers.push_back(std::make_unique<TunedLayer>(
                onDevice(solution(hash), decoder.device()), decoder.config(), groups,
                model.parameters, type, keepWeights));
        }
        if (model.parameters.size() == 0 && !groups.codes)
            throw Exception({ ErrorCode::badInput, "the tune stage has nothing to train",
                              m_variant.id, "Name groups with rates above 0." });
        model.parameters.seal(decoder.device());
        return keepWeights;
    }

    /// prepared: seconds spent on layers and targets, which a resumed stage spends again.
    Progress train(TunedModel &model, const at::Tensor &teacher, double prepared)
    {
        const double beta1 = number(m_stage, "beta1");
        const double beta2 = number(m_stage, "beta2");
        ModelAdam optimizer(model.parameters, beta1, beta2);
        Progress p;
        p.buffers = optimizer.state();
        p.curve.variant = m_variant.id;
        p.curve.layer = kWholeModel;
        p.curve.objective = "end-to-end-kl";
        if (const auto saved = job().store().get(stateKey()).orThrow();
            saved && !(restoreCodes(model, *saved) && restore(*saved, p)))
            job().log(LogLevel::warning,
                      fmt::format("{}: the state of the tune stage does not fit; it starts anew",
                                  m_variant.id));
        p.seconds += prepared;
        const at::Tensor ids = nn::idTensor(m_sequences);
        job().log(LogLevel::info,
                  fmt::format("{}: tuning {} values on {} x {} tokens, steps {} to {}",
                              m_variant.id, model.parameters.size(), m_sequences.size(),
                              ids.size(1), p.step + 1, integer(m_stage, "steps")));
        const auto gradient = [&](const at::Tensor &pick, std::int64_t step, double rate) {
            model.parameters.clearGradients();
            return model.gradient(ids.index_select(0, pick),
                                  { teacher.index_select(0, quant::beside(pick, teacher)),
                                    number(m_stage, "temperature"),
                                    {} },
                                  job(),
                                  { rate * number(m_stage, "codeRate"), beta1, beta2, step });
        };
        const auto update = [&](double rate) {
            optimizer.update(p.step, rate, number(m_stage, "gradientNorm"));
        };
        runSteps({ m_context, m_stage, m_variant.id, "tuning end to end", "KL", ids.size(0),
                   gradient, model.parameters.gradients(), update, [&] { saveState(model, p); } },
                 p);
        p.buffers.clear(); // the optimizer ends with this function
        return p;
    }

    [[nodiscard]] std::string stateKey() const { return m_base + "/state"; }
    [[nodiscard]] std::string codesKey(std::size_t layer, std::int64_t step) const
    {
        return calib::layerKey(m_base, static_cast<std::int64_t>(layer),
                               fmt::format("codes-{}", step));
    }
    /// The codes' states carry their step in their keys and go only once the new state stands.
    void saveState(const TunedModel &model, const Progress &p)
    {
        const bool codes = text(m_stage, "codes") == "learned";
        for (std::size_t l = 0; codes && l < layers(); ++l) {
            job().checkpoint();
            Part part;
            part.kind = "train-state";
            part.attributes["step"] = p.step;
            part.tensors = model.layers[l]->codeState();
            (void)job().store().put(codesKey(l, p.step), part).orThrow();
        }
        (void)job().store().put(stateKey(), trainState(p)).orThrow();
        removeCodes(p.step);
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

    FinishedStage finish(TunedModel &model, const Progress &p)
    {
        const bool good =
            at::isfinite(model.parameters.values()).all().item<bool>() && !endsWorse(p.curve.loss);
        if (!good)
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
                good ? model.layers[l]->solution() : solution(m_layerParts[l]);
            cost += onlineCost(tuned, m_context.decoder->config());
            parts.push_back(keep(tuned, l));
        }
        StageRecord record { p.curve, m_context.secondsBefore + p.seconds, layersBefore() };
        for (const LayerDone &done : record.layers)
            record.seconds += done.seconds;
        return measured(parts, record, cost);
    }

    /// Runs the tuned layers and keeps what they give.
    FinishedStage measured(const std::vector<std::string> &parts, const StageRecord &record,
                           const OnlineCost &cost)
    {
        FinishedStage done =
            keepStage(m_context, m_variant, m_layerBase, m_base, parts, record, cost);
        (void)job().store().remove(stateKey());
        removeCodes(-1);
        return done;
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
    std::string m_layerBase; ///< of the layer pass
    std::string m_own; ///< of this stage, behind any pass with the same layers
    std::string m_base; ///< both
};

} // namespace

std::vector<std::string> tuneVariant(const calib::Context &context, const VariantSpec &variant,
                                     const std::vector<std::string> &layerParts,
                                     const std::vector<std::vector<std::int32_t>> &sequences)
{
    const at::NoGradGuard guard;
    FinishedStage done = TuneRun(context, variant, layerParts, sequences).run();
    for (Artifact &a : done.artifacts)
        context.job.publish(std::move(a));
    return done.parts;
}

} // namespace batlab::tune
