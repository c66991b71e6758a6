// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/learn_rotation.h"

#include "core/base/hash.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/kv_stage.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/transform/closed_form.h"
#include "core/engine/tune/cayley.h"
#include "core/engine/tune/training.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <chrono>

namespace batlab::tune {

namespace {

constexpr std::uint64_t kKeptWeightBytes = std::uint64_t { 1 } << 30; // fp32, between visits
constexpr std::uint64_t kRetractionStream = 0x7172; // "qr": of the run's seed

/// A layer with its formats, cache and online transforms, nothing rotated yet.
calib::LayerState unrotatedLayer(const calib::Context &context, const VariantSpec &variant,
                                 std::int64_t l, bool wholeHeads)
{
    const nn::Decoder &decoder = *context.decoder;
    calib::LayerState state { decoder.config(),
                              decoder.loadLayer(l, at::kFloat),
                              {},
                              {},
                              {},
                              {},
                              randomBits(context.spec.seed, static_cast<std::uint64_t>(l) + 1),
                              {} };
    calib::setFormats(state, layerFormats(context.spec.protocol, variant.recipe, l),
                      effectiveSettings(context.spec, variant), context.spec.protocol);
    state.valuesRotated = wholeHeads;
    if (const Stage *kv = variant.recipe.findStage("kv"))
        calib::runKv(state, kv->parameters, {});
    if (const Stage *transform = variant.recipe.findStage("transform"))
        calib::runTransform(state, transform->parameters);
    return state;
}

at::Tensor denseRotation(const ResidualRotation &r, std::int64_t n)
{
    return r.apply(at::eye(n, at::kDouble));
}

/// [k, b, b] of the moment, in place.
at::Tensor viewOf(Parameters &parameters, const Parameters::Slot &slot)
{
    const std::int64_t count = slot.shape[0] * slot.shape[1] * slot.shape[2];
    return parameters.values().narrow(0, slot.offset, count).view(slot.shape);
}

class RotationRun
{
public:
    RotationRun(const calib::Context &context, const VariantSpec &variant,
                const std::vector<std::vector<std::int32_t>> &sequences)
        : m_context(context)
        , m_variant(variant)
        , m_stage(*variant.recipe.findStage("learn-rotation"))
        , m_sequences(sequences)
        , m_nextToken(text(m_stage, "loss") == "next-token")
    {
        const RecipeSettings settings = effectiveSettings(context.spec, variant);
        const Protocol &protocol = context.spec.protocol;
        Json j { settings.scaleRule,        settings.ties,     protocol.weightFormat,
                 protocol.activationFormat, protocol.kvFormat, protocol.dtype,
                 context.spec.seed };
        for (const char *kind : { "learn-rotation", "precision", "rotate", "kv", "transform" })
            if (const Stage *stage = variant.recipe.findStage(kind))
                j.push_back({ { kind, stage->parameters } });
        Hasher hasher;
        hasher.update(j.dump());
        for (const auto &s : sequences)
            hasher.update(s.data(), s.size() * sizeof(s.front()));
        m_base = context.keyPrefix + "/rotations-" + hasher.hex().substr(0, 16);
    }

    LearnedRotations run()
    {
        if (const auto done = finished())
            return *done;
        const auto start = Clock::now();
        const auto rotated = rotatedModel(m_context, m_variant);
        const Progress progress = train(*rotated, start);
        return finish(*rotated, progress);
    }

private:
    using Clock = std::chrono::steady_clock;

    JobContext &job() const { return m_context.job; }
    [[nodiscard]] std::string stateKey() const { return m_base + "/state"; }

    std::optional<LearnedRotations> finished()
    {
        const auto saved = job().store().get(m_base + "/artifacts").orThrow();
        if (!saved)
            return std::nullopt;
        for (Artifact &a : calib::artifactsOf(*saved)) {
            if (auto *curve = std::get_if<LossCurve>(&a))
                curve->variant = m_variant.id; // recipes that share the rotations share the curve
            job().publish(std::move(a));
        }
        return LearnedRotations { saved->attributes.value("rotations", std::string()),
                                  saved->attributes.value("seconds", 0.0) };
    }

    /// start: of the stage, whose model and targets a resumed one makes again.
    Progress train(RotatedModel &rotated, Clock::time_point start)
    {
        Parameters &parameters = rotated.model.parameters;
        at::Tensor memory = at::zeros_like(parameters.values());
        const at::Tensor ids = nn::idTensor(m_sequences);
        Progress p;
        p.buffers = { { "memory", memory }, { "parameters", parameters.values() } };
        p.curve.variant = m_variant.id;
        p.curve.layer = kWholeModel;
        p.curve.objective = m_nextToken ? "rotation-next-token" : "rotation-kl";
        if (const auto saved = job().store().get(stateKey()).orThrow();
            saved && !restore(*saved, p))
            job().log(LogLevel::warning,
                      fmt::format("{}: the state of learn-rotation does not fit; it starts anew",
                                  m_variant.id));
        const at::Tensor teacher =
            m_nextToken ? at::Tensor() : teacherStates(m_context, m_variant.id, m_sequences);
        const at::Tensor labels = nextTokens(ids);
        p.seconds += std::chrono::duration<double>(Clock::now() - start).count();
        job().log(LogLevel::info,
                  fmt::format("{}: learning rotations of {} values on {} x {} tokens, steps {} to "
                              "{}",
                              m_variant.id, parameters.size(), ids.size(0), ids.size(1), p.step + 1,
                              integer(m_stage, "steps")));
        const auto gradient = [&](const at::Tensor &pick, std::int64_t, double) {
            parameters.clearGradients();
            Objective aim;
            aim.temperature = number(m_stage, "temperature");
            const at::Tensor &aims = m_nextToken ? labels : teacher;
            (m_nextToken ? aim.labels : aim.teacher) =
                aims.index_select(0, quant::beside(pick, aims));
            return rotated.model.gradient(ids.index_select(0, pick), aim, job());
        };
        const auto update = [&](double rate) { step(rotated, memory, p.step, rate); };
        const auto save = [&] { (void)job().store().put(stateKey(), trainState(p)).orThrow(); };
        runSteps({ m_context, m_stage, m_variant.id, "learning rotations",
                   m_nextToken ? "cross entropy" : "KL", ids.size(0), gradient,
                   parameters.gradients(), update, save },
                 p);
        p.buffers.clear();
        return p;
    }

    void step(RotatedModel &rotated, const at::Tensor &memory, std::int64_t step, double rate)
    {
        Parameters &parameters = rotated.model.parameters;
        const CayleyStep how { rate * number(m_stage, "learningRate"), number(m_stage, "momentum"),
                               integer(m_stage, "iterations"), [this] { job().checkpoint(); } };
        const std::uint64_t seed = randomBits(m_context.spec.seed, kRetractionStream);
        std::uint64_t draw = static_cast<std::uint64_t>(step) << 20;
        for (const Parameters::Slot &slot : rotated.slots()) {
            job().checkpoint();
            at::Tensor x = viewOf(parameters, slot);
            const auto like = [&](const at::Tensor &flat) {
                return flat.narrow(0, slot.offset, x.numel()).view(slot.shape);
            };
            const double chance = static_cast<double>(randomBits(seed, draw++) >> 11) * 0x1p-53;
            if (chance < number(m_stage, "retraction"))
                x.copy_(retracted(x));
            at::Tensor m = like(memory);
            cayleyStep(x, like(parameters.gradients()), m, how);
        }
    }

    LearnedRotations finish(RotatedModel &rotated, const Progress &p)
    {
        if (!at::isfinite(rotated.model.parameters.values()).all().item<bool>())
            throw Exception({ ErrorCode::badInput,
                              "learning the rotations has diverged",
                              {},
                              "Lower learn-rotation.learningRate." });
        const bool wholeHeads = text(*m_variant.recipe.findStage("rotate"), "values") == "hadamard";
        const calib::Rotations rotations =
            rotationsOf(rotated, m_context.decoder->config(), wholeHeads);
        const std::string hash =
            job().store().put(m_base + "/rotations", rotations.toPart()).orThrow();
        Part done = calib::artifactsPart({ p.curve });
        done.attributes["rotations"] = hash;
        done.attributes["seconds"] = p.seconds;
        (void)job().store().put(m_base + "/artifacts", done).orThrow();
        (void)job().store().remove(stateKey());
        return finished().value();
    }

    const calib::Context &m_context;
    const VariantSpec &m_variant;
    const Stage &m_stage;
    const std::vector<std::vector<std::int32_t>> &m_sequences;
    bool m_nextToken;
    std::string m_base;
};

} // namespace

std::vector<Parameters::Slot> RotatedModel::slots() const
{
    std::vector<Parameters::Slot> out;
    if (first.residual.used())
        out.push_back(first.residual);
    out.insert(out.end(), values.begin(), values.end());
    return out;
}

std::unique_ptr<RotatedModel> rotatedModel(const calib::Context &context,
                                           const VariantSpec &variant)
{
    const at::NoGradGuard guard;
    const nn::Decoder &decoder = *context.decoder;
    const ModelConfig &config = decoder.config();
    const Stage &learn = *variant.recipe.findStage("learn-rotation");
    const Json &rotate = variant.recipe.findStage("rotate")->parameters;
    const at::ScalarType type = nn::matmulType(decoder.compute());
    if (type == at::kDouble)
        throw Exception({ ErrorCode::unsupported, "learning rotations needs bf16 or fp32",
                          "protocol.dtype", "Use protocol.dtype: bf16." });
    const calib::Rotations start = calib::makeRotations(config, rotate, context.spec.seed);
    const calib::RotationBlocks sides = calib::rotationBlocks(config, rotate);

    auto out = std::make_unique<RotatedModel>(RotatedModel { { decoder, {}, {} }, {}, {} });
    Parameters &parameters = out->model.parameters;
    if (start.residual.defined()) {
        const at::Tensor blocks =
            transform::diagonalBlocks(denseRotation(start.residual, config.hidden), sides.residual);
        out->first.residual =
            parameters.add(text(learn, "blocks") == "shared" ? blocks.narrow(0, 0, 1) : blocks, 1);
    }
    for (const at::Tensor &values : start.values)
        out->values.push_back(parameters.add(transform::diagonalBlocks(values, sides.values), 1));
    if (!out->values.empty())
        out->first.values = out->values.front();
    parameters.seal(decoder.device());

    RotationSetting setting;
    setting.type = type;
    setting.ste.mask = flag(learn, "steMask");
    setting.ste.scaleGradient = flag(learn, "scaleGradient");
    setting.roundWeights = text(learn, "weightsInLoop") == "rtn";
    setting.keepWeights = static_cast<std::uint64_t>(config.linearParameters()) * sizeof(float)
        <= keptBytes(decoder, kKeptWeightBytes);
    setting.check = [&job = context.job] { job.checkpoint(); };
    for (std::int64_t l = 0; l < config.layers; ++l) {
        RotationSlots slots { out->first.residual, {} };
        if (!out->values.empty())
            slots.values = out->values[static_cast<std::size_t>(l)];
        const auto load = [&context, &variant, l, whole = start.wholeHeads] {
            return unrotatedLayer(context, variant, l, whole);
        };
        out->model.layers.push_back(
            std::make_unique<RotatedLayer>(load, l, slots, parameters, setting));
    }
    return out;
}

calib::Rotations rotationsOf(const RotatedModel &model, const ModelConfig &config, bool wholeHeads)
{
    const auto blocks = [&](const Parameters::Slot &slot) {
        return retracted(model.model.parameters.leaf(slot).detach().cpu());
    };
    calib::Rotations out;
    out.wholeHeads = wholeHeads;
    if (model.first.residual.used()) {
        const at::Tensor r = blocks(model.first.residual);
        const auto f64 = at::TensorOptions().dtype(at::kDouble);
        out.residual.factors = r.size(0) == 1
            ? transform::GpkFactors { r.select(0, 0).contiguous(),
                                      at::ones({ config.hidden / r.size(-1), 1, 1 }, f64) }
            : transform::GpkFactors { at::ones({ 1, 1 }, f64), r };
    }
    for (const Parameters::Slot &slot : model.values) {
        const at::Tensor r = blocks(slot);
        at::Tensor head = at::zeros({ config.headDim, config.headDim }, at::kDouble);
        for (std::int64_t i = 0; i < r.size(0); ++i)
            head.narrow(0, i * r.size(-1), r.size(-1))
                .narrow(1, i * r.size(-1), r.size(-1))
                .copy_(r[i]);
        out.values.push_back(head);
    }
    return out;
}

LearnedRotations learnRotations(const calib::Context &context, const VariantSpec &variant,
                                const std::vector<std::vector<std::int32_t>> &sequences)
{
    const at::NoGradGuard guard;
    return RotationRun(context, variant, sequences).run();
}

} // namespace batlab::tune
