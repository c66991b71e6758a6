// SPDX-License-Identifier: GPL-3.0-or-later
// Runs, the engine's fate, what this machine has, the first frame.
#include "app/gui/main_window.h"

#include "app/gui/shell.h"
#include "core/base/json_text.h"
#include "views/models/core_text.h"
#include "views/models/parameter_form_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/run_dialog.h"
#include "views/panels/status_strip.h"
#include "views/panels/welcome_page.h"
#include "views/plots/panel_notice.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QStorageInfo>
#include <QThreadPool>
#include <QUndoStack>

#include <algorithm>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {

/// A line of /proc/meminfo in bytes; 0 where there is none.
double memoryLine(const QByteArray &table, const char *name)
{
    for (const QByteArray &line : table.split('\n')) {
        if (line.startsWith(name))
            return line.mid(line.indexOf(':') + 1).trimmed().split(' ').value(0).toDouble()
                * 1024.0;
    }
    return 0;
}

} // namespace

void MainWindow::startDemo()
{
    startAfresh(tr("Run the demo"), [this] { return m_workbench->queueDemo(); });
}

void MainWindow::startSample()
{
    startAfresh(tr("Run the sample"), [this] { return m_workbench->queueSample(); });
}

void MainWindow::startAfresh(const QString &what, const std::function<Result<QString>()> &queue)
{
    m_workbench->store()->cancelOpening(); // it would replace what is started
    const auto start = [this, queue] {
        m_banner->hide();
        if (const Result<QString> run = queue(); !run)
            showProblem(run.error());
        else
            setPage(Inspect);
    };
    if (m_workbench->document()->isEmpty()) {
        start();
        return;
    }
    whenReplaceable(what, [this, start] {
        m_workbench->store()->newSession();
        start();
    });
}

void MainWindow::newRun(const Json &spec)
{
    if (m_runDialog) {
        if (spec.is_object())
            m_runDialog->loadSpec(spec, tr("The run"));
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
    m_runDialog = new views::RunDialog(m_form, this);
    m_runDialog->setSessionPath(m_workbench->document()->path());
    if (spec.is_object())
        m_runDialog->loadSpec(spec, tr("The run"));
    m_runDialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_runDialog, &QObject::destroyed, this, [this] { m_runDialog = nullptr; });
    connect(m_runDialog, &views::RunDialog::queueRequested, this, [this](const Json &asked) {
        queue(asked, tr("run of %1").arg(m_form->chosen().join(QStringLiteral(", "))));
    });
    connect(m_runDialog, &views::RunDialog::preflightRequested, this, [this](const Json &asked) {
        const Json question { { "ask", "preflight" },
                              { "spec", asked },
                              { "workspace", ss(m_workbench->store()->workspace()) } };
        m_workbench->engine()->ask(question, [this, asked](const Result<Json> &answer) {
            // Two questions may be at work: one of what the form said before says nothing now.
            if (m_runDialog && m_runDialog->spec() == asked)
                m_runDialog->setPreflight(answer ? *answer : Json(),
                                          answer ? QString() : qs(answer.error().message()),
                                          !answer && answer.error().code == ErrorCode::unsupported);
        });
    });
    m_runDialog->show();
}

void MainWindow::queue(const Json &spec, const QString &title)
{
    if (const Result<QString> run = m_workbench->queueRun(spec, title); !run)
        showProblem(run.error());
}

void MainWindow::engineLost(const QString &message, const QString &details, const QStringList &runs,
                            bool outOfMemory)
{
    if (runs.isEmpty()) {
        showBanner(views::Banner::Tone::warning, message, {}, {}, details);
        return;
    }
    QStringList buttons { tr("Restart and resume") };
    if (outOfMemory)
        buttons << tr("Retry with less memory…");
    showBanner(
        views::Banner::Tone::error, message, buttons,
        [this, runs](int button) {
            if (button == 0)
                m_workbench->resumeAll(runs);
            else
                m_shell->retryWithLess(runs.first());
        },
        details,
        [this, runs] {
            return std::any_of(runs.begin(), runs.end(),
                               [this](const QString &run) { return canResume(run); });
        });
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
    lines.append({ ready ? State::good : State::info,
                   tr("Engine"),
                   ready ? tr("batlab-cli %1").arg(text("version")) : state,
                   {} });
    if (ready) {
        lines.append(
            { State::good, tr("CPU"), text("cpu"), tr("%1 threads").arg(text("threads")) });
        const QString device = text("device");
        const bool gpu = device.startsWith(QLatin1String("cuda"));
        lines.append({ gpu ? State::good : State::info, tr("GPU"), gpu ? device : tr("none"),
                       tr("FP4 emulated") });
        if (!text("torch").isEmpty())
            lines.append({ State::good, tr("libtorch"), text("torch"), {} });
        if (hello.contains("memoryBytes") && hello["memoryBytes"].is_number())
            lines.append({ State::good,
                           tr("Memory"),
                           views::bytes(hello["memoryBytes"].get<double>()),
                           {} });
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
    const Json question { { "ask", "preflight" },
                          { "spec", m_workbench->demoSpec() },
                          { "workspace", ss(m_workbench->store()->workspace()) } };
    m_workbench->engine()->ask(question, [this](const Result<Json> &answer) {
        if (!answer || !answer->is_object()) {
            if (!answer)
                m_welcome->setDemoEnabled(answer.error().code != ErrorCode::notFound,
                                          views::coreText(answer.error()));
            return;
        }
        const auto seconds = answer->find("seconds");
        if (seconds == answer->end() || !seconds->is_number())
            return;
        m_welcome->setDemoNote(
            tr("Calibrates and compares five methods on 30 layers, %1 here.")
                .arg(views::eta(seconds->get<double>()).replace(QStringLiteral("≈"), tr("about"))),
            tr("Layer 0 can be inspected after about 1 min. Stopping keeps finished layers."));
    });
}

void MainWindow::refreshResources()
{
    const QString folder = m_workbench->store()->workspace();
    EngineClient *engine = m_workbench->engine();
    const bool remote = m_shell->isRemote(), ready = engine->state() == EngineClient::State::ready;
    if (ready && (remote || textAt(engine->hello(), "device").starts_with("cuda")))
        engine->askLatest(
            "resources", { { "ask", "resources" }, { "workspace", ss(folder) } },
            [guard = QPointer<MainWindow>(this),
             where = remote ? m_shell->remoteHost() : QString()](const Result<Json> &answer) {
                if (guard && answer)
                    guard->m_status->setAnswer(*answer, where);
            });
    if (remote)
        return; // what this machine has says nothing about the job
    QThreadPool::globalInstance()->start([this, folder, guard = QPointer<MainWindow>(this)] {
        QFile file(QStringLiteral("/proc/meminfo"));
        const QByteArray table = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const double total = memoryLine(table, "MemTotal"),
                     available = memoryLine(table, "MemAvailable");
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

bool MainWindow::event(QEvent *event)
{
    if (event->type() == plots::PanelNotice::eventType()) {
        takeNotice(*static_cast<plots::PanelNotice *>(event));
        event->accept();
        return true;
    }
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::PaletteChange && m_baseline)
        updateBaseline(); // markers carry colours
    if (event->type() == QEvent::Paint && m_firstFrame < 0 && m_frameClock.isValid()) {
        m_firstFrame = static_cast<double>(m_frameClock.nsecsElapsed()) / 1e9;
        Q_EMIT firstFrameShown(m_firstFrame);
        // Everything that is not needed for the first picture starts now.
        QTimer::singleShot(0, this, [this] {
            m_stalls.reset(); // start-up has its own measure
            m_workbench->say(LogLevel::debug,
                             tr("First frame after %1 s").arg(m_firstFrame, 0, 'f', 2));
            m_workbench->engine()->start();
            refreshHere();
            refreshResources();
            m_resources.start();
            noteLeftovers({});
            if (m_banner->isHidden())
                sayNext();
        });
    }
    return handled;
}

} // namespace batlab::app
