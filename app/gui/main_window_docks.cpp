// SPDX-License-Identifier: GPL-3.0-or-later
// Where the docks are and how large: first as designed (design 5), then as the user left them, on
// each page and for each class of window sizes.
#include "app/gui/main_window.h"

#include "app/gui/dock_title.h"
#include "views/panels/detail_panel.h"
#include "views/panels/selection_bar.h"
#include "views/plots/theme.h"

#include <QDockWidget>
#include <QLayout>
#include <QStatusBar>
#include <QStyle>
#include <QTabBar>
#include <QToolButton>

#include <algorithm>

namespace batlab::app {

namespace {
constexpr int kNarrow = 1440, kLow = 900; ///< design 5
} // namespace

void MainWindow::restoreDocks(const QByteArray &state)
{
    m_applying = true;
    (void)restoreState(state, kLayoutVersion);
    m_applying = false;
    rememberSizes();
}

void MainWindow::resetLayout()
{
    m_applying = true; // what shows and hides on the way is nobody's wish
    for (QDockWidget *dock : findChildren<QDockWidget *>())
        dock->setFloating(false);
    if (auto *notes = findChild<QDockWidget *>(QStringLiteral("notes"))) {
        addDockWidget(Qt::BottomDockWidgetArea, notes);
        notes->hide();
    }
    addDockWidget(Qt::LeftDockWidgetArea, m_projectDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_jobsDock);
    splitDockWidget(m_jobsDock, m_logDock, Qt::Horizontal);
    tabifyDockWidget(m_jobsDock, m_findingsDock);
    addDockWidget(Qt::RightDockWidgetArea, m_detailDock);
    m_jobsDock->raise();
    m_perspectives.clear();
    m_dockSizes.clear();
    m_areaBefore.clear();
    applyPerspective();
    applyFirstSizes();
}

void MainWindow::arrangeBottom()
{
    if (!m_findingsDock)
        return;
    m_detail->setLow(m_low);
    const bool tabbed = tabifiedDockWidgets(m_jobsDock).contains(m_logDock);
    if (m_jobsDock->isVisible() && m_logDock->isVisible() && !m_jobsDock->isFloating()
        && !m_logDock->isFloating()) {
        m_applying = true;
        if (m_low && !tabbed) {
            tabifyDockWidget(m_jobsDock, m_logDock);
            m_jobsDock->raise();
        } else if (!m_low && tabbed) {
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
            applySizes(); // they have none yet
        }
        m_applying = false;
    }
    const bool tabs = !tabifiedDockWidgets(m_jobsDock).isEmpty();
    m_jobsTitle->setHiddenByTab(tabs && !m_jobsDock->isFloating());
    m_logTitle->setHiddenByTab(!tabifiedDockWidgets(m_logDock).isEmpty()
                               && !m_logDock->isFloating());
    m_findingsTitle->setHiddenByTab(!tabifiedDockWidgets(m_findingsDock).isEmpty()
                                    && !m_findingsDock->isFloating());
}

int MainWindow::sizeKey() const { return 4 * page() + (m_low ? 2 : 0) + (m_narrow ? 1 : 0); }

MainWindow::DockSizes MainWindow::dockSizes(const QDockWidget *leaving) const
{
    DockSizes out;
    // A dock's own height lacks the bar of its tabs.
    const int row = statusBar()->geometry().top() - centralWidget()->geometry().bottom() - 1
        - style()->pixelMetric(QStyle::PM_DockWidgetSeparatorExtent, nullptr, this);
    for (QDockWidget *dock : findChildren<QDockWidget *>()) {
        const bool behind = dock->geometry().right() < 0; // another tab
        if ((dock->isHidden() && dock != leaving) || dock->isFloating() || behind)
            continue;
        const bool bottom = dockWidgetArea(dock) == Qt::BottomDockWidgetArea;
        out[dock->objectName()] = { dock->width(), bottom ? row : dock->height() };
    }
    return out;
}

void MainWindow::rememberSizes()
{
    m_areaBefore.clear();
    if (!isVisible() || isMinimized())
        return;
    layout()->activate(); // docks that were just shown have no sizes yet
    if (const DockSizes sizes = dockSizes(); !sizes.isEmpty())
        m_dockSizes[sizeKey()] = sizes;
}

void MainWindow::applySizes()
{
    const auto kept = m_dockSizes.constFind(sizeKey());
    if (kept == m_dockSizes.constEnd())
        applyFirstSizes();
    else
        resizeTo(*kept, true);
}

void MainWindow::resizeTo(const DockSizes &sizes, bool rowHeight)
{
    QList<QDockWidget *> docks, row;
    QList<int> widths, heights;
    for (QDockWidget *dock : findChildren<QDockWidget *>()) {
        const QSize size = sizes.value(dock->objectName());
        if (dock->isHidden() || dock->isFloating() || size.isEmpty())
            continue;
        docks.append(dock);
        widths.append(size.width());
        if (dockWidgetArea(dock) == Qt::BottomDockWidgetArea) {
            row.append(dock);
            heights.append(size.height());
        }
    }
    resizeDocks(docks, widths, Qt::Horizontal);
    if (rowHeight)
        resizeDocks(row, heights, Qt::Vertical);
}

void MainWindow::applyFirstSizes()
{
    if (m_projectDock->isVisible())
        resizeDocks({ m_projectDock }, { plots::px(m_narrow ? 208 : 256) }, Qt::Horizontal);
    if (m_detailDock->isVisible()) // never narrower than its tabs
        resizeDocks({ m_detailDock },
                    { std::max(plots::px(m_narrow ? 304 : 360),
                               m_detail->tabBar()->sizeHint().width() + plots::px(56)) },
                    Qt::Horizontal);
    if (m_jobsDock->isVisible())
        resizeDocks({ m_jobsDock }, { plots::px(m_low ? 132 : 176) }, Qt::Vertical);
    if (!m_low && m_jobsDock->isVisible() && m_logDock->isVisible())
        resizeDocks({ m_jobsDock, m_logDock }, { width() * 6 / 10, width() * 4 / 10 },
                    Qt::Horizontal);
}

void MainWindow::dockShown(QDockWidget *dock, bool visible)
{
    rememberPerspective();
    if (m_applying || !isVisible() || isMinimized())
        return;
    // Its neighbours take the room of a dock that goes, and give it back when it comes again.
    if (visible) {
        if (const DockSizes before = m_areaBefore.take(dock); !before.isEmpty())
            resizeTo(before, false);
    } else if (dock->isHidden()) {
        DockSizes area = dockSizes(dock);
        for (QDockWidget *other : findChildren<QDockWidget *>())
            if (dockWidgetArea(other) != dockWidgetArea(dock))
                area.remove(other->objectName());
        m_areaBefore[dock] = area;
    }
}

QVariantMap MainWindow::keptSizes() const
{
    QMap<int, DockSizes> all = m_dockSizes;
    if (const DockSizes now = dockSizes(); !now.isEmpty() && isVisible() && !isMinimized())
        all[sizeKey()] = now;
    QVariantMap out;
    for (auto at = all.cbegin(); at != all.cend(); ++at) {
        QVariantMap docks;
        for (auto dock = at->cbegin(); dock != at->cend(); ++dock)
            docks[dock.key()] = *dock;
        out[QString::number(at.key())] = docks;
    }
    return out;
}

void MainWindow::setKeptSizes(const QVariantMap &kept)
{
    for (auto at = kept.cbegin(); at != kept.cend(); ++at) {
        bool number = false;
        const int key = at.key().toInt(&number);
        if (!number || key < 0 || key >= 4 * PageCount)
            continue; // of another version
        const QVariantMap docks = at->toMap();
        for (auto dock = docks.cbegin(); dock != docks.cend(); ++dock)
            m_dockSizes[key][dock.key()] = dock->toSize();
    }
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    const bool narrow = width() < kNarrow, low = height() < kLow;
    const bool otherClass = narrow != m_narrow || low != m_low;
    const auto fits = [centre = centralWidget()] {
        const QSize least = centre->minimumSizeHint();
        return centre->width() > least.width() && centre->height() > least.height();
    };
    if (otherClass && fits()) // docks that had to give way have sizes nobody wanted
        rememberSizes(); // for the class that is left
    m_narrow = narrow;
    m_low = low;
    m_selectionBar->setCompact(narrow);
    m_paletteField->setToolButtonStyle(narrow ? Qt::ToolButtonIconOnly
                                              : Qt::ToolButtonTextBesideIcon);
    arrangeBottom();
    if (otherClass)
        applySizes();
}

} // namespace batlab::app
