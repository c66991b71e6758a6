// SPDX-License-Identifier: Apache-2.0
#include "core/job/process.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace batlab {

namespace {
void closeFd(int &fd)
{
    if (fd >= 0)
        close(fd);
    fd = -1;
}

struct Pipe
{
    int readEnd = -1, writeEnd = -1;
    Pipe() = default;
    Pipe(const Pipe &) = delete;
    Pipe &operator=(const Pipe &) = delete;
    ~Pipe()
    {
        closeFd(readEnd);
        closeFd(writeEnd);
    }
    bool open()
    {
        std::array<int, 2> fds {};
        if (pipe2(fds.data(), O_CLOEXEC) != 0)
            return false;
        readEnd = fds[0];
        writeEnd = fds[1];
        return true;
    }
    static int take(int &fd) { return std::exchange(fd, -1); }
};

std::string signalName(int signal)
{
    const char *abbreviation = sigabbrev_np(signal);
    return abbreviation ? std::string("SIG") + abbreviation : fmt::format("signal {}", signal);
}
} // namespace

Result<std::vector<std::string>> splitCommandLine(std::string_view text)
{
    std::vector<std::string> out;
    std::string word;
    bool inWord = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == '\'') {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '\\') {
            if (++i == text.size())
                return Error {
                    ErrorCode::usage, "the command line ends in a backslash", std::string(text), {}
                };
            if (quote == '"' && text[i] != '"' && text[i] != '\\')
                word += c;
            word += text[i];
            inWord = true;
        } else if (quote == '"') {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            inWord = true;
        } else if (c == ' ' || c == '\t' || c == '\n') {
            if (inWord)
                out.push_back(std::move(word));
            word.clear();
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (quote != 0)
        return Error { ErrorCode::usage,
                       fmt::format("a {} quote is not closed", quote == '"' ? "double" : "single"),
                       std::string(text),
                       {} };
    if (inWord)
        out.push_back(std::move(word));
    if (out.empty())
        return Error { ErrorCode::usage, "the command line is empty", {}, {} };
    return out;
}

std::string ExitStatus::inWords() const
{
    switch (signal) {
    case 0: return code == 0 ? "exited" : fmt::format("exited with status {}", code);
    case SIGKILL: return "was killed (SIGKILL); the system may have run out of memory";
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT: return fmt::format("crashed ({})", signalName(signal));
    default: return fmt::format("was stopped by {}", signalName(signal));
    }
}

Result<std::unique_ptr<Process>> Process::spawn(const std::vector<std::string> &argv)
{
    if (argv.empty() || argv[0].empty())
        return Error { ErrorCode::usage, "no program to start", {}, {} };
    Pipe in, out, err;
    if (!in.open() || !out.open() || !err.open())
        return Error { ErrorCode::outOfMemory,
                       fmt::format("cannot make a pipe: {}", std::strerror(errno)), argv[0],
                       "Close some files or programs." };
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.readEnd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.writeEnd, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.writeEnd, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char *> arguments;
    arguments.reserve(argv.size() + 1);
    for (const std::string &a : argv)
        arguments.push_back(const_cast<char *>(a.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int error =
        posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0)
        return Error { error == ENOENT ? ErrorCode::notFound : ErrorCode::device,
                       fmt::format("cannot start the program: {}", std::strerror(error)), argv[0],
                       "Check the path and that it may be executed." };
    std::unique_ptr<Process> process(new Process);
    process->m_pid = pid;
    process->m_in = Pipe::take(in.writeEnd);
    process->m_out = Pipe::take(out.readEnd);
    process->m_err = Pipe::take(err.readEnd);
    return process;
}

Process::~Process()
{
    closeFd(m_in);
    if (!wait(0)) {
        send(SIGKILL);
        (void)wait(-1);
    }
    closeFd(m_out);
    closeFd(m_err);
}

void Process::closeInput() { closeFd(m_in); }

void Process::send(int signal)
{
    const std::lock_guard lock(m_mutex);
    if (!m_status) // not reaped: the id still names our child
        kill(m_pid, signal);
}

std::optional<ExitStatus> Process::wait(double seconds)
{
    const auto reap = [this]() -> std::optional<ExitStatus> {
        const std::lock_guard lock(m_mutex);
        if (m_status)
            return m_status;
        int status = 0;
        const pid_t ended = waitpid(m_pid, &status, WNOHANG);
        if (ended == m_pid)
            m_status = WIFSIGNALED(status) ? ExitStatus { 0, WTERMSIG(status) }
                                           : ExitStatus { WEXITSTATUS(status), 0 };
        else if (ended < 0 && errno == ECHILD)
            m_status = ExitStatus {}; // someone else reaped it (SIGCHLD ignored)
        return m_status;
    };
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now()
        + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(std::max(0.0, seconds)));
    // A descriptor of the child becomes readable when it ends: no busy waiting where the kernel has
    // it (5.3).
    int watch = static_cast<int>(syscall(SYS_pidfd_open, m_pid, 0));
    std::optional<ExitStatus> status;
    while (!(status = reap())) {
        const double left = std::chrono::duration<double>(deadline - Clock::now()).count();
        if (seconds >= 0 && left <= 0)
            break;
        const int step = watch >= 0 ? (seconds < 0 ? -1 : static_cast<int>(left * 1000) + 1) : 5;
        pollfd waiting { watch, POLLIN, 0 };
        poll(&waiting, watch >= 0 ? 1 : 0, step);
    }
    closeFd(watch);
    return status;
}

} // namespace batlab
