// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/engine.h"

namespace batlab {

struct ServeOptions
{
    double progressInterval = 0.1; ///< seconds between two progress events of a job
    std::size_t queueBytes = std::size_t(64)
        << 20; ///< events waiting for the pipe; then the engine waits
};

/// Serves an engine over two descriptors (batlab-cli serve: stdin and stdout) until the other side
/// closes its end. Takes the engine's listener for that time. Calls are answered in their order,
/// except that ask and submit run on a thread of their own, so that cancel, pause, supersede and
/// ping never wait behind a long question. One thread writes: events in their order, of progress
/// only the latest of each job. An error means that the other side broke the protocol,
/// or is that of an EngineStopped, after which an engine is served no more.
[[nodiscard]] Result<void> serveEngine(Engine &engine, int inFd, int outFd,
                                       const ServeOptions &options = {});

} // namespace batlab
