// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/notifier.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QSettings>
#include <QVariantMap>

namespace batlab::app {

Notifier::Notifier(QSettings *settings, Send send, QObject *parent)
    : QObject(parent), m_settings(settings), m_send(send ? std::move(send) : Send(&notifyDesktop))
{ }

bool Notifier::jobEnded(const QString &title, const QString &text, double seconds,
                        bool windowInFront)
{
    const bool wanted = m_settings->value(QStringLiteral("notify/enabled"), true).toBool();
    const double least = m_settings->value(QStringLiteral("notify/seconds"), 60).toDouble();
    if (!wanted || windowInFront || seconds < least)
        return false;
    m_send(title, text);
    return true;
}

void notifyDesktop(const QString &title, const QString &text)
{
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    QDBusMessage message = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.Notifications"),
        QStringLiteral("/org/freedesktop/Notifications"),
        QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
    message << QStringLiteral("Batlab") << uint(0) << QStringLiteral("org.batlab.Workbench")
            << title << text.toHtmlEscaped() << QStringList() << QVariantMap() << -1;
    bus.send(message); // does not wait
}

} // namespace batlab::app
