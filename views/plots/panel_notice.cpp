// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/panel_notice.h"

#include <QCoreApplication>
#include <QWidget>

namespace batlab::plots {

QEvent::Type PanelNotice::eventType()
{
    static const auto type = static_cast<QEvent::Type>(QEvent::registerEventType());
    return type;
}

PanelNotice::PanelNotice(Kind kind, const QString &title, const QString &text)
    : QEvent(eventType()), m_kind(kind), m_title(title), m_text(text)
{ }

void PanelNotice::send(QWidget *from, Kind kind, const QString &title, const QString &text)
{
    PanelNotice notice(kind, title, text);
    notice.ignore();
    for (QWidget *w = from; w && !notice.isAccepted(); w = w->parentWidget())
        QCoreApplication::sendEvent(w, &notice);
}

} // namespace batlab::plots
