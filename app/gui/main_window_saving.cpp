// SPDX-License-Identifier: GPL-3.0-or-later
// Saving, and what waits for it: another document, the end of the window.
#include "app/gui/main_window.h"

#include "app/gui/plot_exporter.h"
#include "app/gui/shell.h"
#include "views/panels/banner.h"
#include "views/panels/status_strip.h"

#include <QCloseEvent>
#include <QFileDialog>
#include <QMessageBox>

namespace batlab::app {

QString MainWindow::sessionFilter() { return tr("Batlab sessions (*.batlab.h5 *.h5)"); }

int MainWindow::askUnsaved(const QString &what)
{
    QMessageBox box(QMessageBox::Question, what,
                    tr("The session %1 has unsaved changes.").arg(m_workbench->document()->title()),
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    return box.exec();
}

void MainWindow::whenReplaceable(const QString &what, std::function<void()> then)
{
    if (m_workbench->hasActiveJobs()) {
        const bool atWork = m_workbench->jobs()->engineBusy();
        showBanner(
            views::Banner::Tone::warning,
            (atWork
                 ? tr("%1: a job of this session is running. Stop it first; finished layers are "
                      "kept.")
                 : tr("%1: jobs of this session wait in the queue. Take them out first; they can "
                      "be resumed."))
                .arg(what),
            { atWork ? tr("Stop the job") : tr("Take them out") },
            [this](int) { m_workbench->stopAll(); });
        return;
    }
    if (!m_askOnClose || !m_workbench->document()->isModified() || !m_workbench->hasWork()) {
        if (!m_workbench->hasWork())
            m_workbench->store()->forgetRecovery(); // of a model that was only looked at
        then();
        return;
    }
    const int answer = askUnsaved(what);
    if (answer == QMessageBox::Discard) {
        m_workbench->store()->forgetRecovery();
        then();
    } else if (answer == QMessageBox::Save) {
        // Saving runs beside us; what was asked for follows it.
        save([then = std::move(then)](bool saved) {
            if (saved)
                then();
        });
    }
}

void MainWindow::save(std::function<void(bool)> done)
{
    if (m_workbench->document()->path().isEmpty())
        saveAs(std::move(done));
    else
        saveTo(m_workbench->document()->path(), std::move(done));
}

void MainWindow::saveAs(std::function<void(bool)> done)
{
    QString path = QFileDialog::getSaveFileName(
        this, tr("Save session as"), QStringLiteral("session.batlab.h5"), sessionFilter());
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".h5")))
        path += QStringLiteral(".batlab.h5");
    saveTo(path, std::move(done));
}

void MainWindow::saveTo(const QString &path, std::function<void(bool)> done)
{
    m_workbench->document()->setViewState(m_shell->captureView());
    m_workbench->store()->save(path,
                               [this, path, done = std::move(done)](const Result<void> &saved) {
                                   if (saved) {
                                       rememberSession(path);
                                       m_workbench->say(LogLevel::info, tr("Saved %1").arg(path));
                                   }
                                   if (done)
                                       done(saved.ok());
                               });
}

void MainWindow::showActivity()
{
    const SessionStore *store = m_workbench->store();
    const QString exporting = m_exporter->activity();
    if (exporting.isEmpty())
        m_status->setTask(store->activity(), store->isOpening());
    else
        m_status->setTask(exporting, true);
}

void MainWindow::cancelActivity()
{
    if (m_exporter->isBusy())
        m_exporter->cancel();
    else
        m_workbench->store()->cancelOpening();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_askOnClose && m_workbench->hasActiveJobs()) {
        const Shell::Quit answer = m_shell->askQuit();
        if (answer == Shell::Quit::cancel) {
            event->ignore();
            return;
        }
        if (answer == Shell::Quit::discard) {
            m_workbench->stopAll();
            m_workbench->store()->discardWork();
            m_shell->rememberPosition();
            event->accept();
            Q_EMIT closed();
            return;
        }
    } else if (m_askOnClose && m_workbench->document()->isModified() && m_workbench->hasWork()) {
        const int answer = askUnsaved(tr("Close Batlab"));
        if (answer == QMessageBox::Cancel) {
            event->ignore();
            return;
        }
        if (answer == QMessageBox::Save) {
            event->ignore();
            save([this](bool saved) {
                if (saved)
                    close();
            });
            return;
        }
        m_workbench->store()->forgetRecovery();
    } else if (!m_workbench->hasWork()) {
        m_workbench->store()->forgetRecovery();
    }
    if (m_workbench->hasActiveJobs()) {
        m_workbench->stopAll();
        m_workbench->store()->autosaveNow(); // offered again at the next start
    }
    m_shell->rememberPosition();
    event->accept();
    Q_EMIT closed();
}

} // namespace batlab::app
