// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/base/heap.h"
#include "core/engine/device/current_error.h"

#include <csignal>
#include <cstdio>

namespace {

using namespace batlab;

int fail(const cli::Common &common, const Error &error)
{
    std::fprintf(stderr, "batlab-cli: %s\n", error.message().c_str());
    cli::printJson(common,
                   { { "error",
                       { { "code", name(error.code) },
                         { "what", error.what },
                         { "where", error.where },
                         { "hint", error.hint } } } });
    return exitStatus(error.code);
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    keepFreedMemory();
    cli::Common common;
    CLI::App app("Batlab: MXFP4 post-training quantization of language models", "batlab-cli");
    app.set_version_flag("--version", std::string("batlab-cli ") + BATLAB_VERSION);
    app.require_subcommand(1);
    app.fallthrough(); // common options may follow the verb
    app.get_formatter()->column_width(34);
    cli::addCommonOptions(app, common);
    try {
        cli::addDoctor(app, common);
        cli::addInspect(app, common);
        cli::addTokenize(app, common);
        cli::addGenerate(app, common);
        cli::addLogits(app, common);
        cli::addRun(app, common);
        cli::addCompare(app, common);
        cli::addEvaluate(app, common);
        cli::addSession(app, common);
        cli::addServe(app, common);
        cli::addCodec(app, common);
        cli::addMethods(app, common);
        cli::addPresets(app, common);
        cli::addBench(app, common);
        cli::addMan(app, common);
        app.parse(argc, argv);
        return common.exitStatus;
    } catch (const CLI::ParseError &e) {
        return app.exit(e, std::cout, std::cerr) == 0 ? 0 : exitStatus(ErrorCode::usage);
    } catch (...) {
        return fail(common, currentError());
    }
}
