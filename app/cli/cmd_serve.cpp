// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "app/cli/session_run.h"
#include "core/engine/service/local_engine.h"
#include "core/job/engine_server.h"
#include "sessions/checkpoint_folder.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

namespace batlab::cli {

namespace {

/// The pipe to the window under a number of its own, so that nothing a library prints on stdout
/// gets between two messages: descriptor 1 becomes a copy of stderr.
int ownStdout()
{
    const int pipe = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (pipe < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        throw Exception(
            { ErrorCode::badInput, "stdout is closed", "serve",
              "Start `batlab-cli serve` from the window, with pipes on stdin and stdout." });
    return pipe;
}

void serve(const Common &common)
{
    const int out = ownStdout();
    (void)common.prepareDevice();
    LocalEngine::Options options;
    options.threads = common.threadCount();
    options.dataDir = common.dataDir();
    // The window says what is wrong with a preset, and offers the shipped ones.
    Result<PresetLibrary> presets = PresetLibrary::installed();
    if (!presets) {
        fmt::print(stderr, "warning: {}\n", presets.error().message());
        presets = PresetLibrary::builtIn();
    }
    options.presets = std::move(presets).orThrow();
    options.device = common.device;
    options.stores = &openWorkspace;
    LocalEngine engine(std::move(options));
    serveEngine(engine, STDIN_FILENO, out).orThrow();
    // The window is gone: leaving cancels what runs; finished layers and training states are in
    // their checkpoints.
}

} // namespace

void addServe(CLI::App &app, Common &common)
{
    app.add_subcommand("serve", "The engine behind the window: CBOR messages on stdin and stdout")
        ->callback([&common] { serve(common); });
}

} // namespace batlab::cli
