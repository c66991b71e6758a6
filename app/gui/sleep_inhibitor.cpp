// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/sleep_inhibitor.h"

#include "views/models/off_thread.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusUnixFileDescriptor>
#include <QPointer>

#include <utility>

namespace batlab::app {

namespace {

const QString kName = QStringLiteral("Batlab");

QDBusMessage screenSaver(const QString &method)
{
    return QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.ScreenSaver"),
                                          QStringLiteral("/org/freedesktop/ScreenSaver"),
                                          QStringLiteral("org.freedesktop.ScreenSaver"), method);
}

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
void whenConnected(QDBusConnection (*bus)(), std::function<void(bool connected)> then)
{
    views::offThread(
        qApp, [bus] { return bus().isConnected(); }, std::move(then));
}

void takeScreenSaver(const QString &reason, std::function<void(SleepInhibitor::Lock)> done)
{
    whenConnected(&QDBusConnection::sessionBus, [reason, done = std::move(done)](bool connected) {
        if (!connected)
            return;
        const QDBusConnection bus = QDBusConnection::sessionBus();
        QDBusMessage message = screenSaver(QStringLiteral("Inhibit"));
        message << kName << reason;
        whenAnswered<QDBusPendingReply<uint>>(
            bus, message, [bus, done](const QDBusPendingReply<uint> &reply) {
                if (reply.isError())
                    return;
                done(SleepInhibitor::Lock(new uint(reply.value()), [bus](uint *cookie) {
                    QDBusMessage back = screenSaver(QStringLiteral("UnInhibit"));
                    back << *cookie;
                    bus.send(back);
                    delete cookie;
                }));
            });
    });
}

void askLogin(const QString &reason, const std::function<void(SleepInhibitor::Lock)> &done)
{
    QDBusMessage message = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"),
        QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    message << QStringLiteral("sleep:idle") << kName << reason << QStringLiteral("block");
    using Reply = QDBusPendingReply<QDBusUnixFileDescriptor>;
    whenAnswered<Reply>(QDBusConnection::systemBus(), message, [reason, done](const Reply &reply) {
        // Sleep is held back as long as the descriptor is open.
        if (!reply.isError())
            done(std::make_shared<QDBusUnixFileDescriptor>(reply.value()));
        else
            takeScreenSaver(reason, done);
    });
}

} // namespace

void takeSleepLock(const QString &reason, std::function<void(SleepInhibitor::Lock)> done)
{
    whenConnected(&QDBusConnection::systemBus, [reason, done = std::move(done)](bool connected) {
        if (connected)
            askLogin(reason, done);
        else
            takeScreenSaver(reason, done);
    });
}

SleepInhibitor::SleepInhibitor(Take take, QObject *parent)
    : QObject(parent), m_take(take ? std::move(take) : Take(&takeSleepLock))
{ }

void SleepInhibitor::setActive(bool active, const QString &reason)
{
    if (active == m_active)
        return;
    m_active = active;
    m_lock.reset();
    ++m_asked;
    if (!active)
        return;
    m_take(reason, [guard = QPointer<SleepInhibitor>(this), mine = m_asked](Lock lock) {
        if (guard && guard->m_asked == mine)
            guard->m_lock = std::move(lock);
    });
}

} // namespace batlab::app
