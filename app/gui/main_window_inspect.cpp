// SPDX-License-Identifier: GPL-3.0-or-later
// The docks of Inspect: details at the right, findings at the bottom.
#include "app/gui/dock_title.h"
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/findings_model.h"
#include "views/panels/detail_panel.h"
#include "views/panels/findings_panel.h"
#include "views/panels/inspect_page.h"

#include <QDockWidget>
#include <QTabBar>

namespace batlab::app {

views::Ask MainWindow::ask() const
{
    return [engine = m_workbench->engine()](const std::string &stream, Json question,
                                            views::AskReply done) {
        engine->askLatest(stream, std::move(question), std::move(done));
    };
}

void MainWindow::buildInspectDocks()
{
    m_detail = new views::DetailPanel(m_workbench->document(), m_workbench->selection(), this);
    m_detail->setAsk(ask());
    m_inspect->setAsk(ask());
    connect(m_inspect, &views::InspectPage::runRequested, this, [this] { newRun(); });
    m_detailDock =
        addDock(QStringLiteral("detail"), tr("Details"), m_detail, Qt::RightDockWidgetArea);
    static_cast<DockTitle *>(m_detailDock->titleBarWidget())->setTabs(m_detail->tabBar());
    connect(m_detail, &views::DetailPanel::readout, this, &MainWindow::setReadout);
    connect(m_detail, &views::DetailPanel::runRequested, this, [this] { newRun(); });
    connect(m_detail, &views::DetailPanel::editRequested, this, [this](const QString &variant) {
        m_workbench->selection()->setVariant(variant);
        setPage(Ablate);
    });

    auto *findings =
        new views::FindingsModel(m_workbench->document(), m_workbench->selection()->filter(), this);
    auto *panel = new views::FindingsPanel(findings, m_workbench->selection(), this);
    m_findingsDock =
        addDock(QStringLiteral("findings"), tr("Findings"), panel, Qt::BottomDockWidgetArea);
    m_findingsTitle = static_cast<DockTitle *>(m_findingsDock->titleBarWidget());
    connect(panel, &views::FindingsPanel::inspectRequested, this,
            [this] { m_shell->showInInspect(); });
    connect(findings, &views::FindingsModel::found, this, [this, findings] {
        const int warnings = findings->warningCount();
        const QString count = warnings > 0 ? QString::number(warnings) : QString();
        m_findingsTitle->setNote(m_workbench->selection()->filter()->isEmpty() ? count
                                     : count.isEmpty()                         ? tr("filtered")
                                                       : tr("%1, filtered").arg(count));
        m_findingsDock->setWindowTitle(warnings > 0 ? tr("Findings (%1)").arg(warnings)
                                                    : tr("Findings"));
    });
    offerFilterActions(panel);
}

QList<QDockWidget *> MainWindow::perspectiveDocks() const
{
    return { m_projectDock, m_jobsDock, m_logDock, m_detailDock, m_findingsDock };
}

} // namespace batlab::app
