// SPDX-License-Identifier: GPL-3.0-or-later
// Files, runs, the engine's fate, and closing.
#include "app/gui/main_window.h"

#include "views/models/parameter_form_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/run_dialog.h"
#include "views/panels/status_strip.h"
#include "views/panels/welcome_page.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStorageInfo>
#include <QThreadPool>
#include <QUndoStack>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

const QString kSessionFilter = QStringLiteral("Batlab sessions (*.batlab.h5 *.h5)");

bool looksLikeSession(const QString &path)
{
    return QFileInfo(path).isFile() && path.endsWith(QLatin1String(".h5"), Qt::CaseInsensitive);
}

/// A line of /proc/meminfo in bytes; 0 where there is none.
double memoryLine(const QByteArray &table, const char *name)
{
    for (const QByteArray &line : table.split('\n')) {
        if (line.startsWith(name))
            return line.mid(line.indexOf(':') + 1).trimmed().split(' ').value(0).toDouble() * 1024.0;
    }
    return 0;
}

} // namespace

void MainWindow::openPath(const QString &path)
{
    if (looksLikeSession(path))
        openSession(path);
    else
        openModel(path);
}

bool MainWindow::mayReplaceDocument(const QString &what)
{
    if (m_workbench->hasActiveJobs()) {
        m_bannerAction = [this](int) { m_workbench->stopAll(); };
        m_banner->showMessage(views::Banner::Tone::warning,
                              tr("%1: a job of this session is running. Stop it first; finished layers are kept.").arg(what),
                              { tr("Stop the job") });
        return false;
    }
    if (!m_askOnClose || !m_workbench->document()->isModified() || m_workbench->document()->isEmpty())
        return true;
    QMessageBox box(QMessageBox::Question, what, tr("The session %1 has unsaved changes.").arg(m_workbench->document()->title()),
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
                       tr("%1 variants, %2 evaluations").arg(index.variants().size()).arg(index.evaluations().size()));
        m_workbench->jobs()->clear();
        m_banner->hide();
    });
}

void MainWindow::openModel(const QString &path)
{
    if (!QFileInfo::exists(path)) {
        showProblem({ ErrorCode::notFound, "there is no such file or folder", ss(path), "open a model folder, a GGUF file or a session" });
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
    openModel(chosen.suffix() == QLatin1String("gguf") || chosen.isDir() ? chosen.absoluteFilePath() : chosen.absolutePath());
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
    QString path = QFileDialog::getSaveFileName(this, tr("Save session as"), QStringLiteral("session.batlab.h5"), kSessionFilter);
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".h5")))
        path += QStringLiteral(".batlab.h5");
    saveTo(path);
}

void MainWindow::saveTo(const QString &path, std::function<void(bool)> done)
{
    Json view = m_workbench->document()->viewState();
    if (!view.is_object())
        view = Json::object();
    const views::Selection &s = m_workbench->selection()->current();
    view["selection"] = { { "variant", ss(s.variant) }, { "layer", s.layer },     { "site", std::string(name(s.site)) },
                          { "block", s.block },         { "channel", s.channel }, { "token", s.token } };
    view["page"] = static_cast<int>(page());
    m_workbench->document()->setViewState(std::move(view));
    m_workbench->store()->save(path, [this, path, done = std::move(done)](const Result<void> &saved) {
        if (saved) {
            const views::ArtifactIndex &index = m_workbench->document()->artifacts();
            rememberRecent(path, true,
                           tr("%1 variants, %2 evaluations").arg(index.variants().size()).arg(index.evaluations().size()));
            m_workbench->say(LogLevel::info, tr("Saved %1").arg(path));
        }
        if (done)
            done(saved.ok());
    });
}

void MainWindow::startDemo()
{
    if (!m_workbench->document()->isEmpty() && !mayReplaceDocument(tr("Run the demo")))
        return;
    if (!m_workbench->document()->isEmpty())
        m_workbench->store()->newSession();
    m_banner->hide();
    if (const Result<QString> run = m_workbench->queueDemo(); !run)
        showProblem(run.error());
    else
        setPage(Inspect);
}

void MainWindow::newRun(const Json &spec)
{
    if (m_runDialog) {
        m_runDialog->raise();
        return;
    }
    if (!m_form) {
        const Result<PresetLibrary> library = m_workbench->presets();
        if (!library) {
            showProblem(library.error());
            return;
        }
        m_form = new views::ParameterFormModel(m_workbench->document()->undoStack(), this);
        std::vector<Recipe> recipes;
        for (const std::string &id : library->ids()) {
            if (Result<Recipe> recipe = library->find(id))
                recipes.push_back(*recipe);
        }
        m_form->setLibrary(std::move(recipes));
        m_form->setChosen({ QStringLiteral("bat") });
    }
    if (spec.is_object())
        m_form->loadSpec(spec);
    m_runDialog = new views::RunDialog(m_form, this);
    m_runDialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_runDialog, &QObject::destroyed, this, [this] { m_runDialog = nullptr; });
    connect(m_runDialog, &views::RunDialog::queueRequested, this,
            [this](const Json &asked) { queue(asked, tr("run of %1").arg(m_form->chosen().join(QStringLiteral(", ")))); });
    connect(m_runDialog, &views::RunDialog::preflightRequested, this, [this](const Json &asked) {
        const Json question { { "ask", "preflight" }, { "spec", asked }, { "workspace", ss(m_workbench->store()->workspace()) } };
        m_workbench->engine()->ask(question, [this](const Result<Json> &answer) {
            if (m_runDialog)
                m_runDialog->setPreflight(answer ? *answer : Json(), answer ? QString() : qs(answer.error().message()));
        });
    });
    m_runDialog->show();
}

void MainWindow::queue(const Json &spec, const QString &title)
{
    if (const Result<QString> run = m_workbench->queueRun(spec, title); !run)
        showProblem(run.error());
}

void MainWindow::engineLost(const QString &message, const QString &details, const QStringList &runs)
{
    if (runs.isEmpty()) {
        m_bannerAction = {};
        m_banner->showMessage(views::Banner::Tone::warning, message, {}, details);
        return;
    }
    m_bannerAction = [this, runs](int) { m_workbench->resumeAll(runs); };
    m_banner->showMessage(views::Banner::Tone::error, message, { tr("Restart and resume") }, details);
}

void MainWindow::showProblem(const Error &error)
{
    if (error.code == ErrorCode::cancelled)
        return;
    m_bannerAction = {};
    m_banner->showMessage(views::Banner::Tone::error, qs(error.message()));
}

void MainWindow::offerRecovery()
{
    const QStringList files = m_workbench->store()->leftovers();
    if (files.isEmpty() || !m_banner->isHidden())
        return;
    const QString file = files.first();
    m_bannerAction = [this, file](int button) {
        if (button == 0)
            m_workbench->store()->open(file);
        else
            QFile::rename(file, file + QStringLiteral(".skipped")); // remembered, never thrown away
    };
    m_banner->showMessage(views::Banner::Tone::warning,
                          tr("A session was closed unexpectedly at %1.").arg(QFileInfo(file).lastModified().toString(QStringLiteral("yyyy-MM-dd HH:mm"))),
                          { tr("Recover"), tr("Skip") }, file);
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

void MainWindow::refreshHere()
{
    using State = views::HereLine::State;
    const EngineClient *engine = m_workbench->engine();
    const Json &hello = engine->hello();
    const QString state = engine->state() == EngineClient::State::starting ? tr("engine starting…")
        : engine->state() == EngineClient::State::lost                     ? tr("engine stopped")
                                                                           : tr("engine not started");
    m_status->setEngine(engine->state() == EngineClient::State::ready ? hello : Json(), state);
    QList<views::HereLine> lines;
    const auto text = [&hello](const char *key) {
        if (!hello.is_object() || !hello.contains(key))
            return QString();
        return hello[key].is_string() ? qs(hello[key].get<std::string>()) : qs(hello[key].dump());
    };
    const bool ready = engine->state() == EngineClient::State::ready;
    lines.append({ ready ? State::good : State::info, tr("Engine"), ready ? tr("batlab-cli %1").arg(text("version")) : state, {} });
    if (ready) {
        lines.append({ State::good, tr("CPU"), text("cpu"), tr("%1 threads").arg(text("threads")) });
        const QString device = text("device");
        const bool gpu = device.startsWith(QLatin1String("cuda"));
        lines.append({ gpu ? State::good : State::info, tr("GPU"), gpu ? device : tr("none"), tr("FP4 emulated") });
        if (!text("torch").isEmpty())
            lines.append({ State::good, tr("libtorch"), text("torch"), {} });
        if (hello.contains("memoryBytes") && hello["memoryBytes"].is_number())
            lines.append({ State::good, tr("Memory"), views::bytes(hello["memoryBytes"].get<double>()), {} });
    }
    m_welcome->setHere(lines);
    if (ready)
        askDemoDuration();
}

void MainWindow::askDemoDuration()
{
    if (m_demoAsked || page() != Welcome)
        return;
    m_demoAsked = true;
    const Json question { { "ask", "preflight" }, { "spec", m_workbench->demoSpec() }, { "workspace", ss(m_workbench->store()->workspace()) } };
    m_workbench->engine()->ask(question, [this](const Result<Json> &answer) {
        if (!answer || !answer->is_object()) {
            if (!answer)
                m_welcome->setDemoEnabled(answer.error().code != ErrorCode::notFound, qs(answer.error().message()));
            return;
        }
        const auto seconds = answer->find("seconds");
        if (seconds == answer->end() || !seconds->is_number())
            return;
        m_welcome->setDemoNote(tr("Calibrates and compares five methods on 30 layers, %1 here.").arg(views::eta(seconds->get<double>()).replace(QStringLiteral("≈"), tr("about"))),
                               tr("Layer 0 can be inspected after about 1 min. Stopping keeps finished layers."));
    });
}

void MainWindow::refreshResources()
{
    const QString folder = m_workbench->store()->workspace();
    QThreadPool::globalInstance()->start([this, folder, guard = QPointer<MainWindow>(this)] {
        QFile file(QStringLiteral("/proc/meminfo"));
        const QByteArray table = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const double total = memoryLine(table, "MemTotal"), available = memoryLine(table, "MemAvailable");
        QString at = folder;
        while (!at.isEmpty() && at != QLatin1String("/") && !QFileInfo::exists(at))
            at = QFileInfo(at).path();
        const double disk = static_cast<double>(QStorageInfo(at).bytesAvailable());
        QMetaObject::invokeMethod(
            qApp,
            [guard, total, available, disk] {
                if (guard)
                    guard->m_status->setResources(total - available, total, disk);
            },
            Qt::QueuedConnection);
    });
}

void MainWindow::setThemeName(const QString &name)
{
    static const plots::ThemeKind system = plots::systemThemeKind(); // before any palette of ours
    m_settings->setValue(QStringLiteral("theme"), name);
    const plots::ThemeKind kind = name == QLatin1String("light") ? plots::ThemeKind::light
        : name == QLatin1String("dark")                          ? plots::ThemeKind::dark
                                                                 : system;
    plots::applyTheme(*qApp, kind);
    if (m_welcome)
        m_welcome->setTheme(name);
    m_workbench->actions()->refresh();
}

QString MainWindow::themeName() const
{
    return m_settings->value(QStringLiteral("theme"), QStringLiteral("system")).toString();
}

bool MainWindow::event(QEvent *event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Paint && m_firstFrame < 0 && m_frameClock.isValid()) {
        m_firstFrame = static_cast<double>(m_frameClock.nsecsElapsed()) / 1e9;
        Q_EMIT firstFrameShown(m_firstFrame);
        // Everything that is not needed for the first picture starts now.
        QTimer::singleShot(0, this, [this] {
            m_stalls.reset(); // start-up has its own measure
            m_workbench->say(LogLevel::debug, tr("First frame after %1 s").arg(m_firstFrame, 0, 'f', 2));
            m_workbench->engine()->start();
            refreshHere();
            refreshResources();
            m_resources.start();
            offerRecovery();
        });
    }
    return handled;
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
        QMessageBox box(QMessageBox::Question, tr("Close Batlab"),
                        tr("A job is running. Closing stops it; its checkpoint is kept and it can be resumed."), QMessageBox::Cancel, this);
        QPushButton *stop = box.addButton(tr("Stop and close"), QMessageBox::AcceptRole);
        box.setDefaultButton(stop);
        box.exec();
        if (box.clickedButton() != stop) {
            event->ignore();
            return;
        }
    } else if (m_askOnClose && m_workbench->document()->isModified() && !m_workbench->document()->isEmpty()) {
        QMessageBox box(QMessageBox::Question, tr("Close Batlab"), tr("The session %1 has unsaved changes.").arg(m_workbench->document()->title()),
                        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
        const int answer = box.exec();
        if (answer == QMessageBox::Cancel) {
            event->ignore();
            return;
        }
        if (answer == QMessageBox::Save) {
            event->ignore();
            const QString path = m_workbench->document()->path().isEmpty()
                ? QFileDialog::getSaveFileName(this, tr("Save session as"), QStringLiteral("session.batlab.h5"), kSessionFilter)
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
    m_settings->setValue(QStringLiteral("size"), size());
    m_settings->sync();
    event->accept();
}

} // namespace batlab::app
