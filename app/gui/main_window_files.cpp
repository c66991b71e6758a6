// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, recent files and dropping.
#include "app/gui/main_window.h"

#include "app/gui/comparison_files.h"
#include "app/gui/shell.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/run_dialog.h"
#include "views/panels/welcome_page.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>

#include <algorithm>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

const QString kConfig = QStringLiteral("/config.json");

/// What a command line, a desktop or a drag names a file by, as a path or a batlab: link.
QString localPath(const QString &given)
{
    const QUrl url(given);
    return url.isLocalFile() ? url.toLocalFile() : given;
}

/// A file of a checkpoint folder stands for its folder.
QString wholeModel(const QString &path)
{
    const QFileInfo info(path);
    return info.isFile() && info.suffix() != QLatin1String("gguf")
            && QFileInfo::exists(info.absolutePath() + kConfig)
            && (path.endsWith(QLatin1String(".json"))
                || path.endsWith(QLatin1String(".safetensors")))
        ? info.absolutePath()
        : path;
}

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
    return info.isDir() ? QFileInfo::exists(info.filePath() + kConfig)
                        : info.suffix().compare(QLatin1String("gguf"), Qt::CaseInsensitive) == 0;
}

} // namespace

/// results_*.json of lm-evaluation-harness, or a folder that has some, itself or in the folders of
/// models that it makes.
bool MainWindow::isResults(const QString &given)
{
    const QString path = wholeModel(localPath(given));
    const QFileInfo info(path);
    if (!info.isDir())
        return info.isFile() && path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
    if (QFileInfo::exists(path + kConfig))
        return false;
    const QStringList names { QStringLiteral("results*.json") };
    QStringList folders { path };
    for (const QFileInfo &folder : QDir(path).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot))
        folders << folder.absoluteFilePath();
    return std::any_of(folders.begin(), folders.end(), [&names](const QString &folder) {
        return !QDir(folder).entryList(names, QDir::Files).isEmpty();
    });
}

void MainWindow::openPaths(const QStringList &given)
{
    QStringList results, others;
    for (const QString &one : given) {
        const QString path = wholeModel(localPath(one));
        (isResults(path) ? results : others).append(path);
    }
    others.removeDuplicates(); // several files of one checkpoint
    if (others.isEmpty()) {
        importResults(results);
        return;
    }
    // One session a window: the first here, the others beside it.
    for (qsizetype i = 1; i < others.size(); ++i)
        if (MainWindow *other = m_shell->openWindow())
            other->openPath(others.at(i));
    if (results.isEmpty())
        openOne(others.first());
    else if (looksLikeSession(others.first()))
        openSession(others.first(), [this, results] { importResults(results); });
    else {
        openOne(others.first());
        importResults(results);
    }
}

void MainWindow::openPath(const QString &path) { openPaths({ path }); }

void MainWindow::importResults(const QStringList &paths)
{
    if (paths.isEmpty())
        return;
    if (m_workbench->document()->isEmpty()) {
        showProblem({ ErrorCode::badInput,
                      ss(tr("results of lm-eval are shown beside those of a session")),
                      ss(paths.first()), ss(tr("open a session first")) });
        return;
    }
    m_comparison->importResults(paths);
    setPage(Evaluate);
}

void MainWindow::openOne(const QString &path)
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

void MainWindow::openSession(const QString &path, std::function<void()> then)
{
    whenReplaceable(tr("Open session"),
                    [this, path, then = std::move(then)] { readSession(path, {}, then); });
}

void MainWindow::readSession(const QString &path, std::function<void()> first,
                             std::function<void()> then)
{
    m_stalls.setActivity(tr("opening %1").arg(path));
    m_workbench->store()->open(
        path,
        [this, path, first = std::move(first), then = std::move(then)](const Result<void> &opened) {
            m_stalls.setActivity({});
            if (opened) {
                if (first)
                    first();
                rememberSession(path);
                m_workbench->jobs()->clear();
                m_banner->hide();
                m_shell->restoreView(m_workbench->document()->viewState());
                m_sessionUnsaid = true;
            }
            if (opened || opened.error().code != ErrorCode::cancelled)
                noteLeftovers(path); // a copy of a damaged file is worth the more
            if (m_banner->isHidden()) // else it says why it was not opened
                sayNext();
            if (opened && then) // after what the session itself brings, such as its imports
                QMetaObject::invokeMethod(this, then, Qt::QueuedConnection);
        });
}

void MainWindow::openModel(const QString &path)
{
    if (m_shell->isRemote()) { // a path on the engine's machine, which says so if it is wrong
        newRun({ { "model", ss(path) } });
        m_shell->lookInto(path);
        return;
    }
    if (!QFileInfo::exists(path)) {
        showProblem({ ErrorCode::notFound, ss(tr("there is no such file or folder")), ss(path),
                      ss(tr("open a model folder, a GGUF file or a session")) });
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
    m_shell->lookInto(path);
}

void MainWindow::chooseModel()
{
    if (m_shell->isRemote()) {
        m_shell->askForRemoteModel();
        return;
    }
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
    if (m_shell->isRemote()) {
        m_shell->askForRemoteModel();
        return;
    }
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open model folder"));
    if (!folder.isEmpty())
        openModel(folder);
}

void MainWindow::chooseSession()
{
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open session"), {}, sessionFilter());
    if (!path.isEmpty())
        openSession(path);
}

void MainWindow::rememberRecent(const QString &path, bool isSession, const QString &note)
{
    m_recentFiles.add({ path, note, QDateTime::currentDateTime(), isSession });
    refreshRecent();
}

void MainWindow::rememberSession(const QString &path)
{
    const views::ArtifactIndex &index = m_workbench->document()->artifacts();
    rememberRecent(path, true,
                   tr("%1 variants, %2 evaluations")
                       .arg(index.variants().size())
                       .arg(index.evaluations().size()));
}

void MainWindow::refreshRecent()
{
    m_welcome->setRecent(m_recentFiles.list());
    m_workbench->actions()->refresh();
}

namespace {

/// Files and links of a drag that the window can open.
QStringList openable(const QMimeData &data)
{
    QStringList out;
    for (const QUrl &url : data.urls())
        if (url.isLocalFile() || url.scheme() == QLatin1String("batlab"))
            out.append(url.isLocalFile() ? url.toLocalFile() : url.toString());
    return out;
}

} // namespace

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!openable(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QStringList paths = openable(*event->mimeData());
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    // Not inside the drag: what follows may ask a question.
    QTimer::singleShot(0, this, [this, paths] { openPaths(paths); });
}

} // namespace batlab::app
