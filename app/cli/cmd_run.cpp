// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/session_run.h"

namespace batlab::cli {

namespace {

struct Options
{
    std::string spec, session;
    std::vector<std::string> settings;
};

void run(Common &common, const Options &options)
{
    RunSpec spec = loadRunSpec(options.spec, presetLibrary()).orThrow();
    applySettings(spec, options.settings);
    if (common.seed)
        spec.seed = *common.seed;
    runIntoSession(common, spec, options.session);
}

} // namespace

void addRun(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand(
        "run", "Calibrate, analyse and evaluate what a run spec says: the main job");
    verb->add_option("SPEC", options->spec, "Run spec (YAML)")->required();
    verb->add_option("--set", options->settings,
                     "Change one value: path=value; of a recipe, variants.ID.STAGE.NAME=value")
        ->take_all()
        ->allow_extra_args(false);
    verb->add_option("--session", options->session,
                     "Session file to write, NAME.batlab.h5; an existing one is added to")
        ->required();
    verb->callback([&common, options] { run(common, *options); });
}

} // namespace batlab::cli
