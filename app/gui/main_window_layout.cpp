// SPDX-License-Identifier: GPL-3.0-or-later
// Pages, perspectives, sizes and themes (design 2 and 5).
#include "app/gui/main_window.h"

#include "app/gui/desktop_theme.h"
#include "app/gui/dock_title.h"
#include "views/panels/detail_panel.h"
#include "views/panels/inspect_page.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/project_panel.h"
#include "views/panels/selection_bar.h"
#include "views/panels/status_strip.h"
#include "views/panels/tensors_panel.h"
#include "views/panels/welcome_page.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolBar>
#include <QToolButton>

#include <algorithm>

namespace batlab::app {

namespace {
constexpr int kNarrow = 1440, kLow = 900; ///< design 5
}

void MainWindow::updatePages()
{
    const bool open = !m_workbench->document()->isEmpty();
    m_tabs->setEnabled(open);
    m_baselineBox->setEnabled(open);
    if (!open)
        setPage(Welcome);
    else if (page() == Welcome)
        setPage(Inspect);
    m_workbench->actions()->refresh();
}

MainWindow::Page MainWindow::page() const { return static_cast<Page>(m_pages->currentIndex()); }

void MainWindow::setPage(Page target)
{
    m_pages->setCurrentIndex(target);
    if (target != Welcome)
        m_tabs->setCurrentIndex(target - 1);
    m_selectionTools->setVisible(target != Welcome);
    m_baselineBox->setVisible(target != Welcome && width() >= 1000);
    applyPerspective();
    m_workbench->actions()->refresh();
}

void MainWindow::applyPerspective()
{
    QList<bool> shown = m_perspectives.value(page());
    if (shown.isEmpty())
        shown = page() == Welcome ? QList<bool> { false, false, false, false, false }
            : page() == Inspect   ? QList<bool> { true, true, true, true, true }
                                  : QList<bool> { true, false, false, false, false };
    m_applying = true;
    const QList<QDockWidget *> docks = perspectiveDocks();
    for (qsizetype i = 0; i < docks.size(); ++i)
        docks.at(i)->setVisible(shown.value(i));
    m_applying = false;
    arrangeBottom();
}

void MainWindow::rememberPerspective()
{
    if (m_applying || !isVisible() || isMinimized() || !m_findingsDock)
        return;
    QList<bool> shown;
    for (const QDockWidget *dock : perspectiveDocks())
        shown << !dock->isHidden();
    m_perspectives[page()] = shown;
}

QVariantMap MainWindow::perspectives() const
{
    QVariantMap out;
    for (auto at = m_perspectives.begin(); at != m_perspectives.end(); ++at) {
        QVariantList shown;
        for (const bool dock : at.value())
            shown << dock;
        out[QString::number(at.key())] = shown;
    }
    return out;
}

void MainWindow::setPerspectives(const QVariantMap &kept)
{
    for (auto at = kept.begin(); at != kept.end(); ++at) {
        bool number = false;
        const int page = at.key().toInt(&number);
        const QVariantList shown = at.value().toList();
        if (!number || page < 0 || page >= PageCount || shown.size() != perspectiveDocks().size())
            continue; // of another version
        QList<bool> &docks = m_perspectives[page];
        docks.clear();
        for (const QVariant &dock : shown)
            docks << dock.toBool();
    }
}

void MainWindow::restoreDocks(const QByteArray &state)
{
    m_applying = true;
    (void)restoreState(state, kLayoutVersion);
    m_applying = false;
}

void MainWindow::arrangeBottom()
{
    if (!m_findingsDock)
        return;
    const bool low = height() < kLow, narrow = width() < kNarrow;
    if (m_projectDock->isVisible())
        resizeDocks({ m_projectDock }, { plots::px(narrow ? 208 : 256) }, Qt::Horizontal);
    m_detail->setLow(low);
    if (m_detailDock->isVisible()) // never narrower than its tabs
        resizeDocks({ m_detailDock },
                    { std::max(plots::px(narrow ? 304 : 360),
                               m_detail->tabBar()->sizeHint().width() + plots::px(56)) },
                    Qt::Horizontal);
    const bool tabbed = tabifiedDockWidgets(m_jobsDock).contains(m_logDock);
    if (m_jobsDock->isVisible() && m_logDock->isVisible() && !m_jobsDock->isFloating()
        && !m_logDock->isFloating()) {
        m_applying = true;
        if (low && !tabbed) {
            tabifyDockWidget(m_jobsDock, m_logDock);
            m_jobsDock->raise();
        } else if (!low && tabbed) {
            // A dock that is or was tabbed takes its neighbour in as a tab: both start afresh.
            const bool findings = !m_findingsDock->isHidden();
            for (QDockWidget *dock : { m_logDock, m_jobsDock, m_findingsDock })
                removeDockWidget(dock);
            addDockWidget(Qt::BottomDockWidgetArea, m_jobsDock);
            m_jobsDock->show();
            splitDockWidget(m_jobsDock, m_logDock, Qt::Horizontal);
            m_logDock->show();
            tabifyDockWidget(m_jobsDock, m_findingsDock);
            m_findingsDock->setVisible(findings);
            m_jobsDock->raise();
        }
        m_applying = false;
    }
    const bool tabs = !tabifiedDockWidgets(m_jobsDock).isEmpty();
    m_jobsTitle->setHiddenByTab(tabs && !m_jobsDock->isFloating());
    m_logTitle->setHiddenByTab(!tabifiedDockWidgets(m_logDock).isEmpty()
                               && !m_logDock->isFloating());
    m_findingsTitle->setHiddenByTab(!tabifiedDockWidgets(m_findingsDock).isEmpty()
                                    && !m_findingsDock->isFloating());
    if (m_jobsDock->isVisible())
        resizeDocks({ m_jobsDock }, { plots::px(low ? 132 : 176) }, Qt::Vertical);
    if (!low && m_jobsDock->isVisible() && m_logDock->isVisible())
        resizeDocks({ m_jobsDock, m_logDock }, { width() * 6 / 10, width() * 4 / 10 },
                    Qt::Horizontal);
}

views::PanelTabs *MainWindow::buildProjectTabs()
{
    m_tensors = new views::TensorsPanel(m_workbench->document(), m_workbench->selection(), this);
    connect(m_tensors, &views::TensorsPanel::openRequested, this, &MainWindow::chooseModel);
    auto *tabs = new views::PanelTabs(tr("Project"), this);
    tabs->add(tr("Session"), tr("Layers, variants, runs and results"), m_project);
    tabs->add(tr("Tensors"), tr("What the model's files hold"), m_tensors);
    return tabs;
}

void MainWindow::showTensors()
{
    if (page() == Welcome)
        setPage(Inspect);
    m_projectDock->show();
    m_projectDock->raise();
    m_projectTabs->setCurrent(m_tensors);
    m_tensors->filter()->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::resetLayout()
{
    m_applying = true; // what shows and hides on the way is nobody's wish
    for (QDockWidget *dock : perspectiveDocks())
        dock->setFloating(false);
    addDockWidget(Qt::LeftDockWidgetArea, m_projectDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_jobsDock);
    splitDockWidget(m_jobsDock, m_logDock, Qt::Horizontal);
    tabifyDockWidget(m_jobsDock, m_findingsDock);
    addDockWidget(Qt::RightDockWidgetArea, m_detailDock);
    m_jobsDock->raise();
    m_perspectives.clear();
    applyPerspective();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    const bool narrow = width() < kNarrow;
    m_selectionBar->setCompact(narrow);
    m_paletteField->setToolButtonStyle(narrow ? Qt::ToolButtonIconOnly
                                              : Qt::ToolButtonTextBesideIcon);
    arrangeBottom();
}

void MainWindow::setReadout(const QString &text)
{
    m_status->setReadout(
        text.isEmpty() ? (page() == Welcome ? tr("Ready") : m_inspect->selectionText()) : text);
}

void MainWindow::setThemeName(const QString &name)
{
    const plots::ThemeKind system = desktopThemeKind(); // before any palette of ours
    m_settings->setValue(QStringLiteral("theme"), name);
    const plots::ThemeKind kind = plots::themeKindFromName(name, system);
    plots::applyTheme(*qApp, kind);
    for (QWidget *top : QApplication::topLevelWidgets()) // all of them have the theme now
        if (auto *window = qobject_cast<MainWindow *>(top))
            window->showTheme();
}

void MainWindow::showTheme()
{
    if (m_welcome)
        m_welcome->setTheme(themeName());
    m_workbench->actions()->refresh();
}

QString MainWindow::themeName() const
{
    return m_settings->value(QStringLiteral("theme"), QStringLiteral("system")).toString();
}

} // namespace batlab::app
