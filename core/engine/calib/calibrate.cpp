// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/calibrate.h"

#include "core/base/hash.h"
#include "core/engine/calib/branch.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/fold.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/kv_stage.h"
#include "core/engine/calib/layer_state.h"
#include "core/engine/calib/learned_round.h"
#include "core/engine/calib/linear_scores.h"
#include "core/engine/calib/recover.h"
#include "core/engine/calib/refine.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/round_inputs.h"
#include "core/engine/calib/shared_layers.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/calib/state_ops.h"
#include "core/engine/calib/trainer.h"
#include "core/engine/calib/trouble.h"
#include "core/engine/calib/walker.h"
#include "core/engine/variant/on_device.h"
#include "core/engine/variant/one_site.h"
#include "core/recipe/refinement.h"
#include "core/text/dataset.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace batlab::calib {

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point since)
{
    return std::chrono::duration<double>(Clock::now() - since).count();
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
        , m_shared(context, variant)
        , m_fp(context)
        , m_quantized(context)
    {
        if (const Stage *rotate = m_recipe.findStage("rotate"))
            m_rotations = context.rotations.empty()
                ? makeRotations(context.decoder->config(), rotate->parameters, context.spec.seed)
                : Rotations::fromPart(storedPart(context.rotations)).orThrow();
    }

    std::vector<std::string> run()
    {
        const std::int64_t layers = m_context.decoder->config().layers;
        checkModelFit(m_context.spec.protocol, m_variant, m_context.decoder->config()).orThrow();
        sayIfCacheStageIsIdle();
        std::vector<std::string> parts;
        double elapsed = m_context.secondsBefore;
        OnlineCost cost;
        for (std::int64_t l = 0; l < layers; ++l) {
            m_context.job.checkpoint();
            std::vector<Artifact> artifacts;
            if (const auto saved = loadFinished(l)) {
                artifacts = *saved;
            } else if (const auto made = m_shared.find(l)) {
                artifacts = takeOver(l, *made);
            } else {
                catchUp(l);
                const auto start = Clock::now();
                artifacts = calibrateLayer(l, start);
            }
            m_shared.offer(l);
            for (const Artifact &a : artifacts) {
                if (const auto *done = std::get_if<LayerDone>(&a)) {
                    parts.push_back(done->part);
                    elapsed += done->seconds;
                }
                m_context.job.publish(a);
            }
            cost += onlineCost(load(parts.back()), m_context.decoder->config());
            m_context.job.publish(variantInfo(m_context, m_variant, cost, elapsed));
        }
        return parts;
    }

private:
    /// A "kv" stage only acts where the cache is quantized: elsewhere P_k would be cost without
    /// gain.
    void sayIfCacheStageIsIdle() const
    {
        if (m_recipe.findStage("kv") == nullptr)
            return;
        const EffectiveBits bits =
            effectiveBits(m_context.spec.protocol, m_recipe, m_context.decoder->config());
        if (bits.cache == 16)
            m_context.job.log(
                LogLevel::debug,
                fmt::format("{}: the kv stage does nothing, since keys and values stay in 16 bit "
                            "(protocol.kvFormat)",
                            m_variant.id));
    }

    [[nodiscard]] Part storedPart(const std::string &hash) const
    {
        std::optional<Part> found = m_context.job.store().getByHash(hash).orThrow();
        if (!found)
            throw Exception({ ErrorCode::notFound, "a part of the variant is missing", hash,
                              "Remove the parts folder and run again." });
        return *std::move(found);
    }
    [[nodiscard]] LayerSolution load(const std::string &hash) const
    {
        return LayerSolution::fromPart(storedPart(hash)).orThrow();
    }

    std::optional<std::vector<Artifact>> loadFinished(std::int64_t l)
    {
        const auto saved = m_context.job.store().get(layerKey(m_base, l, "artifacts")).orThrow();
        if (!saved)
            return std::nullopt;
        return artifactsOf(*saved);
    }

    /// What a finished layer no longer needs: an interrupted run may have left it.
    void removeUnfinished(std::int64_t l)
    {
        for (const char *what : { "train", "rounding" })
            (void)m_context.job.store().remove(layerKey(m_base, l, what));
    }

    /// Keeps a layer that another pass with the same layers made as one of its own.
    std::vector<Artifact> takeOver(std::int64_t l, const MadeLayer &made)
    {
        CheckpointStore &store = m_context.job.store();
        const auto keep = [&](const char *what, const std::optional<Part> &part) {
            if (part)
                (void)store.put(layerKey(m_base, l, what), *part).orThrow();
        };
        keep("solution", made.solution);
        keep("basis", made.basis);
        keep("unrounded", made.unrounded);
        std::vector<Artifact> artifacts = made.artifacts;
        if (!made.recorded) {
            const std::vector<Artifact> recorded = record(l, made);
            artifacts.insert(artifacts.end() - 1, recorded.begin(), recorded.end());
        }
        (void)store.put(layerKey(m_base, l, "artifacts"), artifactsPart(artifacts)).orThrow();
        removeUnfinished(l);
        m_context.job.log(
            LogLevel::debug,
            fmt::format("{}: layer {} is that of {}", m_variant.id, l + 1, made.base));
        return artifacts;
    }

    /// Statistics of a layer that was solved without them.
    std::vector<Artifact> record(std::int64_t l, const MadeLayer &made)
    {
        const nn::Decoder &decoder = *m_context.decoder;
        catchUp(l);
        const LayerSolution solution =
            onDevice(LayerSolution::fromPart(made.solution).orThrow(), decoder.device());
        FoldedBasis basis =
            made.basis ? FoldedBasis::fromPart(*made.basis).orThrow() : FoldedBasis();
        basis.residual = m_rotations.residual;
        SiteRecorder recorder(m_context.spec, m_settings, m_variant.id,
                              { Branch::text, static_cast<std::int32_t>(l) }, solution, basis);
        const auto ops = solvedOps(solution, decoder.compute());
        const nn::CapturingAllOps capture(
            *ops, [&](Site site, const at::Tensor &x) { recorder.see(site, x); });
        m_quantized.advance(m_quantized.run(capture));
        m_fp.advance(m_fp.output());
        std::vector<Artifact> out;
        recorder.finish(out);
        return out;
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
            m_fp.advance(m_fp.output());
            const Part part =
                m_context.job.store().get(layerKey(m_base, at, "solution")).orThrow().value();
            m_quantized.advance(m_quantized.run(
                *solvedOps(LayerSolution::fromPart(part).orThrow(), *m_context.decoder)));
        }
    }

    /// A full-precision stream at the border before layer l in the basis in which the variant has
    /// it there: its own basis before the first and after the last layer, rotated between.
    [[nodiscard]] at::Tensor inVariantBasis(const at::Tensor &x, std::int64_t l) const
    {
        const ResidualRotation &rotation = m_rotations.residual;
        if (!rotation.defined() || l == 0 || l == m_context.decoder->config().layers)
            return x;
        return mapStream(m_context, x, [&](const at::Tensor &batch) {
            m_context.job.checkpoint();
            return rotation.apply(batch.to(m_context.decoder->device()));
        });
    }
    /// What layer l reads on the stream its pass takes.
    [[nodiscard]] at::Tensor layerInput(Stream stream, std::int64_t l)
    {
        return stream == Stream::fp ? inVariantBasis(m_fp.input(), l) : m_quantized.input();
    }
    /// Sites whose second moments a stage reads.
    [[nodiscard]] std::vector<Site> momentSites() const
    {
        const Stage *fold = m_recipe.findStage("fold");
        const Stage *transform = m_recipe.findStage("transform");
        const Stage *clip = m_recipe.findStage("clip");
        const Stage *round = m_recipe.findStage("round");
        const std::string init = transform != nullptr ? text(*transform, "init") : "";
        const bool fitted = transform != nullptr
            && (text(*transform, "kind") == "gpk" || text(*transform, "kind") == "dense")
            && (init == "closed-form" || init == "hires" || init == "greedy");
        const bool folded = fold != nullptr
            && (text(*fold, "diagonal") != "none" || text(*fold, "permutation") != "none");
        const bool rounded = (clip != nullptr && text(*clip, "weights") == "search")
            || (round != nullptr && calib::needsHessian(round->parameters));
        std::vector<Site> out;
        for (const Site site : kLinearSites)
            if (rounded || (folded && chosen(fold->parameters.at("sites"), site))
                || (fitted && chosen(transform->parameters.at("sites"), site)))
                out.push_back(site);
        return out;
    }

    std::vector<Artifact> calibrateLayer(std::int64_t l, Clock::time_point start)
    {
        std::string doing = "inputs";
        try {
            return solveLayer(l, start, doing);
        } catch (...) {
            rethrowAt(fmt::format("{}: layer text.{}, {}", m_variant.id, l, doing), l > 0);
        }
    }

    /// `doing` follows the work, for an error's place.
    std::vector<Artifact> solveLayer(std::int64_t l, Clock::time_point start, std::string &doing)
    {
        const nn::Decoder &decoder = *m_context.decoder;
        const LayerId id { Branch::text, static_cast<std::int32_t>(l) };
        const Pass &pass = layerPass(m_recipe);
        JobContext &job = m_context.job;
        const auto layers = static_cast<std::uint64_t>(decoder.config().layers);
        setStage(m_context, fmt::format("{}: layer {} of {}", m_variant.id, l + 1, layers), l);
        std::vector<Artifact> artifacts;

        at::Tensor output = m_fp.output();
        const at::Tensor target = inVariantBasis(output, l + 1);
        const at::Tensor input = layerInput(pass.stream, l);

        LayerState state { decoder.config(),
                           decoder.loadLayer(l, nn::residualType(decoder.compute())),
                           {},
                           {},
                           {},
                           {},
                           0,
                           {} };
        state.seed = randomBits(m_context.spec.seed, static_cast<std::uint64_t>(l) + 1);
        setFormats(state, layerFormats(m_context.spec.protocol, m_recipe, l), m_settings,
                   m_context.spec.protocol);
        if (m_recipe.findStage("rotate") != nullptr) {
            runRotate(state, m_rotations, l);
            if (const std::vector<Site> sites = momentSites(); !sites.empty())
                state.moments =
                    captureMoments(m_context, input, StateOps(state, decoder.compute()), sites);
        } else if (const std::vector<Site> sites = momentSites(); !sites.empty()) {
            state.moments = captureMoments(m_context, input, *decoder.layer(l), sites);
        }

        const auto checkpoint = [&job] { job.checkpoint(); };
        LayerSolution solution;
        for (const Stage &stage : pass.stages) {
            job.checkpoint();
            doing = "stage " + stage.kind;
            if (stage.kind == "fold")
                fold(state, stage.parameters, input);
            else if (stage.kind == "kv")
                runKv(state, stage.parameters, headMoments(state, stage.parameters, input));
            else if (stage.kind == "transform")
                runTransform(state, stage.parameters, checkpoint);
            else if (stage.kind == "clip")
                runClip(state, stage.parameters);
            else if (stage.kind == "train") {
                setTensorScales(state, input);
                artifacts.emplace_back(train(state, pass, target, id));
            } else if (stage.kind == "branch") {
                runBranch(state, stage.parameters, checkpoint);
            } else if (stage.kind == "round") {
                setTensorScales(state, input);
                solution = round(state, stage.parameters, pass, input, target, id, artifacts);
            } else if (stage.kind == "refine" && !refinesAfterTuning(m_recipe)) {
                runRefine(state, stage.parameters, solution, checkpoint);
            } else if (stage.kind == "recover") {
                recover(state, stage.parameters, target, id, solution);
            }
        }
        doing = "measuring";
        if (m_context.spec.analysis.errorBySite)
            (void)job.store()
                .put(unroundedKey(m_base, l), withoutQuantizers(unrounded(state)).toPart(id))
                .orThrow();
        state.moments = {};
        if (state.basis.hasOwn()) // for whoever measures the layer again
            (void)job.store().put(layerKey(m_base, l, "basis"), state.basis.toPart()).orThrow();

        const Part part = solution.toPart(id);
        const std::string hash = job.store().put(layerKey(m_base, l, "solution"), part).orThrow();
        solution = onDevice(std::move(solution), decoder.device());
        const auto ops = solvedOps(solution, decoder.compute());
        at::Tensor solved = measure(state, *ops, solution, id, artifacts);
        const OutputError error = outputError(solved, target);
        if (!std::isfinite(error.all))
            throw Exception({ ErrorCode::badInput,
                              "the quantized layer gives NaN or Inf",
                              {},
                              "Its values overflow after the transform: set "
                              "transform.conditionCap, or keep the layer in 16 bit "
                              "(precision.overrides)." });
        const double spent = seconds(start);
        artifacts.emplace_back(LayerDone { m_variant.id, id, error.all, error.first,
                                           largestCondition(solution), spent, hash });
        (void)job.store().put(layerKey(m_base, l, "artifacts"), artifactsPart(artifacts)).orThrow();
        removeUnfinished(l);
        job.log(
            error.all < 1 ? LogLevel::info : LogLevel::warning, // 1: as far off as zeros would be
            fmt::format(
                "{}: layer {} of {} committed: relative error {:.4g}, first token {:.3g}, {:.1f} s",
                m_variant.id, l + 1, layers, error.all, error.first, spent));
        m_fp.advance(std::move(output));
        m_quantized.advance(std::move(solved));
        return artifacts;
    }

    /// What meets in the folded layer's attention, if the "kv" stage wants to know.
    [[nodiscard]] HeadMoments headMoments(const LayerState &state, const Json &parameters,
                                          const at::Tensor &input)
    {
        if (!kvNeedsMoments(parameters, state.kv))
            return {};
        const StateOps folded(state, m_context.decoder->compute());
        const HeadCapture capture(folded);
        siteInputsOfStream(m_context, capture, input, Site::t2);
        return capture.moments();
    }

    /// The layer as it stands, folded and transformed, with nothing rounded but the storage of its
    /// weights.
    [[nodiscard]] std::shared_ptr<const nn::LayerOps> unroundedOps(const LayerState &state,
                                                                   bool activations) const
    {
        LayerSolution exact = unrounded(state);
        if (!activations)
            for (SiteSolution &s : exact.sites)
                s.activation = {};
        return solvedOps(exact, *m_context.decoder);
    }

    /// Factors of NVFP4 activations, from the largest value that enters each quantizer.
    void setTensorScales(LayerState &state, const at::Tensor &input)
    {
        const bool wanted =
            std::any_of(state.sites.begin(), state.sites.end(),
                        [](const SiteSolution &s) { return s.activation.needsTensorScale(); });
        if (!wanted)
            return;
        std::array<at::Tensor, 4> largest; // where the batches live: nobody waits for each
        const auto ops = unroundedOps(state, false);
        const nn::CapturingOps capture(*ops, [&](Site site, const at::Tensor &x) {
            at::Tensor &most = largest[static_cast<std::size_t>(site)];
            const at::Tensor peak = state.site(site).transformed(x, at::kFloat).abs().max();
            most = most.defined() ? at::fmax(most, peak) : peak;
        });
        siteInputsOfStream(m_context, capture, input, Site::t4);
        for (const Site site : kLinearSites) {
            quant::Quantizer &q = state.site(site).activation;
            q = q.forTensor(std::max(0.0, largest[static_cast<std::size_t>(site)].item<double>()));
        }
    }

    LossCurve train(LayerState &state, const Pass &pass, const at::Tensor &target, LayerId id)
    {
        const TrainingData data = trainingData(pass, target, id.index);
        return trainLayer(m_context, state, pass, m_recipe, data, id, m_variant.id,
                          layerKey(m_base, id.index, "train"));
    }

    [[nodiscard]] TrainingData trainingData(const Pass &pass, const at::Tensor &target,
                                            std::int64_t layer)
    {
        TrainingData data;
        data.target = target;
        if (pass.stream != Stream::quantized)
            data.fpInput = inVariantBasis(m_fp.input(), layer);
        if (pass.stream != Stream::fp)
            data.quantizedInput = m_quantized.input();
        return data;
    }

    void fold(LayerState &state, const Json &parameters, const at::Tensor &input)
    {
        const auto wanted = parameters.at("searchSequences").get<std::int64_t>();
        const std::int64_t count = wanted > 0 ? std::min(wanted, input.size(0)) : input.size(0);
        const nn::Decoder &decoder = *m_context.decoder;
        const FoldInput search { decoder.compute(), decoder.rope(), decoder.device(),
                                 input.narrow(0, 0, count),
                                 [this] { m_context.job.checkpoint(); } };
        runFold(state, parameters, m_recipe.findStage("transform"), &search);
    }

    LayerSolution round(LayerState &state, const Json &parameters, const Pass &pass,
                        const at::Tensor &input, const at::Tensor &target, LayerId id,
                        std::vector<Artifact> &artifacts)
    {
        fuseValueFactor(state);
        StreamInputs inputs(m_context, state, parameters, input,
                            [&] { return inVariantBasis(m_fp.input(), id.index); });
        const RoundHooks hooks { [this] { m_context.job.checkpoint(); },
                                 [this, id](std::string_view text) {
                                     m_context.job.log(LogLevel::warning,
                                                       fmt::format("{}: layer {}, {}", m_variant.id,
                                                                   toString(id), text));
                                 } };
        RoundedLayer rounded = runRound(state, parameters, inputs, hooks);
        if (parameters.at("kind") == "learned")
            artifacts.emplace_back(learnRounding(
                m_context, state, rounded, parameters, pass, trainingData(pass, target, id.index),
                id, m_variant.id, layerKey(m_base, id.index, "rounding")));
        return std::move(rounded.solution);
    }

    void recover(const LayerState &state, const Json &parameters, const at::Tensor &target,
                 LayerId id, LayerSolution &solution)
    {
        const RecoverStreams streams { inVariantBasis(m_fp.input(), id.index), m_quantized.input(),
                                       target };
        const Recovered r = runRecover(m_context, state, parameters, streams, solution);
        m_context.job.log(LogLevel::info,
                          fmt::format("{}: layer {}, recovery of values {:g}, gates {:g}: output "
                                      "error {:.4g} -> {:.4g}",
                                      m_variant.id, toString(id), r.values, r.gates, r.before,
                                      r.after));
    }

    /// The solved layer on its own stream: output, statistics after the transform, and each
    /// linear's scores on the first sequence.
    at::Tensor measure(const LayerState &folded, const nn::LayerOps &ops,
                       const LayerSolution &solution, LayerId id, std::vector<Artifact> &artifacts)
    {
        SiteRecorder recorder(m_context.spec, m_settings, m_variant.id, id, solution, folded.basis);
        const nn::CapturingAllOps capture(ops, [&](Site site, const at::Tensor &x) {
            if (recorder.inFirstBatch() && feedsLinears(site))
                for (const LinearScore &score :
                     linearScores(folded, ops, solution, site, x.narrow(0, 0, 1), m_variant.id, id))
                    artifacts.emplace_back(score);
            recorder.see(site, x);
        });
        at::Tensor output = m_quantized.run(capture);
        recorder.finish(artifacts);
        return output;
    }

    const Context &m_context;
    const VariantSpec &m_variant;
    const Recipe &m_recipe;
    const RecipeSettings m_settings; ///< of the contract, or the recipe's own
    std::string m_base;
    SharedLayers m_shared;
    Rotations m_rotations;
    ReferenceWalker m_fp;
    Walker m_quantized;
};

} // namespace

VariantInfo variantInfo(const Context &context, const VariantSpec &variant, const OnlineCost &cost,
                        double seconds)
{
    const Recipe &recipe = variant.recipe;
    const RecipeSettings settings = effectiveSettings(context.spec, variant);
    const CalibrationSpec &c = context.spec.calibration;
    const std::string text = c.source == "self" ? "its own text,"
        : c.source == "file"                    ? c.file + ","
                                                : "its own text and " + c.file + ",";
    VariantInfo info;
    info.id = variant.id;
    info.title = recipe.title;
    info.family = recipe.family;
    info.filled = recipe.filled;
    info.recipe = recipe.toJson();
    info.recipeHash = recipe.hash();
    info.protocol = context.spec.protocol.toJson();
    info.protocolHash = context.spec.protocol.hash();
    info.calibrationHash = tokensHash(context.sequences);
    info.settings = { { "scaleRule", settings.scaleRule },
                      { "ties", settings.ties },
                      { "seed", context.spec.seed },
                      { "calibration",
                        fmt::format("{} {} x {} tokens, seed {}", text, context.sequences.size(),
                                    context.sequences.front().size(), context.spec.seed) } };
    const EffectiveBits bits =
        effectiveBits(context.spec.protocol, recipe, context.decoder->config());
    info.settings["weightBits"] = bits.weights;
    info.settings["activationBits"] = bits.activations;
    info.settings["cacheBits"] = bits.cache;
    info.settings["onlineEpilogue"] = cost.epilogue;
    info.onlineParameters = cost.parameters;
    info.onlineFlopPerToken = cost.flopPerToken;
    info.calibrationSeconds = seconds;
    return info;
}

std::vector<std::string> calibrateVariant(const Context &context, const VariantSpec &variant)
{
    const at::NoGradGuard guard;
    return VariantRun(context, variant).run();
}

} // namespace batlab::calib
