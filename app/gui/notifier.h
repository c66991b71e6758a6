// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <functional>

class QSettings;

namespace batlab::app {

/// Says on the desktop that a long job has ended while nobody looked at the window. Settings
/// "notify/enabled" (true) and "notify/seconds" (60: shorter jobs are not worth a word).
class Notifier : public QObject
{
    Q_OBJECT

public:
    using Send = std::function<void(const QString &title, const QString &text)>;
    /// Without `send`: org.freedesktop.Notifications on the session bus.
    explicit Notifier(QSettings *settings, Send send = {}, QObject *parent = nullptr);
    void setSend(Send send) { m_send = std::move(send); }
    /// True if something was said.
    bool jobEnded(const QString &title, const QString &text, double seconds, bool windowInFront);

private:
    QSettings *m_settings;
    Send m_send;
};

/// Shows it through the desktop's notification service; nothing happens where there is none.
void notifyDesktop(const QString &title, const QString &text);

} // namespace batlab::app
