// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/foreground.h"
#include "app/cli/session_run.h"
#include "app/cli/sweep_run.h"
#include "core/spec/parameter.h"
#include "core/spec/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace batlab::cli {

namespace {

struct Options
{
    std::string model, presets, contract = "uniform", session, budget = "desk", seeds, calibration;
    std::int64_t windows = 0; ///< 0: as the budget says
    std::vector<std::string> sweeps, settings;
    std::string sweepMode, family;
    ProxyOptions proxy;
    bool byProxy = false;
    TableOptions table;
};

std::vector<std::string> split(const std::string &text, char separator)
{
    std::vector<std::string> out;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        if (end > begin)
            out.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

std::vector<std::uint64_t> seedList(const Common &common, const std::string &text)
{
    if (text.empty())
        return { common.seedOr(0) };
    if (common.seed)
        throw Exception({ ErrorCode::usage, "--seed and --seeds exclude each other", "--seeds",
                          "Leave one of both out." });
    std::vector<std::uint64_t> out;
    for (const std::string &item : split(text, ',')) {
        std::uint64_t seed = 0;
        const auto [at, error] = std::from_chars(item.data(), item.data() + item.size(), seed);
        if (error != std::errc() || at != item.data() + item.size() || seed > 9007199254740991ULL)
            throw Exception({ ErrorCode::usage, "'" + item + "' is no seed", "--seeds",
                              "Seeds are whole numbers, such as --seeds 0,1,2." });
        if (std::find(out.begin(), out.end(), seed) != out.end())
            throw Exception(
                { ErrorCode::usage, "the seed " + item + " comes twice", "--seeds", {} });
        out.push_back(seed);
    }
    if (out.empty())
        throw Exception({ ErrorCode::usage, "no seed is named", "--seeds", {} });
    return out;
}

/// The presets that --presets or the family name.
std::vector<std::string> presetList(const Options &options, const SweepFamily *family)
{
    std::vector<std::string> out;
    if (options.presets == "all") {
        out = presetLibrary().ids();
    } else if (!options.presets.empty()) {
        out = split(options.presets, ',');
    } else if (family) {
        out = family->presets;
        if (std::find(out.begin(), out.end(), family->base) == out.end())
            out.push_back(family->base);
    }
    if (out.empty())
        throw Exception({ ErrorCode::usage, "no preset is named", "--presets",
                          "For example --presets rtn,gptq,bat, or all; `batlab-cli presets` lists "
                          "them." });
    return out;
}

Json runLevel(const Options &options, std::uint64_t seed)
{
    Json json { { "model", options.model },
                { "contract", options.contract },
                { "seed", seed },
                { "variants", Json::array() } };
    if (options.budget == "paper")
        json["protocol"] = { { "windows", -1 } };
    if (options.byProxy) // one short sequence is plenty for layer statistics
        json["calibration"] = { { "sequences", 2 }, { "length", 512 } };
    if (options.windows != 0)
        json["protocol"]["windows"] = options.windows;
    if (options.calibration == "self")
        json["calibration"]["source"] = "self";
    else if (!options.calibration.empty()) {
        json["calibration"]["source"] = "file";
        json["calibration"]["file"] = options.calibration;
    }
    return json;
}

/// One copy for each seed of every variant that calibration text or seed can change; seed 0
/// keeps the plain id.
void addSeeds(RunSpec &spec, const std::vector<std::uint64_t> &seeds)
{
    if (seeds.size() < 2)
        return;
    const bool scaled = spec.protocol.activationFormat == "nvfp4"; // from the text's maxima
    std::vector<VariantSpec> out;
    for (const VariantSpec &variant : spec.variants)
        for (const std::uint64_t seed : seeds) {
            if (seed != seeds.front() && !scaled && !usesCalibration(variant.recipe))
                continue;
            VariantSpec one = variant;
            one.id = seededId(variant.id, seed);
            if (seed != spec.seed)
                one.own["seed"] = seed;
            out.push_back(std::move(one));
        }
    spec.variants = std::move(out);
}

/// Of all presets, those that the run's formats and scale rule allow; the others are named with
/// their reason. Throws if there is none left.
std::vector<std::string> presetsThatFit(const Common &common, const Json &run,
                                        const std::vector<std::string> &presets,
                                        const std::vector<std::string> &settings)
{
    std::vector<std::string> contract; // settings of single variants come later
    std::copy_if(settings.begin(), settings.end(), std::back_inserter(contract),
                 [](const std::string &text) {
                     return text.starts_with("protocol.") || text.starts_with("settings.");
                 });
    const PresetLibrary library = presetLibrary();
    ProgressPrinter printer(common);
    std::vector<std::string> out;
    std::optional<Error> first;
    for (const std::string &preset : presets) {
        try {
            Json one = run;
            one["variants"].push_back({ { "preset", preset }, { "id", preset } });
            RunSpec spec = runSpecFromJson(one, library, "compare").orThrow();
            applySettings(spec, contract);
            out.push_back(preset);
        } catch (const Exception &e) {
            first = first.value_or(e.error);
            printer.log(LogLevel::warning, fmt::format("{} is left out: {}", preset, e.error.what));
        }
    }
    if (out.empty())
        throw Exception(*first);
    return out;
}

void checkPlannedBaseline(const RunSpec &spec, const std::string &baseline)
{
    if (baseline.empty() || baseline == "reference")
        return;
    std::string known;
    for (const VariantSpec &variant : spec.variants) {
        if (variant.id == baseline)
            return;
        known += (known.empty() ? "" : ", ") + variant.id;
    }
    throw Exception({ ErrorCode::usage,
                      "no variant of this comparison is called '" + baseline + "'", "--baseline",
                      "There will be: reference, " + known + "." });
}

void compare(Common &common, Options options)
{
    const std::vector<std::uint64_t> seeds = seedList(common, options.seeds);
    std::optional<SweepFamily> family;
    if (!options.family.empty())
        family = loadSweepFamily(options.family).orThrow();
    Json json = runLevel(options, seeds.front());
    if (family)
        for (const auto &[key, value] : family->protocol.items())
            if (!json["protocol"].contains(key))
                json["protocol"][key] = value;
    const std::string base = family ? presetId(family->base) : std::string();
    std::vector<std::string> presets = presetList(options, family ? &*family : nullptr);
    if (options.presets == "all")
        presets = presetsThatFit(common, json, presets, options.settings);
    for (const std::string &text : presets) {
        Json variant { { "preset", presetId(text) }, { "id", text }, { "budget", options.budget } };
        if (family && presetId(text) == base && !family->set.empty())
            variant["set"] = family->set;
        json["variants"].push_back(std::move(variant));
    }
    RunSpec spec = runSpecFromJson(json, presetLibrary(), "compare").orThrow();
    if (options.budget == "paper" && !options.byProxy) {
        spec.calibration.sequences = 128; // of presets whose paper budget names no text
        spec.calibration.length = 2048;
    }
    applySettings(spec, options.settings);

    SweepPlan plan;
    plan.mode = family ? family->mode : SweepMode::grid;
    if (!options.sweepMode.empty())
        plan.mode = sweepModeFromName(options.sweepMode).value();
    if (family)
        plan.axes = family->axes;
    for (const std::string &text : options.sweeps)
        plan.axes.push_back(sweepAxis(text).orThrow());
    if (family)
        plan.only = base;
    if (options.byProxy) {
        if (seeds.size() > 1)
            throw Exception({ ErrorCode::usage, "the proxy uses one seed", "--seeds",
                              "Leave --seeds or --proxy out." });
        runProxySweep(common, spec, plan, options.proxy, options.session, options.table.format);
        return;
    }
    if (plan.axes.empty()) {
        addSeeds(spec, seeds);
        checkPlannedBaseline(spec, options.table.baseline);
        runIntoSession(common, spec, options.session, options.table);
        return;
    }
    runSweep(common, spec, plan, options.session, options.table,
             [&seeds](RunSpec &all) { addSeeds(all, seeds); });
}

} // namespace

void addCompare(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand(
        "compare", "Several methods on one model in one table; goes on where it stopped");
    verb->add_option("MODEL", options->model, "A folder, a GGUF file, or demo")->required();
    CLI::Option *presets =
        verb->add_option("--presets", options->presets, "Presets, with commas, or all");
    verb->add_option("--contract", options->contract,
                     "uniform: one scale rule for all (default); own: each preset keeps its own")
        ->check(CLI::IsMember({ "uniform", "own" }));
    verb->add_option(
            "--budget", options->budget,
            "desk (default), or paper: the papers' training and calibration tokens, all windows")
        ->check(CLI::IsMember({ "desk", "paper" }));
    verb->add_option("--seeds", options->seeds, "Calibrate with each of these seeds: 0,1,2");
    verb->add_option("--calibration", options->calibration,
                     "self (the model's own samples), or a UTF-8 text file");
    verb->add_option("--windows", options->windows, "Windows to evaluate on; -1: all")
        ->check(CLI::Range(-1, 1000000));
    verb->add_option("--sweep", options->sweeps,
                     "Vary a parameter: path=a,b,c; a:b=1:32,8:4 varies two together")
        ->take_all()
        ->allow_extra_args(false);
    verb->add_option("--sweep-mode", options->sweepMode, "grid (default) or one-at-a-time")
        ->check(CLI::IsMember({ "grid", "one-at-a-time" }));
    verb->add_option(
            "--family", options->family,
            "A named family of sweeps (ablation-bat, ablation-bat-paper, flatquant-int4), or "
            "a file of one")
        ->excludes(presets);
    verb->add_flag("--proxy", options->byProxy,
                   "Only layer output SQNR with weights rounded to nearest: seconds a cell");
    verb->add_option("--proxy-layers", options->proxy.layers,
                     "Layers to look at, with commas (default: four spread over the model)");
    verb->add_option("--proxy-tokens", options->proxy.tokens, "Tokens a layer sees (512)")
        ->check(CLI::Range(32, 65536));
    verb->add_option("--set", options->settings,
                     "Change one value: path=value; of a recipe, variants.ID.STAGE.NAME=value")
        ->take_all()
        ->allow_extra_args(false);
    addTableOptions(*verb, options->table);
    verb->add_option("--session", options->session,
                     "Session file to write, NAME.batlab.h5; an existing one is added to")
        ->required();
    verb->callback([&common, options] { compare(common, *options); });
}

} // namespace batlab::cli
