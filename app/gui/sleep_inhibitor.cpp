// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/sleep_inhibitor.h"

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

void takeScreenSaver(const QString &reason, std::function<void(SleepInhibitor::Lock)> done)
{
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    QDBusMessage message = screenSaver(QStringLiteral("Inhibit"));
    message << kName << reason;
    whenAnswered<QDBusPendingReply<uint>>(
        bus, message, [bus, done = std::move(done)](const QDBusPendingReply<uint> &reply) {
            if (reply.isError())
                return;
            done(SleepInhibitor::Lock(new uint(reply.value()), [bus](uint *cookie) {
                QDBusMessage back = screenSaver(QStringLiteral("UnInhibit"));
                back << *cookie;
                bus.send(back);
                delete cookie;
            }));
        });
}

} // namespace

void takeSleepLock(const QString &reason, std::function<void(SleepInhibitor::Lock)> done)
{
    const QDBusConnection bus = QDBusConnection::systemBus();
    if (!bus.isConnected()) {
        takeScreenSaver(reason, std::move(done));
        return;
    }
    QDBusMessage message = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"),
        QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    message << QStringLiteral("sleep:idle") << kName << reason << QStringLiteral("block");
    using Reply = QDBusPendingReply<QDBusUnixFileDescriptor>;
    whenAnswered<Reply>(bus, message, [reason, done = std::move(done)](const Reply &reply) {
        // Sleep is held back as long as the descriptor is open.
        if (!reply.isError())
            done(std::make_shared<QDBusUnixFileDescriptor>(reply.value()));
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
