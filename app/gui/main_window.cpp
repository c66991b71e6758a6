// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/main_window.h"

#include "app/gui/comparison_files.h"
#include "app/gui/dock_title.h"
#include "app/gui/plot_exporter.h"
#include "app/gui/shell.h"
#include "views/models/project_model.h"
#include "views/models/text.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/log_panel.h"
#include "views/panels/method_icon.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/project_panel.h"
#include "views/panels/selection_bar.h"
#include "views/panels/status_strip.h"
#include "views/panels/tensors_panel.h"
#include "views/panels/ui_kit.h"
#include "views/panels/welcome_page.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

namespace batlab::app {

using views::qs;

namespace {

/// As narrow as the page that is shown allows.
class PageStack : public QStackedWidget
{
public:
    explicit PageStack(QWidget *parent) : QStackedWidget(parent)
    {
        connect(this, &QStackedWidget::currentChanged, this, &QWidget::updateGeometry);
    }
    [[nodiscard]] QSize minimumSizeHint() const override
    {
        return currentWidget() ? currentWidget()->minimumSizeHint()
                               : QStackedWidget::minimumSizeHint();
    }
};

} // namespace

MainWindow::MainWindow(Workbench *workbench, std::unique_ptr<QSettings> settings, QWidget *parent)
    : QMainWindow(parent)
    , m_workbench(workbench)
    , m_comparison(new ComparisonFiles(workbench, this))
    , m_exporter(new PlotExporter(this))
    , m_settings(std::move(settings))
    , m_recentFiles(m_settings.get())
{
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks);
    m_projectModel = new views::ProjectModel(workbench->document(), this);
    setThemeName(m_settings->value(QStringLiteral("theme"), QStringLiteral("system")).toString());
    m_shell = new Shell(this);
    registerActions();
    buildToolBars();
    buildPages();
    buildDocks();
    buildStatus();
    buildMenus();
    connectWorkbench();
    m_shell->attach();
    resetLayout();
    resize(m_settings->value(QStringLiteral("size"), QSize(1600, 1000)).toSize());
    m_shell->restorePosition();
    setPage(Welcome);
    updatePages();
    updateTitle();
    m_stalls.start();
    connect(&m_stalls, &StallMonitor::stalled, this, [this](double wall, double cpu) {
        m_workbench->say(LogLevel::debug,
                         tr("The window did not answer for %1 ms (%2 ms of its own work)")
                             .arg(wall, 0, 'f', 0)
                             .arg(cpu, 0, 'f', 0));
    });
    m_resources.setInterval(2000);
    connect(&m_resources, &QTimer::timeout, this, &MainWindow::refreshResources);
}

MainWindow::~MainWindow()
{
    m_stalls.stop();
    // The models outlive the views only by our care: nothing may call back into a half-destroyed
    // window.
    m_workbench->disconnect(this);
    m_workbench->engine()->disconnect(this);
    m_workbench->store()->disconnect(this);
    m_workbench->document()->disconnect(this);
    m_workbench->selection()->disconnect(this);
    m_workbench->jobs()->disconnect(this);
}

void MainWindow::buildToolBars()
{
    m_main = addToolBar(tr("Main"));
    m_main->setObjectName(QStringLiteral("mainToolBar"));
    m_main->setMovable(false);
    m_main->setFixedHeight(plots::px(40));
    m_main->setAutoFillBackground(true);
    m_main->toggleViewAction()->setEnabled(false);
    views::keepColors(m_main, { { QPalette::Window, &plots::Tokens::chrome } });
    views::ActionRegistry *actions = m_workbench->actions();
    const auto tool = [&](const QString &id) {
        const views::ActionSpec *spec = actions->spec(id);
        QAction *action = actions->action(id);
        QToolButton *button = views::makeTool(spec->icon, action->toolTip(), m_main);
        connect(button, &QToolButton::clicked, action, &QAction::trigger);
        const auto follow = [button, action] {
            button->setEnabled(action->isEnabled());
            button->setToolTip(action->toolTip());
        };
        connect(action, &QAction::changed, button, follow);
        follow();
        m_main->addWidget(button);
    };
    const auto gap = [&](int width) {
        auto *space = new QWidget(m_main);
        space->setFixedWidth(plots::px(width));
        m_main->addWidget(space);
    };
    gap(6);
    for (const char *id : { "file.openSession", "file.save", "", "edit.undo", "edit.redo", "",
                            "go.back", "go.forward", "" }) {
        if (*id)
            tool(QString::fromLatin1(id));
        else
            gap(10);
    }
    m_tabs = new QTabBar(m_main);
    m_tabs->setDocumentMode(true);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setFont(plots::baseFont());
    m_tabs->setAccessibleName(tr("Pages"));
    for (const QString &name : { tr("Inspect"), tr("Compare"), tr("Ablate"), tr("Evaluate") })
        m_tabs->addTab(name);
    m_main->addWidget(m_tabs);
    auto *stretch = new QWidget(m_main);
    stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_main->addWidget(stretch);

    m_baselineBox = new QWidget(m_main);
    auto *row = new QHBoxLayout(m_baselineBox);
    row->setContentsMargins(0, 0, plots::px(12), 0);
    row->addWidget(
        views::makeLabel(tr("Baseline"), &plots::Tokens::text3, plots::tableFont(), m_baselineBox));
    m_baseline = new QComboBox(m_baselineBox);
    m_baseline->setAccessibleName(tr("Baseline"));
    m_baseline->setToolTip(tr("Every difference is against this variant"));
    m_baseline->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_baseline->setMinimumWidth(plots::px(150));
    m_baseline->setMaximumWidth(plots::px(240));
    row->addWidget(m_baseline);
    m_main->addWidget(m_baselineBox);
    m_paletteField = new QToolButton(m_main);
    m_paletteField->setText(tr("Go to layer, variant, action…   Ctrl+K"));
    m_paletteField->setToolTip(tr("Go to anything (Ctrl+K)"));
    m_paletteField->setAccessibleName(tr("Go to"));
    m_paletteField->setFont(plots::tableFont());
    m_paletteField->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_paletteField->setFixedHeight(plots::px(26));
    views::keepIcon(m_paletteField, QStringLiteral("search"));
    m_main->addWidget(m_paletteField);
    gap(8);

    addToolBarBreak();
    m_selectionTools = addToolBar(tr("Selection"));
    m_selectionTools->setObjectName(QStringLiteral("selectionToolBar"));
    m_selectionTools->setMovable(false);
    m_selectionTools->setContentsMargins(0, 0, 0, 0);
    m_selectionTools->toggleViewAction()->setEnabled(false);
    m_selectionBar = new views::SelectionBar(m_workbench->document(), m_workbench->selection(),
                                             m_selectionTools);
    m_selectionBar->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_selectionTools->addWidget(m_selectionBar);

    connect(m_selectionBar, &views::SelectionBar::contractClicked, this, &MainWindow::showContract);
    connect(m_tabs, &QTabBar::tabBarClicked, this, [this](int tab) {
        if (tab >= 0)
            setPage(static_cast<Page>(tab + 1));
    });
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        if (page() != Welcome && tab >= 0)
            setPage(static_cast<Page>(tab + 1));
    });
    connect(m_baseline, &QComboBox::activated, this, [this](int at) {
        m_workbench->document()->pinBaseline(m_baseline->itemData(at).toString());
    });
    connect(m_paletteField, &QToolButton::clicked, this, &MainWindow::showPalette);
}

void MainWindow::buildPages()
{
    auto *centre = new QWidget(this);
    auto *column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_banner = new views::Banner(centre);
    column->addWidget(m_banner);
    m_pages = new PageStack(centre);
    column->addWidget(m_pages, 1);
    setCentralWidget(centre);
    views::WorkbenchDocument *document = m_workbench->document();
    views::SelectionContext *selection = m_workbench->selection();
    m_welcome = new views::WelcomePage(m_pages);
    m_inspect = new views::InspectPage(document, selection, m_pages);
    m_compare = new views::ComparePage(document, selection, m_pages);
    m_evaluate = new views::EvaluatePage(document, selection, m_pages);
    for (QWidget *w : { static_cast<QWidget *>(m_welcome), static_cast<QWidget *>(m_inspect),
                        static_cast<QWidget *>(m_compare), buildAblatePage(),
                        static_cast<QWidget *>(m_evaluate) })
        m_pages->addWidget(w);
    connect(m_inspect, &views::InspectPage::readout, this, &MainWindow::setReadout);
    connect(m_compare, &views::ComparePage::readout, this, &MainWindow::setReadout);
    connect(m_compare, &views::ComparePage::inspectRequested, this,
            [this] { m_shell->showInInspect(); });
    m_compare->setAsk(ask());
    connect(m_compare, &views::ComparePage::addSessionRequested, m_comparison,
            &ComparisonFiles::chooseSession);
    connect(m_evaluate, &views::EvaluatePage::importRequested, m_comparison,
            &ComparisonFiles::chooseResults);
    connect(m_comparison, &ComparisonFiles::failed, this, &MainWindow::showProblem);
    connect(m_comparison, &ComparisonFiles::missing, this, &MainWindow::sayMissing);
    connect(m_evaluate, &views::EvaluatePage::saveFailed, this, &MainWindow::showFailure);
    connect(m_evaluate, &views::EvaluatePage::readout, this, &MainWindow::setReadout);
    connect(m_evaluate, &views::EvaluatePage::runRequested, this, [this] { newRun(); });
    connect(m_welcome, &views::WelcomePage::demoRequested, this, &MainWindow::startDemo);
    connect(m_welcome, &views::WelcomePage::sampleRequested, this, &MainWindow::startSample);
    connect(m_welcome, &views::WelcomePage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_welcome, &views::WelcomePage::openFolderRequested, this,
            &MainWindow::chooseModelFolder);
    connect(m_welcome, &views::WelcomePage::openSessionRequested, this, &MainWindow::chooseSession);
    connect(m_welcome, &views::WelcomePage::recentRequested, this, &MainWindow::openPath);
    connect(m_welcome, &views::WelcomePage::themeRequested, this, &MainWindow::setThemeName);
    connect(m_welcome, &views::WelcomePage::clearRecentRequested, this, [this] {
        m_recentFiles.clear();
        refreshRecent();
    });
    connect(m_banner, &views::Banner::buttonPressed, this, &MainWindow::answerBanner);
    connect(m_banner, &views::Banner::closed, this, &MainWindow::closeBanner);
    m_welcome->setTheme(themeName());
    m_welcome->setDemoNote(
        tr("Calibrates RTN, GPTQ, MR-GPTQ, diagonal + H32 and BATQuant on 30 layers, then compares "
           "them."),
        tr("Layer 0 can be inspected after about 1 min. Stopping keeps finished layers."));
    refreshRecent();
}

QDockWidget *MainWindow::addDock(const QString &id, const QString &title, QWidget *content,
                                 Qt::DockWidgetArea area)
{
    auto *dock = new QDockWidget(title, this);
    dock->setObjectName(id);
    dock->setWidget(content);
    dock->setTitleBarWidget(new DockTitle(dock));
    dock->toggleViewAction()->setObjectName(QStringLiteral("dock.") + id);
    dock->toggleViewAction()->setToolTip(tr("Show or hide %1").arg(title));
    addDockWidget(area, dock);
    connect(dock, &QDockWidget::visibilityChanged, this,
            [this, dock](bool visible) { dockShown(dock, visible); });
    return dock;
}

void MainWindow::buildDocks()
{
    setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    m_project = new views::ProjectPanel(m_projectModel, m_workbench->selection(), this);
    m_projectTabs = buildProjectTabs();
    m_projectTabs->setMinimumWidth(plots::px(208));
    m_projectDock =
        addDock(QStringLiteral("project"), tr("Project"), m_projectTabs, Qt::LeftDockWidgetArea);
    m_jobs = new views::JobsPanel(m_workbench->jobs(), this);
    m_jobsDock = addDock(QStringLiteral("jobs"), tr("Jobs"), m_jobs, Qt::BottomDockWidgetArea);
    m_jobsTitle = static_cast<DockTitle *>(m_jobsDock->titleBarWidget());
    m_log = new views::LogPanel(m_workbench->log(), this);
    m_logDock = addDock(QStringLiteral("log"), tr("Log"), m_log, Qt::BottomDockWidgetArea);
    m_logTitle = static_cast<DockTitle *>(m_logDock->titleBarWidget());
    buildInspectDocks();
    connect(m_project, &views::ProjectPanel::pinRequested, m_workbench->document(),
            &views::WorkbenchDocument::pinBaseline);
    connect(m_project, &views::ProjectPanel::runActivated, this, &MainWindow::showRun);
    connect(m_jobs, &views::JobsPanel::pauseRequested, m_workbench->engine(), &EngineClient::pause);
    connect(m_jobs, &views::JobsPanel::continueRequested, m_workbench->engine(),
            &EngineClient::resume);
    connect(m_jobs, &views::JobsPanel::stopRequested, m_workbench, &Workbench::stopJob);
    connect(m_jobs, &views::JobsPanel::resumeRequested, m_workbench, &Workbench::resumeRun);
    connect(m_jobs, &views::JobsPanel::newRunRequested, this, [this] { newRun(); });
}

void MainWindow::buildStatus()
{
    m_status = new views::StatusStrip(m_workbench->jobs(), this);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(0, 0, 0, 0);
    statusBar()->setFixedHeight(plots::px(24));
    statusBar()->addWidget(m_status, 1);
    connect(m_status, &views::StatusStrip::jobClicked, this, [this] {
        m_jobsDock->show();
        m_jobsDock->raise();
    });
    SessionStore *store = m_workbench->store();
    connect(store, &SessionStore::busyChanged, this, &MainWindow::showActivity);
    connect(store, &SessionStore::notSaved, this, &MainWindow::sayNotSaved);
    connect(m_exporter, &PlotExporter::activityChanged, this, &MainWindow::showActivity);
    connect(m_status, &views::StatusStrip::cancelTaskRequested, this, &MainWindow::cancelActivity);
}

void MainWindow::connectWorkbench()
{
    views::WorkbenchDocument *document = m_workbench->document();
    connect(document, &views::WorkbenchDocument::pathChanged, this, &MainWindow::updateTitle);
    connect(document, &views::WorkbenchDocument::modifiedChanged, this, &MainWindow::updateTitle);
    connect(document, &views::WorkbenchDocument::baselineChanged, this, [this] {
        updateBaseline();
        setReadout(m_inspect->selectionText()); // it names the difference
    });
    connect(document, &views::WorkbenchDocument::documentReset, this, [this] {
        dropMessages(); // they speak of the session before, as its jobs do
        m_sessionUnsaid = false;
        m_workbench->jobs()->clear();
        updateBaseline();
        updatePages();
    });
    connect(document, &views::WorkbenchDocument::guestsChanged, this, &MainWindow::updateBaseline);
    connect(document, &views::WorkbenchDocument::runsChanged, this, &MainWindow::updatePages);
    connect(document, &views::WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts)
                    if (std::holds_alternative<VariantInfo>(*a))
                        return updateBaseline();
            });
    connect(m_workbench->selection(), &views::SelectionContext::historyChanged,
            m_workbench->actions(), &views::ActionRegistry::refresh);
    connect(m_workbench->selection(), &views::SelectionContext::changed, this,
            [this] { setReadout(m_inspect->selectionText()); });
    connect(m_workbench, &Workbench::engineLost, this, &MainWindow::engineLost);
    connect(m_workbench, &Workbench::runFailed, m_shell, &Shell::runFailed);
    connect(m_workbench, &Workbench::problem, this, &MainWindow::showProblem);
    connect(m_workbench->engine(), &EngineClient::stateChanged, this, &MainWindow::refreshHere);
    connect(m_workbench->jobs(), &views::JobsModel::activityChanged, this, [this] {
        const int active = m_workbench->jobs()->activeCount(),
                  queued = m_workbench->jobs()->queuedCount();
        QStringList note;
        if (active > 0)
            note << tr("%1 running, %2 waiting").arg(active - queued).arg(queued);
        if (m_workbench->jobs()->isHeld())
            note << tr("queue paused");
        m_jobsTitle->setNote(note.join(QStringLiteral(", ")));
    });
    updateBaseline();
}

void MainWindow::updateTitle()
{
    const views::WorkbenchDocument *document = m_workbench->document();
    setWindowTitle(document->isEmpty() && document->path().isEmpty()
                       ? tr("Batlab[*]")
                       : tr("%1[*] – Batlab").arg(document->title()));
    setWindowModified(document->isModified());
    m_workbench->actions()->refresh();
}

void MainWindow::updateBaseline()
{
    const views::WorkbenchDocument *document = m_workbench->document();
    m_baseline->clear();
    for (const VariantInfo *info : document->artifacts().variants())
        m_baseline->addItem(views::methodIcon(*info, plots::tokensOf(this)),
                            document->variantTitle(qs(info->id)), qs(info->id));
    for (const views::ImportedResults &import : document->imports())
        m_baseline->addItem(qs(import.model), qs(import.id));
    if (m_baseline->findData(document->baseline()) < 0)
        m_baseline->insertItem(0, document->variantTitle(document->baseline()),
                               document->baseline());
    m_baseline->setCurrentIndex(m_baseline->findData(document->baseline()));
}

} // namespace batlab::app
