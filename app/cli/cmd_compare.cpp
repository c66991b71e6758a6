// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/session_run.h"
#include "core/spec/parameter.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

struct Options
{
    std::string model, presets, contract = "uniform", session, sweep, budget = "desk";
    std::vector<std::string> settings;
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

/// "path=a,b,c": one variant of each preset for each value; presets without such a parameter stay
/// as they are.
std::vector<VariantSpec> swept(const std::vector<VariantSpec> &variants, const std::string &sweep)
{
    const std::size_t equals = sweep.find('=');
    const std::vector<std::string> values = equals == std::string::npos
        ? std::vector<std::string>()
        : split(sweep.substr(equals + 1), ',');
    if (values.empty())
        throw Exception({ ErrorCode::usage, "'" + sweep + "' is not path=a,b,c", "--sweep",
                          "For example --sweep round.damp=0.003,0.01,0.03." });
    const std::string path = sweep.substr(0, equals);
    const std::size_t dot = path.find('.');
    const Parameter *row = nullptr;
    for (const Parameter &parameter : stageParameters(path.substr(0, dot)))
        if (parameter.path == path)
            row = &parameter;
    if (!row)
        throw Exception({ ErrorCode::usage, "no stage has a parameter '" + path + "'", "--sweep",
                          "`batlab-cli methods` lists them." });
    std::vector<VariantSpec> out;
    for (const VariantSpec &variant : variants) {
        if (!variant.recipe.findStage(path.substr(0, dot))) {
            out.push_back(variant);
            continue;
        }
        for (const std::string &text : values) {
            VariantSpec one = variant;
            const Json value = parseValue(*row, text).orThrow();
            one.recipe = withOverride(variant.recipe, path, value).orThrow();
            one.recipe.title += fmt::format(" ({} {})", path, text);
            one.id += fmt::format("-{}-{}", path.substr(dot + 1), text);
            out.push_back(std::move(one));
        }
    }
    return out;
}

void compare(Common &common, const Options &options)
{
    Json json { { "model", options.model },
                { "contract", options.contract },
                { "seed", common.seedOr(0) },
                { "variants", Json::array() } };
    for (const std::string &id : split(options.presets, ','))
        json["variants"].push_back(
            { { "preset", presetId(id) }, { "id", id }, { "budget", options.budget } });
    if (json["variants"].empty())
        throw Exception({ ErrorCode::usage, "no preset is named", "--presets",
                          "For example --presets rtn,gptq,bat; `batlab-cli presets` lists them." });
    RunSpec spec = runSpecFromJson(json, presetLibrary(), "compare").orThrow();
    for (const std::string &setting : options.settings) {
        const std::size_t equals = setting.find('=');
        if (equals == std::string::npos)
            throw Exception(
                { ErrorCode::usage, "'" + setting + "' is not path=value", "--set", {} });
        spec = withSetting(spec, setting.substr(0, equals), setting.substr(equals + 1)).orThrow();
    }
    if (!options.sweep.empty())
        spec.variants = swept(spec.variants, options.sweep);
    runIntoSession(common, spec, options.session);
}

} // namespace

void addCompare(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb =
        app.add_subcommand("compare", "Several methods on one model in one recovery table");
    verb->add_option("MODEL", options->model, "A folder, a GGUF file, or demo")->required();
    verb->add_option("--presets", options->presets, "Presets, with commas")->required();
    verb->add_option("--contract", options->contract,
                     "uniform: one scale rule for all (default); own: each preset keeps its own")
        ->check(CLI::IsMember({ "uniform", "own" }));
    verb->add_option("--budget", options->budget, "desk (default) or paper")
        ->check(CLI::IsMember({ "desk", "paper" }));
    verb->add_option("--sweep", options->sweep, "Vary a stage parameter: path=a,b,c");
    verb->add_option("--set", options->settings, "Change one run value: path=value")
        ->take_all()
        ->allow_extra_args(false);
    verb->add_option("--session", options->session,
                     "Session file to write, NAME.batlab.h5; an existing one is added to")
        ->required();
    verb->callback([&common, options] { compare(common, *options); });
}

} // namespace batlab::cli
