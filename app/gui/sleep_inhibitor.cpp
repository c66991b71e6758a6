// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/sleep_inhibitor.h"

#include "app/gui/desktop_bus.h"

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
