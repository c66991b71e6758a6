// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace batlab {

/// Splits "ssh host 'my program' serve" at blanks; single and double quotes and backslashes as in a
/// shell, nothing is expanded. An open quote or an empty line is an error.
[[nodiscard]] Result<std::vector<std::string>> splitCommandLine(std::string_view text);

/// How a child ended.
struct ExitStatus
{
    int code = 0; ///< exit status; meaningless if signal != 0
    int signal = 0;
    /// "exited with status 3", "was killed (SIGKILL); the system may have run out of memory",
    /// "crashed (SIGSEGV)".
    [[nodiscard]] std::string inWords() const;
};

/// A child process with pipes on its three standard streams. The destructor closes the pipes, and
/// kills and reaps what is still running. Thread-safe but for the descriptors, which belong to one
/// reader or writer each.
class Process
{
public:
    /// argv[0] is looked up in PATH. Errors: not found, not executable, no more processes.
    [[nodiscard]] static Result<std::unique_ptr<Process>>
    spawn(const std::vector<std::string> &argv);
    ~Process();
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    [[nodiscard]] int input() const { return m_in; } ///< writes to the child's stdin
    [[nodiscard]] int output() const { return m_out; } ///< reads its stdout
    [[nodiscard]] int errors() const { return m_err; } ///< reads its stderr
    void closeInput();
    [[nodiscard]] pid_t pid() const { return m_pid; }
    /// Sends a signal unless the child has been reaped already.
    void send(int signal);
    /// The status if it has ended; waits for at most `seconds` (0: only looks; negative: until it
    /// ends).
    [[nodiscard]] std::optional<ExitStatus> wait(double seconds);

private:
    Process() = default;
    int m_in = -1, m_out = -1, m_err = -1;
    pid_t m_pid = -1;
    std::mutex m_mutex;
    std::optional<ExitStatus> m_status;
};

} // namespace batlab
