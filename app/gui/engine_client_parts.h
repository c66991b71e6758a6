// SPDX-License-Identifier: GPL-3.0-or-later
// What an EngineClient shares with its workers.
#pragma once

#include "app/gui/engine_client.h"

#include <QThreadPool>

#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace batlab::app {

/// Where the engine's threads put events; progress is kept apart, newest only.
struct EngineClient::Inbox
{
    std::mutex mutex;
    std::deque<EngineEvent> events;
    std::map<JobId, ProgressSnapshot> progress;

    void put(const EngineEvent &event)
    {
        const std::lock_guard lock(mutex);
        if (const auto *p = std::get_if<JobProgress>(&event))
            progress[p->job] = p->progress;
        else
            events.push_back(event);
    }
};

struct EngineClient::Slot
{
    std::mutex mutex;
    std::shared_ptr<Engine> engine; ///< once it has said hello
    std::shared_ptr<Engine> greeted; ///< until then
    Error startError { ErrorCode::device, "the engine is not running", "engine",
                       "start it again from the Run menu" };
    bool ended = false;

    std::shared_ptr<Engine> get()
    {
        const std::lock_guard lock(mutex);
        return engine;
    }
    Error error()
    {
        const std::lock_guard lock(mutex);
        return startError;
    }
    /// False if nobody wants the engine any more; then it is aborted.
    bool greet(const std::shared_ptr<Engine> &made)
    {
        const std::lock_guard lock(mutex);
        if (ended)
            made->abort(startError, Engine::Child::kill);
        else
            greeted = made;
        return !ended;
    }
    void settle(const Result<Json> &hello)
    {
        std::shared_ptr<Engine> made; // goes after the lock: that may take seconds
        const std::lock_guard lock(mutex);
        made.swap(greeted);
        if (ended)
            return;
        if (hello)
            engine = std::move(made);
        else
            startError = hello.error();
    }
    /// The engine, aborted; later calls get this error.
    std::shared_ptr<Engine> end(const Error &why, Engine::Child child)
    {
        std::shared_ptr<Engine> gone;
        {
            const std::lock_guard lock(mutex);
            ended = true;
            startError = why;
            gone = engine ? std::exchange(engine, nullptr) : greeted;
        }
        if (gone)
            gone->abort(why, child);
        return gone;
    }
};

/// The threads of a client and the way back to it. They outlive it by the calls at work.
struct EngineClient::Workers
{
    explicit Workers(EngineClient *owner) : client(owner)
    {
        control.setMaxThreadCount(1);
        questions.setMaxThreadCount(2);
    }

    /// Called on a worker: hops to the GUI thread, and only while the client exists there.
    template<class R>
    void deliver(std::function<void(R)> done, R result)
    {
        const std::lock_guard lock(mutex);
        if (client)
            QMetaObject::invokeMethod(
                client,
                [done = std::move(done), result = std::move(result)]() mutable {
                    done(std::move(result));
                },
                Qt::QueuedConnection);
    }
    /// Nothing comes back any more, and no engine is made any more.
    void leave()
    {
        const std::lock_guard lock(mutex);
        client = nullptr;
    }
    /// What makes engines belongs to the client's owner, who goes after the client.
    [[nodiscard]] Result<std::unique_ptr<Engine>> make(const Factory &factory)
    {
        const std::lock_guard lock(mutex);
        return client ? factory()
                      : Result<std::unique_ptr<Engine>>(
                          Error { ErrorCode::cancelled, "the window was closed", "engine", {} });
    }

    QThreadPool control; ///< one thread: start, submit, pause, stop keep their order
    QThreadPool questions;

private:
    std::mutex mutex;
    EngineClient *client;
};

} // namespace batlab::app
