// SPDX-License-Identifier: Apache-2.0
// Both ends of an engine's pipe in one process.
#pragma once

#include <QtTest> // first: moc 6.4 cannot read <concepts> before it

#include "core/job/engine_server.h"
#include "core/job/frame.h"
#include "core/job/remote_engine.h"
#include "tests/support/fake_engine.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <unistd.h>
#include <utility>
#include <vector>

namespace batlab::test {

struct Pipe
{
    int fds[2] { -1, -1 };
    Pipe()
    {
        if (pipe(fds) != 0)
            qFatal("no pipe");
    }
    ~Pipe()
    {
        closeWrite();
        closeRead();
    }
    Pipe(const Pipe &) = delete;
    Pipe &operator=(const Pipe &) = delete;
    void closeWrite() { close(std::exchange(fds[1], -1)); }
    void closeRead() { close(std::exchange(fds[0], -1)); }
    void put(const std::vector<std::uint8_t> &bytes) const
    {
        QCOMPARE(write(fds[1], bytes.data(), bytes.size()), ssize_t(bytes.size()));
    }
};

/// Collects events and lets a test wait for one.
class Recorder
{
public:
    Engine::Listener listener()
    {
        return [this](const EngineEvent &event) {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(event);
            m_changed.notify_all();
        };
    }
    template<class Test>
    bool waitFor(Test test)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(20), [&] {
            return std::any_of(m_events.begin(), m_events.end(), test);
        });
    }
    bool waitForState(JobId job, JobState state)
    {
        return waitFor([=](const EngineEvent &e) {
            const auto *s = std::get_if<JobStateChanged>(&e);
            return s && s->job == job && s->state == state;
        });
    }
    bool waitForArtifact()
    {
        return waitFor([](const EngineEvent &e) { return std::holds_alternative<JobArtifact>(e); });
    }
    std::vector<EngineEvent> events()
    {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<EngineEvent> m_events;
};

/// A FakeEngine behind serveEngine() in this process, and a RemoteEngine that talks to it.
struct Loop
{
    Pipe up, down;
    FakeEngine engine;
    std::future<Result<void>> served;
    std::unique_ptr<RemoteEngine> remote;
    explicit Loop(const FakeEngine::Options &options) : engine(options)
    {
        served = std::async(std::launch::async,
                            [this] { return serveEngine(engine, up.fds[0], down.fds[1]); });
        remote = RemoteEngine::over(down.fds[0], up.fds[1], {});
    }
    ~Loop()
    {
        remote.reset();
        up.closeWrite();
        down.closeRead(); // as the end of a window's process does: a full pipe must not hold the
                          // server
        if (served.valid())
            served.wait();
    }
};

} // namespace batlab::test
