// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/shell.h"

#include "app/gui/main_window.h"
#include "app/gui/settings_dialog.h"
#include "app/gui/shortcut_editor.h"
#include "views/models/text.h"
#include "views/panels/help_viewer.h"
#include "views/panels/notes_panel.h"
#include "views/panels/session_report.h"

#include <QApplication>
#include <QDockWidget>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>

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
             tr("One that runs or hangs is ended first; finished layers are kept"),
             [this] { restartEngine(); },
             {},
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
    connect(m_workbench->document(), &views::WorkbenchDocument::documentReset, this,
            [this] { m_unseen = Json::object(); }); // of the session before
    connect(m_workbench->store(), &SessionStore::aboutToCopy, this,
            [this] { m_workbench->document()->setViewState(captureView()); });
    connect(m_window->pages(), &QStackedWidget::currentChanged, this, [this] {
        QTimer::singleShot(kFillMs, this, &Shell::pageSeen); // once it has filled itself
    });
    followScreens();
    connect(qApp, &QGuiApplication::focusWindowChanged, this, &Shell::claimHelp);
    claimHelp();
    connect(m_workbench->engine(), &EngineClient::stateChanged, m_workbench->actions(),
            &views::ActionRegistry::refresh);
    connect(m_workbench, &Workbench::engineElsewhere, this, &Shell::setRemote);
    connect(m_workbench->engine(), &EngineClient::engineSilent, this, &Shell::engineSilent);
    connect(m_workbench->engine(), &EngineClient::silenceEnded, m_window, &MainWindow::dropSettled);
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

void Shell::keepAwake()
{
    const bool wanted =
        m_window->settings()->value(QStringLiteral("power/keepAwake"), true).toBool();
    m_awake.setActive(wanted && m_workbench->jobs()->working(), tr("A job is running"));
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

QString manualPage(const QWidget *at)
{
    static const std::pair<const char *, const char *> contexts[] = {
        { "RunDialog", "run-spec.md" },
        { "SettingsDialog", "pages/settings.md" },
        { "CommandPalette", "pages/settings.md" },
        { "ProjectPanel", "pages/sessions.md" },
        { "NotesPanel", "pages/sessions.md" },
        { "ProvenanceDialog", "pages/sessions.md" },
        { "JobsPanel", "pages/runs.md" },
        { "LogPanel", "pages/runs.md" },
        { "StatusStrip", "pages/runs.md" },
        { "SpecDifferenceDialog", "pages/ablate.md" },
        { "TensorsPanel", "pages/inspect.md" },
        { "DetailPanel", "pages/inspect.md" },
        { "FindingsPanel", "pages/inspect.md" },
        { "InspectPage", "pages/inspect.md" },
        { "ComparePage", "pages/compare.md" },
        { "AblatePage", "pages/ablate.md" },
        { "EvaluatePage", "pages/evaluate.md" },
    };
    for (const QWidget *w = at; w; w = w->parentWidget()) {
        const QString name = QString::fromLatin1(w->metaObject()->className());
        for (const auto &[type, path] : contexts)
            if (name.endsWith(QLatin1String("::") + QLatin1String(type)))
                return QString::fromLatin1(path);
    }
    return {};
}

void Shell::showManual(const QString &wanted)
{
    QString page = wanted;
    if (page.isEmpty())
        page = manualPage(QApplication::focusWidget());
    if (page.isEmpty() && QApplication::activeWindow() == m_window)
        page = manualPage(m_window->pages()->currentWidget());
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

bool isRemoteCommand(const QString &command)
{
    const QString program = QFileInfo(command.trimmed().section(QLatin1Char(' '), 0, 0)).fileName();
    return program == QLatin1String("ssh") || program == QLatin1String("kubectl")
        || program == QLatin1String("docker") || program == QLatin1String("podman");
}

} // namespace batlab::app
