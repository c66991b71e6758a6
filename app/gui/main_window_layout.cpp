// SPDX-License-Identifier: GPL-3.0-or-later
// Pages, perspectives and themes (design 2 and 5).
#include "app/gui/main_window.h"

#include "app/gui/desktop_theme.h"
#include "views/panels/inspect_page.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/project_panel.h"
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

namespace batlab::app {

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
    const bool other = target != page();
    if (other)
        rememberSizes();
    m_pages->setCurrentIndex(target);
    if (target != Welcome)
        m_tabs->setCurrentIndex(target - 1);
    m_selectionTools->setVisible(target != Welcome);
    m_baselineBox->setVisible(target != Welcome && width() >= 1000);
    applyPerspective();
    if (other)
        applySizes();
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
