// SPDX-License-Identifier: GPL-3.0-or-later
// A run that ended badly: what can be done about it.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/core_text.h"
#include "views/models/run_retry.h"
#include "views/models/text.h"

namespace batlab::app {

void Shell::runFailed(const QString &run, const Error &error)
{
    if (error.code == ErrorCode::cancelled)
        return;
    const QString title = QStringLiteral("%1: %2").arg(run, views::coreText(error));
    const auto resume = [this, run] { m_workbench->resumeRun(run); };
    const auto holds = [this, run] { return m_window->canResume(run); };
    if (error.code != ErrorCode::outOfMemory) {
        m_window->showBanner(
            views::Banner::Tone::error, title, { tr("Resume") }, [resume](int) { resume(); }, {},
            holds);
        return;
    }
    m_window->showBanner(
        views::Banner::Tone::error, title, { tr("Retry with less memory…"), tr("Resume") },
        [this, run, resume](int button) {
            if (button == 0)
                retryWithLess(run);
            else
                resume();
        },
        {}, holds);
}

void Shell::retryWithLess(const QString &run)
{
    const views::RunEntry *found = m_workbench->document()->run(run);
    if (!found)
        return;
    const views::SmallerRun smaller = views::smallerRun(found->spec);
    m_window->newRun(smaller.spec);
    if (smaller.changes.isEmpty())
        m_window->showBanner(views::Banner::Tone::warning,
                             tr("%1 already has one sequence a batch: use a shorter length, or "
                                "close other programs.")
                                 .arg(run));
    else
        m_window->showBanner(views::Banner::Tone::info,
                             tr("Halved for less memory: %1. Check the form and queue it.")
                                 .arg(smaller.changes.join(QStringLiteral(", "))));
}

} // namespace batlab::app
