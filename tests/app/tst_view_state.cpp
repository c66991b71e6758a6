// SPDX-License-Identifier: Apache-2.0
// What a session keeps of the view: reopened, every page looks as it did.
#include "app/gui/shell.h"
#include "app/gui/view_state.h"
#include "tests/app/session_steps.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_page.h"
#include "views/panels/samples_panel.h"
#include "views/panels/sweep_panel.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/panels/windows_panel.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QDockWidget>
#include <QMenu>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include <cstdlib>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::runDemo;
using batlab::test::saveAndWait;
using batlab::test::WindowFixture;

namespace {

constexpr MainWindow::Page kPages[] = { MainWindow::Inspect, MainWindow::Compare,
                                        MainWindow::Ablate, MainWindow::Evaluate };

/// Shows every page until it has nothing more to do, the last one first seen last.
void visitPages(MainWindow &w)
{
    for (const MainWindow::Page page : kPages) {
        w.setPage(page);
        QTest::qWait(20);
        w.inspectPage()->flush();
        w.comparePage()->flush();
        w.ablatePage()->flush();
        w.evaluatePage()->flush();
        QTRY_VERIFY(w.evaluatePage()->isSettled() && !w.comparePage()->isWaiting());
        QTest::qWait(400); // a page gets its state once it has filled itself
    }
}

/// "path: before / after" of everything that differs.
QString changes(const Json &before, const Json &after)
{
    QStringList out;
    for (const SpecDifference &d : diff(before, after))
        out.append(views::qs(d.path + ": " + d.before + " / " + d.after));
    return out.join(QLatin1Char('\n'));
}

} // namespace

class TstViewState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void viewComesBackAsItWas()
    {
        WindowFixture f(fakeEngine(6));
        MainWindow &w = *f.window;
        w.resize(1500, 950);
        runDemo(f);
        w.inspectPage()->flush();
        views::SelectionContext *selection = f.workbench->selection();
        selection->setVariant(QStringLiteral("gptq"));
        selection->setCell(3, Site::t3, 5);
        w.inspectPage()->flush();
        plots::HeatmapPlot *map = w.inspectPage()->map();
        map->showCells(1, 4, 2, 9);
        map->colorScale()->setMap(plots::ColorMap::cividis);
        map->colorScale()->setLimits(0.5, 8.0);
        auto *split = w.inspectPage()->findChild<QSplitter *>();
        QVERIFY(split);
        QList<int> sizes = split->sizes();
        sizes[0] -= 40;
        sizes[1] += 40;
        split->setSizes(sizes);
        w.findChild<QDockWidget *>(QStringLiteral("log"))->hide();
        const std::vector<double> limits = map->limitValues();
        QVERIFY(!limits.empty());
        views::AblatePage *ablate = w.ablatePage();
        ablate->flush();
        QVERIFY(ablate->model()->base());
        const Json tried { { "settings.scaleRule", "ceil" } };
        ablate->model()->load(tried, QStringLiteral("ceil"));
        QVERIFY(ablate->model()->changes() == tried);
        ablate->sweep()->setAxis(1, QStringLiteral("settings.ties"), QStringLiteral("even,away"));
        ablate->sweep()->metricBox()->setCurrentIndex(1);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("filter.dropSite")));
        selection->filter()->push({ true, 1, 4, std::nullopt });
        const views::Places places = selection->filter()->places();
        const QString path = f.folder.filePath(QStringLiteral("view.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        const Json saved = f.workbench->document()->viewState();
        QVERIFY(saved["version"] == Json(app::Shell::kViewVersion));

        f.workbench->store()->newSession();
        QVERIFY(selection->filter()->isEmpty()); // of the session that was closed
        ablate->sweep()->metricBox()->setCurrentIndex(0);
        map->colorScale()->setMap(plots::ColorMap::viridis);
        map->colorScale()->setLocked(false);
        w.findChild<QDockWidget *>(QStringLiteral("log"))->show();
        w.openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->document()->isEmpty(), 30000);
        QTRY_COMPARE(selection->current().layer, 3);
        QCOMPARE(selection->current().site, Site::t3);
        QCOMPARE(selection->current().block, 5);
        QCOMPARE(selection->current().variant, QStringLiteral("gptq"));
        w.inspectPage()->flush();
        QTRY_COMPARE(map->limitValues(), limits);
        QCOMPARE(int(map->colorScale()->map()), int(plots::ColorMap::cividis));
        QVERIFY(map->colorScale()->isLocked());
        QCOMPARE(map->colorScale()->upper(), 8.0);
        QVERIFY(w.findChild<QDockWidget *>(QStringLiteral("log"))->isHidden());
        QVERIFY(selection->filter()->places() == places);
        QCOMPARE(ablate->sweep()->metricBox()->currentIndex(), 1);
        QVERIFY(ablate->model()->changes() == tried);
        QVERIFY(!f.workbench->document()->isModified());
        // Captured again, nothing has changed.
        const Json again = w.shell()->captureView();
        QStringList changed;
        const std::string page = w.pages()->currentWidget()->metaObject()->className();
        QVERIFY(saved["widgets"][page].size() > 3);
        for (const SpecDifference &d : diff(saved["widgets"][page], again["widgets"][page]))
            changed.append(views::qs(d.path + ": " + d.before + " / " + d.after));
        QVERIFY2(changed.isEmpty(), qPrintable(changed.join(QLatin1Char('\n'))));
        QVERIFY(again["page"] == saved["page"]);
        QVERIFY2(again["ablate"] == saved["ablate"], again["ablate"].dump().c_str());
    }

    /// What leaves a layer or a site out is in the menus of maps, curves and tables too.
    void filterIsInTheContextMenus()
    {
        WindowFixture f(fakeEngine(6));
        MainWindow &w = *f.window;
        runDemo(f);
        views::ActionRegistry *actions = f.workbench->actions();
        QAction *drop = actions->action(QStringLiteral("filter.dropLayer"));
        for (const plots::PlotWidget *plot :
             { static_cast<plots::PlotWidget *>(w.inspectPage()->map()),
               static_cast<plots::PlotWidget *>(w.comparePage()->multiples()),
               static_cast<plots::PlotWidget *>(w.comparePage()->sqnr()),
               static_cast<plots::PlotWidget *>(w.comparePage()->ridges()) }) {
            const QList<QMenu *> menus = plot->findChildren<QMenu *>();
            QVERIFY(std::any_of(menus.begin(), menus.end(),
                                [&](const QMenu *menu) { return menu->actions().contains(drop); }));
        }
        QTableView *ranking = w.inspectPage()->rankingView();
        QVERIFY(ranking->actions().contains(drop));
        QCOMPARE(ranking->contextMenuPolicy(), Qt::ActionsContextMenu);
        // It names the place that is selected when it is asked for.
        f.workbench->selection()->setVariant(QStringLiteral("gptq"));
        f.workbench->selection()->setCell(4, Site::t4, 0);
        QVERIFY2(drop->text().endsWith(QStringLiteral("layer 4")), qPrintable(drop->text()));
        drop->trigger();
        QVERIFY(!f.workbench->selection()->filter()->accepts(4, Site::t4));
        QVERIFY(f.workbench->selection()->filter()->accepts(3, Site::t4));
    }

    /// Splitters are found by their names: another one in the same panel shifts no sizes, and those
    /// that an earlier version kept by number are passed over.
    void splittersAreFoundByName()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        w.resize(1500, 950);
        runDemo(f);
        for (const QWidget *page :
             { static_cast<QWidget *>(w.inspectPage()), static_cast<QWidget *>(w.comparePage()),
               static_cast<QWidget *>(w.ablatePage()), static_cast<QWidget *>(w.evaluatePage()) }) {
            QStringList names;
            for (const QSplitter *split : page->findChildren<QSplitter *>())
                names.append(split->objectName());
            QVERIFY(!names.isEmpty() && !names.contains(QString()));
            QVERIFY2(names.removeDuplicates() == 0, qPrintable(names.join(QLatin1Char(' '))));
        }

        QWidget *page = w.inspectPage();
        w.setPage(MainWindow::Inspect);
        w.inspectPage()->flush();
        auto *rows = page->findChild<QSplitter *>(QStringLiteral("inspectRows"));
        QTRY_VERIFY(rows && rows->sizes().at(0) > 100);
        const QList<int> sizes = rows->sizes();
        const QList<int> others { sizes.at(0) - 40, sizes.at(1) + 40 };
        const Json saved = app::captureWidgets(*page);
        QSplitter another(Qt::Horizontal, page);
        another.lower(); // before its siblings
        rows->setSizes(others);
        QCOMPARE(rows->sizes(), others);
        app::restoreWidgets(*page, saved);
        QCOMPARE(rows->sizes(), sizes);

        const Json numbered = saved.at("QSplitter inspectRows");
        rows->setSizes(others);
        app::restoreWidgets(*page, { { "QSplitter batlab::views::InspectPage", numbered } });
        QCOMPARE(rows->sizes(), others);
    }

    void everyPageComesBack()
    {
        WindowFixture f(fakeEngine(6));
        MainWindow &w = *f.window;
        w.resize(1600, 1000);
        runDemo(f);
        f.workbench->selection()->setVariant(QStringLiteral("gptq"));
        f.workbench->selection()->setCell(2, Site::t3, 1);
        visitPages(w);

        plots::HeatmapPlot *map = w.inspectPage()->map();
        views::ComparePage *compare = w.comparePage();
        views::EvaluatePage *evaluate = w.evaluatePage();
        views::AblatePage *ablate = w.ablatePage();
        views::SegmentBar *errors = nullptr; // SQNR or MSE
        for (auto *bar : compare->sqnr()->findChildren<views::SegmentBar *>())
            errors = bar;
        QVERIFY(errors);
        const auto arrange = [&](bool own) {
            map->setPooling(own ? plots::Pooling::mean : plots::Pooling::max);
            map->setRegion(own ? plots::HeatRegion { 1, 2, 3, 6 } : plots::HeatRegion {});
            compare->setCurrentPanel(own ? static_cast<QWidget *>(compare->wrongLayer())
                                         : compare->sqnr());
            compare->chooser()->setShown("gptq", !own);
            compare->wrongLayer()->moveThreshold(own ? 2.5 : 1);
            errors->setCurrent(own ? 1 : 0);
            Q_EMIT errors->chosen(own ? 1 : 0);
            evaluate->setCurrentPanel(own ? static_cast<QWidget *>(evaluate->samples())
                                          : w.evaluatePage()->findChild<views::WindowsPanel *>());
            ablate->lowerTabs()->setCurrentIndex(own ? 1 : 0);
        };
        arrange(true);
        ablate->model()->load({ { "settings.scaleRule", "ceil" } }, QStringLiteral("ceil"));
        ablate->model()->pin();
        ablate->model()->load({ { "settings.ties", "away" } }, QStringLiteral("away"));
        visitPages(w);
        const QString path = f.folder.filePath(QStringLiteral("pages.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        const Json saved = f.workbench->document()->viewState();
        QVERIFY(saved["ablate"].contains("pin"));

        f.workbench->store()->newSession();
        arrange(false);
        w.openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->document()->isEmpty(), 30000);
        QTRY_COMPARE(w.page(), MainWindow::Evaluate);
        // Saved again at once, with pages nobody has looked at: nothing is lost.
        QCOMPARE(changes(saved["widgets"]["batlab::views::ComparePage"],
                         w.shell()->captureView()["widgets"]["batlab::views::ComparePage"]),
                 QString());
        visitPages(w);
        QCOMPARE(int(map->pooling()), int(plots::Pooling::mean));
        QCOMPARE(map->region(), (plots::HeatRegion { 1, 2, 3, 6 }));
        QVERIFY(map->statistics().n > 0);
        QVERIFY(compare->wrongLayer()->isVisibleTo(compare));
        QVERIFY(!compare->chooser()->isShown("gptq"));
        QCOMPARE(compare->wrongLayer()->threshold().value_or(0), 2.5);
        QCOMPARE(errors->current(), 1);
        QVERIFY(evaluate->samples()->isVisibleTo(evaluate));
        QCOMPARE(ablate->lowerTabs()->currentIndex(), 1);
        QVERIFY(ablate->model()->history().pin.has_value());
        QCOMPARE(changes(saved, w.shell()->captureView()), QString());
    }

    /// What a session says of a page that nobody has looked at goes with it.
    void anUnseenPageIsOfItsSession()
    {
        WindowFixture f(fakeEngine(6));
        MainWindow &w = *f.window;
        runDemo(f);
        visitPages(w);
        const views::VariantChooser *chooser = w.comparePage()->chooser();
        w.comparePage()->chooser()->setShown("gptq", false);
        w.setPage(MainWindow::Inspect);
        const QString path = f.folder.filePath(QStringLiteral("hidden.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        const Json saved = f.workbench->document()->viewState();
        f.workbench->store()->newSession();
        QVERIFY(chooser->isShown("gptq"));
        w.openSession(path);
        QTRY_VERIFY_WITH_TIMEOUT(!f.workbench->document()->isEmpty(), 30000);
        QTRY_COMPARE(w.page(), MainWindow::Inspect);
        QCOMPARE(changes(saved["widgets"]["batlab::views::ComparePage"],
                         w.shell()->captureView()["widgets"]["batlab::views::ComparePage"]),
                 QString());

        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("file.close")));
        QVERIFY(f.workbench->document()->isEmpty());
        runDemo(f);
        visitPages(w);
        QVERIFY(chooser->isShown("gptq"));
    }

    /// Docks stay as large as somebody made them: from page to page, while the window is resized or
    /// a neighbour hidden, in the session and over a restart; Reset layout takes it back.
    void dockSizesStay()
    {
        WindowFixture f(fakeEngine(4));
        MainWindow &w = *f.window;
        w.resize(1500, 950);
        runDemo(f);
        const auto dock = [&w](const char *name) {
            return w.findChild<QDockWidget *>(QLatin1String(name));
        };
        QDockWidget *project = dock("project"), *detail = dock("detail"), *jobs = dock("jobs"),
                    *log = dock("log");
        const auto press = [&f](const char *action) {
            return f.workbench->actions()->trigger(QLatin1String(action));
        };
        QTRY_COMPARE(project->width(), plots::px(256));
        const int first = log->height();
        w.resizeDocks({ project, detail }, { 301, 431 }, Qt::Horizontal);
        w.resizeDocks({ jobs, log }, { 800, 700 }, Qt::Horizontal);
        w.resizeDocks({ jobs }, { 240 }, Qt::Vertical);
        QTRY_COMPARE(project->width(), 301);
        QTRY_COMPARE(detail->width(), 431);
        QTRY_VERIFY(log->height() > first + 20);
        const QSize row = log->size();

        w.setPage(MainWindow::Compare);
        QTRY_COMPARE(project->width(), plots::px(256)); // a size of its own
        w.resizeDocks({ project }, { 277 }, Qt::Horizontal);
        QTRY_COMPARE(project->width(), 277);
        w.setPage(MainWindow::Inspect);
        QTRY_COMPARE(project->width(), 301);
        QTRY_COMPARE(detail->width(), 431);
        QTRY_COMPARE(log->size(), row);
        w.setPage(MainWindow::Compare);
        QTRY_COMPARE(project->width(), 277);
        w.setPage(MainWindow::Inspect);

        w.resize(1600, 1000);
        QTRY_COMPARE(w.width(), 1600);
        QTest::qWait(50); // laid out
        QCOMPARE(project->width(), 301);
        QCOMPARE(detail->width(), 431);
        QCOMPARE(log->height(), row.height());
        w.resize(1500, 950);
        QTRY_COMPARE(log->height(), row.height());
        QTRY_VERIFY(std::abs(log->width() - row.width()) <= 2); // both of the row grew and shrank
        const QSize settled = log->size();
        for (const char *action : { "view.log", "view.project" }) {
            QVERIFY(press(action));
            QTest::qWait(50);
            QVERIFY(press(action));
            QTRY_COMPARE(log->size(), settled);
            QTRY_COMPARE(project->width(), 301);
        }

        const QString path = f.folder.filePath(QStringLiteral("docks.batlab.h5"));
        QVERIFY(saveAndWait(w, path));
        w.resizeDocks({ project }, { 350 }, Qt::Horizontal);
        QTRY_COMPARE(project->width(), 350);
        f.workbench->store()->newSession();
        w.openSession(path);
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->document()->path(), path, 30000);
        QTRY_COMPARE(w.page(), MainWindow::Inspect);
        QTRY_COMPARE(project->width(), 301);
        QTRY_COMPARE(log->size(), settled);

        w.resize(1300, 950); // a narrow window has sizes of its own
        QTRY_COMPARE(project->width(), plots::px(208));
        w.resize(1500, 950);
        QTRY_COMPARE(project->width(), 301);

        w.showMaximized();
        w.shell()->rememberPosition();
        {
            app::Workbench other(fakeEngine(2), f.folder.filePath(QStringLiteral("other")));
            MainWindow again(
                &other,
                std::make_unique<QSettings>(f.folder.filePath(QStringLiteral("settings.ini")),
                                            QSettings::IniFormat));
            again.shell()->sleepInhibitor()->setTake(
                [](const QString &, const std::function<void(app::SleepInhibitor::Lock)> &) {});
            again.setAskOnClose(false);
            QVERIFY(again.isMaximized());
            again.showNormal();
            again.resize(1500, 950);
            again.setPage(MainWindow::Inspect);
            QTRY_COMPARE(again.findChild<QDockWidget *>(QStringLiteral("project"))->width(), 301);
            QTRY_COMPARE(again.findChild<QDockWidget *>(QStringLiteral("detail"))->width(), 431);
        }

        w.showNormal();
        w.resize(1500, 950);
        dock("notes")->show();
        dock("notes")->setFloating(true);
        QVERIFY(press("view.reset"));
        QTRY_COMPARE(project->width(), plots::px(256));
        QVERIFY(dock("notes")->isHidden() && !dock("notes")->isFloating());
    }
};

QTEST_MAIN(TstViewState)
#include "tst_view_state.moc"
