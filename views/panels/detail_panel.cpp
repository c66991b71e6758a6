// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/detail_panel.h"

#include "views/models/selection_context.h"
#include "views/models/variant_facts.h"
#include "views/models/workbench_document.h"
#include "views/panels/facts_view.h"
#include "views/panels/microscope_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace batlab::views {

DetailPanel::DetailPanel(WorkbenchDocument *document, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_microscope(new MicroscopePanel(document, selection, m_stack))
    , m_sensitivity(new SensitivityPanel(document, selection, m_stack))
    , m_info(new FactsView(tr("What is known of the selection"), true, m_stack))
    , m_parameters(new FactsView(tr("Frozen parameters"), false, m_stack))
{
    setMinimumWidth(plots::px(288));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_tabs->setDocumentMode(true);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setProperty("narrowTabs", true); // four of them beside the tools of a narrow dock
    m_tabs->setUsesScrollButtons(false);
    m_tabs->setFont(plots::tableFont());
    m_tabs->setAccessibleName(tr("Details"));
    for (const QString &name :
         { tr("Microscope"), tr("Sensitivity"), tr("Info"), tr("Parameters") })
        m_tabs->addTab(name);
    m_tabs->setTabVisible(Parameters, false);
    for (QWidget *page :
         { static_cast<QWidget *>(m_microscope), static_cast<QWidget *>(m_sensitivity),
           static_cast<QWidget *>(m_info), static_cast<QWidget *>(m_parameters) })
        m_stack->addWidget(page);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_stack->setCurrentIndex(tab);
        showFacts();
    });
    connect(m_microscope, &MicroscopePanel::readout, this, &DetailPanel::readout);
    connect(m_microscope, &MicroscopePanel::editRequested, this, &DetailPanel::editRequested);
    connect(m_microscope, &MicroscopePanel::runRequested, this, &DetailPanel::runRequested);
    connect(selection, &SelectionContext::changed, this, &DetailPanel::showFacts);
    connect(document, &WorkbenchDocument::documentReset, this, &DetailPanel::showFacts);
    connect(document, &WorkbenchDocument::runsChanged, this, &DetailPanel::showFacts);
    connect(document, &WorkbenchDocument::baselineChanged, this, &DetailPanel::showFacts);
}

void DetailPanel::setAsk(const Ask &ask) { m_microscope->setAsk(ask); }

void DetailPanel::setTab(Tab tab)
{
    if (m_tabs->isTabVisible(tab))
        m_tabs->setCurrentIndex(tab);
}

DetailPanel::Tab DetailPanel::tab() const { return static_cast<Tab>(m_tabs->currentIndex()); }

void DetailPanel::setLow(bool low)
{
    m_microscope->setParametersShown(!low);
    if (!low && tab() == Parameters)
        setTab(Microscope);
    if (m_tabs->isTabVisible(Parameters) == low)
        return; // saying again what holds makes QTabBar (6.4) forget to lay out
    m_tabs->setTabVisible(Parameters, low);
    m_tabs->updateGeometry(); // it does not ask for other room by itself
}

void DetailPanel::showFacts()
{
    // Only the page that is seen; the others when they are turned to.
    if (tab() == Info)
        m_info->setFacts(selectionFacts(*m_document, m_selection->current()));
    else if (tab() == Parameters)
        m_parameters->setFacts(parameterFacts(*m_document, m_selection->current().variant));
}

} // namespace batlab::views
