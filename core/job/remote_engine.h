// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/engine.h"
#include "core/job/process.h"

#include <memory>
#include <string>

namespace batlab {

/// An engine in another process: "batlab-cli serve", or the same on a GPU server through ssh. Every
/// call waits for its reply (at most replySeconds); do not call from the listener (it is an error,
/// not a dead lock). When the pipe breaks, the child ends or what it sends is no message, the
/// listener gets one EngineStopped that says what happened, and every later call is an error: make
/// a new RemoteEngine and submit the jobs again.
class RemoteEngine : public Engine
{
public:
    struct Options
    {
        double replySeconds = 120; ///< a call without a reply for so long is an Error{busy}
        double stopSeconds =
            5; ///< after closing its input the child gets so long to end, then it is killed
        double pingSeconds = 15; ///< after so much silence it is asked for a sign of life
        double silentSeconds = 60; ///< after so much the listener gets an EngineSilent
    };
    /// Starts the command line and returns at once; hello() (or the first call) shakes hands.
    [[nodiscard]] static Result<std::unique_ptr<RemoteEngine>> start(const std::string &commandLine,
                                                                     Options options);
    [[nodiscard]] static Result<std::unique_ptr<RemoteEngine>> start(const std::string &commandLine)
    {
        return start(commandLine, Options {});
    }
    /// Speaks over descriptors that stay the caller's (tests).
    [[nodiscard]] static std::unique_ptr<RemoteEngine> over(int readFd, int writeFd,
                                                            Options options);
    ~RemoteEngine() override;

    void setListener(Listener listener) override;
    Result<Json> hello() override;
    Result<JobId> submit(const JobRequest &request) override;
    Result<void> cancel(JobId job) override;
    Result<void> pause(JobId job) override;
    Result<void> resume(JobId job) override;
    Result<Json> ask(const Json &question) override;
    void supersede(const Json &newer) override; ///< does not wait for a reply
    /// The listener gets an EngineStopped with this error, as of any other end.
    void abort(const Error &why, Child child) override;

    /// Process id of the child, -1 without one.
    [[nodiscard]] pid_t pid() const;
    /// Whether it has not stopped yet.
    [[nodiscard]] bool running() const;
    /// The last lines the child wrote to stderr (at most 8 KiB).
    [[nodiscard]] std::string errorOutput() const;

private:
    class Private;
    explicit RemoteEngine(std::unique_ptr<Private> p);
    std::unique_ptr<Private> m_p;
};

/// Whether a call got no reply in time; Error{busy} otherwise is a folder or file in use.
[[nodiscard]] bool gotNoReply(const Error &error);

} // namespace batlab
