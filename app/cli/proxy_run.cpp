// SPDX-License-Identifier: Apache-2.0
#include "app/cli/foreground.h"
#include "app/cli/session_run.h"
#include "app/cli/sweep_run.h"
#include "core/base/hash.h"
#include "core/engine/calib/formats.h"
#include "core/engine/device/current_error.h"
#include "core/engine/proxy/proxy.h"
#include "core/engine/service/calibration_tokens.h"
#include "core/engine/service/open_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace batlab::cli {

namespace {

std::vector<std::int64_t> layerList(const std::string &text, std::int64_t layers)
{
    std::vector<std::int64_t> out;
    if (text.empty()) { // the first, and three spread over the rest
        for (const std::int64_t l : { std::int64_t(0), layers / 3, 2 * layers / 3, layers - 1 })
            if (out.empty() || l > out.back())
                out.push_back(l);
        return out;
    }
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        std::int64_t layer = -1;
        const auto [at, error] = std::from_chars(text.data() + begin, text.data() + end, layer);
        if (error != std::errc() || at != text.data() + end || layer < 0 || layer >= layers)
            throw Exception(
                { ErrorCode::usage, "'" + text.substr(begin, end - begin) + "' is no layer",
                  "--proxy-layers", fmt::format("The model has layers 0 to {}.", layers - 1) });
        out.push_back(layer);
        begin = end + 1;
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

/// Scores cells, with what they share: the model, cached layers by calibration, earlier results.
class ProxyRun
{
public:
    ProxyRun(Common &common, const RunSpec &spec, const ProxyOptions &options,
             CheckpointStore &store)
        : m_common(common), m_spec(spec), m_options(options), m_job(common, store)
    {
        const OpenedModel model = openModel(spec.model).orThrow();
        m_source = model.source;
        m_tokenizer = model.tokenizer;
        m_layers = layerList(options.layers, m_source->config().layers);
        m_decoder = std::make_shared<const nn::Decoder>(m_source, nn::Compute::fp32);
    }

    [[nodiscard]] Json context() const
    {
        return { { "model", m_source->config().displayName },
                 { "layers", m_layers },
                 { "tokens", m_options.tokens },
                 { "contract", m_spec.contract },
                 { "settings", m_spec.toJson().at("settings") },
                 { "weightFormat", m_spec.protocol.weightFormat },
                 { "activationFormat", m_spec.protocol.activationFormat },
                 { "calibration", m_spec.toJson().at("calibration") },
                 { "seed", m_spec.seed } };
    }
    [[nodiscard]] JobContext &job() { return m_job.context(); }
    [[nodiscard]] ModelSummary model() const { return modelSummary(*m_source); }

    /// What decides a variant's score.
    [[nodiscard]] std::string scoreKey(const VariantSpec &variant) const
    {
        const RunSpec spec = specFor(m_spec, variant);
        const RecipeSettings settings = effectiveSettings(m_spec, variant);
        Recipe form = proxy::proxyForm(variant.recipe);
        Json recipe = form.toJson();
        for (const char *key :
             { "id", "title", "family", "description", "source", "budget", "settings", "filled" })
            recipe.erase(key);
        Json key { m_source->quickHash(),
                   m_layers,
                   m_options.tokens,
                   recipe,
                   settings.scaleRule,
                   settings.ties,
                   spec.toJson().at("calibration"),
                   spec.seed,
                   spec.protocol.weightFormat,
                   spec.protocol.activationFormat };
        if (calib::hasIntegers(spec.protocol, variant.recipe, m_source->config().layers))
            key.push_back(Json { { "integers", 2 } }); // their diagonals, since those changed
        return hashHex(key.dump());
    }

    /// {"value": dB, "detail": {...}} or {"value": null, "reason": ...}.
    Json cell(const VariantSpec &variant)
    {
        const std::string key = "proxy/" + scoreKey(variant);
        if (const auto part = job().store().get(key).orThrow())
            return part->attributes.at("cell");
        Json out { { "value", nullptr } };
        try {
            out = measure(variant);
        } catch (...) {
            const Error error = currentError();
            if (error.code == ErrorCode::cancelled || error.code == ErrorCode::diskFull)
                throw;
            out["reason"] = error.message();
            return out;
        }
        Part part;
        part.kind = "proxy-score";
        part.attributes = { { "cell", out } };
        (void)job().store().put(key, part).orThrow();
        return out;
    }

private:
    const std::vector<proxy::LayerCache> &caches(const RunSpec &spec)
    {
        const std::string key = Json { spec.toJson().at("calibration"), spec.seed }.dump();
        auto at = m_caches.find(key);
        if (at == m_caches.end()) {
            const auto sequences = calibrationTokens(spec, m_decoder, *m_tokenizer, job());
            at = m_caches
                     .emplace(key,
                              proxy::cacheLayers(*m_decoder, sequences, m_layers, m_options.tokens,
                                                 job()))
                     .first;
        }
        return at->second;
    }

    Json measure(const VariantSpec &variant)
    {
        const RunSpec spec = specFor(m_spec, variant);
        calib::checkModelFit(spec.protocol, variant, m_source->config()).orThrow();
        const RecipeSettings settings = effectiveSettings(m_spec, variant);
        double total = 0;
        std::array<double, 4> output {}, activation {}, condition {};
        Json byLayer = Json::object();
        const std::vector<proxy::LayerCache> &layers = caches(spec);
        const auto count = static_cast<double>(layers.size());
        for (const proxy::LayerCache &cache : layers) {
            const proxy::Scores scores =
                proxy::score(m_decoder->config(), cache, variant.recipe, settings, spec.protocol,
                             spec.seed, [this] { job().checkpoint(); });
            total += scores.outputSqnrDb() / count;
            byLayer[toString(cache.layer)] = scores.outputSqnrDb();
            for (std::size_t s = 0; s < 4; ++s) {
                output[s] += scores.sites[s].outputSqnrDb / count;
                activation[s] += scores.sites[s].activationSqnrDb / count;
                condition[s] = std::max(condition[s], scores.sites[s].condition);
            }
        }
        Json sites = Json::object();
        for (const Site site : kLinearSites) {
            const auto s = static_cast<std::size_t>(site);
            sites[std::string(name(site))] = { { "output_sqnr_db", output[s] },
                                               { "activation_sqnr_db", activation[s] },
                                               { "condition", condition[s] } };
        }
        return { { "value", total }, { "detail", { { "sites", sites }, { "layers", byLayer } } } };
    }

    Common &m_common;
    const RunSpec &m_spec;
    const ProxyOptions &m_options;
    ForegroundJob m_job;
    std::shared_ptr<const ModelSource> m_source;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::shared_ptr<const nn::Decoder> m_decoder;
    std::vector<std::int64_t> m_layers;
    std::map<std::string, std::vector<proxy::LayerCache>> m_caches;
};

Sweep proxySweep(const ProxyRun &run, const std::string &base, std::string mode, Json axes)
{
    Sweep out;
    out.base = base;
    out.mode = std::move(mode);
    out.metric = "output SQNR";
    out.unit = "dB";
    out.higherIsBetter = true;
    out.axes = std::move(axes);
    out.cells = Json::array();
    out.context = run.context();
    out.id = fmt::format("proxy-{}-{}", base,
                         hashHex(Json { out.mode, out.axes, out.context }.dump()).substr(0, 8));
    return out;
}

/// All variants side by side, as they are.
Sweep presetSweep(ProxyRun &run, const std::vector<const VariantSpec *> &variants)
{
    Json values = Json::array();
    for (const VariantSpec *variant : variants)
        values.push_back(variant->id);
    Sweep out = proxySweep(run, "presets", std::string(name(SweepMode::grid)),
                           Json::array({ { { "path", "preset" }, { "values", values } } }));
    for (std::size_t i = 0; i < variants.size(); ++i) {
        run.job().setStage("proxy: " + variants[i]->id, i, variants.size());
        Json cell = run.cell(*variants[i]);
        cell["at"] = Json::array({ i });
        out.cells.push_back(std::move(cell));
    }
    return out;
}

Sweep axisSweep(ProxyRun &run, const VariantSpec &base, const SweepPlan &plan)
{
    Sweep out = proxySweep(run, base.id, std::string(name(plan.mode)), toJson(plan.axes));
    const std::vector<SweepCell> cells = sweepCells(plan.axes, plan.mode);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        run.job().setStage(fmt::format("proxy: {}, cell {} of {}", base.id, i + 1, cells.size()), i,
                           cells.size());
        const Result<VariantSpec> variant = sweptVariant(base, plan.axes, cells[i]);
        Json cell { { "value", nullptr } };
        const bool isBase = std::none_of(cells[i].begin(), cells[i].end(),
                                         [](const auto &at) { return at.has_value(); });
        if (!variant)
            cell["reason"] = variant.error().message();
        else if (!isBase && variant->id != base.id && run.scoreKey(*variant) == run.scoreKey(base)
                 && variant->recipe.hash() != base.recipe.hash())
            cell["reason"] = "the proxy neither trains nor compensates: no effect on it";
        else
            cell = run.cell(*variant);
        cell["at"] = placeJson(cells[i]);
        out.cells.push_back(std::move(cell));
    }
    return out;
}

} // namespace

void runProxySweep(Common &common, const RunSpec &spec, const SweepPlan &plan,
                   const ProxyOptions &options, const std::string &session,
                   const std::string &format)
{
    common.prepareHost();
    const std::filesystem::path path = session;
    std::error_code ec;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (!std::filesystem::is_directory(folder, ec))
        throw Exception({ ErrorCode::notFound, "there is no such folder for the session",
                          folder.string(), "Make the folder first." });
    Session document = std::filesystem::exists(path, ec) ? loadToAdd(path).orThrow()
                                                         : Session::make(sessionCreator());
    const std::shared_ptr<CheckpointStore> store = openWorkspace(partsFolderFor(path)).orThrow();
    std::vector<Sweep> sweeps;
    {
        ProxyRun run(common, spec, options, *store);
        if (!document.model())
            document.add(Artifact(run.model()));
        std::vector<const VariantSpec *> asTheyAre;
        for (const VariantSpec &variant : spec.variants)
            if (plan.axes.empty() || !plan.only.empty())
                asTheyAre.push_back(&variant);
        if (!asTheyAre.empty())
            sweeps.push_back(presetSweep(run, asTheyAre));
        for (const VariantSpec &variant : spec.variants)
            if (!plan.axes.empty() && (plan.only.empty() || presetId(variant.id) == plan.only))
                sweeps.push_back(axisSweep(run, variant, plan));
    }
    for (const Sweep &sweep : sweeps)
        document.add(Artifact(sweep));
    save(document, path).orThrow();
    printSweeps(common, sweeps, format);
}

} // namespace batlab::cli
