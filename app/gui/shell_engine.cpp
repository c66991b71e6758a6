// SPDX-License-Identifier: GPL-3.0-or-later
// The shell's part in the engine: where it runs, and what can be done when it hangs.
#include "app/gui/main_window.h"
#include "app/gui/shell.h"
#include "views/models/core_text.h"

#include <QMessageBox>
#include <QPushButton>

namespace batlab::app {

void Shell::engineSilent(const Error &error)
{
    const QString text = views::coreText(error);
    m_workbench->say(LogLevel::warning, text);
    EngineClient *engine = m_workbench->engine();
    m_window->showBanner(
        views::Banner::Tone::warning, text, { tr("Start the engine again") },
        [engine](int) { engine->restart(); }, {}, [engine] { return engine->isSilent(); });
}

void Shell::restartEngine()
{
    EngineClient *engine = m_workbench->engine();
    if (engine->state() == EngineClient::State::ready && !engine->isSilent()
        && m_workbench->jobs()->engineBusy()) {
        const views::JobRow *row = m_workbench->jobs()->running();
        QMessageBox box(
            QMessageBox::Question, tr("Start the engine again"),
            row ? tr("%1 is at work: %2.").arg(row->run, views::JobsModel::stateText(*row))
                : tr("A job is at work."),
            QMessageBox::NoButton, m_window);
        box.setInformativeText(
            tr("It ends with the engine. Finished layers are kept, and the run can be resumed."));
        const QPushButton *again =
            box.addButton(tr("End and start again"), QMessageBox::DestructiveRole);
        box.setDefaultButton(box.addButton(QMessageBox::Cancel));
        box.exec();
        if (box.clickedButton() != again)
            return;
    }
    engine->restart();
}

void Shell::setRemote(bool remote, const QString &host)
{
    m_remote = remote;
    m_host = host;
    m_workbench->setRemote(remote);
    // Relative to where the remote shell begins: the home folder there.
    m_workbench->store()->setRemoteWorkspace(remote ? QStringLiteral("batlab-work") : QString());
    m_workbench->moveQueued();
    const bool known = m_modelMissing;
    noteMissingModels();
    m_window->dropSettled();
    if (m_modelMissing && !known)
        offerToLocate();
}

} // namespace batlab::app
