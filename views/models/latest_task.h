// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>

#include <functional>
#include <memory>

namespace batlab::views {

/// A calculation that is too long for the GUI thread and of which only the newest result counts:
/// runs on the pool, hands its result back to the thread that started it. Results of older starts
/// are dropped, and so are those that come after the task's owner has gone.
template<class R>
class LatestTask
{
public:
    LatestTask()
    {
        QObject::connect(&m_watcher, &QFutureWatcherBase::finished, &m_watcher, [this] {
            if (const auto done = std::exchange(m_done, {}))
                done(m_watcher.result());
        });
    }

    void start(std::function<R()> work, std::function<void(const R &)> done)
    {
        auto promise = std::make_shared<QPromise<R>>();
        promise->start();
        m_done = std::move(done);
        m_watcher.setFuture(promise->future());
        QThreadPool::globalInstance()->start([promise, work = std::move(work)] {
            promise->addResult(work());
            promise->finish();
        });
    }
    void cancel() { m_done = {}; }
    [[nodiscard]] bool isRunning() const { return static_cast<bool>(m_done); }

private:
    QFutureWatcher<R> m_watcher;
    std::function<void(const R &)> m_done;
};

} // namespace batlab::views
