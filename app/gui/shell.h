// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/notifier.h"
#include "app/gui/sleep_inhibitor.h"
#include "app/gui/workbench.h"
#include "views/panels/command_palette.h"

#include <QObject>
#include <QPointer>
#include <QRect>

#include <functional>
#include <vector>

class QDialog;
class QDockWidget;

namespace batlab::views {
class HelpViewer;
class NotesPanel;
class SessionReport;
} // namespace batlab::views

namespace batlab::app {

class MainWindow;
class SettingsDialog;

/// What makes a window a citizen of the desktop, apart from its pages: the queue's menus, the view
/// a session keeps, notes, links, report, manual, settings, shortcuts, notifications.
class Shell : public QObject
{
    Q_OBJECT

public:
    static constexpr int kViewVersion = 1;
    enum class Quit { keep, discard, cancel };

    explicit Shell(MainWindow *window);
    ~Shell() override;
    void registerActions(); ///< before the menus are made of them
    void attach(); ///< once pages and docks stand

    // shell_sessions.cpp
    [[nodiscard]] Json captureView() const;
    void restoreView(const Json &view);
    /// Says what is odd about the opened file (read-only, newer, its model is gone); false: nothing
    /// is.
    bool sessionOpened();
    void writePortable(const QString &path);
    void writeReport(const QString &path, std::function<void(bool)> done = {});
    void showProvenance();
    void bookmark();
    [[nodiscard]] views::NotesPanel *notes() const { return m_notes; }

    // shell_windows.cpp
    /// batlab://…, or layer/site/block. Of a session that is not open yet: once it is.
    void openLink(const QString &link);
    void copyLink();
    /// The selected block on the page Inspect; one of another session in that session's window.
    void showInInspect();
    /// How links to other sessions are opened; unset: in this window.
    void setOpenLinkElsewhere(std::function<void(const QString &link)> open)
    {
        m_openLinkElsewhere = std::move(open);
    }
    void setOpenWindow(std::function<MainWindow *()> open) { m_openWindow = std::move(open); }
    /// One more window, shown; null where the program has only this one.
    MainWindow *openWindow() { return m_openWindow ? m_openWindow() : nullptr; }

    // shell_models.cpp
    /// Another place for a model of the runs; the engine compares the weights first.
    void relink(const QString &before, const QString &after);
    /// Asks the engine what is in a model; its tensors show unless the session has results.
    void lookInto(const QString &model);
    /// A path on the engine's machine, typed; the ones opened there before complete it.
    void askForRemoteModel();

    // shell_retry.cpp
    /// Says so, and offers to end it and start another.
    void engineSilent(const Error &error);
    void restartEngine(); ///< asks first where that ends a job of an engine that is well
    /// Says what went wrong with a run and offers what can be done: resume, or a smaller run.
    void runFailed(const QString &run, const Error &error);
    void retryWithLess(const QString &run); ///< the form, with batches and sequences halved

    // shell_runs.cpp
    struct RunAction
    {
        QString title, help;
        std::function<void()> act;
    };
    /// What can be made of a run, whether or not it has a job here; nothing of an unknown one.
    [[nodiscard]] std::vector<RunAction> runActions(const QString &run);

    // shell.cpp
    void showManual(const QString &page = {}); ///< empty: that of the present page
    void showSettings(int tab = 0);
    [[nodiscard]] std::vector<views::PaletteEntry> palettePlaces();
    [[nodiscard]] Quit askQuit();
    [[nodiscard]] Notifier *notifier() { return &m_notifier; }
    [[nodiscard]] SleepInhibitor *sleepInhibitor() { return &m_awake; }
    /// The engine runs on another machine (ssh): paths are those there.
    [[nodiscard]] bool isRemote() const { return m_remote; }
    void setRemote(bool remote, const QString &host = {});
    [[nodiscard]] QString remoteHost() const; ///< its name, or words for it
    void applySettings(); ///< shortcuts, autosave

    // shell_screens.cpp
    void restorePosition();
    void rememberPosition();

private:
    void registerSessionActions();
    void registerWindowActions();
    void registerModelActions();
    void pageSeen();
    void restoreSelection(const Json &selection);
    void registerJobHooks();
    void runEnded(const QString &run);
    void keepAwake(); ///< while a job is at work, unless the setting says otherwise
    void goToBookmark(const views::Annotation &bookmark);
    void repeatRun(const QString &run);
    void copyCommand(const QString &run);
    void savePortable();
    /// Models of the runs that are not where their specs say; none of those of another machine.
    [[nodiscard]] QStringList missingModels() const;
    void noteMissingModels(); ///< for the actions
    /// Says in the banner, after `first`, which model is missing and offers to locate it; false:
    /// none is.
    bool offerToLocate(const QString &first = {});
    bool locateModel(const QString &before); ///< false: no place was chosen
    void followScreens();
    void keepOnScreen(); ///< the window, its dialogs and its floating docks
    void claimHelp(); ///< the manual's key is that of the active window

    MainWindow *m_window;
    Workbench *m_workbench;
    Notifier m_notifier;
    SleepInhibitor m_awake;
    views::NotesPanel *m_notes = nullptr;
    QDockWidget *m_notesDock = nullptr;
    QPointer<views::HelpViewer> m_help;
    QPointer<SettingsDialog> m_settings;
    std::shared_ptr<views::SessionReport> m_report;
    Json m_unseen = Json::object(); ///< state of pages not shown since the session was opened
    std::function<void(const QString &)> m_openLinkElsewhere;
    std::function<MainWindow *()> m_openWindow;
    bool m_remote = false, m_modelMissing = false;
    QString m_host; ///< of a remote engine; empty: not named by the command
};

/// The page of the manual about the panel or dialog that a widget stands in; empty: none is.
[[nodiscard]] QString manualPage(const QWidget *at);
/// A window of this place and size so that it can be reached: moved onto the nearest screen, and
/// made smaller where it is larger than that.
[[nodiscard]] QRect onScreen(const QRect &window, const QList<QRect> &screens);
/// Whether a command line starts the engine on another machine.
[[nodiscard]] bool isRemoteCommand(const QString &command);
/// The machine that "ssh -p 22 HOST batlab-cli serve" names; empty for any other command.
[[nodiscard]] QString remoteHostOf(const QString &command);

} // namespace batlab::app
