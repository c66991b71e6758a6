// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, saving, recovery, recent files, dropping and closing.
#include "app/gui/main_window.h"

#include "app/gui/shell.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/run_dialog.h"
#include "views/panels/welcome_page.h"

#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

const QString kSessionFilter = QStringLiteral("Batlab sessions (*.batlab.h5 *.h5)");

bool looksLikeSession(const QString &path)
{
    return QFileInfo(path).isFile() && path.endsWith(QLatin1String(".h5"), Qt::CaseInsensitive);
}

bool isRunSpec(const QString &path)
{
    return QFileInfo(path).isFile()
        && (path.endsWith(QLatin1String(".yaml"), Qt::CaseInsensitive)
            || path.endsWith(QLatin1String(".yml"), Qt::CaseInsensitive));
}

/// A GGUF file or a folder of a checkpoint.
bool looksLikeModel(const QFileInfo &info)
{
    return info.isDir() ? QFileInfo::exists(info.filePath() + QStringLiteral("/config.json"))
                        : info.suffix().compare(QLatin1String("gguf"), Qt::CaseInsensitive) == 0;
}

} // namespace

void MainWindow::openPath(const QString &path)
{
    if (path.startsWith(QLatin1String("batlab:"))) {
        m_shell->openLink(path);
    } else if (looksLikeSession(path)) {
        openSession(path);
    } else if (isRunSpec(path)) {
        newRun();
        if (m_runDialog)
            if (const Result<void> read = m_runDialog->openYaml(path); !read)
                showProblem(read.error());
    } else {
        openModel(path);
    }
}

bool MainWindow::mayReplaceDocument(const QString &what)
{
    if (m_workbench->hasActiveJobs()) {
        const bool atWork = m_workbench->jobs()->engineBusy();
        m_bannerAction = [this](int) { m_workbench->stopAll(); };
        m_banner->showMessage(
            views::Banner::Tone::warning,
            (atWork
                 ? tr("%1: a job of this session is running. Stop it first; finished layers are "
                      "kept.")
                 : tr("%1: jobs of this session wait in the queue. Take them out first; they can "
                      "be resumed."))
                .arg(what),
            { atWork ? tr("Stop the job") : tr("Take them out") });
        return false;
    }
    if (!m_askOnClose || !m_workbench->document()->isModified()
        || m_workbench->document()->isEmpty())
        return true;
    QMessageBox box(QMessageBox::Question, what,
                    tr("The session %1 has unsaved changes.").arg(m_workbench->document()->title()),
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    const int answer = box.exec();
    if (answer == QMessageBox::Save) {
        save();
        return false; // saving runs beside us; the user repeats when it is done
    }
    if (answer == QMessageBox::Discard)
        m_workbench->store()->forgetRecovery();
    return answer == QMessageBox::Discard;
}

void MainWindow::openSession(const QString &path)
{
    if (!mayReplaceDocument(tr("Open session")))
        return;
    m_stalls.setActivity(tr("opening %1").arg(path));
    m_workbench->store()->open(path, [this, path](const Result<void> &opened) {
        m_stalls.setActivity({});
        if (!opened)
            return; // the banner says why
        const views::ArtifactIndex &index = m_workbench->document()->artifacts();
        rememberRecent(path, true,
                       tr("%1 variants, %2 evaluations")
                           .arg(index.variants().size())
                           .arg(index.evaluations().size()));
        m_workbench->jobs()->clear();
        m_banner->hide();
        m_shell->restoreView(m_workbench->document()->viewState());
        if (!m_shell->sessionOpened())
            offerResume();
    });
}

void MainWindow::openModel(const QString &path)
{
    if (m_shell->isRemote()) { // a path on the engine's machine, which says so if it is wrong
        newRun({ { "model", ss(path) } });
        return;
    }
    if (!QFileInfo::exists(path)) {
        showProblem({ ErrorCode::notFound, "there is no such file or folder", ss(path),
                      "open a model folder, a GGUF file or a session" });
        return;
    }
    if (!looksLikeModel(QFileInfo(path))) {
        showProblem({ ErrorCode::badInput,
                      ss(tr("this is neither a session, nor a model, nor a run spec")), ss(path),
                      ss(tr("open a file NAME.batlab.h5, a GGUF file, a model folder with "
                            "config.json, or a run spec in YAML")) });
        return;
    }
    rememberRecent(path, false, QFileInfo(path).isDir() ? tr("model folder") : tr("GGUF file"));
    newRun({ { "model", ss(path) } });
}

void MainWindow::chooseModel()
{
    QFileDialog dialog(this, tr("Open model"));
    dialog.setFileMode(QFileDialog::ExistingFile);
    dialog.setNameFilters({ tr("Models (*.gguf config.json *.safetensors)"), tr("All files (*)") });
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty())
        return;
    const QFileInfo chosen(dialog.selectedFiles().first());
    // A file of a checkpoint folder stands for its folder.
    openModel(chosen.suffix() == QLatin1String("gguf") || chosen.isDir() ? chosen.absoluteFilePath()
                                                                         : chosen.absolutePath());
}

void MainWindow::chooseModelFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open model folder"));
    if (!folder.isEmpty())
        openModel(folder);
}

void MainWindow::chooseSession()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Open session"), {}, kSessionFilter);
    if (!path.isEmpty())
        openSession(path);
}

void MainWindow::save()
{
    if (m_workbench->document()->path().isEmpty())
        saveAs();
    else
        saveTo(m_workbench->document()->path());
}

void MainWindow::saveAs()
{
    QString path = QFileDialog::getSaveFileName(
        this, tr("Save session as"), QStringLiteral("session.batlab.h5"), kSessionFilter);
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".h5")))
        path += QStringLiteral(".batlab.h5");
    saveTo(path);
}

void MainWindow::saveTo(const QString &path, std::function<void(bool)> done)
{
    m_workbench->document()->setViewState(m_shell->captureView());
    m_workbench->store()->save(
        path, [this, path, done = std::move(done)](const Result<void> &saved) {
            if (saved) {
                const views::ArtifactIndex &index = m_workbench->document()->artifacts();
                rememberRecent(path, true,
                               tr("%1 variants, %2 evaluations")
                                   .arg(index.variants().size())
                                   .arg(index.evaluations().size()));
                m_workbench->say(LogLevel::info, tr("Saved %1").arg(path));
            }
            if (done)
                done(saved.ok());
        });
}

void MainWindow::offerResume()
{
    const auto &runs = m_workbench->document()->runs();
    if (runs.empty() || runs.back().state != JobState::cancelled)
        return;
    const QString run = runs.back().id;
    m_bannerAction = [this, run](int) { m_workbench->resumeRun(run); };
    m_banner->showMessage(views::Banner::Tone::info,
                          tr("%1: %2.").arg(runs.back().title,
                                            runs.back().note.isEmpty()
                                                ? tr("stopped, checkpoint kept")
                                                : runs.back().note),
                          { tr("Resume") });
}

void MainWindow::offerRecovery()
{
    const std::vector<Leftover> all = m_workbench->store()->leftovers();
    if (all.empty() || !m_banner->isHidden() || !m_workbench->document()->isEmpty())
        return;
    const Leftover found = all.front();
    const bool saved = !found.origin.isEmpty() && QFileInfo::exists(found.origin);
    QStringList buttons { tr("Recover") };
    if (saved)
        buttons.append(tr("Open saved"));
    buttons.append(tr("Skip"));
    showBanner(
        views::Banner::Tone::warning,
        tr("%1 was closed unexpectedly. A copy of %2 is here.")
            .arg(found.origin.isEmpty() ? tr("A session that was never saved")
                                        : QFileInfo(found.origin).fileName(),
                 QFileInfo(found.file).lastModified().toString(QStringLiteral("yyyy-MM-dd HH:mm"))),
        buttons,
        [this, found, saved](int button) {
            if (button == 0) {
                m_workbench->store()->recover(found, [this](const Result<void> &opened) {
                    if (!opened)
                        return; // the banner says why
                    m_shell->restoreView(m_workbench->document()->viewState());
                    if (!m_shell->sessionOpened())
                        offerResume();
                });
                return;
            }
            SessionStore::skip(found); // remembered, never thrown away
            if (saved && button == 1)
                openSession(found.origin);
            else
                offerRecovery(); // the next one
        },
        found.file);
}

void MainWindow::rememberRecent(const QString &path, bool isSession, const QString &note)
{
    m_recentFiles.add({ path, note, QDateTime::currentDateTime(), isSession });
    refreshRecent();
}

void MainWindow::refreshRecent()
{
    m_welcome->setRecent(m_recentFiles.list());
    m_workbench->actions()->refresh();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.first().isLocalFile())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.isEmpty())
        return;
    event->acceptProposedAction();
    const QString path = urls.first().toLocalFile();
    // Not inside the drag: what follows may ask a question.
    QTimer::singleShot(0, this, [this, path] { openPath(path); });
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
    } else if (m_askOnClose && m_workbench->document()->isModified()
               && !m_workbench->document()->isEmpty()) {
        QMessageBox box(
            QMessageBox::Question, tr("Close Batlab"),
            tr("The session %1 has unsaved changes.").arg(m_workbench->document()->title()),
            QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
        const int answer = box.exec();
        if (answer == QMessageBox::Cancel) {
            event->ignore();
            return;
        }
        if (answer == QMessageBox::Save) {
            event->ignore();
            const QString path = m_workbench->document()->path().isEmpty()
                ? QFileDialog::getSaveFileName(this, tr("Save session as"),
                                               QStringLiteral("session.batlab.h5"), kSessionFilter)
                : m_workbench->document()->path();
            if (!path.isEmpty())
                saveTo(path, [this](bool saved) {
                    if (saved)
                        close();
                });
            return;
        }
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
