// SPDX-License-Identifier: Apache-2.0
#include "app/cli/bench_what_if.h"

#include "app/cli/session_run.h"
#include "core/engine/proxy/random_layer.h"
#include "core/engine/service/local_engine.h"
#include "core/engine/service/preflight.h"
#include "core/engine/service/random_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace batlab::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kTokens = 512;

double millisecondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// What a user changes one after the other.
const std::vector<std::pair<std::string, Json>> &edits()
{
    static const std::vector<std::pair<std::string, Json>> list {
        { "as it is", Json::object() },
        { "start: identity", { { "transform.init", "identity" } } },
        { "alpha: 0.3", { { "fold.alpha", 0.3 } } },
        { "clips by block", { { "clip.activations", "block" } } },
        { "g1 x g2: 4 x 8", { { "transform.g1", 4 }, { "transform.g2", 8 } } },
        { "g1 x g2: 1 x 32", { { "transform.g1", 1 }, { "transform.g2", 32 } } },
        { "start: hadamard", { { "transform.init", "hadamard" } } },
        { "no diagonal", { { "fold.diagonal", "none" } } },
        { "scale rule: even", { { "settings.scaleRule", "even" } } },
    };
    return list;
}

RunSpec specOf(const std::string &model, const Json &changes, const PresetLibrary &presets)
{
    return runSpecFromJson(
               { { "model", model },
                 { "variants", Json::array({ { { "preset", "bat" }, { "set", changes } } }) } },
               presets, "bench")
        .orThrow();
}

/// Keeps an engine calibrating: when a job ends, one with another seed begins.
class BesideJob
{
public:
    /// Returns when the first layer of the first job is done.
    BesideJob(LocalEngine &engine, RunSpec spec) : m_engine(engine), m_spec(std::move(spec))
    {
        m_spec.evaluate = false;
        m_engine.setListener([this](const EngineEvent &event) { hear(event); });
        (void)m_engine.submit({ m_spec.toJson(), {} }).orThrow();
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_calibrating || m_error; });
        }
        check();
    }
    /// The engine, which ends after this, stops the job.
    ~BesideJob() { m_engine.setListener({}); }
    BesideJob(const BesideJob &) = delete;
    BesideJob &operator=(const BesideJob &) = delete;

    /// Throws what made a job fail: what was measured since is not beside a job.
    void check() const
    {
        const std::lock_guard lock(m_mutex);
        if (m_error)
            throw Exception(*m_error);
    }

private:
    void hear(const EngineEvent &event)
    {
        const auto *artifact = std::get_if<JobArtifact>(&event);
        const auto *state = std::get_if<JobStateChanged>(&event);
        std::optional<Error> error;
        if (state && state->state == JobState::succeeded) {
            ++m_spec.seed;
            if (const auto next = m_engine.submit({ m_spec.toJson(), {} }); !next)
                error = next.error();
        } else if (state && isFinal(state->state)) {
            error = state->error;
        }
        const std::lock_guard lock(m_mutex);
        m_calibrating =
            m_calibrating || (artifact && std::holds_alternative<LayerDone>(*artifact->artifact));
        if (error)
            m_error = error;
        m_changed.notify_all();
    }

    LocalEngine &m_engine;
    RunSpec m_spec; ///< after the first job the listener's alone
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_calibrating = false;
    std::optional<Error> m_error;
};

struct Timing
{
    std::string where, edit;
    double milliseconds = 0;
};

void report(Common &common, const WhatIfBench &bench, const std::vector<Timing> &rows)
{
    printLine(
        common,
        fmt::format("{:<34}{:<20}{:>12}",
                    bench.besideJob ? "what-if beside a job, 512 tokens" : "what-if, 512 tokens",
                    "edit", "ms"));
    Json list = Json::array();
    for (const Timing &row : rows) {
        printLine(common,
                  fmt::format("{:<34}{:<20}{:>12.0f}", row.where, row.edit, row.milliseconds));
        list.push_back(
            { { "where", row.where }, { "edit", row.edit }, { "milliseconds", row.milliseconds } });
    }
    printJson(common,
              { { "rows", list }, { "besideJob", bench.besideJob }, { "resources", resources() } });
}

/// On the model's middle layer, as the window asks.
void askEngine(LocalEngine &engine, const WhatIfBench &bench, const PresetLibrary &presets,
               std::vector<Timing> &rows)
{
    const auto layers = engine.ask({ { "ask", "inspect-model" }, { "model", bench.model } })
                            .orThrow()
                            .at("config")
                            .at("layers");
    const std::int64_t middle = layers.get<std::int64_t>() / 2;
    const auto ask = [&](const std::string &where, const std::string &edit, const Json &changes) {
        if (where.find(bench.only) == std::string::npos)
            return;
        const auto begin = Clock::now();
        (void)engine
            .ask({ { "ask", "what-if" },
                   { "spec", specOf(bench.model, changes, presets).toJson() },
                   { "layer", middle },
                   { "tokens", kTokens } })
            .orThrow();
        rows.push_back({ where, edit, millisecondsSince(begin) });
    };
    ask(fmt::format("{}, layer {}, first question", bench.model, middle), "load, sample, walk",
        Json::object());
    for (const auto &[edit, changes] : edits())
        ask(fmt::format("{}, layer {}", bench.model, middle), edit, changes);
}

/// On a layer of Qwen3-8B's shape.
void scoreRandom(const WhatIfBench &bench, const PresetLibrary &presets, std::vector<Timing> &rows)
{
    const std::string shape = "4,096 channels (Qwen3-8B)";
    const auto wanted = [&](const char *which) {
        return (shape + which).find(bench.only) != std::string::npos;
    };
    if (!wanted(", first") && !wanted(", random"))
        return; // the layer takes a gigabyte
    const ModelConfig config = qwen3Shape();
    const proxy::LayerCache cache = proxy::randomLayer(config, kTokens);
    const auto score = [&](const char *which, const std::string &edit, const Json &changes) {
        const RunSpec spec = specOf(bench.model, changes, presets);
        const VariantSpec &variant = spec.variants.front();
        const auto begin = Clock::now();
        (void)proxy::score(
            config, cache, variant.recipe, effectiveSettings(spec, variant), spec.protocol, 0,
            [] {}, proxy::Detail::statistics);
        if (wanted(which))
            rows.push_back({ shape + which, edit, millisecondsSince(begin) });
    };
    // Also where the row is not wanted: the sums must not be in the first edit's time.
    score(", first", "sums of its weights", Json::object());
    if (!wanted(", random"))
        return;
    for (const auto &[edit, changes] : edits())
        score(", random", edit, changes);
}

} // namespace

void benchWhatIf(Common &common, const WhatIfBench &bench)
{
    common.prepareHost();
    const PresetLibrary presets = presetLibrary();
    LocalEngine::Options options;
    options.threads = common.threadCount();
    options.dataDir = common.dataDir();
    options.presets = presets;
    LocalEngine engine(std::move(options));
    std::unique_ptr<BesideJob> job; // ends before the engine
    if (bench.besideJob)
        job = std::make_unique<BesideJob>(engine, specOf(bench.model, Json::object(), presets));
    std::vector<Timing> rows;
    askEngine(engine, bench, presets, rows);
    scoreRandom(bench, presets, rows);
    if (job)
        job->check();
    if (rows.empty())
        throw Exception({ ErrorCode::usage, "no row has '" + bench.only + "' in its name",
                          "bench what-if", "Leave --only out to measure all." });
    report(common, bench, rows);
}

} // namespace batlab::cli
