// SPDX-License-Identifier: Apache-2.0
#include "core/job/remote_engine.h"

#include "core/job/engine_messages.h"
#include "core/job/frame.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <map>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace batlab {

namespace {
constexpr std::size_t kErrorTail = 8192;
const char *const kWhere = "engine";

using Clock = std::chrono::steady_clock;
} // namespace

class RemoteEngine::Private
{
public:
    Private(std::unique_ptr<Process> process, int readFd, int writeFd, Options given)
        : options(given)
        , child(std::move(process))
        , in(readFd)
        , out(writeFd)
        , wakeFd(eventfd(0, EFD_CLOEXEC))
        , giveUpFd(eventfd(0, EFD_CLOEXEC))
    {
        if (child)
            errorReader = std::thread([this] { readErrors(); });
        reader = std::thread([this] { read(); });
        watcher = std::thread([this] { watch(); });
    }

    ~Private()
    {
        {
            const std::lock_guard lock(mutex);
            closing = true;
            listener = {};
        }
        replied.notify_all();
        wake(giveUpFd); // a ping that nobody reads
        if (child) {
            {
                const std::lock_guard lock(writing);
                child->closeInput();
                out = -1;
            }
            if (!child->wait(
                    options.stopSeconds)) // it cancels its jobs, keeps their checkpoints and goes
                child->send(SIGKILL);
        }
        wake(wakeFd);
        reader.join();
        watcher.join();
        if (errorReader.joinable())
            errorReader.join();
        child.reset();
        close(giveUpFd);
        close(wakeFd);
    }

    static void wake(int fd)
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = write(fd, &one, sizeof one);
    }

    void abort(const Error &why, Child then)
    {
        if (!end(why))
            return;
        wake(giveUpFd); // whoever writes to a pipe that nobody empties
        if (then == Child::leave)
            return; // what it still says is read, or it could not end
        if (child)
            child->send(SIGKILL);
        wake(wakeFd); // a child of the child may hold the pipe
    }

    /// Calls at work and later ones end with `reason`; false if there was one before.
    bool end(const Error &reason)
    {
        {
            const std::lock_guard lock(mutex);
            if (stopped)
                return false;
            stopped = reason;
            for (auto &[id, reply] : pending)
                if (!reply)
                    reply = Result<Json>(reason);
        }
        replied.notify_all();
        return true;
    }

    /// Asks for a sign of life where nothing comes, once each time: more would only fill the pipe.
    void watch()
    {
        bool asked = false, told = false;
        std::unique_lock lock(mutex);
        while (!replied.wait_for(lock, std::chrono::duration<double>(options.pingSeconds),
                                 [this] { return closing || stopped; })) {
            const double silent =
                std::chrono::duration<double>(Clock::now() - heard.load()).count();
            const bool quiet = greeting && silent >= options.pingSeconds, ask = quiet && !asked,
                       tellIt = quiet && !told && silent >= options.silentSeconds;
            asked = quiet;
            told = quiet && (told || tellIt);
            lock.unlock();
            if (tellIt)
                tell(EngineSilent { silent });
            if (ask)
                tellEngine({ { "call", "ping" } });
            lock.lock();
        }
    }

    void read()
    {
        readerId = std::this_thread::get_id();
        for (;;) {
            Result<std::optional<Json>> message =
                readFrame(in, wakeFd, [this] { heard = Clock::now(); });
            if (!message)
                return stop(message.error());
            if (!*message)
                return stop({ ErrorCode::device, "the engine closed the connection", {}, {} });
            if (Result<void> handled = handle(**message); !handled)
                return stop(handled.error());
        }
    }

    Result<void> handle(const Json &message)
    {
        if (!message.is_object())
            return Error {
                ErrorCode::badInput, "expected a reply or an event", "engine message", {}
            };
        if (const auto reply = message.find("reply"); reply != message.end()) {
            if (!reply->is_number_unsigned())
                return Error {
                    ErrorCode::badInput, "a reply without a number", "engine message", {}
                };
            const std::lock_guard lock(mutex);
            const auto it = pending.find(reply->get<std::uint64_t>());
            if (it != pending.end()) // else it came too late, and its caller has left
                it->second = message.contains("value")
                    ? Result<Json>(message["value"])
                    : Result<Json>(errorFromJson(message.value("error", Json())));
            replied.notify_all();
            return {};
        }
        Result<EngineEvent> event = eventFromJson(message);
        if (!event) // an event of a newer minor version is no reason to stop
            return event.error().code == ErrorCode::unsupported ? Result<void>()
                                                                : Result<void>(event.error());
        tell(*event);
        return {};
    }

    void tell(const EngineEvent &event)
    {
        Listener current;
        {
            const std::lock_guard lock(mutex);
            current = listener;
        }
        if (current)
            current(event);
    }

    /// Runs on the reader's thread, once.
    void stop(Error reason)
    {
        bool aborted = false;
        {
            const std::lock_guard lock(mutex);
            aborted = stopped.has_value();
        }
        if (child && !aborted) {
            // What the child's end says is better than "the pipe broke".
            const std::optional<ExitStatus> status =
                child->wait(reason.code == ErrorCode::device ? 2.0 : 0.0);
            if (status) {
                reason.code = ErrorCode::device;
                reason.what = "the engine " + status->inWords();
                if (status->signal == SIGKILL)
                    reason.code = ErrorCode::outOfMemory;
                else if (status->code == exitStatus(ErrorCode::deviceLost))
                    reason.code = ErrorCode::deviceLost;
            } else {
                child->send(SIGKILL); // it talks nonsense: nothing it does can be trusted
            }
            if (errorReader.joinable() && std::this_thread::get_id() == readerId) {
                std::unique_lock lock(mutex);
                replied.wait_for(lock, std::chrono::milliseconds(500),
                                 [this] { return errorsEnded; });
            }
            if (const std::string text = lastErrorLine(); !text.empty())
                reason.what += ": " + text;
        }
        if (reason.hint.empty())
            reason.hint = "Its checkpoints are kept: start the engine again to go on.";
        if (reason.where.empty())
            reason.where = "engine";
        (void)end(reason); // that of an abort stays
        bool quiet = false;
        {
            const std::lock_guard lock(mutex);
            reason = *stopped;
            quiet = closing;
        }
        if (!quiet)
            tell(EngineStopped { reason });
    }

    void readErrors()
    {
        std::array<char, 4096> buffer {};
        const int fd = child->errors();
        for (;;) {
            std::array<pollfd, 2> fds { { { fd, POLLIN, 0 }, { wakeFd, POLLIN, 0 } } };
            if (poll(fds.data(), fds.size(), -1) < 0)
                continue;
            if (fds[0].revents == 0) // woken: the engine is going away
                break;
            const ssize_t n = ::read(fd, buffer.data(), buffer.size());
            if (n <= 0)
                break;
            const std::lock_guard lock(mutex);
            errorTail.append(buffer.data(), static_cast<std::size_t>(n));
            if (errorTail.size() > kErrorTail)
                errorTail.erase(0, errorTail.size() - kErrorTail);
        }
        const std::lock_guard lock(mutex);
        errorsEnded = true;
        replied.notify_all();
    }

    std::string lastErrorLine() const
    {
        const std::lock_guard lock(mutex);
        std::string text = errorTail;
        text.erase(text.find_last_not_of("\r\n ") + 1);
        if (const std::size_t line = text.rfind('\n'); line != std::string::npos)
            text.erase(0, line + 1);
        return text.substr(0, 300);
    }

    Result<Json> call(Json message)
    {
        if (std::this_thread::get_id() == readerId.load())
            return Error {
                ErrorCode::internal, "an engine was called from its own listener", "engine", {}
            };
        std::uint64_t id = 0;
        {
            const std::lock_guard lock(mutex);
            if (stopped)
                return *stopped;
            id = ++lastId;
            pending.emplace(id, std::nullopt);
        }
        const auto forget = [&] {
            const std::lock_guard lock(mutex);
            pending.erase(id);
        };
        message["id"] = id;
        Result<std::vector<std::uint8_t>> frame = encodeFrame(message);
        if (!frame) {
            forget();
            return frame.error();
        }
        {
            const std::lock_guard lock(writing);
            if (Result<void> sent = writeAll(out, *frame, giveUpFd); !sent) {
                // The reader finds out why; its answer is the better one.
                std::unique_lock wait(mutex);
                replied.wait_for(wait, std::chrono::seconds(3),
                                 [this] { return stopped.has_value(); });
                pending.erase(id);
                return stopped ? *stopped : sent.error();
            }
        }
        std::unique_lock lock(mutex);
        replied.wait_for(lock, std::chrono::duration<double>(options.replySeconds),
                         [&] { return pending.at(id).has_value(); });
        std::optional<Result<Json>> reply = std::move(pending.at(id));
        pending.erase(id);
        if (!reply)
            return Error {
                ErrorCode::busy,
                fmt::format("the engine has not answered for {} s", options.replySeconds), kWhere,
                "It may be busy or hang: wait, or start it again from the Run menu."
            };
        return *std::move(reply);
    }

    /// Sends a message whose reply nobody waits for: an engine of an earlier minor version answers
    /// that it does not know the call, and that is all.
    void tellEngine(Json message)
    {
        {
            const std::lock_guard lock(mutex);
            if (stopped)
                return;
            message["id"] = ++lastId;
        }
        const Result<std::vector<std::uint8_t>> frame = encodeFrame(message);
        if (!frame)
            return;
        const std::lock_guard lock(writing);
        (void)writeAll(out, *frame, giveUpFd); // a broken pipe is the reader's to report
    }

    Result<Json> greet()
    {
        {
            const std::lock_guard lock(mutex);
            if (greeting)
                return *greeting;
        }
        Result<Json> reply =
            call({ { "call", "hello" },
                   { "protocol", { kEngineProtocolMajor, kEngineProtocolMinor } } });
        if (!reply)
            return reply;
        const std::pair<int, int> theirs = protocolOf(*reply);
        if (theirs.first != kEngineProtocolMajor)
            return protocolMismatch("engine", theirs);
        const std::lock_guard lock(mutex);
        greeting = *reply;
        return reply;
    }

    Result<Json> greetedCall(Json message)
    {
        if (Result<Json> greeted = greet(); !greeted)
            return greeted;
        return call(std::move(message));
    }

    Result<void> control(const char *name, JobId job)
    {
        const Result<Json> reply = greetedCall({ { "call", name }, { "job", job } });
        return reply ? Result<void>() : Result<void>(reply.error());
    }

    const Options options;
    std::unique_ptr<Process> child;
    int in, out;
    int wakeFd; ///< readable: readers leave
    int giveUpFd; ///< readable: writers leave
    mutable std::mutex mutex;
    std::mutex writing; ///< the write end: one message at a time
    std::condition_variable replied;
    Listener listener;
    std::map<std::uint64_t, std::optional<Result<Json>>> pending;
    std::uint64_t lastId = 0;
    std::optional<Error> stopped;
    std::optional<Json> greeting;
    std::string errorTail;
    bool closing = false, errorsEnded = false;
    std::atomic<std::thread::id> readerId {};
    std::atomic<Clock::time_point> heard { Clock::now() }; ///< when bytes last came
    std::thread errorReader, reader, watcher;
};

RemoteEngine::RemoteEngine(std::unique_ptr<Private> p) : m_p(std::move(p)) { }
RemoteEngine::~RemoteEngine() = default;

Result<std::unique_ptr<RemoteEngine>> RemoteEngine::start(const std::string &commandLine,
                                                          Options options)
{
    Result<std::vector<std::string>> argv = splitCommandLine(commandLine);
    if (!argv)
        return argv.error();
    Result<std::unique_ptr<Process>> process = Process::spawn(*argv);
    if (!process)
        return process.error();
    const int in = (*process)->output(), out = (*process)->input();
    return std::unique_ptr<RemoteEngine>(
        new RemoteEngine(std::make_unique<Private>(*std::move(process), in, out, options)));
}

std::unique_ptr<RemoteEngine> RemoteEngine::over(int readFd, int writeFd, Options options)
{
    return std::unique_ptr<RemoteEngine>(
        new RemoteEngine(std::make_unique<Private>(nullptr, readFd, writeFd, options)));
}

void RemoteEngine::setListener(Listener listener)
{
    const std::lock_guard lock(m_p->mutex);
    m_p->listener = std::move(listener);
}

Result<Json> RemoteEngine::hello() { return m_p->greet(); }

Result<JobId> RemoteEngine::submit(const JobRequest &request)
{
    const Result<Json> reply = m_p->greetedCall(
        { { "call", "submit" }, { "spec", request.spec }, { "workspace", request.workspace } });
    if (!reply)
        return reply.error();
    if (!reply->is_number_unsigned())
        return Error { ErrorCode::badInput, "the engine gave no job number", "engine", {} };
    return reply->get<JobId>();
}

Result<void> RemoteEngine::cancel(JobId job) { return m_p->control("cancel", job); }
Result<void> RemoteEngine::pause(JobId job) { return m_p->control("pause", job); }
Result<void> RemoteEngine::resume(JobId job) { return m_p->control("resume", job); }
Result<Json> RemoteEngine::ask(const Json &question)
{
    return m_p->greetedCall({ { "call", "ask" }, { "question", question } });
}

void RemoteEngine::supersede(const Json &newer)
{
    if (m_p->greet())
        m_p->tellEngine({ { "call", "supersede" }, { "question", newer } });
}

void RemoteEngine::abort(const Error &why, Child child) { m_p->abort(why, child); }

pid_t RemoteEngine::pid() const { return m_p->child ? m_p->child->pid() : -1; }

bool RemoteEngine::running() const
{
    const std::lock_guard lock(m_p->mutex);
    return !m_p->stopped;
}

std::string RemoteEngine::errorOutput() const
{
    const std::lock_guard lock(m_p->mutex);
    return m_p->errorTail;
}

bool gotNoReply(const Error &error)
{
    return error.code == ErrorCode::busy && error.where == kWhere;
}

} // namespace batlab
