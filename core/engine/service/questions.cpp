// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/questions.h"

#include "core/base/json_text.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/formats.h"
#include "core/engine/calib/planned_cost.h"
#include "core/engine/proxy/proxy.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/open_model.h"
#include "core/engine/service/question_answers.h"
#include "core/job/question_streams.h"
#include "core/spec/run_spec.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>

namespace batlab {

namespace {

/// With their weights (14 MB each on SmolLM2, 0.9 GB on 8B) and what questions worked out (256 MB
/// at most).
constexpr std::size_t kKeptLayers = 3;

std::int64_t integerOf(const Json &question, const char *key, std::int64_t fallback)
{
    const auto it = question.find(key);
    return it != question.end() && it->is_number_integer() ? it->get<std::int64_t>() : fallback;
}

Site siteOf(const Json &question)
{
    const std::string text = textAt(question, "site");
    if (const auto site = siteFromName(text))
        return *site;
    throw Exception({ ErrorCode::badInput, fmt::format("'{}' is no site", text), "question",
                      "Sites are T1, T2, T3, T4, K, V and R." });
}

constexpr std::size_t kKeptViews = 12; ///< 3 MB each on SmolLM2, 25 MB on 8B

/// What a solved layer sees at its sites; walking through a site's blocks asks for it again and
/// again.
struct SolvedView
{
    std::string part;
    LayerSolution solution; ///< without linears and rotations of the stream
    nn::SiteTensors inputs; ///< [tokens, n] fp32
};

/// Whose model and text a question reads, and how many tokens of it.
struct Wanted
{
    RunSpec spec;
    std::int64_t tokens = 0;

    /// Questions with equal keys read the same.
    [[nodiscard]] std::string key() const
    {
        return Json { spec.model, spec.toJson().at("calibration"), spec.seed, spec.protocol.dtype,
                      tokens }
            .dump();
    }
};

Wanted wantedOf(const Json &question, const RunSpec &given)
{
    // Microscope and maps look at the tokens of the run's sample sequence.
    if (textAt(question, "ask") != "what-if")
        return { given, std::min<std::int64_t>(given.analysis.sampleTokens, 512) };
    if (given.variants.size() != 1)
        throw Exception(
            { ErrorCode::badInput, "what-if needs exactly one variant", "question", {} });
    return { specFor(given, given.variants.front()),
             std::clamp<std::int64_t>(integerOf(question, "tokens", 512), 32, 4096) };
}

/// A model with its tokens, streams and newest layers.
struct Loaded
{
    std::string key, model;
    std::shared_ptr<const ModelSource> source;
    std::shared_ptr<const Tokenizer> tokenizer;
    std::shared_ptr<const nn::Decoder> decoder;
    std::unique_ptr<proxy::LayerWalk> walk;
    std::deque<proxy::LayerCache> layers; ///< newest first
    std::deque<SolvedView> views; ///< newest first

    const proxy::LayerCache *find(std::int64_t layer) const
    {
        for (const proxy::LayerCache &each : layers)
            if (each.layer.index == layer)
                return &each;
        return nullptr;
    }
};

} // namespace

class Questions::Private
{
public:
    Private(OpenStore stores, const PresetLibrary &presets, int threads)
        : m_stores(std::move(stores)), m_presets(presets), m_threads(threads)
    { }

    Json answer(const Json &question)
    {
        const c10::NoGradGuard noGrad;
        const std::string ask = textAt(question, "ask");
        const RunSpec spec = specOf(question);
        if (ask == "cost") {
            const std::lock_guard lock(m_mutex);
            return cost(spec);
        }
        const Wanted wanted = wantedOf(question, spec);
        const auto store = storeOf(textAt(question, "workspace"));
        JobContext job({}, *store, m_threads);
        QuestionStreams::Asked asked(m_streams, turnOf(question), wanted.key(), job);
        const std::lock_guard lock(m_mutex);
        job.checkpoint(); // a newer one may have come while this one waited
        return ask == "what-if" ? whatIf(question, spec, wanted, asked, job)
                                : numbers(question, wanted, asked, job);
    }

    void supersede(const Json &newer)
    {
        std::string needs;
        try {
            if (textAt(newer, "ask") != "cost")
                needs = wantedOf(newer, specOf(newer)).key();
        } catch (...) { // what is wrong with it is told when it is asked
            needs.clear();
        }
        m_streams.supersede(turnOf(newer), needs);
    }

private:
    RunSpec specOf(const Json &question) const
    {
        const std::string ask = textAt(question, "ask");
        const auto given = question.find("spec");
        if (given == question.end())
            throw Exception({ ErrorCode::badInput, ask + " needs a spec", "question", {} });
        return runSpecFromJson(*given, m_presets, ask).orThrow();
    }

    std::shared_ptr<CheckpointStore> storeOf(const std::string &workspace)
    {
        if (workspace.empty() || !m_stores)
            return makeMemoryCheckpointStore();
        return m_stores(workspace).orThrow();
    }

    Loaded &load(const Wanted &wanted, QuestionStreams::Asked &asked, JobContext &job)
    {
        const RunSpec &spec = wanted.spec;
        const std::string key = wanted.key();
        const auto same = std::find_if(m_loaded.begin(), m_loaded.end(),
                                       [&](const auto &each) { return each->key == key; });
        if (same != m_loaded.end()) {
            std::rotate(m_loaded.begin(), same, same + 1);
            return *m_loaded.front();
        }
        asked.making();
        auto fresh = std::make_unique<Loaded>();
        fresh->key = key;
        fresh->model = spec.model;
        const auto open = std::find_if(m_loaded.begin(), m_loaded.end(),
                                       [&](const auto &each) { return each->model == spec.model; });
        if (open != m_loaded.end()) {
            fresh->source = (*open)->source;
            fresh->tokenizer = (*open)->tokenizer;
            fresh->decoder = (*open)->decoder;
        } else {
            OpenedModel model = openModel(spec.model).orThrow();
            fresh->source = std::move(model.source);
            fresh->tokenizer = std::move(model.tokenizer);
            fresh->decoder = std::make_shared<const nn::Decoder>(fresh->source, nn::Compute::fp32);
        }
        fresh->walk = std::make_unique<proxy::LayerWalk>(
            fresh->decoder,
            questionTokens(spec, wanted.tokens, fresh->decoder, *fresh->tokenizer, job),
            wanted.tokens);
        m_loaded.push_front(std::move(fresh));
        if (m_loaded.size() > 2)
            m_loaded.pop_back();
        asked.made();
        return *m_loaded.front();
    }

    static const proxy::LayerCache &layerOf(Loaded &loaded, std::int64_t layer, JobContext &job)
    {
        if (const proxy::LayerCache *kept = loaded.find(layer))
            return *kept;
        loaded.layers.push_front(loaded.walk->layer(layer, job));
        if (loaded.layers.size() > kKeptLayers)
            loaded.layers.pop_back();
        return loaded.layers.front();
    }

    Json cost(const RunSpec &spec) const
    {
        const auto source = openSource(spec.model).orThrow();
        return costAnswer(spec, source->config());
    }

    Json whatIf(const Json &question, const RunSpec &given, const Wanted &wanted,
                QuestionStreams::Asked &asked, JobContext &job)
    {
        const std::int64_t layer = integerOf(question, "layer", 0);
        const VariantSpec &variant = given.variants.front();
        const RunSpec &spec = wanted.spec;
        Loaded &loaded = load(wanted, asked, job);
        const bool cached = loaded.find(layer) != nullptr;
        const proxy::LayerCache &cache = layerOf(loaded, layer, job);
        const auto begin = std::chrono::steady_clock::now();
        const RecipeSettings settings = effectiveSettings(given, variant);
        const proxy::Scores scores = proxy::score(
            loaded.decoder->config(), cache, variant.recipe, settings, spec.protocol, spec.seed,
            [&job] { job.checkpoint(); }, proxy::Detail::statistics);
        const calib::EffectiveBits bits =
            calib::effectiveBits(spec.protocol, variant.recipe, loaded.decoder->config());
        Json out = whatIfAnswer(scores, variant.recipe, bits.cache < 16);
        out["layer"] = layer;
        out["tokens"] = cache.inputs.front().size(0);
        out["cached"] = cached;
        out["milliseconds"] =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                .count();
        return out;
    }

    Json numbers(const Json &question, const Wanted &wanted, QuestionStreams::Asked &asked,
                 JobContext &job)
    {
        const Site site = siteOf(question);
        const std::int64_t layer = integerOf(question, "layer", 0);
        Loaded &loaded = load(wanted, asked, job);
        const proxy::LayerCache &cache = layerOf(loaded, layer, job);
        const at::Tensor raw = cache.inputs[static_cast<std::size_t>(site)];
        const RecipeSettings settings = wanted.spec.settings;
        const quant::Quantizer otherwise =
            calib::siteQuantizer(wanted.spec.protocol, site, settings);
        SiteView view { loaded.decoder->config(), site, raw, {}, {} };
        for (const auto &sequence : loaded.walk->tokens())
            for (const std::int32_t id : sequence)
                view.pieces.push_back(loaded.tokenizer->piece(id));
        const auto listed = question.find("variants");
        if (listed != question.end() && listed->is_array()) {
            for (const Json &each : *listed) {
                job.checkpoint();
                const SolvedView *solved = viewOf(loaded, cache, each, job);
                if (solved != nullptr)
                    view.variants.push_back({ textAt(each, "id"),
                                              calib::viewedSite(solved->solution, site, otherwise),
                                              solved->inputs[static_cast<std::size_t>(site)] });
            }
        }
        return textAt(question, "ask") == "block"
            ? blockAnswer(view, settings, integerOf(question, "block", 0),
                          integerOf(question, "token", 0))
            : activationsAnswer(view, integerOf(question, "tokens", 64),
                                question.value("reference", true));
    }

    /// Null while the variant's part is not in the store.
    static const SolvedView *viewOf(Loaded &loaded, const proxy::LayerCache &cache,
                                    const Json &variant, JobContext &job)
    {
        const std::string hash = textAt(variant, "part");
        const auto known = std::find_if(loaded.views.begin(), loaded.views.end(),
                                        [&](const SolvedView &v) { return v.part == hash; });
        if (known != loaded.views.end())
            return &*known;
        const auto part = job.store().getByHash(hash).orThrow();
        if (!part)
            return nullptr;
        LayerSolution solution = LayerSolution::fromPart(*part).orThrow();
        if (cache.layer.index > 0) // the stream of a rotated variant: into its own basis
            if (const auto first = job.store().getByHash(textAt(variant, "entry")).orThrow())
                solution.entry = LayerSolution::fromPart(*first).orThrow().entry;
        const auto ops = solvedOps(solution, nn::Compute::fp32);
        solution.linears = {};
        solution.entry = {};
        solution.exit = {};
        loaded.views.push_front(
            { hash, std::move(solution),
              proxy::siteInputs(loaded.decoder->config(), *ops, cache.stream) });
        if (loaded.views.size() > kKeptViews)
            loaded.views.pop_back();
        return &loaded.views.front();
    }

    OpenStore m_stores;
    const PresetLibrary &m_presets;
    int m_threads;
    QuestionStreams m_streams;
    std::mutex m_mutex; ///< one question at a time
    std::deque<std::unique_ptr<Loaded>> m_loaded; ///< newest first
};

Questions::Questions(OpenStore stores, const PresetLibrary &presets, int threads)
    : m_p(std::make_unique<Private>(std::move(stores), presets, threads))
{ }
Questions::~Questions() = default;

bool Questions::knows(std::string_view ask)
{
    return ask == "what-if" || ask == "cost" || ask == "block" || ask == "activations";
}

Json Questions::answer(const Json &question) { return m_p->answer(question); }
void Questions::supersede(const Json &newer) { m_p->supersede(newer); }

} // namespace batlab
