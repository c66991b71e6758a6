// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QEvent>
#include <QString>

class QWidget;

namespace batlab::plots {

/// What a panel wants said in its window: that something failed, or the whole text of an error that
/// was asked for. It goes up the parents until one accepts it.
class PanelNotice : public QEvent
{
public:
    enum class Kind { failure, details };

    static QEvent::Type eventType();
    static void send(QWidget *from, Kind kind, const QString &title, const QString &text);
    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] QString text() const { return m_text; }

private:
    PanelNotice(Kind kind, const QString &title, const QString &text);

    Kind m_kind;
    QString m_title, m_text;
};

} // namespace batlab::plots
