// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/off_thread.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>

#include <functional>

namespace batlab::app {

/// The answer to a call, when it has come; a watcher that deletes itself.
template<class Reply, class Then>
void whenAnswered(const QDBusConnection &bus, const QDBusMessage &message, Then then)
{
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(message), qApp);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, watcher,
                     [then = std::move(then)](QDBusPendingCallWatcher *self) {
                         then(Reply(*self));
                         self->deleteLater();
                     });
}

/// The first connection to a bus waits for its greeting: on a worker. What comes later finds it
/// made.
inline void whenConnected(QDBusConnection (*bus)(), std::function<void(bool connected)> then)
{
    views::offThread(
        qApp, [bus] { return bus().isConnected(); }, std::move(then));
}

} // namespace batlab::app
