// SPDX-License-Identifier: GPL-3.0-or-later
// The actions of the window: one registry feeds menus, toolbar, palette and the shortcut sheet.
#include "app/gui/main_window.h"

#include "app/gui/comparison_files.h"
#include "app/gui/plot_exporter.h"
#include "app/gui/shell.h"
#include "views/models/text.h"
#include "views/panels/command_palette.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/log_panel.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/project_panel.h"
#include "views/plots/theme.h"

#include <QDockWidget>
#include <QUndoStack>

namespace batlab::app {

using views::ActionSpec;

namespace {
const char *const kFile = "File", *const kEdit = "Edit", *const kView = "View", *const kGo = "Go";
QString section(const char *name) { return QString::fromLatin1(name); }
} // namespace

void MainWindow::registerActions()
{
    registerFileActions();
    registerPanelActions();
    m_comparison->registerActions();
    m_exporter->registerActions();
    registerViewActions();
    registerFilterActions();
    registerRunActions();
    registerAblateActions();
    m_shell->registerActions();
}

void MainWindow::registerFileActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    const auto document = m_workbench->document();
    const auto open = [document] { return !document->isEmpty(); };
    r->add({ QStringLiteral("file.openModel"),
             tr("Open model…"),
             section(kFile),
             QKeySequence::Open,
             tr("Open a model folder or a GGUF file"),
             [this] { chooseModel(); },
             {},
             {},
             QStringLiteral("model") });
    r->add({ QStringLiteral("file.openFolder"),
             tr("Open model folder…"),
             section(kFile),
             {},
             tr("Open a folder with config.json and safetensors"),
             [this] { chooseModelFolder(); },
             {},
             {},
             QStringLiteral("layers") });
    r->add({ QStringLiteral("file.openSession"),
             tr("Open session…"),
             section(kFile),
             QKeySequence(tr("Ctrl+Shift+O")),
             tr("Open a session file"),
             [this] { chooseSession(); },
             {},
             {},
             QStringLiteral("open") });
    r->add({ QStringLiteral("file.recover"),
             tr("Recover unsaved work"),
             section(kFile),
             {},
             tr("Offer the copies of sessions that were closed unexpectedly"),
             [this] { showRecovery(); },
             [this] { return m_canRecover; },
             {},
             {} });
    r->add({ QStringLiteral("file.save"),
             tr("Save session"),
             section(kFile),
             QKeySequence::Save,
             tr("Save the session"),
             [this] { save(); },
             open,
             {},
             QStringLiteral("save") });
    r->add({ QStringLiteral("file.saveAs"),
             tr("Save session as…"),
             section(kFile),
             QKeySequence(tr("Ctrl+Shift+S")),
             tr("Save the session under another name"),
             [this] { saveAs(); },
             open,
             {},
             {} });
    for (int i = 1; i <= 9; ++i) {
        r->add({ QStringLiteral("file.recent%1").arg(i),
                 tr("Open recent %1").arg(i),
                 QStringLiteral("Recent"),
                 QKeySequence(QStringLiteral("Ctrl+%1").arg(i)),
                 tr("Open the recent file number %1").arg(i),
                 [this, i] {
                     const QList<views::RecentFile> files = m_recentFiles.list();
                     if (i <= files.size())
                         openPath(files.at(i - 1).path);
                 },
                 [this, i] { return i <= m_recentFiles.list().size(); },
                 {},
                 {} });
    }
    r->add({ QStringLiteral("file.close"),
             tr("Close session"),
             section(kFile),
             QKeySequence(tr("Ctrl+W")),
             tr("Close the session and go to the welcome page"),
             [this] {
                 whenReplaceable(tr("Close session"),
                                 [this] { m_workbench->store()->newSession(); });
             },
             open,
             {},
             {} });
    r->add({ QStringLiteral("file.quit"),
             tr("Quit"),
             section(kFile),
             QKeySequence::Quit,
             tr("Close all windows"),
             [] { quit(); },
             {},
             {},
             {} });

    QUndoStack *undo = document->undoStack();
    r->add({ QStringLiteral("edit.undo"),
             tr("Undo"),
             section(kEdit),
             QKeySequence::Undo,
             tr("Undo the last change"),
             [undo] { undo->undo(); },
             [undo] { return undo->canUndo(); },
             {},
             QStringLiteral("undo") });
    r->add({ QStringLiteral("edit.redo"),
             tr("Redo"),
             section(kEdit),
             QKeySequence::Redo,
             tr("Do the undone change again"),
             [undo] { undo->redo(); },
             [undo] { return undo->canRedo(); },
             {},
             QStringLiteral("redo") });
    connect(undo, &QUndoStack::indexChanged, r, &views::ActionRegistry::refresh);
    r->add({ QStringLiteral("edit.copyMarkdown"),
             tr("Copy recovery table as Markdown"),
             section(kEdit),
             {},
             tr("Copy the recovery table as it is shown, with contract and footnotes"),
             [this] { m_evaluate->copyAs(TableFormat::markdown); },
             open,
             {},
             {} });
}

void MainWindow::registerViewActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    views::SelectionContext *selection = m_workbench->selection();
    const auto open = [this] { return !m_workbench->document()->isEmpty(); };
    const struct
    {
        Page page;
        QString id, title, help;
        QString keys;
    } pages[] = {
        { Inspect, QStringLiteral("view.inspect"), tr("Inspect"),
          tr("Which blocks carry the outliers"), QStringLiteral("Alt+1") },
        { Compare, QStringLiteral("view.compare"), tr("Compare"),
          tr("Which transform helps, and where"), QStringLiteral("Alt+2") },
        { Ablate, QStringLiteral("view.ablate"), tr("Ablate"),
          tr("What if a parameter were different"), QStringLiteral("Alt+3") },
        { Evaluate, QStringLiteral("view.evaluate"), tr("Evaluate"), tr("Is it good enough"),
          QStringLiteral("Alt+4") },
    };
    for (const auto &p : pages) {
        r->add({ p.id,
                 p.title,
                 section(kView),
                 QKeySequence(p.keys),
                 p.help,
                 [this, target = p.page] { setPage(target); },
                 open,
                 [this, target = p.page] { return m_pages && page() == target; },
                 {} });
    }
    r->add({ QStringLiteral("view.palette"),
             tr("Go to…"),
             section(kView),
             QKeySequence(tr("Ctrl+K")),
             tr("Go to any layer, variant or action"),
             [this] { showPalette(); },
             {},
             {},
             QStringLiteral("search") });
    const auto toggle = [this](QDockWidget *MainWindow::*dock) {
        QDockWidget *d = this->*dock;
        if (d->isVisible() && !d->visibleRegion().isEmpty()) {
            d->hide();
        } else {
            d->show();
            d->raise();
        }
        arrangeBottom();
    };
    const auto shown = [this](QDockWidget *MainWindow::*dock) {
        return this->*dock && !(this->*dock)->isHidden();
    };
    const struct
    {
        QDockWidget *MainWindow::*dock;
        QString id, title, keys;
    } docks[] = {
        { &MainWindow::m_projectDock, QStringLiteral("view.project"), tr("Project dock"),
          tr("Ctrl+P") },
        { &MainWindow::m_jobsDock, QStringLiteral("view.jobs"), tr("Jobs dock"), tr("Ctrl+J") },
        { &MainWindow::m_logDock, QStringLiteral("view.log"), tr("Log dock"), tr("Ctrl+L") },
        { &MainWindow::m_findingsDock, QStringLiteral("view.findings"), tr("Findings dock"),
          tr("Ctrl+Shift+L") },
        { &MainWindow::m_detailDock, QStringLiteral("view.detail"), tr("Details dock"),
          tr("Ctrl+I") }
    };
    for (const auto &d : docks) {
        r->add({ d.id,
                 d.title,
                 section(kView),
                 QKeySequence(d.keys),
                 tr("Show or hide the %1").arg(d.title.toLower()),
                 [toggle, dock = d.dock] { toggle(dock); },
                 {},
                 [shown, dock = d.dock] { return shown(dock); },
                 {} });
    }
    r->add({ QStringLiteral("view.contract"),
             tr("Contract of the variants…"),
             section(kView),
             {},
             tr("Whether all variants were made and measured the same way, or what differs"),
             [this] { showContract(); },
             open,
             {},
             {} });
    r->add({ QStringLiteral("view.reset"),
             tr("Reset layout"),
             section(kView),
             {},
             tr("Docks back to where they belong"),
             [this] { resetLayout(); },
             {},
             {},
             QStringLiteral("reset") });
    const struct
    {
        QString name, title;
    } themes[] = { { QStringLiteral("system"), tr("System theme") },
                   { QStringLiteral("light"), tr("Light theme") },
                   { QStringLiteral("dark"), tr("Dark theme") },
                   { QStringLiteral("high-contrast"), tr("High contrast theme") } };
    for (const auto &t : themes) {
        r->add({ QStringLiteral("view.theme.") + t.name,
                 t.title,
                 QStringLiteral("Theme"),
                 {},
                 t.title,
                 [this, name = t.name] { setThemeName(name); },
                 {},
                 [this, name = t.name] { return themeName() == name; },
                 {} });
    }
    r->add({ QStringLiteral("go.back"),
             tr("Back"),
             section(kGo),
             QKeySequence::Back,
             tr("The selection before this one"),
             [selection] { selection->back(); },
             [selection] { return selection->canGoBack(); },
             {},
             QStringLiteral("back") });
    r->add({ QStringLiteral("go.forward"),
             tr("Forward"),
             section(kGo),
             QKeySequence::Forward,
             tr("The selection after this one"),
             [selection] { selection->forward(); },
             [selection] { return selection->canGoForward(); },
             {},
             QStringLiteral("forward") });
    r->add({ QStringLiteral("go.nextLayer"),
             tr("Next layer"),
             section(kGo),
             QKeySequence(tr("Ctrl+Down")),
             tr("The same block one layer on"),
             [selection] { selection->setLayer(selection->current().layer + 1); },
             open,
             {},
             {} });
    r->add({ QStringLiteral("go.previousLayer"),
             tr("Previous layer"),
             section(kGo),
             QKeySequence(tr("Ctrl+Up")),
             tr("The same block one layer back"),
             [selection] { selection->setLayer(selection->current().layer - 1); },
             open,
             {},
             {} });
    r->add({ QStringLiteral("go.worst"),
             tr("Worst block"),
             section(kGo),
             QKeySequence(tr("Ctrl+B")),
             tr("The most bimodal block of the shown variant"),
             [this] { m_inspect->goToWorst(); },
             open,
             {},
             {} });
    r->add({ QStringLiteral("go.filterProject"),
             tr("Filter the project"),
             section(kGo),
             QKeySequence(tr("Ctrl+Shift+F")),
             tr("Type into the filter of the project tree"),
             [this] {
                 m_projectDock->show();
                 m_projectTabs->setCurrent(m_project);
                 m_project->focusFilter();
             },
             open,
             {},
             {} });
}

} // namespace batlab::app
