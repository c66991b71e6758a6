// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/calibrate.h"

#include "core/base/hash.h"
#include "core/engine/calib/interrupt.h"
#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/calib/streams.h"
#include "core/engine/calib/trainer.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace batlab::calib {

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point since)
{
    return std::chrono::duration<double>(Clock::now() - since).count();
}

std::string layerKey(const std::string &base, std::int64_t layer, std::string_view what)
{
    return fmt::format("{}/layer/{:04d}/{}", base, layer, what);
}

/// The quantizer statistics are stated against; MXFP4 of the recipe where activations stay in 16
/// bit.
kernels::QuantSpec statisticsSpec(const Protocol &protocol, const RecipeSettings &settings)
{
    const quant::Quantizer q = quant::makeQuantizer(protocol.activationFormat, settings);
    return q.active() ? *q.spec : *quant::makeQuantizer("mxfp4", settings).spec;
}

/// Artifacts of a finished layer, kept so that a resumed run can publish them again.
Part artifactsPart(const std::vector<Artifact> &artifacts)
{
    Json list = Json::array();
    for (const Artifact &a : artifacts)
        list.push_back(toJson(a));
    const std::vector<std::uint8_t> bytes = Json::to_cbor(list);
    Part part;
    part.kind = "artifacts";
    part.attributes["count"] = artifacts.size();
    part.tensors.push_back({ "cbor", "u8", { static_cast<std::int64_t>(bytes.size()) }, bytes });
    return part;
}

std::vector<Artifact> artifactsOf(const Part &part)
{
    const NamedTensor *cbor = part.find("cbor");
    std::vector<Artifact> out;
    if (cbor == nullptr)
        return out;
    const Json list = Json::from_cbor(cbor->bytes, true, false);
    for (const Json &j : list)
        out.push_back(artifactFromJson(j).orThrow());
    return out;
}

/// Says which layer a pass works on, within the whole job.
void setStage(const Context &context, const std::string &stage, std::int64_t layer)
{
    const auto layers = static_cast<std::uint64_t>(context.decoder->config().layers);
    context.job.setStage(stage, context.progressDone + static_cast<std::uint64_t>(layer),
                         context.progressTotal > 0 ? context.progressTotal : layers);
}

/// A residual stream that walks the layers.
class Walker
{
public:
    explicit Walker(const Context &context) : m_context(context) { }

    /// The stream entering the layer it stands at.
    [[nodiscard]] const at::Tensor &input()
    {
        if (!m_x.defined())
            start();
        return m_x;
    }
    /// Runs every batch through `ops` and returns the output; the walker stays where it is.
    [[nodiscard]] at::Tensor run(const nn::LayerOps &ops)
    {
        const at::Tensor x = input();
        at::Tensor out = makeStream(x.sizes(), x.scalar_type(), m_context.job.store().folder());
        const InterruptibleOps interruptible(ops, m_context.job);
        forBatches(x.size(0), sequencesPerBatch(x.size(1)),
                   [&](std::int64_t first, std::int64_t count) {
                       const at::Tensor y =
                           m_context.decoder->forward(interruptible, x.narrow(0, first, count));
                       out.narrow(0, first, count).copy_(y);
                   });
        return out;
    }
    /// Moves on: `output` enters the next layer.
    void advance(at::Tensor output)
    {
        m_x = std::move(output);
        ++m_layer;
    }
    [[nodiscard]] std::int64_t layer() const { return m_layer; }

private:
    void start()
    {
        const at::Tensor ids = nn::idTensor(m_context.sequences);
        m_x = makeStream({ ids.size(0), ids.size(1), m_context.decoder->config().hidden },
                         nn::residualType(m_context.decoder->compute()),
                         m_context.job.store().folder());
        forBatches(ids.size(0), sequencesPerBatch(ids.size(1)),
                   [&](std::int64_t first, std::int64_t count) {
                       m_context.job.checkpoint();
                       m_x.narrow(0, first, count)
                           .copy_(m_context.decoder->embed(ids.narrow(0, first, count)));
                   });
    }
    const Context &m_context;
    at::Tensor m_x;
    std::int64_t m_layer = 0;
};

/// Squared error of every sequence's first token and of all tokens, relative to the target's
/// energy.
struct OutputError
{
    double all = 0, first = 0;
};
OutputError outputError(const at::Tensor &y, const at::Tensor &target)
{
    const auto relative = [](const at::Tensor &a, const at::Tensor &b) {
        const double energy = quant::sumOfSquares(b);
        return energy > 0 ? quant::sumOfSquaredDifferences(a, b) / energy : 0.0;
    };
    return { relative(y, target), relative(y.select(1, 0), target.select(1, 0)) };
}

double decibel(double signal, double noise)
{
    return noise > 0 ? 10 * std::log10(signal / noise) : 200.0;
}

/// Calibrates the layers of one variant.
class VariantRun
{
public:
    VariantRun(const Context &context, const VariantSpec &variant)
        : m_context(context)
        , m_variant(variant)
        , m_recipe(variant.recipe)
        , m_settings(effectiveSettings(context.spec, variant))
        , m_base(calibrationKey(context, variant))
        , m_fp(context)
        , m_quantized(context)
    {
        if (m_recipe.passes.size() != 1 || m_recipe.passes.front().scope != "layer")
            throw Exception({ ErrorCode::unsupported,
                              "only recipes with one layer-wise pass can run yet",
                              m_recipe.id,
                              {} });
    }

    std::vector<std::string> run()
    {
        const std::int64_t layers = m_context.decoder->config().layers;
        std::vector<std::string> parts;
        double elapsed = 0;
        std::int64_t online = 0;
        double flop = 0;
        for (std::int64_t l = 0; l < layers; ++l) {
            m_context.job.checkpoint();
            std::vector<Artifact> artifacts;
            if (const auto saved = loadFinished(l)) {
                artifacts = *saved;
            } else {
                catchUp(l);
                const auto start = Clock::now();
                artifacts = calibrateLayer(l, start);
            }
            for (const Artifact &a : artifacts) {
                if (const auto *done = std::get_if<LayerDone>(&a)) {
                    parts.push_back(done->part);
                    elapsed += done->seconds;
                }
                m_context.job.publish(a);
            }
            const LayerSolution solution = load(parts.back());
            for (const Site site : kLinearSites) {
                online += solution.at(site).onlineParameters();
                flop += solution.at(site).flopPerToken(siteWidth(site));
            }
            publishInfo(online, flop, elapsed);
        }
        return parts;
    }

private:
    [[nodiscard]] std::int64_t siteWidth(Site site) const
    {
        const ModelConfig &c = m_context.decoder->config();
        return site == Site::t2 ? c.heads * c.headDim
            : site == Site::t4  ? c.intermediate
                                : c.hidden;
    }

    [[nodiscard]] LayerSolution load(const std::string &hash) const
    {
        const std::optional<Part> part = m_context.job.store().getByHash(hash).orThrow();
        if (!part)
            throw Exception({ ErrorCode::notFound, "a layer's part is missing", hash,
                              "Remove the parts folder and run again." });
        return LayerSolution::fromPart(*part).orThrow();
    }

    std::optional<std::vector<Artifact>> loadFinished(std::int64_t l)
    {
        const auto saved = m_context.job.store().get(layerKey(m_base, l, "artifacts")).orThrow();
        if (!saved)
            return std::nullopt;
        return artifactsOf(*saved);
    }

    /// Brings both streams to layer l through layers that an earlier run finished.
    void catchUp(std::int64_t l)
    {
        while (m_fp.layer() < l) {
            const std::int64_t at = m_fp.layer();
            setStage(m_context,
                     fmt::format("{}: replaying layer {} of {}", m_variant.id, at + 1,
                                 m_context.decoder->config().layers),
                     l);
            m_fp.advance(m_fp.run(*m_context.decoder->layer(at)));
            const Part part =
                m_context.job.store().get(layerKey(m_base, at, "solution")).orThrow().value();
            m_quantized.advance(m_quantized.run(
                *solvedOps(LayerSolution::fromPart(part).orThrow(), m_context.decoder->compute())));
        }
    }

    /// Second moments of the sites on the stream the pass reads.
    [[nodiscard]] LayerMoments
    captureMoments(Walker &stream, const nn::LayerOps &ops,
                   const std::function<at::Tensor(Site, const at::Tensor &)> &map = {})
    {
        LayerMoments moments;
        const nn::CapturingOps capture(ops, [&](Site site, const at::Tensor &x) {
            moments[static_cast<std::size_t>(site)].add(map ? map(site, x) : x);
        });
        (void)stream.run(capture);
        return moments;
    }
    [[nodiscard]] bool needsMoments() const
    {
        const Stage *fold = m_recipe.findStage("fold");
        const Stage *transform = m_recipe.findStage("transform");
        const Stage *round = m_recipe.findStage("round");
        return (fold != nullptr && fold->parameters.at("diagonal") != "none")
            || (transform != nullptr && transform->parameters.at("kind") == "gpk"
                && transform->parameters.at("init") == "closed-form")
            || (round != nullptr && round->parameters.at("kind") == "gptq");
    }

    std::vector<Artifact> calibrateLayer(std::int64_t l, Clock::time_point start)
    {
        const nn::Decoder &decoder = *m_context.decoder;
        const LayerId id { Branch::text, static_cast<std::int32_t>(l) };
        const Pass &pass = m_recipe.passes.front();
        JobContext &job = m_context.job;
        const auto layers = static_cast<std::uint64_t>(decoder.config().layers);
        setStage(m_context, fmt::format("{}: layer {} of {}", m_variant.id, l + 1, layers), l);
        std::vector<Artifact> artifacts;

        const auto plain = decoder.layer(l);
        const at::Tensor target = m_fp.run(*plain);
        Walker &stream = pass.stream == Stream::fp ? m_fp : m_quantized;

        LayerState state { decoder.config(),
                           decoder.loadLayer(l, nn::residualType(decoder.compute())),
                           {},
                           {},
                           {},
                           {},
                           0 };
        state.seed = randomBits(m_context.spec.seed, static_cast<std::uint64_t>(l) + 1);
        state.weightQuantizer =
            quant::makeQuantizer(m_context.spec.protocol.weightFormat, m_settings);
        for (SiteSolution &s : state.sites)
            s.activation =
                quant::makeQuantizer(m_context.spec.protocol.activationFormat, m_settings);
        if (needsMoments())
            state.moments = captureMoments(stream, *plain);

        LayerSolution solution;
        for (const Stage &stage : pass.stages) {
            job.checkpoint();
            if (stage.kind == "fold")
                runFold(state, stage.parameters);
            else if (stage.kind == "transform")
                runTransform(state, stage.parameters);
            else if (stage.kind == "clip")
                runClip(state, stage.parameters);
            else if (stage.kind == "train")
                artifacts.emplace_back(train(state, pass, target, id));
            else if (stage.kind == "round")
                solution = round(state, stage.parameters, stream);
        }
        state.moments = {};

        const Part part = solution.toPart(id);
        const std::string hash = job.store().put(layerKey(m_base, l, "solution"), part).orThrow();
        const auto ops = solvedOps(solution, decoder.compute());
        at::Tensor output = measure(state, *ops, solution, id, artifacts);
        const OutputError error = outputError(output, target);
        double condition = 1;
        for (const SiteSolution &s : solution.sites)
            if (s.transform == SiteSolution::Transform::gpk)
                condition = std::max(condition, transform::conditionNumber(s.factors));
        const double spent = seconds(start);
        artifacts.emplace_back(
            LayerDone { m_variant.id, id, error.all, error.first, condition, spent, hash });
        (void)job.store().put(layerKey(m_base, l, "artifacts"), artifactsPart(artifacts)).orThrow();
        (void)job.store().remove(layerKey(m_base, l, "train"));
        job.log(
            LogLevel::info,
            fmt::format(
                "{}: layer {} of {} committed: relative error {:.4g}, first token {:.3g}, {:.1f} s",
                m_variant.id, l + 1, layers, error.all, error.first, spent));
        m_fp.advance(target);
        m_quantized.advance(std::move(output));
        return artifacts;
    }

    LossCurve train(LayerState &state, const Pass &pass, const at::Tensor &target, LayerId id)
    {
        TrainingData data;
        data.target = target;
        if (pass.stream != Stream::quantized)
            data.fpInput = m_fp.input();
        if (pass.stream != Stream::fp)
            data.quantizedInput = m_quantized.input();
        return trainLayer(m_context, state, pass, m_recipe, data, id, m_variant.id,
                          layerKey(m_base, id.index, "train"));
    }

    LayerSolution round(const LayerState &state, const Json &parameters, Walker &stream)
    {
        const auto checkpoint = [this] { m_context.job.checkpoint(); };
        if (parameters.at("kind") != "gptq")
            return runRound(state, parameters, {}, checkpoint);
        // Training may have moved the diagonals, but moments follow them (applyDiagonal);
        // transforms are applied here.
        if (parameters.at("hessian") != "quantized")
            return runRound(
                state, parameters, [&](Site site) { return transformedMoment(state, site); },
                checkpoint);
        // Inputs with activation quantization, through the transformed but unrounded weights.
        Json exact = parameters;
        exact["kind"] = "rtn";
        LayerState unrounded = state;
        unrounded.weightQuantizer = {};
        const auto ops =
            solvedOps(runRound(unrounded, exact, {}, checkpoint), m_context.decoder->compute());
        const LayerMoments moments =
            captureMoments(stream, *ops, [&](Site site, const at::Tensor &x) {
                const SiteSolution &s = state.site(site);
                return s.apply(x, at::kFloat) / s.activation.epilogue();
            });
        return runRound(
            state, parameters,
            [&](Site site) { return moments[static_cast<std::size_t>(site)].mean(); }, checkpoint);
    }

    /// The solved layer on its own stream: output, statistics after the transform, and each
    /// linear's scores on the first batch.
    at::Tensor measure(const LayerState &folded, const nn::LayerOps &ops,
                       const LayerSolution &solution, LayerId id, std::vector<Artifact> &artifacts)
    {
        const AnalysisSpec &analysis = m_context.spec.analysis;
        const kernels::QuantSpec spec = statisticsSpec(m_context.spec.protocol, m_settings);
        std::vector<SiteStatistics> statistics(4, SiteStatistics(spec, analysis.histogramBins));
        bool firstBatch = true;
        const nn::CapturingOps capture(ops, [&](Site site, const at::Tensor &x) {
            const SiteSolution &s = solution.at(site);
            if (analysis.enabled) {
                const at::Tensor t =
                    s.transformed(x, x.scalar_type() == at::kBFloat16 ? at::kBFloat16 : at::kFloat);
                statistics[static_cast<std::size_t>(site)].add(t);
                if (firstBatch)
                    artifacts.emplace_back(tokenEnergy(sample(t, analysis.sampleTokens),
                                                       m_variant.id, id, site, StatStage::after));
            }
            if (firstBatch)
                score(folded, ops, solution, site, x, id, artifacts);
            firstBatch = firstBatch && site != Site::t4;
        });
        at::Tensor output = m_quantized.run(capture);
        if (analysis.enabled)
            for (const Site site : kLinearSites)
                artifacts.emplace_back(statistics[static_cast<std::size_t>(site)].finish(
                    m_variant.id, id, site, StatStage::after));
        return output;
    }

    static at::Tensor sample(const at::Tensor &x, std::int64_t tokens)
    {
        const at::Tensor first = x.select(0, 0);
        return first.narrow(0, 0, std::min(tokens, first.size(0))).contiguous();
    }

    /// Each linear against its exact, folded weight on the numbers its own site saw.
    void score(const LayerState &folded, const nn::LayerOps &ops, const LayerSolution &solution,
               Site site, const at::Tensor &x, LayerId id, std::vector<Artifact> &artifacts) const
    {
        const at::Tensor in = ops.input(site, x);
        for (const Linear l : kLinears) {
            if (inputSite(l) != site)
                continue;
            const at::Tensor exact = at::linear(
                x.to(at::kFloat), folded.weights.of(l).to(at::kFloat), folded.weights.biasOf(l));
            const at::Tensor got = ops.linear(l, in).to(at::kFloat);
            const at::Tensor weight = transformedWeight(folded, l);
            const LinearSolution &s = solution.of(l);
            const at::Tensor rounded = s.weight(at::kFloat) / s.epilogue();
            const double noise = quant::sumOfSquaredDifferences(got, exact);
            LinearScore score {
                m_variant.id, id, l, 0, 0, noise / static_cast<double>(exact.numel())
            };
            score.outputSqnrDb = decibel(quant::sumOfSquares(exact), noise);
            score.weightSqnrDb = decibel(quant::sumOfSquares(weight),
                                         quant::sumOfSquaredDifferences(weight, rounded));
            artifacts.emplace_back(score);
        }
    }

    void publishInfo(std::int64_t online, double flop, double elapsed) const
    {
        VariantInfo info;
        info.id = m_variant.id;
        info.title = m_recipe.title;
        info.family = m_recipe.family;
        info.filled = m_recipe.filled;
        info.recipe = m_recipe.toJson();
        info.recipeHash = m_recipe.hash();
        info.protocol = m_context.spec.protocol.toJson();
        info.protocolHash = m_context.spec.protocol.hash();
        const CalibrationSpec &c = m_context.spec.calibration;
        info.settings = { { "scaleRule", m_settings.scaleRule },
                          { "ties", m_settings.ties },
                          { "calibration",
                            fmt::format("{} {} x {} tokens, seed {}",
                                        c.source == "self" ? "its own text," : c.file + ",",
                                        m_context.sequences.size(),
                                        m_context.sequences.front().size(),
                                        m_context.spec.seed) } };
        info.onlineParameters = online;
        info.onlineFlopPerToken = flop;
        info.calibrationSeconds = elapsed;
        m_context.job.publish(info);
    }

    const Context &m_context;
    const VariantSpec &m_variant;
    const Recipe &m_recipe;
    const RecipeSettings m_settings; ///< of the contract, or the recipe's own
    std::string m_base;
    Walker m_fp, m_quantized;
};

} // namespace

std::string calibrationKey(const Context &context, const VariantSpec &variant)
{
    Json j;
    const RecipeSettings settings = effectiveSettings(context.spec, variant);
    j["recipe"] = variant.recipe.hash();
    j["settings"] = { settings.scaleRule, settings.ties };
    j["weights"] = context.spec.protocol.weightFormat;
    j["activations"] = context.spec.protocol.activationFormat;
    j["dtype"] = context.spec.protocol.dtype;
    j["seed"] = context.spec.seed;
    j["analysis"] = { context.spec.analysis.enabled, context.spec.analysis.histogramBins,
                      context.spec.analysis.sampleTokens };
    j["id"] = variant.id;
    return context.keyPrefix + "/" + variant.id + "-" + hashHex(j.dump()).substr(0, 16);
}

std::vector<std::string> calibrateVariant(const Context &context, const VariantSpec &variant)
{
    const at::NoGradGuard guard;
    return VariantRun(context, variant).run();
}

void referenceStatistics(const Context &context)
{
    const at::NoGradGuard guard;
    const nn::Decoder &decoder = *context.decoder;
    const AnalysisSpec &analysis = context.spec.analysis;
    const kernels::QuantSpec spec = statisticsSpec(context.spec.protocol, context.spec.settings);
    const std::string base = fmt::format(
        "{}/reference-{}", context.keyPrefix,
        hashHex(Json { context.spec.protocol.activationFormat, context.spec.protocol.dtype,
                       context.spec.settings.scaleRule, context.spec.settings.ties,
                       analysis.histogramBins, analysis.sampleTokens }
                    .dump())
            .substr(0, 16));
    const std::int64_t layers = decoder.config().layers;
    Walker walker(context);
    for (std::int64_t l = 0; l < layers; ++l) {
        context.job.checkpoint();
        setStage(context, fmt::format("full precision: layer {} of {}", l + 1, layers), l);
        const LayerId id { Branch::text, static_cast<std::int32_t>(l) };
        std::vector<Artifact> artifacts;
        const std::string key = layerKey(base, l, "artifacts");
        if (const auto saved = context.job.store().get(key).orThrow()) {
            artifacts = artifactsOf(*saved);
        } else {
            while (walker.layer() < l)
                walker.advance(walker.run(*decoder.layer(walker.layer())));
            std::vector<SiteStatistics> statistics(4, SiteStatistics(spec, analysis.histogramBins));
            bool firstBatch = true;
            const auto plain = decoder.layer(l);
            const nn::CapturingOps capture(*plain, [&](Site site, const at::Tensor &x) {
                const at::Tensor in = x.scalar_type() == at::kBFloat16 ? x : x.to(at::kFloat);
                statistics[static_cast<std::size_t>(site)].add(in);
                if (firstBatch) {
                    const at::Tensor first = in.select(0, 0);
                    artifacts.emplace_back(tokenEnergy(
                        first.narrow(0, 0, std::min(analysis.sampleTokens, first.size(0)))
                            .contiguous(),
                        "reference", id, site, StatStage::before));
                }
                firstBatch = firstBatch && site != Site::t4;
            });
            walker.advance(walker.run(capture));
            for (const Site site : kLinearSites)
                artifacts.emplace_back(statistics[static_cast<std::size_t>(site)].finish(
                    "reference", id, site, StatStage::before));
            (void)context.job.store().put(key, artifactsPart(artifacts)).orThrow();
        }
        for (const Artifact &a : artifacts)
            context.job.publish(a);
    }
}

} // namespace batlab::calib
