// SPDX-License-Identifier: GPL-3.0-or-later
// Saving, and what waits for it: another document, the end of the window.
#include "app/gui/main_window.h"

#include "app/gui/plot_exporter.h"
#include "app/gui/shell.h"
#include "views/models/core_text.h"
#include "views/panels/banner.h"
#include "views/panels/notes_panel.h"
#include "views/panels/status_strip.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QTimer>

namespace batlab::app {

QString MainWindow::sessionFilter() { return tr("Batlab sessions (*.batlab.h5 *.h5)"); }

bool MainWindow::mustAskUnsaved()
{
    m_shell->notes()->flush();
    const views::WorkbenchDocument *document = m_workbench->document();
    if (!document->hasWork())
        m_workbench->store()->forgetRecovery(); // of what was taken back, or recovered in vain
    return m_askOnClose && document->isModified() && document->hasWork();
}

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
            [this](int) { m_workbench->stopAll(); }, {},
            [this] { return m_workbench->hasActiveJobs(); });
        return;
    }
    if (!mustAskUnsaved()) {
        then();
        return;
    }
    const int answer = askUnsaved(what);
    if (answer == QMessageBox::Discard) {
        then(); // the copy goes with the document, should what comes be readable
    } else if (answer == QMessageBox::Save) {
        // Saving runs beside us; what was asked for follows it, unless work has begun meanwhile.
        save([this, what, then = std::move(then)](bool saved) {
            if (saved)
                whenReplaceable(what, then);
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
    const QString path =
        chooseSessionFile(tr("Save session as"), QStringLiteral("session.batlab.h5"));
    if (!path.isEmpty())
        saveTo(path, std::move(done));
}

QString MainWindow::chooseSessionFile(const QString &title, const QString &proposed)
{
    const QString suffix = QStringLiteral("batlab.h5");
    QFileDialog dialog(this, title, {}, sessionFilter());
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix);
    dialog.selectFile(proposed);
    while (dialog.exec() == QDialog::Accepted && !dialog.selectedFiles().isEmpty()) {
        const QString path = dialog.selectedFiles().first();
        if (path.endsWith(QLatin1String(".h5")))
            return path;
        // A name that has a point gets no suffix from the dialog, which asked about another file.
        const QString whole = path + QLatin1Char('.') + suffix;
        if (!QFileInfo::exists(whole)
            || QMessageBox::question(
                   this, title,
                   tr("%1 already exists. Replace it?").arg(QFileInfo(whole).fileName()),
                   QMessageBox::Yes | QMessageBox::No, QMessageBox::No)
                == QMessageBox::Yes)
            return whole;
    }
    return {};
}

void MainWindow::sayNotSaved(const Error &error)
{
    if (error.code != ErrorCode::diskFull && error.code != ErrorCode::readOnly) {
        showProblem(error);
        return;
    }
    const QString text = views::coreText(error);
    m_workbench->say(LogLevel::error, text);
    showBanner(
        views::Banner::Tone::error, text, { tr("Save as…") },
        [this](int) { m_workbench->actions()->trigger(QStringLiteral("file.saveAs")); }, {},
        [this] { return m_workbench->document()->isModified(); });
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

void MainWindow::quit()
{
    const auto wish = [](bool on) {
        for (QWidget *widget : QApplication::topLevelWidgets())
            if (auto *window = qobject_cast<MainWindow *>(widget))
                window->m_quitting = on;
    };
    wish(true);
    QApplication::closeAllWindows(); // ends at a window that stays, if only until it is saved
    wish(false);
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
    } else if (mustAskUnsaved()) {
        const int answer = askUnsaved(tr("Close Batlab"));
        if (answer == QMessageBox::Cancel) {
            event->ignore();
            return;
        }
        if (answer == QMessageBox::Save) {
            event->ignore();
            save([this, quits = m_quitting](bool saved) {
                m_quitting = quits; // should it be asked again
                const bool gone = saved && close();
                m_quitting = false;
                if (gone && quits)
                    QTimer::singleShot(0, qApp, [] { quit(); });
            });
            return;
        }
        m_workbench->store()->forgetRecovery();
    }
    if (m_workbench->hasActiveJobs()) {
        m_workbench->stopAll();
        m_workbench->store()->keepWork(); // offered again at the next start
    }
    m_shell->rememberPosition();
    event->accept();
    Q_EMIT closed();
}

} // namespace batlab::app
