// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/trainer.h"

#include "core/base/hash.h"
#include "core/engine/calib/device_adamw.h"
#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/trained_values.h"
#include "core/engine/transform/inverses.h"
#include "core/engine/variant/on_device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <optional>

namespace batlab::calib {

namespace {

constexpr double kConditionWarning = 100; // performance.md 3.5
constexpr double kConditionLimit = 1e4;

double logit(double p) { return std::log(p / (1 - p)); }

struct TrainSettings
{
    std::int64_t epochs, batch, sequences, length, checkpointSteps;
    double learningRate, clipFactor, minFactor, gradientNorm;
    bool normalizeLoss, weightsQuantized;
    Json diagonalSites = Json::array(); ///< where the folded diagonal is trained

    explicit TrainSettings(const Json &p, const Stage *fold)
        : epochs(p.at("epochs"))
        , batch(p.at("batch"))
        , sequences(p.at("sequences"))
        , length(p.at("length"))
        , checkpointSteps(p.at("checkpointSteps"))
        , learningRate(p.at("learningRate"))
        , clipFactor(p.at("clipLearningRateFactor"))
        , minFactor(p.at("minLearningRateFactor"))
        , gradientNorm(p.at("gradientNorm"))
        , normalizeLoss(p.at("normalizeLoss"))
        , weightsQuantized(p.at("weightsInLoop") == "rtn")
    {
        if (p.at("trainDiagonal").get<bool>() && fold != nullptr)
            diagonalSites = fold->parameters.at("sites");
    }
};

/// The student: folded weights, differentiable transforms, clips and diagonals. prepare() builds a
/// step's graph.
class Student : public nn::LayerOps
{
public:
    Student(const LayerState &state, const TrainSettings &settings, FactorForm form, double cap,
            const kernels::Ste &ste, const nn::Decoder &decoder)
        : m_state(state)
        , m_type(nn::matmulType(decoder.compute()))
        , m_kv(onDevice(state.kv, decoder.device()))
        , m_parameters(decoder.device())
    {
        m_kv.keys.ste = m_kv.values.ste = ste;
        for (const Site site : kLinearSites) {
            const SiteSolution &s = state.site(site);
            SitePart &part = m_sites[index(site)];
            part.quantizer = s.activation;
            part.quantizer.ste = ste;
            const std::int64_t n = state.weights.of(state.linearsOf(site).front()).size(1);
            if (s.transform == SiteSolution::Transform::gpk && !s.fixed) {
                const bool one = s.factors.a.numel() == 1 || s.factors.b.size(-1) == 1;
                const double each = cap <= 0 ? 0 : one ? cap : std::sqrt(cap);
                part.a = TrainedFactor(m_parameters, s.factors.a, form, each);
                part.b = TrainedFactor(m_parameters, s.factors.b, form, each);
            } else if (s.transform != SiteSolution::Transform::none) {
                const transform::GpkFactors h = s.matrixFactors(n);
                part.base = { h.a.to(decoder.device(), at::kFloat),
                              h.b.to(decoder.device(), at::kFloat) };
            }
            if (s.clip.active()) {
                part.clipLo = m_parameters.add(
                    at::full(s.clip.lo.sizes(), logit(s.clip.lo.view({ -1 })[0].item<double>())),
                    settings.clipFactor);
                part.clipHi = m_parameters.add(
                    at::full(s.clip.hi.sizes(), logit(s.clip.hi.view({ -1 })[0].item<double>())),
                    settings.clipFactor);
            }
            if (chosen(settings.diagonalSites, site))
                part.logDiagonal = m_parameters.add(
                    at::zeros(
                        { site == Site::t2 ? state.config.kvHeads * state.config.headDim : n }),
                    1);
        }
        for (const Linear l : kLinears) {
            if (settings.weightsQuantized)
                m_linears[index(l)].quantizer = quantizerFor(state, l);
            m_linears[index(l)].quantizer.ste = ste;
            const quant::ClipRatios &clip = state.weightClip[index(l)];
            if (clip.active()) {
                m_linears[index(l)].clipLo = m_parameters.add(clip.lo.logit(), settings.clipFactor);
                m_linears[index(l)].clipHi = m_parameters.add(clip.hi.logit(), settings.clipFactor);
            }
        }
        if (m_parameters.size() == 0)
            throw Exception({ ErrorCode::badInput, "the training stage has nothing to train",
                              "recipe",
                              "Give it a trainable transform, a clip stage or trainDiagonal." });
        m_parameters.seal();
    }

    Parameters &parameters() { return m_parameters; }

    /// Effective transforms, norms and (quantized) weights of the current parameters, with their
    /// graph.
    void prepare()
    {
        m_inputNorm = m_state.weights.inputNorm;
        m_postNorm = m_state.weights.postNorm;
        for (const Site site : kLinearSites) {
            SitePart &part = m_sites[index(site)];
            part.factors = factorsOf(part);
            part.online = part.factors;
            if (site == Site::t2 && m_state.valueFactorPending) // the factor within heads is V's
                part.online.a =
                    at::eye(part.factors.a.size(0), part.factors.a.options().requires_grad(false));
            part.clip = ratiosOf(part.clipLo, part.clipHi);
            part.diagonal =
                part.logDiagonal.used() ? m_parameters.get(part.logDiagonal).exp() : at::Tensor();
        }
        const at::Tensor &d1 = m_sites[0].diagonal;
        const at::Tensor &d3 = m_sites[2].diagonal;
        if (d1.defined())
            m_inputNorm = m_inputNorm * d1;
        if (d3.defined())
            m_postNorm = m_postNorm * d3;
        if (!m_parameters.device().is_cpu()) { // all in one launch
            std::vector<transform::GpkFactors> all;
            for (const SitePart &part : m_sites)
                all.push_back(part.factors);
            all = transform::inversesTransposed(all);
            for (std::size_t i = 0; i < m_sites.size(); ++i)
                m_sites[i].inverse = all[i];
        }
        for (const Linear l : kLinears)
            prepareLinear(l);
    }

    at::Tensor enter(const at::Tensor &x) const override
    {
        return m_state.entry.defined() ? m_state.entry.apply(x) : x;
    }
    at::Tensor leave(const at::Tensor &x) const override
    {
        return m_state.exit.defined() ? m_state.exit.undo(x) : x;
    }
    const at::Tensor &inputNorm() const override { return m_inputNorm; }
    const at::Tensor &postNorm() const override { return m_postNorm; }
    const at::Tensor &qNorm() const override { return m_state.weights.qNorm; }
    const at::Tensor &kNorm() const override { return m_state.weights.kNorm; }
    at::Tensor input(Site site, const at::Tensor &x) const override
    {
        const SitePart &part = m_sites[index(site)];
        if (part.online.defined())
            return quant::gpkFakeQuantize(paddedToBlock(x, part.online.block()), part.online.a,
                                          part.online.b, part.clip, part.quantizer, m_type);
        return quant::fakeQuantize(paddedToBlock(x, 32), part.clip, part.quantizer, m_type);
    }
    at::Tensor linear(Linear l, const at::Tensor &x) const override
    {
        const LinearPart &part = m_linears[index(l)];
        return scaledLinear(x, part.weight, part.bias, part.factor, m_type);
    }
    at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_kv.cached(site, x, m_type);
    }
    at::Tensor query(const at::Tensor &x) const override { return m_kv.query(x, m_type); }

    /// Writes what was trained into the layer's state, rounded as it will run.
    void store(LayerState &state)
    {
        const at::NoGradGuard guard;
        prepare();
        for (const Site site : kLinearSites) {
            const SitePart &part = m_sites[index(site)];
            SiteSolution &s = state.site(site);
            if (part.a.used())
                s.factors = transform::deployed(
                    { part.factors.a.detach().cpu(), part.factors.b.detach().cpu() });
            if (part.clip.active())
                s.clip = { part.clip.lo.detach().cpu().contiguous(),
                           part.clip.hi.detach().cpu().contiguous() };
        }
        for (const Linear l : kLinears)
            if (m_linears[index(l)].clipLo.used())
                state.weightClip[index(l)] =
                    ratiosOf(m_linears[index(l)].clipLo, m_linears[index(l)].clipHi);
        for (const Site site : { Site::t2, Site::t4, Site::t1, Site::t3 }) {
            const at::Tensor &d = m_sites[index(site)].diagonal;
            if (d.defined())
                applyDiagonal(state, site, site == Site::t2 ? overQueryHeads(d) : d);
        }
    }

private:
    struct SitePart
    {
        TrainedFactor a, b;
        Parameters::Slot clipLo, clipHi, logDiagonal;
        transform::GpkFactors base, factors;
        transform::GpkFactors online; ///< factors without what V's rows carry
        transform::GpkFactors inverse; ///< of the weights; on the host each linear makes its own
        quant::ClipRatios clip;
        quant::Quantizer quantizer;
        at::Tensor diagonal; ///< [n]; T2: [kvHeads*headDim]
    };
    struct LinearPart
    {
        Parameters::Slot clipLo, clipHi;
        quant::Quantizer quantizer;
        at::Tensor weight, bias;
        double factor = 1;
    };
    template<class Enum>
    static std::size_t index(Enum e)
    {
        return static_cast<std::size_t>(e);
    }

    [[nodiscard]] transform::GpkFactors factorsOf(const SitePart &part) const
    {
        return part.a.used()
            ? transform::GpkFactors { part.a.matrix(m_parameters), part.b.matrix(m_parameters) }
            : part.base;
    }
    [[nodiscard]] quant::ClipRatios ratiosOf(const Parameters::Slot &lo,
                                             const Parameters::Slot &hi) const
    {
        if (!lo.used())
            return {};
        return { m_parameters.get(lo).sigmoid(), m_parameters.get(hi).sigmoid() };
    }
    [[nodiscard]] at::Tensor overQueryHeads(const at::Tensor &d) const
    {
        const ModelConfig &c = m_state.config;
        return d.view({ c.kvHeads, 1, c.headDim })
            .expand({ c.kvHeads, c.heads / c.kvHeads, c.headDim })
            .reshape({ -1 });
    }

    void prepareLinear(Linear l)
    {
        LinearPart &part = m_linears[index(l)];
        const SitePart &site = m_sites[index(inputSite(l))];
        at::Tensor w = m_state.weights.of(l);
        at::Tensor bias = m_state.weights.biasOf(l);
        if (site.diagonal.defined())
            w = w / (inputSite(l) == Site::t2 ? overQueryHeads(site.diagonal) : site.diagonal);
        const Site producer =
            l == Linear::v ? Site::t2 : Site::t4; // whose diagonal sits in this linear's rows
        const at::Tensor &rows = m_sites[index(producer)].diagonal;
        if ((l == Linear::v || l == Linear::up) && rows.defined()) {
            w = w * rows.unsqueeze(1);
            bias = bias.defined() ? bias * rows : bias;
        }
        if (l == Linear::v && m_state.valueFactorPending) {
            const at::Tensor &a = m_sites[index(Site::t2)].factors.a;
            const ModelConfig &c = m_state.config;
            w = at::matmul(a.t(), w.reshape({ c.kvHeads, c.headDim, -1 })).reshape(w.sizes());
            if (bias.defined())
                bias = at::matmul(bias.reshape({ c.kvHeads, c.headDim }), a).reshape({ -1 });
        }
        const quant::ClipRatios clip = ratiosOf(part.clipLo, part.clipHi);
        if (site.factors.defined()) {
            const transform::GpkFactors inverse =
                site.inverse.defined() ? site.inverse : transform::inverseTransposed(site.factors);
            part.weight = quant::gpkFakeQuantize(paddedToBlock(w, site.factors.block()), inverse.a,
                                                 inverse.b, clip, part.quantizer, m_type);
        } else {
            part.weight = quant::fakeQuantize(paddedToBlock(w, 32), clip, part.quantizer, m_type);
        }
        part.bias = bias.defined() ? bias.to(m_type) : bias;
        part.factor = 1.0 / (double(part.quantizer.epilogue()) * double(site.quantizer.epilogue()));
    }

    const LayerState &m_state;
    at::ScalarType m_type;
    KvSolution m_kv;
    Parameters m_parameters;
    std::array<SitePart, 4> m_sites;
    std::array<LinearPart, 7> m_linears;
    at::Tensor m_inputNorm, m_postNorm;
};

/// Steps on a device that the host does not wait for: losses are read once an epoch.
class DeviceSteps
{
public:
    DeviceSteps(const AdamW &state, Parameters &parameters)
        : m_flat(parameters.flat()), m_optimizer(state, m_flat, parameters.factors())
    { }
    /// One step down the gradient of `loss`; returns the steps done.
    std::int64_t run(const at::Tensor &loss, const TrainSettings &settings, double rate)
    {
        const at::Tensor value = loss.detach();
        m_flat.mutable_grad() = at::Tensor();
        (settings.normalizeLoss ? loss / at::where(value > 0, value, at::ones_like(value)) : loss)
            .backward();
        m_optimizer.update(m_flat, m_flat.grad(), value, rate, settings.gradientNorm);
        m_losses.push_back(value);
        return m_optimizer.step();
    }
    /// Brings the host's state and curve up to date.
    void read(AdamW &state, LossCurve &curve,
              const std::function<void(std::int64_t)> &warnNotFinite)
    {
        if (m_losses.empty())
            return;
        const at::Tensor losses = at::stack(m_losses).cpu();
        const auto *p = losses.const_data_ptr<float>();
        for (std::int64_t i = 0; i < losses.numel(); ++i) {
            if (!std::isfinite(p[i]))
                warnNotFinite(static_cast<std::int64_t>(curve.loss.size()));
            curve.loss.push_back(p[i]);
        }
        m_losses.clear();
        m_optimizer.save(state);
    }

private:
    at::Tensor m_flat;
    DeviceAdamW m_optimizer;
    std::vector<at::Tensor> m_losses; ///< since the last read
};

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

void reportCondition(const Context &context, LayerState &state, const LayerState &before,
                     LayerId layer, const std::string &variant)
{
    for (const Site site : kLinearSites) {
        SiteSolution &s = state.site(site);
        if (s.transform != SiteSolution::Transform::gpk || s.fixed)
            continue;
        const double condition = transform::conditionNumber(s.factors);
        if (condition < kConditionWarning)
            continue;
        const bool refused = !(condition < kConditionLimit);
        context.job.log(
            LogLevel::warning,
            fmt::format("{}: layer {} {}: condition number of the trained transform is {:.3g}{}",
                        variant, toString(layer), name(site), condition,
                        refused ? "; the untrained transform is kept" : ""));
        if (refused)
            s.factors = before.site(site).factors;
    }
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
    const LayerState before = state;
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
    std::optional<DeviceSteps> device;
    if (!decoder.device().is_cpu())
        device.emplace(optimizer, student.parameters());
    const auto warnNotFinite = [&](std::int64_t step) {
        context.job.log(LogLevel::warning,
                        fmt::format("{}: layer {} step {}: loss is not finite, step skipped",
                                    variant, toString(layer), step));
    };
    std::vector<std::int64_t> order;
    std::int64_t orderEpoch = -1;
    float lossValue = 0;
    while (optimizer.step < total) {
        context.job.checkpoint();
        const std::int64_t step = optimizer.step;
        const std::int64_t epoch = step / stepsPerEpoch;
        if (epoch != orderEpoch) {
            order = shuffledOrder(sequences,
                                  randomBits(state.seed, 1000 + static_cast<std::uint64_t>(epoch)));
            orderEpoch = epoch;
        }
        const std::int64_t first = (step % stepsPerEpoch) * batch;
        const std::int64_t count = std::min(batch, sequences - first);
        const std::vector<std::int64_t> rows(order.begin() + first, order.begin() + first + count);
        const at::Tensor pick = at::tensor(rows, at::kLong);
        const bool quantizedInput = pass.stream == Stream::quantized
            || (pass.stream == Stream::mixed && epoch >= switchEpoch);
        const at::Tensor &source = quantizedInput ? data.quantizedInput : data.fpInput;
        const auto batchOf = [&](const at::Tensor &stream) {
            return stream.narrow(1, 0, length)
                .index_select(0, pick.to(stream.device()))
                .to(decoder.device());
        };
        const at::Tensor x = batchOf(source);
        const at::Tensor y = batchOf(data.target);

        const double rate = settings.learningRate * cosine(step, total, settings.minFactor);
        const at::AutoGradMode grad(true);
        student.prepare();
        const InterruptibleOps ops(student, context.job);
        const at::Tensor loss = quant::meanSquaredError(decoder.forward(ops, x), y);
        curve.learningRate.push_back(static_cast<float>(rate));
        if (device) {
            optimizer.step = device->run(loss, settings, rate);
            if (optimizer.step % stepsPerEpoch == 0)
                device->read(optimizer, curve, warnNotFinite);
            lossValue = curve.loss.empty() ? 0 : curve.loss.back();
        } else {
            lossValue = loss.item<float>();
            if (std::isfinite(lossValue)) {
                flat.mutable_grad() = at::Tensor();
                const at::Tensor scaled =
                    settings.normalizeLoss && lossValue > 0 ? loss / lossValue : loss;
                scaled.backward();
                const at::NoGradGuard guard;
                const at::Tensor gradient = flat.grad().contiguous();
                optimizer.update(flat.data_ptr<float>(), gradient.const_data_ptr<float>(),
                                 student.parameters().factors(), rate, settings.gradientNorm);
            } else {
                warnNotFinite(step);
                ++optimizer.step;
            }
            curve.loss.push_back(lossValue);
        }
        context.job.setStep(static_cast<std::uint64_t>(optimizer.step),
                            static_cast<std::uint64_t>(total), lossValue);
        if (settings.checkpointSteps > 0 && optimizer.step % settings.checkpointSteps == 0
            && optimizer.step < total) {
            if (device)
                device->read(optimizer, curve, warnNotFinite);
            (void)context.job.store().put(key, trainingState(flat, optimizer, curve)).orThrow();
        }
    }
    if (device)
        device->read(optimizer, curve, warnNotFinite);
    student.store(state);
    if (cap > 0 && form != FactorForm::orthogonal)
        for (const Site site : kLinearSites)
            if (state.site(site).transform == SiteSolution::Transform::gpk
                && !state.site(site).fixed)
                state.site(site).factors =
                    transform::deployed(transform::withConditionCap(state.site(site).factors, cap));
    reportCondition(context, state, before, layer, variant);
    return curve;
}

} // namespace batlab::calib
