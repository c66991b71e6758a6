// SPDX-License-Identifier: GPL-3.0-or-later
// Actions about runs and jobs.
#include "app/gui/main_window.h"

#include <algorithm>

namespace batlab::app {

namespace {
const QString kRun = QStringLiteral("Run");
} // namespace

void MainWindow::registerRunActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    const auto active = [this] { return m_workbench->hasActiveJobs(); };
    r->add({ QStringLiteral("run.new"),
             tr("New run…"),
             kRun,
             QKeySequence(tr("Ctrl+R")),
             tr("Choose methods and parameters, then queue a run"),
             [this] { newRun(); },
             {},
             {},
             QStringLiteral("play") });
    r->add({ QStringLiteral("run.demo"),
             tr("Run the demo"),
             kRun,
             {},
             tr("Five methods on SmolLM2-135M, compared"),
             [this] { startDemo(); },
             {},
             {},
             QStringLiteral("run") });
    r->add({ QStringLiteral("run.pause"),
             tr("Pause the running job"),
             kRun,
             QKeySequence(tr("Ctrl+Shift+P")),
             tr("Pause, or go on with, the running job"),
             [this] {
                 if (const views::JobRow *row = m_workbench->jobs()->running();
                     row && row->job != 0) {
                     if (row->state == JobState::paused)
                         m_workbench->engine()->resume(row->job);
                     else
                         m_workbench->engine()->pause(row->job);
                 }
             },
             [this] {
                 const views::JobRow *row = m_workbench->jobs()->running();
                 return row && row->job != 0;
             },
             {},
             QStringLiteral("pause") });
    r->add({ QStringLiteral("run.holdQueue"),
             tr("Pause the queue"),
             kRun,
             {},
             tr("Let the running job end and start no other, until the queue goes on"),
             [this] { m_workbench->holdQueue(!m_workbench->jobs()->isHeld()); },
             {},
             [this] { return m_workbench->jobs()->isHeld(); },
             QStringLiteral("clock") });
    r->add({ QStringLiteral("run.stop"),
             tr("Stop the running job"),
             kRun,
             QKeySequence(tr("Ctrl+.")),
             tr("Stop the running job; finished layers are kept"),
             [this] {
                 const views::JobRow *row = m_workbench->jobs()->running();
                 if (row && row->waiting())
                     m_workbench->takeOut(row->run); // of a paused queue: the engine has none
                 else if (row && row->job != 0)
                     m_workbench->stopJob(row->job);
             },
             active,
             {},
             QStringLiteral("stop") });
    r->add({ QStringLiteral("run.resume"),
             tr("Resume the last stopped run"),
             kRun,
             {},
             tr("Go on from the checkpoint of the run that was stopped last"),
             [this] {
                 const auto &runs = m_workbench->document()->runs();
                 for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
                     if (run->state == JobState::cancelled || run->state == JobState::failed) {
                         m_workbench->resumeRun(run->id);
                         return;
                     }
                 }
             },
             [this] {
                 if (m_workbench->hasActiveJobs())
                     return false;
                 const auto &runs = m_workbench->document()->runs();
                 return std::any_of(runs.begin(), runs.end(), [](const views::RunEntry &run) {
                     return run.state == JobState::cancelled || run.state == JobState::failed;
                 });
             },
             {},
             {} });
    r->add({ QStringLiteral("help.about"),
             tr("About Batlab"),
             QStringLiteral("Help"),
             {},
             tr("Versions and licences"),
             [this] { showAbout(); },
             {},
             {},
             QStringLiteral("info") });
}

} // namespace batlab::app
