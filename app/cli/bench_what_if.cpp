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

struct Timing
{
    std::string where, edit;
    double milliseconds = 0;
};

void report(Common &common, const std::vector<Timing> &rows)
{
    printLine(common, fmt::format("{:<34}{:<20}{:>12}", "what-if, 512 tokens", "edit", "ms"));
    Json list = Json::array();
    for (const Timing &row : rows) {
        printLine(common,
                  fmt::format("{:<34}{:<20}{:>12.0f}", row.where, row.edit, row.milliseconds));
        list.push_back(
            { { "where", row.where }, { "edit", row.edit }, { "milliseconds", row.milliseconds } });
    }
    printJson(common, { { "rows", list }, { "resources", resources() } });
}

} // namespace

void benchWhatIf(Common &common, const std::string &model)
{
    common.prepareHost();
    const PresetLibrary presets = presetLibrary();
    std::vector<Timing> rows;
    const auto specOf = [&](const Json &changes) {
        return runSpecFromJson(
                   { { "model", model },
                     { "variants", Json::array({ { { "preset", "bat" }, { "set", changes } } }) } },
                   presets, "bench")
            .orThrow();
    };
    {
        LocalEngine::Options options;
        options.threads = common.threadCount();
        options.dataDir = common.dataDir();
        options.presets = presets;
        LocalEngine engine(std::move(options));
        const auto layers = engine.ask({ { "ask", "inspect-model" }, { "model", model } })
                                .orThrow()
                                .at("config")
                                .at("layers");
        const std::int64_t middle = layers.get<std::int64_t>() / 2;
        const auto ask = [&](const std::string &where, const std::string &edit,
                             const Json &changes) {
            const auto begin = Clock::now();
            (void)engine
                .ask({ { "ask", "what-if" },
                       { "spec", specOf(changes).toJson() },
                       { "layer", middle },
                       { "tokens", kTokens } })
                .orThrow();
            rows.push_back({ where, edit, millisecondsSince(begin) });
        };
        ask(fmt::format("{}, layer {}, first question", model, middle), "load, sample, walk",
            Json::object());
        for (const auto &[edit, changes] : edits())
            ask(fmt::format("{}, layer {}", model, middle), edit, changes);
    }
    const ModelConfig config = qwen3Shape();
    const proxy::LayerCache cache = proxy::randomLayer(config, kTokens);
    const auto score = [&](const std::string &where, const std::string &edit, const Json &changes) {
        const RunSpec spec = specOf(changes);
        const VariantSpec &variant = spec.variants.front();
        const auto begin = Clock::now();
        (void)proxy::score(
            config, cache, variant.recipe, effectiveSettings(spec, variant), spec.protocol, 0,
            [] {}, proxy::Detail::statistics);
        rows.push_back({ where, edit, millisecondsSince(begin) });
    };
    score("4,096 channels (Qwen3-8B), first", "sums of its weights", Json::object());
    for (const auto &[edit, changes] : edits())
        score("4,096 channels (Qwen3-8B), random", edit, changes);
    report(common, rows);
}

} // namespace batlab::cli
