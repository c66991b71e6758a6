// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include <memory>
#include <type_traits>
#include <utility>

namespace batlab::views {

/// Runs `work` on a worker and hands its result to `done` on the GUI thread, where `owner` lives
/// and from where this is called; an owner that is gone by then is not called.
///
/// The worker touches neither owner nor `done`: it posts to the application, which outlives every
/// worker of the global pool (QCoreApplication waits for them when it ends), and whether the owner
/// is still there is looked up on its own thread, where it cannot die meanwhile.
template<class Work, class Done>
void offThread(QObject *owner, Work work, Done done)
{
    using Value = std::invoke_result_t<Work>;
    auto then = std::make_shared<Done>(std::move(done));
    QThreadPool::globalInstance()->start([alive = QPointer<QObject>(owner), then = std::move(then),
                                          work = std::move(work)]() mutable {
        auto value = std::make_shared<Value>(work());
        QCoreApplication *application = QCoreApplication::instance();
        if (!application)
            return; // the program ends
        QMetaObject::invokeMethod(
            application,
            [alive = std::move(alive), then = std::move(then), value = std::move(value)] {
                if (alive)
                    (*then)(*value);
            },
            Qt::QueuedConnection);
    });
}

} // namespace batlab::views
