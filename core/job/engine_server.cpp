// SPDX-License-Identifier: Apache-2.0
#include "core/job/engine_server.h"

#include "core/job/engine_messages.h"
#include "core/job/frame.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace batlab {

namespace {

using Clock = std::chrono::steady_clock;

/// The one thread that writes, and its queue.
class FrameWriter
{
public:
    FrameWriter(int fd, const ServeOptions &options)
        : m_fd(fd)
        , m_limit(options.queueBytes)
        , m_interval(std::chrono::duration_cast<Clock::duration>(
              std::chrono::duration<double>(options.progressInterval)))
        , m_thread([this] { run(); })
    { }
    ~FrameWriter()
    {
        close();
        m_thread.join();
    }

    /// Takes nothing more and lets go of whoever waits for room; what is queued is still written.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
        m_changed.notify_all();
        m_room.notify_all();
    }

    /// Replies pass even when the queue is full: the other side waits for them.
    void reply(const Json &message) { push(encodeFrame(message), false); }

    /// Blocks the engine while the queue is full; drops everything once the pipe is broken.
    void event(const EngineEvent &event)
    {
        if (const auto *progress = std::get_if<JobProgress>(&event)) {
            const std::lock_guard lock(m_mutex);
            m_progress.insert_or_assign(progress->job, *progress);
            m_changed.notify_all();
            return;
        }
        if (const auto *state = std::get_if<JobStateChanged>(&event))
            flushProgress(state->job); // what was reported before a state must not arrive after it
        Result<std::vector<std::uint8_t>> frame = encodeFrame(toJson(event));
        if (!frame)
            frame = encodeFrame(
                toJson(EngineEvent(JobLog { 0, LogLevel::error, frame.error().message(), 0 })));
        push(std::move(frame), true);
    }

    [[nodiscard]] bool broken() const
    {
        const std::lock_guard lock(m_mutex);
        return m_broken;
    }

private:
    void flushProgress(JobId job)
    {
        std::optional<JobProgress> last;
        {
            const std::lock_guard lock(m_mutex);
            if (const auto it = m_progress.find(job); it != m_progress.end()) {
                last = std::move(it->second);
                m_progress.erase(it);
            }
        }
        if (last)
            push(encodeFrame(toJson(EngineEvent(*last))), true);
    }

    void push(Result<std::vector<std::uint8_t>> frame, bool bounded)
    {
        if (!frame)
            return;
        std::unique_lock lock(m_mutex);
        if (bounded)
            m_room.wait(lock, [this] { return m_waiting < m_limit || m_broken || m_closing; });
        if (m_broken || m_closing)
            return;
        m_waiting += frame->size();
        m_queue.push_back(*std::move(frame));
        m_changed.notify_all();
    }

    void run()
    {
        std::unique_lock lock(m_mutex);
        Clock::time_point nextProgress = Clock::now();
        for (;;) {
            const bool due = !m_progress.empty() && Clock::now() >= nextProgress;
            if (m_queue.empty() && !due) {
                if (m_closing)
                    return;
                if (m_progress.empty())
                    m_changed.wait(lock);
                else
                    m_changed.wait_until(lock, nextProgress);
                continue;
            }
            std::vector<std::uint8_t> bytes;
            if (!m_queue.empty()) {
                bytes = std::move(m_queue.front());
                m_queue.pop_front();
                m_waiting -= bytes.size();
                m_room.notify_all();
            } else {
                for (const auto &[job, progress] : m_progress) {
                    const std::vector<std::uint8_t> one =
                        *encodeFrame(toJson(EngineEvent(progress)));
                    bytes.insert(bytes.end(), one.begin(), one.end());
                }
                m_progress.clear();
                nextProgress = Clock::now() + m_interval;
            }
            if (m_broken)
                continue;
            lock.unlock();
            const bool sent = writeAll(m_fd, bytes).ok();
            lock.lock();
            if (!sent) {
                m_broken = true;
                m_room.notify_all();
            }
        }
    }

    int m_fd;
    std::size_t m_limit;
    Clock::duration m_interval;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed, m_room;
    std::deque<std::vector<std::uint8_t>> m_queue;
    std::size_t m_waiting = 0; ///< bytes in the queue
    std::map<JobId, JobProgress> m_progress; ///< the latest, not yet written
    bool m_closing = false, m_broken = false;
    std::thread m_thread;
};

/// Runs slow calls one after the other.
class Worker
{
public:
    Worker() : m_thread([this] { run(); }) { }
    ~Worker()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_closing = true;
            m_tasks.clear();
        }
        m_changed.notify_all();
        m_thread.join();
    }
    void add(std::function<void()> task)
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
        m_changed.notify_all();
    }

private:
    void run()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_changed.wait(lock, [this] { return m_closing || !m_tasks.empty(); });
            if (m_closing)
                return;
            const std::function<void()> task = std::move(m_tasks.front());
            m_tasks.pop_front();
            lock.unlock();
            task();
            lock.lock();
        }
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_tasks;
    bool m_closing = false;
    std::thread m_thread;
};

class Session
{
public:
    Session(Engine &engine, FrameWriter &writer) : m_engine(engine), m_writer(writer) { }

    Result<void> handle(const Json &message)
    {
        const auto idOf = message.is_object() ? message.find("id") : message.end();
        const auto callOf = message.is_object() ? message.find("call") : message.end();
        if (!message.is_object() || idOf == message.end() || !idOf->is_number_unsigned()
            || callOf == message.end() || !callOf->is_string())
            return Error {
                ErrorCode::badInput, "a message without id or call", "engine message", {}
            };
        const auto id = idOf->get<std::uint64_t>();
        const auto call = callOf->get<std::string>();
        if (call == "hello")
            return answer(id, hello(message)), Result<void>();
        if (!m_greeted)
            return answer(id,
                          Error { ErrorCode::usage, "the first call must be hello", "engine", {} }),
                   Result<void>();
        if (call == "ping")
            return answer(id, Json(nullptr)), Result<void>();
        if (call == "supersede")
            return answer(id, supersede(message)), Result<void>();
        if (call == "submit" || call == "ask")
            m_worker.add([this, id, call, message] {
                answer(id, call == "ask" ? ask(message) : submit(message));
            });
        else
            answer(id, control(call, message));
        return {};
    }

private:
    void answer(std::uint64_t id, const Result<Json> &result)
    {
        m_writer.reply(result ? Json { { "reply", id }, { "value", *result } }
                              : Json { { "reply", id }, { "error", toJson(result.error()) } });
    }
    Result<Json> hello(const Json &message)
    {
        const std::pair<int, int> theirs = protocolOf(message);
        if (theirs.first != kEngineProtocolMajor)
            return protocolMismatch("window", theirs);
        m_greeted = true;
        Result<Json> reply = m_engine.hello();
        if (reply && reply->is_object())
            (*reply)["protocol"] = { kEngineProtocolMajor, kEngineProtocolMinor };
        return reply;
    }
    Result<Json> ask(const Json &message)
    {
        const auto it = message.find("question");
        return it == message.end()
            ? Result<Json>(Error { ErrorCode::usage, "a question is missing", "engine", {} })
            : m_engine.ask(*it);
    }
    Result<Json> supersede(const Json &message)
    {
        const auto it = message.find("question");
        if (it == message.end())
            return Error { ErrorCode::usage, "a question is missing", "engine", {} };
        m_engine.supersede(*it);
        return Json(nullptr);
    }
    Result<Json> submit(const Json &message)
    {
        const auto spec = message.find("spec");
        const auto workspace = message.find("workspace");
        if (spec == message.end() || workspace == message.end() || !workspace->is_string())
            return Error { ErrorCode::usage, "submit needs spec and workspace", "engine", {} };
        Result<JobId> job = m_engine.submit({ *spec, workspace->get<std::string>() });
        return job ? Result<Json>(Json(*job)) : Result<Json>(job.error());
    }
    Result<Json> control(const std::string &call, const Json &message)
    {
        const auto job = message.find("job");
        if (job == message.end() || !job->is_number_unsigned())
            return Error { ErrorCode::usage, "the call needs a job", "engine", {} };
        const auto id = job->get<JobId>();
        Result<void> done = call == "cancel" ? m_engine.cancel(id)
            : call == "pause"                ? m_engine.pause(id)
            : call == "resume"               ? m_engine.resume(id)
                                             : Result<void>(Error { ErrorCode::unsupported,
                                                      "unknown call '" + call.substr(0, 40) + "'",
                                                      "engine",
                                                      {} });
        return done ? Result<Json>(Json(nullptr)) : Result<Json>(done.error());
    }

    Engine &m_engine;
    FrameWriter &m_writer;
    bool m_greeted = false;
    Worker m_worker; // last: its thread ends before the rest goes
};

/// An engine that cannot go on ends the session from its side.
class EngineEnd
{
public:
    EngineEnd() = default;
    ~EngineEnd() { close(m_fd); }
    EngineEnd(const EngineEnd &) = delete;
    EngineEnd &operator=(const EngineEnd &) = delete;

    void tell(const Error &why)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_result = why;
        }
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = write(m_fd, &one, sizeof one);
    }
    /// Readable once it was told.
    [[nodiscard]] int fd() const { return m_fd; }
    /// What it was told, if anything.
    [[nodiscard]] Result<void> result() const
    {
        const std::lock_guard lock(m_mutex);
        return m_result;
    }

private:
    int m_fd = eventfd(0, EFD_CLOEXEC);
    mutable std::mutex m_mutex;
    Result<void> m_result;
};

} // namespace

Result<void> serveEngine(Engine &engine, int inFd, int outFd, const ServeOptions &options)
{
    Result<void> result;
    EngineEnd end;
    {
        FrameWriter writer(outFd, options);
        engine.setListener([&](const EngineEvent &event) {
            writer.event(event);
            if (const auto *stopped = std::get_if<EngineStopped>(&event))
                end.tell(stopped->error);
        });
        {
            Session session(engine, writer);
            while (!writer.broken()) {
                Result<std::optional<Json>> message = readFrame(inFd, end.fd());
                if (!message) {
                    result = message.error();
                    break;
                }
                if (!*message) {
                    result = end.result();
                    break;
                }
                if (result = session.handle(**message); !result)
                    break;
            }
            writer.close(); // before the session's thread is joined: the engine may be waiting for
                            // room
        }
        engine.setListener({});
    }
    return result;
}

} // namespace batlab
