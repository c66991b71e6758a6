// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/stall_monitor.h"
#include "app/gui/workbench.h"
#include "views/models/ask.h"
#include "views/models/recent_files.h"
#include "views/panels/banner.h"

#include <QMainWindow>
#include <QMap>
#include <QSettings>

#include <memory>
#include <vector>

class QComboBox;
class QDockWidget;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace batlab::views {
class AblatePage;
class ComparePage;
class DetailPanel;
class EvaluatePage;
class FindingsPanel;
class InspectPage;
class JobsPanel;
class LogPanel;
class NoticeDialog;
class ProjectModel;
class ProjectPanel;
class RunDialog;
class PanelTabs;
class ParameterFormModel;
class SelectionBar;
class StatusStrip;
class TensorsPanel;
class WelcomePage;
} // namespace batlab::views

namespace batlab::plots {
class PanelNotice;
}

namespace batlab::app {

class ComparisonFiles;
class DockTitle;
class PlotExporter;
class Shell;

/// The window: menus, toolbar, selection bar, pages, docks, status. What it shows lives in the
/// Workbench.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    static constexpr int kLayoutVersion = 2; ///< of saveState(): another one is not restored
    enum Page { Welcome, Inspect, Compare, Ablate, Evaluate, PageCount };

    MainWindow(Workbench *workbench, std::unique_ptr<QSettings> settings,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    /// By what they are, as paths or file: URLs: results of lm-eval into the open session, the
    /// first session, model, run spec or link here, each other one in a window of its own.
    void openPaths(const QStringList &paths);
    void openPath(const QString &path);
    /// Results of lm-eval, or a folder of them, as a path or a file: URL.
    [[nodiscard]] static bool isResults(const QString &given);
    void openSession(const QString &path, std::function<void()> then = {});
    void openModel(const QString &path);
    void saveTo(const QString &path, std::function<void(bool)> done = {});
    void startDemo();
    void startSample(); ///< filled pages in seconds
    void setPage(Page page);
    [[nodiscard]] Page page() const;
    void setThemeName(const QString &name); ///< "system", "light", "dark"; remembered
    void showTheme(); ///< marks the one that is set
    [[nodiscard]] QString themeName() const;
    void newRun(const Json &spec = {});
    void showProblem(const Error &error); ///< in the banner and in the log
    void showFailure(const QString &text); ///< the same for a text
    /// One line across the window; `action` gets the number of the button that was pressed. One
    /// with buttons that another one displaces comes back after it, unless `holds` says that it no
    /// longer applies.
    void showBanner(views::Banner::Tone tone, const QString &text, const QStringList &buttons = {},
                    std::function<void(int)> action = {}, const QString &details = {},
                    std::function<bool()> holds = {});
    /// A name for a session file, with its suffix; empty: none was chosen. What is there already is
    /// not replaced without a question.
    [[nodiscard]] QString chooseSessionFile(const QString &title, const QString &proposed);
    void showPalette();
    void showContract(); ///< what the variants have in common, or differ in
    void showRun(const QString &run); ///< its job, or the facts of one that has none here
    void showTensors(); ///< of the opened model, in the project dock
    void resetLayout();
    /// The docks each page shows, as the user left them: what the settings keep.
    [[nodiscard]] QVariantMap perspectives() const;
    void setPerspectives(const QVariantMap &kept);
    /// The sizes of the docks on each page, as the user left them: for the settings.
    [[nodiscard]] QVariantMap keptSizes() const;
    void setKeptSizes(const QVariantMap &kept);
    /// Of saveState(); what shows and hides on the way changes no perspective.
    void restoreDocks(const QByteArray &state);
    void setReadout(const QString &text);
    /// Closing without questions: tests, --screenshot, the end of the desktop's session.
    void setAskOnClose(bool ask) { m_askOnClose = ask; }
    /// Closes all windows of the program, one that is saved first too, until a question is
    /// cancelled.
    static void quit();
    /// At its start the program's first window offers all recovery copies; a further one does not.
    void setFurther() { m_starting = false; }

    [[nodiscard]] Workbench *workbench() const { return m_workbench; }
    [[nodiscard]] Shell *shell() const { return m_shell; }
    [[nodiscard]] QSettings *settings() const { return m_settings.get(); }
    [[nodiscard]] views::JobsPanel *jobsPanel() const { return m_jobs; }
    [[nodiscard]] QStackedWidget *pages() const { return m_pages; }
    [[nodiscard]] StallMonitor *stalls() { return &m_stalls; }
    [[nodiscard]] views::Banner *banner() const { return m_banner; }
    [[nodiscard]] views::RunDialog *runDialog() const { return m_runDialog; }
    [[nodiscard]] views::InspectPage *inspectPage() const { return m_inspect; }
    [[nodiscard]] views::ComparePage *comparePage() const { return m_compare; }
    [[nodiscard]] views::AblatePage *ablatePage() const { return m_ablate; }
    [[nodiscard]] views::EvaluatePage *evaluatePage() const { return m_evaluate; }
    [[nodiscard]] ComparisonFiles *comparisonFiles() const { return m_comparison; }
    [[nodiscard]] PlotExporter *plotExporter() const { return m_exporter; }
    [[nodiscard]] views::DetailPanel *detailPanel() const { return m_detail; }
    [[nodiscard]] views::TensorsPanel *tensorsPanel() const { return m_tensors; }
    [[nodiscard]] views::WelcomePage *welcomePage() const { return m_welcome; }
    /// Seconds from `since` (a QElapsedTimer's nanoseconds at main) to the first painted frame;
    /// negative: not yet.
    [[nodiscard]] double firstFrameSeconds() const { return m_firstFrame; }
    void startFrameClock(const QElapsedTimer &clock) { m_frameClock = clock; }

Q_SIGNALS:
    void firstFrameShown(double seconds);
    void closed(); ///< the close was accepted

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    bool event(QEvent *event) override;

private:
    // main_window.cpp
    void buildToolBars();
    void buildPages();
    void buildDocks();
    [[nodiscard]] views::PanelTabs *buildProjectTabs(); ///< main_window_layout.cpp
    void buildStatus();
    void connectWorkbench();
    void updateTitle();
    void updateBaseline();
    void updatePages(); ///< pages and docks on or off: nothing open, something open
    void applyPerspective();
    void rememberPerspective();
    // main_window_docks.cpp
    /// By the docks' names; of those at the bottom the height is that of their row.
    using DockSizes = QMap<QString, QSize>;
    void arrangeBottom(); ///< jobs and log side by side, or tabs of a low window; titles
    [[nodiscard]] int sizeKey() const; ///< of the page in a window of this class of sizes
    /// Of docks that are seen, and of one that is just being hidden.
    [[nodiscard]] DockSizes dockSizes(const QDockWidget *leaving = nullptr) const;
    void rememberSizes(); ///< of the page that is shown
    void applySizes(); ///< those the page had, or its first ones
    void applyFirstSizes();
    void resizeTo(const DockSizes &sizes, bool rowHeight);
    void dockShown(QDockWidget *dock, bool visible);
    friend class Shell; // docks and layout
    [[nodiscard]] QDockWidget *addDock(const QString &id, const QString &title, QWidget *content,
                                       Qt::DockWidgetArea area);
    // main_window_inspect.cpp
    void buildInspectDocks();
    /// The docks a perspective remembers, in the order of its flags.
    [[nodiscard]] QList<QDockWidget *> perspectiveDocks() const;
    [[nodiscard]] views::Ask ask() const; ///< questions of views, put to the engine
    // main_window_filter.cpp
    void registerFilterActions();
    void nameFilterActions(); ///< after the place that is selected
    void offerFilterActions(views::FindingsPanel *findings); ///< in context menus
    // main_window_actions.cpp
    void registerActions();
    void registerFileActions();
    void registerViewActions();
    void registerRunActions();
    void buildMenus();
    void showAbout();
    // main_window_panel_actions.cpp
    void registerPanelActions();
    void registerInspectActions();
    void registerCompareActions();
    /// Without `enabled`: while something is open.
    void addPanelAction(const char *id, const char *section, const QString &title,
                        const QString &help, std::function<void()> run,
                        std::function<bool()> enabled = {});
    // main_window_ablate.cpp
    [[nodiscard]] QWidget *buildAblatePage();
    void registerAblateActions();
    // main_window_files.cpp
    /// What is open goes. `first` comes before what the session has to say, `then` after it;
    /// neither where it cannot be read.
    void readSession(const QString &path, std::function<void()> first, std::function<void()> then);
    void chooseModel();
    void chooseModelFolder();
    void chooseSession();
    void openOne(const QString &path);
    void importResults(const QStringList &paths);
    void rememberSession(const QString &path); ///< the one that is open
    // main_window_saving.cpp
    [[nodiscard]] static QString sessionFilter();
    /// `done` is not called when no file is chosen.
    void save(std::function<void(bool)> done = {});
    void saveAs(std::function<void(bool)> done = {});
    /// Before the document goes; a recovery copy of no work goes at once.
    [[nodiscard]] bool mustAskUnsaved();
    [[nodiscard]] int askUnsaved(const QString &what); ///< a button of QMessageBox
    /// Goes on at once, after the session is saved, or not at all.
    void whenReplaceable(const QString &what, std::function<void()> then);
    void sayNotSaved(const Error &error); ///< another place may do
    void showActivity(); ///< what is read or written, in the status bar
    void cancelActivity();
    // main_window_recovery.cpp
    /// Recovery copies that are there now; the action that offers them is on or off.
    std::vector<Leftover> lookForLeftovers();
    /// Copies of this session are to be offered; those of all others too, once, at the start.
    void noteLeftovers(const QString &session);
    void answerBanner(int button);
    void closeBanner(); ///< by its cross: what it offers is put off
    void forgetOffer(); ///< the copy that the banner offers, if it does
    /// The banner holds one message: those that others displaced come first, then copies of the
    /// open session, then what is odd about it or its stopped run, then copies of others.
    void sayNext();
    bool sayDisplaced(); ///< false: none is left that holds
    void showRecovery(); ///< offers what there is once more
    void offerRecovery(const Leftover &found);
    void recover(const Leftover &found);
    bool offerResume(); ///< false: no run was stopped
    [[nodiscard]] bool canResume(const QString &run) const; ///< it ended before its time
    // main_window_notices.cpp
    void takeNotice(const plots::PanelNotice &notice);
    views::NoticeDialog *openNotice(const QString &id, const QString &title, const QString &heading,
                                    const QString &text);
    /// A file that the session was compared with cannot be read: it stays named until it is taken
    /// out.
    void sayMissing(const QString &path, const Error &error);
    void dropMessages(); ///< the banner's, and those it displaced
    void dropSettled(); ///< the banner's, if it no longer holds; the next one comes
    // main_window_work.cpp
    void queue(const Json &spec, const QString &title);
    void engineLost(const QString &message, const QString &details, const QStringList &runs,
                    bool outOfMemory);
    void refreshRecent();
    void refreshHere();
    void refreshResources();
    void rememberRecent(const QString &path, bool isSession, const QString &note);
    void askDemoDuration();
    void startAfresh(const QString &what, const std::function<Result<QString>()> &queue);

    Workbench *m_workbench;
    Shell *m_shell = nullptr;
    ComparisonFiles *m_comparison;
    PlotExporter *m_exporter;
    std::unique_ptr<QSettings> m_settings;
    views::RecentFiles m_recentFiles;
    StallMonitor m_stalls;
    views::ProjectModel *m_projectModel = nullptr;
    views::Banner *m_banner = nullptr;
    struct Message
    {
        views::Banner::Tone tone = views::Banner::Tone::info;
        QString text;
        QStringList buttons;
        std::function<void(int)> action;
        QString details;
        std::function<bool()> holds;
    };
    Message m_message; ///< what the banner shows, or showed last
    std::vector<Message> m_displaced; ///< not answered yet; the last comes back first
    QStackedWidget *m_pages = nullptr;
    QTabBar *m_tabs = nullptr;
    QToolBar *m_main = nullptr, *m_selectionTools = nullptr;
    QComboBox *m_baseline = nullptr;
    QWidget *m_baselineBox = nullptr;
    QToolButton *m_paletteField = nullptr;
    views::SelectionBar *m_selectionBar = nullptr;
    views::WelcomePage *m_welcome = nullptr;
    views::InspectPage *m_inspect = nullptr;
    views::ComparePage *m_compare = nullptr;
    views::AblatePage *m_ablate = nullptr;
    views::EvaluatePage *m_evaluate = nullptr;
    views::ProjectPanel *m_project = nullptr;
    views::TensorsPanel *m_tensors = nullptr;
    views::PanelTabs *m_projectTabs = nullptr;
    views::JobsPanel *m_jobs = nullptr;
    views::LogPanel *m_log = nullptr;
    views::StatusStrip *m_status = nullptr;
    views::DetailPanel *m_detail = nullptr;
    QDockWidget *m_projectDock = nullptr, *m_jobsDock = nullptr, *m_logDock = nullptr;
    QDockWidget *m_detailDock = nullptr, *m_findingsDock = nullptr;
    DockTitle *m_jobsTitle = nullptr, *m_logTitle = nullptr, *m_findingsTitle = nullptr;
    views::ParameterFormModel *m_form = nullptr;
    views::RunDialog *m_runDialog = nullptr;
    QTimer m_resources;
    QMap<int, QList<bool>> m_perspectives; ///< page -> docks shown, as the user left them
    QMap<int, DockSizes> m_dockSizes; ///< by sizeKey(), as the user left them
    QMap<const QDockWidget *, DockSizes> m_areaBefore; ///< a dock's area when it was hidden
    bool m_narrow = false, m_low = false; ///< the window's class of sizes
    QElapsedTimer m_frameClock;
    double m_firstFrame = -1;
    std::vector<Leftover> m_offers; ///< recovery copies that are neither answered nor put off
    QString m_offered; ///< the one that the banner shows, by its file
    bool m_starting = true; ///< the program's first window: nothing opened, nothing offered yet
    bool m_canRecover = false;
    bool m_sessionUnsaid = false; ///< the banner has yet to say what is odd about what is open
    bool m_askOnClose = true, m_applying = false, m_demoAsked = false;
    bool m_quitting = false; ///< what closes the window is to close the others too
    int m_frames = 0;
};

} // namespace batlab::app
