// SPDX-License-Identifier: Apache-2.0
// A child process for tests of the engine's protocol: serves the synthetic engine on stdin and
// stdout.
//   fake_server [--layers N] [--step-seconds S]   --greeting TEXT: prints it first, as a login
//   shell might
//   --protocol N: answers the hello with another major version
//   --exit N: writes a line to stderr and ends at once
//   --hang N: answers N calls, then neither reads nor writes any more
#include "core/job/engine_server.h"
#include "core/job/frame.h"
#include "tests/support/fake_engine.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

int main(int argc, char **argv)
{
    batlab::FakeEngine::Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view key = argv[i];
        if (key == "--layers") {
            options.layers = std::atoi(argv[i + 1]);
        } else if (key == "--step-seconds") {
            options.secondsPerStep = std::atof(argv[i + 1]);
        } else if (key == "--greeting") {
            std::printf("%s\n", argv[i + 1]);
            std::fflush(stdout);
        } else if (key == "--protocol") {
            const batlab::Result<std::optional<batlab::Json>> hello =
                batlab::readFrame(STDIN_FILENO);
            if (!hello || !*hello)
                return 3;
            const batlab::Json reply {
                { "reply", (**hello)["id"] },
                { "value", { { "protocol", { std::atoi(argv[i + 1]), 0 } }, { "version", "9" } } }
            };
            (void)batlab::writeAll(STDOUT_FILENO, *batlab::encodeFrame(reply));
            (void)batlab::readFrame(STDIN_FILENO); // until the window goes away
            return 0;
        } else if (key == "--hang") {
            for (int left = std::atoi(argv[i + 1]); left > 0; --left) {
                const batlab::Result<std::optional<batlab::Json>> call =
                    batlab::readFrame(STDIN_FILENO);
                if (!call || !*call)
                    return 3;
                const batlab::Json reply {
                    { "reply", (**call)["id"] },
                    { "value", { { "protocol", { batlab::kEngineProtocolMajor, 0 } } } }
                };
                (void)batlab::writeAll(STDOUT_FILENO, *batlab::encodeFrame(reply));
            }
            alarm(600); // should its parent end before it
            pause();
            return 3;
        } else if (key == "--exit") {
            std::fprintf(stderr, "fake_server: cannot find the library\n");
            return std::atoi(argv[i + 1]);
        }
    }
    batlab::FakeEngine engine(options);
    const batlab::Result<void> served = batlab::serveEngine(engine, STDIN_FILENO, STDOUT_FILENO);
    if (!served)
        std::fprintf(stderr, "%s\n", served.error().message().c_str());
    return served ? 0 : 3;
}
