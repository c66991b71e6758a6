// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/dock_title.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QDockWidget>
#include <QHBoxLayout>

namespace batlab::app {

DockTitle::DockTitle(QDockWidget *dock) : QWidget(dock), m_dock(dock), m_nothing(new QWidget(dock))
{
    m_nothing->hide();
    m_nothing->setFixedHeight(0);
    setFixedHeight(plots::px(28));
    setAutoFillBackground(true);
    views::keepColors(this, { { QPalette::Window, &plots::Tokens::window } });
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(plots::px(12), 0, plots::px(4), 0);
    row->setSpacing(plots::px(8));
    m_name = views::makeLabel(dock->windowTitle(), &plots::Tokens::text, plots::titleFont(), this);
    row->addWidget(m_name);
    m_note = views::makeLabel({}, &plots::Tokens::text3, plots::captionFont(), this);
    row->addWidget(m_note);
    row->addStretch(1);
    m_floating =
        views::makeTool(QStringLiteral("float"), tr("Float %1").arg(dock->windowTitle()), this);
    auto *close =
        views::makeTool(QStringLiteral("close"), tr("Hide %1").arg(dock->windowTitle()), this);
    for (QToolButton *tool : { m_floating, close }) {
        tool->setFixedSize(plots::px(24), plots::px(24));
        tool->setIconSize(QSize(plots::px(14), plots::px(14)));
        tool->setFocusPolicy(Qt::NoFocus);
        row->addWidget(tool);
    }
    connect(m_floating, &QToolButton::clicked, dock,
            [dock] { dock->setFloating(!dock->isFloating()); });
    connect(close, &QToolButton::clicked, dock, &QDockWidget::hide);
}

void DockTitle::setHiddenByTab(bool hidden)
{
    QWidget *wanted = hidden ? m_nothing : this;
    if (m_dock->titleBarWidget() != wanted)
        m_dock->setTitleBarWidget(wanted);
}

void DockTitle::setTabs(QWidget *tabs)
{
    m_tabs = tabs;
    m_name->hide();
    static_cast<QHBoxLayout *>(layout())->insertWidget(0, tabs);
    layout()->setContentsMargins(plots::px(4), 0, plots::px(4), 0);
}

void DockTitle::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // Tabs before tools: dragging the title floats the dock as well.
    if (m_tabs)
        m_floating->setVisible(m_tabs->sizeHint().width() + plots::px(24 * 2 + 8 * 2 + 8)
                               <= width());
}

void DockTitle::setNote(const QString &note) { m_note->setText(note); }

} // namespace batlab::app
