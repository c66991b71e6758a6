// SPDX-License-Identifier: Apache-2.0
// What the palette, menus and keys lead to: runs, panels, bookmarks, settings, the manual's pages;
// and windows that come back when a screen goes.
#include "app/gui/settings_dialog.h"
#include "app/gui/shell.h"
#include "tests/app/file_dialog.h"
#include "tests/app/session_steps.h"
#include "views/models/fallback_model.h"
#include "views/models/project_model.h"
#include "views/models/sensitivity_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/command_palette.h"
#include "views/panels/compare_page.h"
#include "views/panels/detail_panel.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/fallback_panel.h"
#include "views/panels/findings_panel.h"
#include "views/panels/help_viewer.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/notes_panel.h"
#include "views/panels/notice_dialog.h"
#include "views/panels/panel_frame.h"
#include "views/panels/project_panel.h"
#include "views/panels/provenance_dialog.h"
#include "views/panels/recovery_panel.h"
#include "views/panels/run_dialog.h"
#include "views/panels/samples_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/panels/status_strip.h"
#include "views/panels/tensors_panel.h"
#include "views/panels/token_panel.h"
#include "views/panels/training_plot.h"
#include "views/panels/windows_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QFile>
#include <QFormLayout>
#include <QMenu>
#include <QPushButton>
#include <QScreen>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QTreeView>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::fakeEngine;
using batlab::test::runDemo;
using batlab::test::smallSpec;
using batlab::test::WindowFixture;

namespace {

/// The first entry of the palette for what is typed whose section is this; without one, null.
std::function<void()> fromPalette(MainWindow &w, const QString &typed, const QString &section)
{
    const views::CommandPalette palette(w.workbench()->actions(), w.shell()->palettePlaces());
    for (const views::PaletteEntry &entry : palette.matches(typed))
        if (entry.section == section)
            return entry.run;
    return {};
}

bool press(const QWidget *in, const QString &text)
{
    for (QPushButton *button : in->findChildren<QPushButton *>())
        if (button->text() == text && button->isEnabled()) {
            button->click();
            return true;
        }
    return false;
}

} // namespace

class TstShellActions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// A run of a session that was opened again has no job: what can be done with it is in its
    /// context menu, with its facts and in the palette.
    void runsWithoutAJobCanBeUsed()
    {
        WindowFixture f(fakeEngine(3, 0.02));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        app::Workbench &b = *f.workbench;
        QVERIFY(b.queueRun(smallSpec(), QStringLiteral("stopped")).ok());
        QTRY_VERIFY(b.jobs()->running() && b.jobs()->running()->job != 0);
        b.stopAll();
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        QCOMPARE(int(b.document()->run(QStringLiteral("r0001"))->state), int(JobState::cancelled));
        b.jobs()->clear(); // as in a session that was opened again

        auto *panel = w.findChild<views::ProjectPanel *>();
        QStringList offered;
        const auto choose = [&](const QString &wanted) {
            offered.clear();
            QTreeView *view = panel->view();
            QModelIndex run;
            for (const QModelIndex &at : view->model()->match(
                     view->model()->index(0, 0), views::ProjectModel::IdRole,
                     QStringLiteral("r0001"), 1, Qt::MatchExactly | Qt::MatchRecursive))
                run = at;
            QVERIFY(run.isValid());
            view->scrollTo(run);
            QTimer timer;
            QObject::connect(&timer, &QTimer::timeout, panel, [&] {
                QWidget *popup = QApplication::activePopupWidget();
                if (!popup)
                    return;
                timer.stop();
                if (const auto *menu = qobject_cast<QMenu *>(popup))
                    for (QAction *action : menu->actions()) {
                        offered.append(action->text());
                        if (action->text() == wanted)
                            action->trigger();
                    }
                popup->close(); // whatever it is: the test waits for its end
            });
            timer.start(20);
            Q_EMIT view->customContextMenuRequested(view->visualRect(run).center());
        };
        const QString resume = QStringLiteral("Resume"), repeat = QStringLiteral("Repeat exactly"),
                      command = QStringLiteral("Copy as command"),
                      copy = QStringLiteral("Copy into a new run…");
        QApplication::clipboard()->clear();
        choose(command);
        QCOMPARE(offered, (QStringList { resume, repeat, command, copy }));
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("batlab-cli run")));
        choose(resume);
        QTRY_VERIFY_WITH_TIMEOUT(
            b.document()->run(QStringLiteral("r0001"))->state == JobState::succeeded, 30000);
        b.jobs()->clear();
        choose(repeat);
        QCOMPARE(offered, (QStringList { repeat, command, copy }));
        QTRY_COMPARE(b.document()->runs().size(), std::size_t(2));
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
        QVERIFY(b.document()->runs().back().spec == b.document()->runs().front().spec);

        b.jobs()->clear();
        w.showRun(QStringLiteral("r0001"));
        const auto facts = [&w] {
            return w.findChild<views::NoticeDialog *>(QStringLiteral("runFacts"));
        };
        QVERIFY(facts());
        QApplication::clipboard()->clear();
        QVERIFY(press(facts(), command));
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("batlab-cli run")));
        QTRY_VERIFY(!facts());
        w.showRun(QStringLiteral("r0001"));
        QVERIFY(press(facts(), copy));
        QVERIFY(w.runDialog());
        w.runDialog()->close();

        const auto again = fromPalette(w, QStringLiteral("#r0001"), repeat);
        QVERIFY(again);
        again();
        QTRY_COMPARE(b.document()->runs().size(), std::size_t(3));
        QVERIFY(fromPalette(w, QStringLiteral("#r0001"), command));
        QTRY_VERIFY_WITH_TIMEOUT(!b.hasActiveJobs(), 30000);
    }

    void everyPanelHasAnAction()
    {
        WindowFixture f(fakeEngine(4));
        MainWindow &w = *f.window;
        runDemo(f);
        f.workbench->selection()->setVariant(QStringLiteral("gptq"));
        const auto trigger = [&f](const char *id) {
            return f.workbench->actions()->trigger(QLatin1String(id));
        };
        const views::ComparePage *compare = w.comparePage();
        const std::pair<const char *, const QWidget *> panels[] = {
            { "compare.error", compare->sqnr() },
            { "compare.wrongLayer", compare->wrongLayer() },
            { "compare.distributions", compare->ridges() },
            { "compare.training", compare->training() },
            { "compare.flow", compare->flow() },
            { "compare.histogram", compare->histogramPanel() },
            { "compare.tokens", compare->tokenMap() },
            { "compare.paired", compare->paired() },
            { "compare.specs", compare->specPanel() },
            { "evaluate.windows", w.evaluatePage()->windows() },
            { "evaluate.samples", w.evaluatePage()->samples() },
            { "inspect.tokens", w.inspectPage()->tokens() },
            { "inspect.blocks", w.inspectPage()->rankingView() },
        };
        for (const auto &[id, panel] : panels) {
            QVERIFY2(trigger(id), id);
            QTRY_VERIFY2(panel->isVisible(), id); // a ranking is worked out first
        }
        using Map = views::InspectMap;
        const Map *map = w.inspectPage()->maps();
        const std::pair<const char *, Map::Mode> modes[] = {
            { "inspect.tokenBlock", Map::TokenBlock },
            { "inspect.tokenBlockError", Map::TokenBlockError },
            { "inspect.tokenChannel", Map::TokenChannel },
            { "inspect.layerBlockDelta", Map::LayerBlockDelta },
            { "inspect.layerBlock", Map::LayerBlock },
        };
        w.setPage(MainWindow::Compare);
        for (const auto &[id, mode] : modes) {
            QVERIFY2(trigger(id), id);
            QCOMPARE(int(map->mode()), int(mode));
        }
        QCOMPARE(w.page(), MainWindow::Inspect);
        QVERIFY(trigger("inspect.before") && map->isBefore());
        QVERIFY(trigger("inspect.after") && !map->isBefore());

        views::SensitivityPanel *sensitivity = w.detailPanel()->sensitivity();
        QVERIFY(trigger("sensitivity.copyTable"));
        QCOMPARE(QApplication::clipboard()->text(), sensitivity->rows()->tsv());
        QVERIFY(QApplication::clipboard()->text().count(QLatin1Char('\n')) > 4);
        QVERIFY(trigger("sensitivity.copyExclude"));
        QCOMPARE(QApplication::clipboard()->text(), sensitivity->rows()->excludeList());
        QVERIFY(trigger("sensitivity.copyPrecision"));
        QCOMPARE(QApplication::clipboard()->text(), sensitivity->rows()->precisionLines());

        const views::FallbackModel *fallback = w.ablatePage()->fallback()->fallback();
        QVERIFY(!trigger("fallback.apply")); // nothing is suggested
        w.ablatePage()->fallback()->budget()->setValue(5.5);
        QVERIFY(trigger("fallback.suggest"));
        QCOMPARE(w.page(), MainWindow::Ablate);
        QVERIFY(fallback->hasUnapplied());
        QVERIFY(trigger("fallback.apply"));
        QVERIFY(w.ablatePage()->model()->changes().contains("precision.overrides"));

        for (const TableFormat format : { TableFormat::latex, TableFormat::csv }) {
            QApplication::clipboard()->clear();
            QVERIFY(trigger(format == TableFormat::latex ? "edit.copyLatex" : "edit.copyCsv"));
            QTRY_COMPARE(QApplication::clipboard()->text(),
                         views::qs(w.evaluatePage()->recovery()->rendered(format)));
            QVERIFY(!QApplication::clipboard()->text().isEmpty());
        }
        const QString path = f.folder.filePath(QStringLiteral("recovery.csv"));
        test::answerFileDialog(path);
        QVERIFY(trigger("edit.saveRecovery"));
        QTRY_VERIFY(QFile::exists(path));
    }

    /// As with the Notes dock: place and look.
    void bookmarkComesBackWithItsLook()
    {
        WindowFixture f(fakeEngine(6));
        MainWindow &w = *f.window;
        runDemo(f);
        f.workbench->selection()->setVariant(QStringLiteral("gptq"));
        f.workbench->selection()->setCell(3, Site::t3, 5);
        w.inspectPage()->flush();
        plots::HeatmapPlot *map = w.inspectPage()->map();
        map->showCells(1, 4, 2, 9);
        const std::vector<double> limits = map->limitValues();
        QVERIFY(!limits.empty());
        w.shell()->bookmark();
        w.inspectPage()->maps()->setMode(views::InspectMap::TokenBlock);
        f.workbench->selection()->setCell(1, Site::t1, 0);
        w.setPage(MainWindow::Compare);
        const auto go = fromPalette(w, QStringLiteral("Bookmark"), QStringLiteral("Bookmark"));
        QVERIFY(go);
        go();
        QCOMPARE(w.page(), MainWindow::Inspect);
        QCOMPARE(f.workbench->selection()->current().layer, 3);
        QCOMPARE(f.workbench->selection()->current().site, Site::t3);
        QCOMPARE(int(w.inspectPage()->maps()->mode()), int(views::InspectMap::LayerBlock));
        QTRY_COMPARE(map->limitValues(), limits);
    }

    /// The palette is made of the dialog's table of rows: what is in either is in the other.
    void everySettingIsInThePalette()
    {
        WindowFixture f(fakeEngine(2));
        MainWindow &w = *f.window;
        for (const app::SettingsDialog::Row &row : app::SettingsDialog::rows()) {
            const auto go =
                fromPalette(w, QLatin1Char(',') + row.title,
                            QStringLiteral("Settings › ") + app::SettingsDialog::tabTitle(row.tab));
            QVERIFY2(go, qPrintable(row.title));
            go();
            const auto *dialog = w.findChild<app::SettingsDialog *>();
            QVERIFY(dialog && dialog->editor(row.id));
            const QWidget *field = dialog->editor(row.id);
            QCOMPARE(field->accessibleName(), row.title);
            QVERIFY2(field->isVisible(), qPrintable(row.title));
            const QWidget *focus = field->focusProxy();
            QVERIFY2(dialog->focusWidget() == (focus ? focus : field), qPrintable(row.title));
        }
        qsizetype shown = 0;
        const auto *dialog = w.findChild<app::SettingsDialog *>();
        for (const QFormLayout *form : dialog->findChildren<QFormLayout *>())
            for (int i = 0; i < form->rowCount(); ++i)
                shown += form->itemAt(i, QFormLayout::LabelRole) ? 1 : 0; // notes have none
        QCOMPARE(shown, app::SettingsDialog::rows().size());
    }

    void manualKnowsDocksAndDialogs()
    {
        WindowFixture f(fakeEngine(3));
        MainWindow &w = *f.window;
        runDemo(f);
        w.shell()->showProvenance();
        const QString inspect = QStringLiteral("pages/inspect.md"),
                      sessions = QStringLiteral("pages/sessions.md");
        QCOMPARE(app::manualPage(w.findChild<views::FindingsPanel *>()->view()), inspect);
        QCOMPARE(app::manualPage(w.tensorsPanel()->view()), inspect);
        QCOMPARE(app::manualPage(w.detailPanel()->sensitivity()->view()), inspect);
        QCOMPARE(app::manualPage(w.findChild<views::ProjectPanel *>()->view()), sessions);
        QCOMPARE(app::manualPage(w.findChild<views::ProvenanceDialog *>()), sessions);
        QCOMPARE(app::manualPage(w.findChild<views::StatusStrip *>()),
                 QStringLiteral("pages/runs.md"));
        QCOMPARE(app::manualPage(&w), QString());
        views::HelpViewer viewer;
        viewer.open(sessions);
        QVERIFY(viewer.pageText().contains(QStringLiteral("The project tree")));
        viewer.open(QStringLiteral("pages/runs.md"));
        QVERIFY(viewer.pageText().contains(QStringLiteral("The status bar")));
    }

    /// The window, what floats and what was opened from it.
    void windowsComeBackWhenAScreenGoes()
    {
        WindowFixture f(fakeEngine(2));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        auto *notes = w.findChild<QDockWidget *>(QStringLiteral("notes"));
        notes->setFloating(true);
        notes->show();
        w.shell()->showSettings();
        w.shell()->showManual();
        w.newRun();
        QScreen *screen = QGuiApplication::primaryScreen();
        QList<QRect> screens;
        for (const QScreen *one : QGuiApplication::screens())
            screens.append(one->availableGeometry());
        const QList<QWidget *> windows { &w, notes, w.findChild<app::SettingsDialog *>(),
                                         w.findChild<views::HelpViewer *>(), w.runDialog() };
        const std::function<void()> changes[] = {
            [screen] { Q_EMIT qApp->screenRemoved(screen); },
            [screen] { Q_EMIT screen->availableGeometryChanged(screen->availableGeometry()); },
        };
        for (const auto &change : changes) {
            for (QWidget *window : windows) {
                QVERIFY(window && window->isWindow() && window->isVisible());
                window->move(9000, 9000);
            }
            change();
            for (const QWidget *window : windows) {
                const QRect now(window->pos(), window->size());
                QVERIFY2(app::onScreen(now, screens) == now, window->metaObject()->className());
            }
        }
        w.runDialog()->close();
    }
};

QTEST_MAIN(TstShellActions)
#include "tst_shell_actions.moc"
