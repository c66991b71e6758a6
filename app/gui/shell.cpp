// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/shell.h"

#include "app/gui/main_window.h"
#include "app/gui/settings_dialog.h"
#include "app/gui/shortcut_editor.h"
#include "views/models/run_command.h"
#include "views/models/text.h"
#include "views/panels/help_viewer.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/notes_panel.h"
#include "views/panels/session_report.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>

#include <algorithm>

namespace batlab::app {

using views::qs;
using views::ss;

namespace {
constexpr int kFillMs = 150;

} // namespace

Shell::Shell(MainWindow *window)
    : QObject(window)
    , m_window(window)
    , m_workbench(window->workbench())
    , m_notifier(window->settings())
{ }

Shell::~Shell() = default;

void Shell::registerActions()
{
    views::ActionRegistry *r = m_workbench->actions();
    registerSessionActions();
    registerWindowActions();
    registerModelActions();
    r->add({ QStringLiteral("edit.settings"),
             tr("Settings…"),
             QStringLiteral("Edit"),
             QKeySequence(QStringLiteral("Ctrl+,")),
             tr("Theme, language, engine, notifications, folders, shortcuts"),
             [this] { showSettings(); },
             {},
             {},
             QStringLiteral("settings") });
    r->add({ QStringLiteral("run.restartEngine"),
             tr("Start the engine again"),
             QStringLiteral("Run"),
             {},
             tr("Starts the engine process if it has stopped"),
             [this] { m_workbench->engine()->start(); },
             [this] {
                 const EngineClient::State state = m_workbench->engine()->state();
                 return state == EngineClient::State::off || state == EngineClient::State::lost;
             },
             {},
             QStringLiteral("reset") });
    r->add({ QStringLiteral("help.manual"),
             tr("Manual"),
             QStringLiteral("Help"),
             QKeySequence(QKeySequence::HelpContents),
             tr("The page of the manual about what is shown"),
             [this] { showManual(); },
             {},
             {},
             QStringLiteral("help") });
    r->add({ QStringLiteral("help.shortcuts"),
             tr("Shortcuts"),
             QStringLiteral("Help"),
             QKeySequence(QStringLiteral("Ctrl+/")),
             tr("All keys at a glance, and other keys for any action"),
             [this] { showSettings(SettingsDialog::Shortcuts); },
             {},
             {},
             {} });
}

void Shell::attach()
{
    m_notes = new views::NotesPanel(m_workbench->document(), m_workbench->selection(), m_window);
    m_notesDock =
        m_window->addDock(QStringLiteral("notes"), tr("Notes"), m_notes, Qt::BottomDockWidgetArea);
    m_window->tabifyDockWidget(m_window->m_logDock, m_notesDock); // notes need width
    m_notesDock->hide();
    connect(m_notes, &views::NotesPanel::jumpRequested, this, &Shell::goToBookmark);
    connect(m_notes, &views::NotesPanel::bookmarkRequested, this, &Shell::bookmark);
    registerJobHooks();
    connect(m_window->pages(), &QStackedWidget::currentChanged, this, [this] {
        QTimer::singleShot(kFillMs, this, &Shell::pageSeen); // once it has filled itself
    });
    connect(qApp, &QGuiApplication::screenRemoved, this, &Shell::keepOnScreen);
    connect(qApp, &QGuiApplication::focusWindowChanged, this, &Shell::claimHelp);
    claimHelp();
    connect(m_workbench->engine(), &EngineClient::stateChanged, m_workbench->actions(),
            &views::ActionRegistry::refresh);
    applySettings();
}

void Shell::claimHelp()
{
    const QWidget *active = QApplication::activeWindow();
    if (!active)
        return; // another program: whoever had it keeps it
    while (active && active != m_window)
        active = active->parentWidget();
    // In the dialogs of this window too; with two windows a key of both would be nobody's.
    m_workbench->actions()
        ->action(QStringLiteral("help.manual"))
        ->setShortcutContext(active ? Qt::ApplicationShortcut : Qt::WindowShortcut);
}

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
    connect(panel, &views::JobsPanel::repeatRequested, this, [this](const QString &run) {
        if (const Result<QString> queued = m_workbench->repeatRun(run); !queued)
            m_window->showProblem(queued.error());
    });
    connect(panel, &views::JobsPanel::copyCommandRequested, this, &Shell::copyCommand);
    connect(panel, &views::JobsPanel::holdRequested, m_workbench, &Workbench::holdQueue);
    connect(m_workbench, &Workbench::runFinished, this, &Shell::runEnded);
    connect(m_workbench->jobs(), &views::JobsModel::activityChanged, this, &Shell::keepAwake);
}

void Shell::keepAwake()
{
    const bool wanted =
        m_window->settings()->value(QStringLiteral("power/keepAwake"), true).toBool();
    m_awake.setActive(wanted && m_workbench->jobs()->working(), tr("A job is running"));
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

void Shell::runEnded(const QString &run)
{
    const views::JobRow *row = m_workbench->jobs()->findRun(run);
    if (!row || row->state == JobState::cancelled)
        return; // whoever stopped it knows
    const bool inFront = m_window->isActiveWindow() && !m_window->isMinimized();
    (void)m_notifier.jobEnded(row->title, views::JobsModel::stateText(*row),
                              row->progress.elapsedSeconds, inFront);
    if (!inFront)
        QApplication::alert(m_window);
}

void Shell::showManual(const QString &wanted)
{
    QString page = wanted;
    if (page.isEmpty()) {
        static const std::pair<const char *, const char *> contexts[] = {
            { "RunDialog", "run-spec.md" },          { "SettingsDialog", "pages/settings.md" },
            { "NotesPanel", "pages/sessions.md" },   { "JobsPanel", "pages/runs.md" },
            { "LogPanel", "pages/runs.md" },         { "InspectPage", "pages/inspect.md" },
            { "ComparePage", "pages/compare.md" },   { "AblatePage", "pages/ablate.md" },
            { "EvaluatePage", "pages/evaluate.md" },
        };
        const auto find = [&](const QWidget *from) {
            for (const QWidget *w = from; w; w = w->parentWidget()) {
                const QString name = QString::fromLatin1(w->metaObject()->className());
                for (const auto &[type, path] : contexts)
                    if (name.endsWith(QLatin1String("::") + QLatin1String(type)))
                        return QString::fromLatin1(path);
            }
            return QString();
        };
        page = find(QApplication::focusWidget());
        if (page.isEmpty() && QApplication::activeWindow() == m_window)
            page = find(m_window->pages()->currentWidget());
    }
    if (!m_help) {
        m_help = new views::HelpViewer(m_window);
        m_help->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_help->open(page);
    m_help->show();
    m_help->raise();
    m_help->activateWindow();
}

void Shell::showSettings(int tab)
{
    if (!m_settings) {
        m_settings = new SettingsDialog(m_window->settings(), m_workbench->actions(), m_window);
        m_settings->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_settings, &SettingsDialog::themeChosen, m_window, &MainWindow::setThemeName);
        connect(m_settings, &SettingsDialog::changed, this, &Shell::applySettings);
    }
    m_settings->showTab(tab);
    m_settings->show();
    m_settings->raise();
}

void Shell::applySettings()
{
    loadShortcuts(*m_window->settings(), *m_workbench->actions());
    m_workbench->store()->setAutosaveMinutes(
        m_window->settings()->value(QStringLiteral("autosave/minutes"), 2).toInt());
    keepAwake();
}

Shell::Quit Shell::askQuit()
{
    const views::JobRow *row = m_workbench->jobs()->running();
    const int waiting = m_workbench->jobs()->queuedCount();
    QMessageBox box(QMessageBox::Question, tr("Close Batlab"),
                    row ? tr("%1 is at work: %2.").arg(row->run, views::JobsModel::stateText(*row))
                        : tr("A job is at work."),
                    QMessageBox::NoButton, m_window);
    QString more = tr("Kept: finished layers stay, and the run can be resumed at the next start. "
                      "Discarded: what this session has not saved is thrown away.");
    if (waiting > 0)
        more += QLatin1Char(' ') + tr("%n job(s) still wait.", nullptr, waiting);
    box.setInformativeText(more);
    QPushButton *keep = box.addButton(tr("Stop and keep"), QMessageBox::AcceptRole);
    QPushButton *discard = box.addButton(tr("Stop and discard"), QMessageBox::DestructiveRole);
    box.addButton(QMessageBox::Cancel);
    box.setDefaultButton(keep);
    box.exec();
    return box.clickedButton() == keep   ? Quit::keep
        : box.clickedButton() == discard ? Quit::discard
                                         : Quit::cancel;
}

void Shell::setRemote(bool remote, const QString &host)
{
    m_remote = remote;
    m_host = host;
    m_workbench->setRemote(remote);
    // Relative to where the remote shell begins: the home folder there.
    m_workbench->store()->setRemoteWorkspace(remote ? QStringLiteral("batlab-work") : QString());
}

void Shell::restorePosition()
{
    const QSettings &settings = *m_window->settings();
    if (settings.contains(QStringLiteral("layout")))
        m_window->restoreDocks(settings.value(QStringLiteral("layout")).toByteArray());
    m_window->setPerspectives(settings.value(QStringLiteral("perspectives")).toMap());
    if (!settings.contains(QStringLiteral("position")))
        return;
    m_window->move(settings.value(QStringLiteral("position")).toPoint());
    keepOnScreen();
}

void Shell::rememberPosition()
{
    QSettings &settings = *m_window->settings();
    settings.setValue(QStringLiteral("size"), m_window->size());
    settings.setValue(QStringLiteral("position"), m_window->pos());
    settings.setValue(QStringLiteral("layout"), m_window->saveState(MainWindow::kLayoutVersion));
    settings.setValue(QStringLiteral("perspectives"), m_window->perspectives());
    settings.sync();
}

void Shell::keepOnScreen()
{
    QList<QRect> screens;
    for (const QScreen *screen : QGuiApplication::screens())
        screens.append(screen->availableGeometry());
    const QRect now(m_window->pos(), m_window->size()), wanted = onScreen(now, screens);
    if (wanted != now) {
        m_window->resize(wanted.size());
        m_window->move(wanted.topLeft());
    }
}

QRect onScreen(const QRect &window, const QList<QRect> &screens)
{
    if (screens.isEmpty())
        return window;
    constexpr int kGrip = 48; // enough of the title bar to drag it
    const QRect title(window.left(), window.top(), window.width(), kGrip);
    for (const QRect &screen : screens) {
        const QRect seen = screen & title;
        if (seen.width() >= kGrip * 2 && seen.height() >= kGrip / 2)
            return window;
    }
    const auto distance = [&](const QRect &screen) {
        return (screen.center() - window.center()).manhattanLength();
    };
    const QRect home =
        *std::min_element(screens.begin(), screens.end(), [&](const QRect &a, const QRect &b) {
            return distance(a) < distance(b);
        });
    const QSize size = window.size().boundedTo(home.size());
    return { QPoint(std::clamp(window.left(), home.left(), home.right() + 1 - size.width()),
                    std::clamp(window.top(), home.top(), home.bottom() + 1 - size.height())),
             size };
}

bool isRemoteCommand(const QString &command)
{
    const QString program = QFileInfo(command.trimmed().section(QLatin1Char(' '), 0, 0)).fileName();
    return program == QLatin1String("ssh") || program == QLatin1String("kubectl")
        || program == QLatin1String("docker") || program == QLatin1String("podman");
}

} // namespace batlab::app
