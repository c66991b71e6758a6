// SPDX-License-Identifier: GPL-3.0-or-later
// What can be made of a run: from the Jobs dock, the project tree, its facts and the palette.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/run_command.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/project_panel.h"

#include <QClipboard>
#include <QGuiApplication>

namespace batlab::app {

void Shell::registerJobHooks()
{
    views::JobsPanel *panel = m_window->jobsPanel();
    connect(panel, &views::JobsPanel::takeOutRequested, m_workbench, &Workbench::takeOut);
    connect(panel, &views::JobsPanel::moveRequested, m_workbench->jobs(),
            &views::JobsModel::moveWaiting);
    connect(panel, &views::JobsPanel::cloneRequested, this, [this](const QString &run) {
        if (const views::RunEntry *entry = m_workbench->document()->run(run))
            m_window->newRun(entry->spec);
    });
    connect(panel, &views::JobsPanel::repeatRequested, this, &Shell::repeatRun);
    connect(panel, &views::JobsPanel::copyCommandRequested, this, &Shell::copyCommand);
    connect(panel, &views::JobsPanel::holdRequested, m_workbench, &Workbench::holdQueue);
    connect(m_window->m_project, &views::ProjectPanel::runMenuRequested, this,
            [this](const QString &run, QMenu *menu) {
                for (const RunAction &action : runActions(run)) {
                    QAction *entry = menu->addAction(action.title);
                    entry->setToolTip(action.help);
                    connect(entry, &QAction::triggered, this, action.act);
                }
            });
    connect(m_workbench, &Workbench::runFinished, this, &Shell::runEnded);
    connect(m_workbench->jobs(), &views::JobsModel::activityChanged, this, &Shell::keepAwake);
}

std::vector<Shell::RunAction> Shell::runActions(const QString &run)
{
    std::vector<RunAction> out;
    const views::RunEntry *entry = m_workbench->document()->run(run);
    if (!entry)
        return out;
    if (m_window->canResume(run))
        out.push_back({ tr("Resume"), tr("Go on from the checkpoints of this run"),
                        [this, run] { m_workbench->resumeRun(run); } });
    out.push_back({ tr("Repeat exactly"),
                    tr("The same frozen spec in a fresh folder; the log says whether the codes "
                       "came out the same"),
                    [this, run] { repeatRun(run); } });
    out.push_back({ tr("Copy as command"),
                    tr("The spec and the batlab-cli command that makes the same run"),
                    [this, run] { copyCommand(run); } });
    out.push_back({ tr("Copy into a new run…"), tr("Opens the run form with this run's values"),
                    [this, spec = entry->spec] { m_window->newRun(spec); } });
    return out;
}

void Shell::repeatRun(const QString &run)
{
    if (const Result<QString> queued = m_workbench->repeatRun(run); !queued)
        m_window->showProblem(queued.error());
}

void Shell::copyCommand(const QString &run)
{
    const views::RunEntry *entry = m_workbench->document()->run(run);
    if (!entry)
        return;
    const Result<QString> command = views::runCommand(entry->spec, m_workbench->document()->path());
    if (!command) {
        m_window->showProblem(command.error());
        return;
    }
    QGuiApplication::clipboard()->setText(*command);
    m_window->setReadout(tr("Copied the command of %1").arg(run));
}

} // namespace batlab::app
