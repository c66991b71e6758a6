// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/panel_tabs.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace batlab::views {

PanelTabs::PanelTabs(const QString &accessibleName, QWidget *parent)
    : QWidget(parent), m_bar(new QTabBar(this)), m_stack(new QStackedWidget(this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::window } });
    m_bar->setDocumentMode(true);
    m_bar->setDrawBase(false);
    m_bar->setExpanding(false);
    m_bar->setUsesScrollButtons(true);
    m_bar->setFont(plots::tableFont());
    m_bar->setFixedHeight(plots::px(26));
    m_bar->setAccessibleName(accessibleName);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_stack, 1);
    connect(m_bar, &QTabBar::currentChanged, this, [this](int tab) {
        m_stack->setCurrentIndex(tab);
        Q_EMIT currentChanged();
    });
}

void PanelTabs::add(const QString &title, const QString &toolTip, QWidget *panel)
{
    m_stack->addWidget(panel); // before its tab: the first tab becomes current at once
    const int tab = m_bar->addTab(title);
    m_bar->setTabToolTip(tab, toolTip);
}

QWidget *PanelTabs::current() const { return m_stack->currentWidget(); }

void PanelTabs::setCurrent(QWidget *panel) { m_bar->setCurrentIndex(m_stack->indexOf(panel)); }

} // namespace batlab::views
