// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/panel_frame.h"

#include "views/panels/ui_kit.h"
#include "views/plots/panel_header.h"
#include "views/plots/theme.h"

#include <QEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace batlab::views {

PanelFrame::PanelFrame(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_title(title)
    , m_header(new plots::PanelHeader(this))
    , m_stack(new QStackedWidget(this))
    , m_state(new plots::StatePanel(this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_stack, 1);
    m_stack->addWidget(m_state);
    m_header->applyTokens(plots::tokensOf(this));
    m_header->setTexts(m_title, m_subtitle);
    connect(m_state, &plots::StatePanel::pressed, this, &PanelFrame::actionTriggered);
}

void PanelFrame::setContent(QWidget *content)
{
    m_stack->addWidget(content);
    m_stack->setCurrentWidget(content);
}

void PanelFrame::setTitle(const QString &title)
{
    m_title = title;
    m_header->setTexts(m_title, m_subtitle);
}

void PanelFrame::setSubtitle(const QString &subtitle)
{
    m_subtitle = subtitle;
    m_header->setTexts(m_title, m_subtitle);
}

void PanelFrame::addHeaderWidget(QWidget *widget) { m_header->addExtra(widget); }

void PanelFrame::setReady()
{
    if (m_stack->count() > 1)
        m_stack->setCurrentIndex(1);
}

void PanelFrame::setEmpty(const QString &text, const QString &action)
{
    m_state->setLine(text, action.isEmpty() ? QStringList() : QStringList { action }, false, true);
    m_stack->setCurrentWidget(m_state);
}

void PanelFrame::setError(const QString &text)
{
    m_state->setLine(text, { tr("Retry") }, true, true);
    m_stack->setCurrentWidget(m_state);
}

QString PanelFrame::emptyText() const
{
    return m_stack->currentWidget() == m_state ? m_state->text() : QString();
}

void PanelFrame::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_header->applyTokens(plots::tokensOf(this));
}

} // namespace batlab::views
