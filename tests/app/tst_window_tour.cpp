// SPDX-License-Identifier: Apache-2.0
// A walk through every page, tab, dock and dialog of the window, with a picture of each: no text
// may be cut off at the smallest size. By default over SYNTHETIC data;
//   BATLAB_TEST_TOUR_SESSION=FILE   a session, with the real engine
//   BATLAB_TEST_TOUR=FOLDER         where the pictures go
//   BATLAB_TEST_TOUR_LOOKS=light,dark,high-contrast   BATLAB_TEST_TOUR_SIZES=1280x800,1600x1000
//   BATLAB_TEST_TOUR_LANGUAGE=de
#include "app/gui/settings_dialog.h"
#include "app/gui/translation.h"
#include "tests/app/clipped_text.h"
#include "tests/app/window_fixture.h"
#include "tests/support/fake_document.h"
#include "views/models/project_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/models/what_if_sweep.h"
#include "views/panels/ablate_page.h"
#include "views/panels/compare_page.h"
#include "views/panels/detail_panel.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/fallback_panel.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/panel_frame.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/project_panel.h"
#include "views/panels/run_dialog.h"
#include "views/panels/samples_panel.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/panels/sweep_panel.h"
#include "views/panels/tensors_panel.h"
#include "views/panels/training_plot.h"
#include "views/panels/welcome_page.h"
#include "views/panels/windows_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QLineEdit>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>

using namespace batlab;
using batlab::app::MainWindow;

namespace {

QStringList listFrom(const char *variable, const QString &otherwise)
{
    const QString set = qEnvironmentVariable(variable);
    return (set.isEmpty() ? otherwise : set).split(QLatin1Char(','));
}

/// Takes the pictures of one window in one look and size.
class Photographer
{
public:
    Photographer(MainWindow &window, const QString &folder, const QString &suffix)
        : m_window(window), m_folder(folder), m_suffix(suffix), m_size(window.size())
    { }

    void window(const QString &name) { picture(m_window, name); }

    /// Every dialog that is open, at least one, then closes it.
    void dialogs(const QString &name)
    {
        settle();
        bool any = false;
        for (QWidget *top : QApplication::topLevelWidgets()) {
            if (top == &m_window || !top->isVisible() || !qobject_cast<QDialog *>(top))
                continue;
            any = true;
            picture(*top, name);
            top->close();
        }
        if (!any)
            problem(name + QStringLiteral(": no dialog"));
        settle();
    }
    void problem(const QString &text) { m_problems.append(m_suffix + QStringLiteral(": ") + text); }
    [[nodiscard]] const QStringList &problems() const { return m_problems; }
    [[nodiscard]] int count() const { return m_count; }

    static void settle(int ms = 30) { QTest::qWait(ms); }
    /// A picture of what is not there yet proves nothing.
    template<class Ready>
    void waitFor(const QString &what, Ready ready, int ms)
    {
        if (!QTest::qWaitFor(ready, ms))
            problem(QStringLiteral("%1: not ready after %2 ms").arg(what).arg(ms));
    }

private:
    void picture(QWidget &widget, const QString &name)
    {
        settle();
        const QString file = QStringLiteral("%1/%2-%3.png").arg(m_folder, name, m_suffix);
        QVERIFY2(widget.grab().save(file), qPrintable(file));
        ++m_count;
        if (&widget == &m_window && widget.size() != m_size)
            m_problems.append(QStringLiteral("%1-%2: the window is %3 wide now")
                                  .arg(name, m_suffix)
                                  .arg(widget.width()));
        for (const QString &text : test::clippedTexts(widget))
            m_problems.append(name + QLatin1Char('-') + m_suffix + QStringLiteral(": ") + text);
        for (const QString &text : test::elidedCells(widget))
            qInfo("elided cell, %s-%s: %s", qPrintable(name), qPrintable(m_suffix),
                  qPrintable(text));
    }

    MainWindow &m_window;
    QString m_folder, m_suffix;
    QSize m_size; ///< as asked for: no page may need more
    QStringList m_problems;
    int m_count = 0;
};

} // namespace

class TstWindowTour : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QString language = qEnvironmentVariable("BATLAB_TEST_TOUR_LANGUAGE");
        m_language =
            app::installLanguage(*qApp, language.isEmpty() ? QStringLiteral("en") : language);
        m_folder =
            qEnvironmentVariable("BATLAB_TEST_TOUR", QStringLiteral(BATLAB_LOOKS_DIR "/tour"));
        QVERIFY(QDir().mkpath(m_folder));
    }

    void everyPlace()
    {
        const QString session = qEnvironmentVariable("BATLAB_TEST_TOUR_SESSION");
        const QString cli = qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli");
        pid_t child = -1;
        test::WindowFixture f(session.isEmpty() ? test::fakeEngine(30)
                                                : test::realEngine(cli, child));
        MainWindow &w = *f.window;
        QTRY_VERIFY(w.firstFrameSeconds() > 0);
        QTRY_COMPARE_WITH_TIMEOUT(f.workbench->engine()->state(), app::EngineClient::State::ready,
                                  30000);
        forEveryLook(w, [&](Photographer &p) { p.window(QStringLiteral("00-welcome")); });
        if (session.isEmpty()) {
            w.workbench()->showModel(modelAlone());
            forEveryLook(w, [&](Photographer &p) { nothingYet(w, p); });
            w.workbench()->store()->newSession();
            w.startDemo();
        } else
            w.openSession(session);
        QTRY_VERIFY_WITH_TIMEOUT(
            !f.workbench->document()->isEmpty() && !f.workbench->hasActiveJobs(), 90000);
        m_patience = session.isEmpty() ? 20000 : 60000;
        QTest::qWait(500);
        forEveryLook(w, [&](Photographer &p) {
            inspect(w, p);
            compare(w, p);
            ablate(w, p);
            evaluate(w, p);
            dialogs(w, p);
        });
        m_problems.removeDuplicates();
        QVERIFY2(m_problems.isEmpty(), qPrintable(m_problems.join(QLatin1Char('\n'))));
        QVERIFY(m_pictures > 8 * m_walks); // welcome and empty pages are walks of their own
        qInfo("%d pictures in %s", m_pictures, qPrintable(QFileInfo(m_folder).absoluteFilePath()));
    }

private:
    template<class Walk>
    void forEveryLook(MainWindow &w, Walk walk)
    {
        for (const QString &look : listFrom("BATLAB_TEST_TOUR_LOOKS", QStringLiteral("light")))
            for (const QString &size :
                 listFrom("BATLAB_TEST_TOUR_SIZES", QStringLiteral("1280x800,1600x1000"))) {
                w.setThemeName(look);
                w.resize(size.section(QLatin1Char('x'), 0, 0).toInt(),
                         size.section(QLatin1Char('x'), 1).toInt());
                const double ratio = w.devicePixelRatioF();
                Photographer p(
                    w, m_folder,
                    look + QLatin1Char('-') + size.section(QLatin1Char('x'), 0, 0)
                        + (m_language == QLatin1String("en") ? QString() : '-' + m_language)
                        + (ratio > 1 ? QStringLiteral("@%1x").arg(ratio, 0, 'f', 1) : QString()));
                walk(p);
                ++m_walks;
                m_problems += p.problems();
                m_pictures += p.count();
            }
    }

    static ArtifactPtr modelAlone()
    {
        for (const ArtifactPtr &artifact : test::demoArtifacts())
            if (std::holds_alternative<ModelSummary>(*artifact))
                return artifact;
        return {};
    }

    /// A model and no result: every panel says what is missing. And what cannot be opened says why.
    static void nothingYet(MainWindow &w, Photographer &p)
    {
        const std::pair<MainWindow::Page, const char *> pages[] = {
            { MainWindow::Inspect, "01-nothing-inspect" },
            { MainWindow::Compare, "02-nothing-compare" },
            { MainWindow::Ablate, "03-nothing-ablate" },
            { MainWindow::Evaluate, "04-nothing-evaluate" },
        };
        for (const auto &[page, name] : pages) {
            w.setPage(page);
            Photographer::settle(400);
            p.window(QString::fromLatin1(name));
        }
        const QString path = QDir::temp().filePath(QStringLiteral("broken.batlab.h5"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("no session") > 0);
        file.close();
        w.openPath(path);
        p.waitFor(
            QStringLiteral("05-cannot-open"), [&w] { return !w.banner()->isHidden(); }, 10000);
        file.remove();
        p.window(QStringLiteral("05-cannot-open"));
        w.banner()->hide();
    }

    void inspect(MainWindow &w, Photographer &p) const
    {
        w.setPage(MainWindow::Inspect);
        views::SelectionContext *selection = w.workbench()->selection();
        selection->setVariant(QStringLiteral("bat"));
        selection->setCell(11, Site::t4, 38);
        auto *map = w.inspectPage()->findChild<views::InspectMap *>();
        const std::pair<views::InspectMap::Mode, const char *> modes[] = {
            { views::InspectMap::LayerBlock, "10-inspect-layers" },
            { views::InspectMap::TokenBlock, "11-inspect-tokens" },
            { views::InspectMap::TokenBlockError, "12-inspect-errors" },
            { views::InspectMap::TokenChannel, "13-inspect-channels" },
        };
        int tab = 0;
        for (const auto &[mode, name] : modes) {
            map->setMode(mode);
            w.detailPanel()->setTab(static_cast<views::DetailPanel::Tab>(tab));
            w.inspectPage()->showTokens(tab % 2 == 1);
            w.inspectPage()->flush();
            QDockWidget *bottom = w.findChild<QDockWidget *>(
                QString::fromLatin1(std::array { "jobs", "findings", "log", "notes" }[tab++]));
            bottom->show();
            bottom->raise();
            p.waitFor(
                QString::fromLatin1(name),
                [map] { return map->plot()->state() != plots::PanelState::loading; }, m_patience);
            Photographer::settle(400);
            p.window(QString::fromLatin1(name));
        }
        w.findChild<QDockWidget *>(QStringLiteral("notes"))->hide();
        w.showTensors();
        w.tensorsPanel()->filter()->setText(QStringLiteral("11"));
        p.window(QStringLiteral("15-inspect-tensors"));
        w.tensorsPanel()->filter()->clear();
        w.workbench()->actions()->trigger(QStringLiteral("go.filterProject"));
        checkTree(w, p);
        map->setMode(views::InspectMap::LayerBlock);
        views::PlaceFilter *filter = selection->filter();
        filter->push({ true, 8, 24, std::nullopt });
        filter->push({ false, 15, 15, std::nullopt });
        filter->push({ false, 0, -1, Site::t2 });
        w.detailPanel()->setTab(views::DetailPanel::Sensitivity);
        w.inspectPage()->showTokens(false);
        w.inspectPage()->flush();
        p.window(QStringLiteral("16-inspect-filter"));
        for (const int layer : { 9, 10, 11, 20, 21 }) // more than there is room for
            filter->push({ false, layer, layer, std::nullopt });
        p.window(QStringLiteral("17-inspect-filters"));
        filter->reset();
        w.detailPanel()->setTab(views::DetailPanel::Microscope);
        map->plot()->setTableShown(true);
        p.window(QStringLiteral("14-inspect-table"));
        map->plot()->setTableShown(false);
    }

    /// The sites of the selected layer have their whole names, without the block count at least.
    static void checkTree(MainWindow &w, Photographer &p)
    {
        QTreeView *tree = w.findChild<views::ProjectPanel *>()->view();
        const QModelIndex layer = tree->currentIndex().parent();
        for (int row = 0; row < tree->model()->rowCount(layer); ++row) {
            const QModelIndex site = tree->model()->index(row, 0, layer);
            const QString name = site.data(views::ProjectModel::ShortRole).toString();
            const int needs = tree->fontMetrics().horizontalAdvance(name) + 6,
                      has = tree->visualRect(site).width();
            if (name.isEmpty() || needs > has)
                p.problem(
                    QStringLiteral("site \"%1\" needs %2 has %3").arg(name).arg(needs).arg(has));
        }
    }

    void compare(MainWindow &w, Photographer &p) const
    {
        w.setPage(MainWindow::Compare);
        views::ComparePage *page = w.comparePage();
        const auto settled = [page] { return !page->isWaiting(); };
        const struct
        {
            QWidget *byLayer, *byBlock, *below;
            const char *name;
        } sets[] = {
            { page->sqnr(), page->flow(), page->paired(), "20-compare" },
            { page->wrongLayer(), page->histogramPanel(), page->specPanel(), "21-compare-wrong" },
            { page->ridges(), page->tokenMap(), page->paired(), "22-compare-ridges" },
            { page->training(), page->flow(), page->paired(), "23-compare-training" },
        };
        for (const auto &set : sets) {
            for (QWidget *panel : { set.byLayer, set.byBlock, set.below })
                page->setCurrentPanel(panel);
            page->flush();
            p.waitFor(QString::fromLatin1(set.name), settled, m_patience);
            page->flush();
            p.window(QString::fromLatin1(set.name));
        }
        for (QWidget *panel : { sets[0].byLayer, sets[0].byBlock, sets[0].below })
            page->setCurrentPanel(panel);
    }

    void ablate(MainWindow &w, Photographer &p) const
    {
        w.setPage(MainWindow::Ablate);
        views::AblatePage *page = w.ablatePage();
        page->flush();
        const auto quiet = [page] { return !page->model()->isBusy(); };
        page->model()->load({ { "settings.scaleRule", "ceil" } }, QStringLiteral("ceil"));
        p.waitFor(QStringLiteral("30-ablate"), quiet, m_patience);
        p.window(QStringLiteral("30-ablate"));
        views::SweepPanel *sweep = page->sweep();
        page->lowerTabs()->setCurrentIndex(0);
        if (sweep->sweep()->isEmpty()) {
            sweep->setAxis(0, QStringLiteral("settings.scaleRule"),
                           QStringLiteral("floor,ceil,rceil,even,uos"));
            sweep->setAxis(1, QStringLiteral("settings.ties"), QStringLiteral("even,away,zero"));
            sweep->startOrPause();
            p.waitFor(
                QStringLiteral("31-ablate-sweep"), [sweep] { return !sweep->sweep()->isRunning(); },
                m_patience);
        }
        p.window(QStringLiteral("31-ablate-sweep"));
        page->lowerTabs()->setCurrentIndex(1);
        Photographer::settle(200);
        p.window(QStringLiteral("32-ablate-fallback"));
        page->queueAsRun();
        p.dialogs(QStringLiteral("33-ablate-queue"));
        page->lowerTabs()->setCurrentIndex(0);
    }

    void evaluate(MainWindow &w, Photographer &p) const
    {
        w.setPage(MainWindow::Evaluate);
        views::EvaluatePage *page = w.evaluatePage();
        page->flush();
        p.waitFor(
            QStringLiteral("40-evaluate"), [page] { return page->isSettled(); }, m_patience);
        page->setCurrentPanel(page->windows());
        p.window(QStringLiteral("40-evaluate-windows"));
        page->setCurrentPanel(page->samples());
        p.window(QStringLiteral("41-evaluate-samples"));
    }

    static void dialogs(MainWindow &w, Photographer &p)
    {
        w.newRun();
        Photographer::settle(800);
        p.dialogs(QStringLiteral("50-run"));
        w.showPalette();
        p.dialogs(QStringLiteral("51-palette"));
        for (const int tab : { app::SettingsDialog::General, app::SettingsDialog::Engine,
                               app::SettingsDialog::Shortcuts }) {
            w.shell()->showSettings(tab);
            p.dialogs(QStringLiteral("52-settings-%1").arg(tab));
        }
        w.shell()->showProvenance();
        p.dialogs(QStringLiteral("53-provenance"));
        w.shell()->showManual();
        p.dialogs(QStringLiteral("54-manual"));
        w.workbench()->actions()->trigger(QStringLiteral("help.about"));
        p.dialogs(QStringLiteral("55-about"));
        QTimer::singleShot(200, &w, [&p] { p.dialogs(QStringLiteral("56-quit")); });
        (void)w.shell()->askQuit();
        w.showBanner(views::Banner::Tone::warning,
                     QStringLiteral("r0001: stopped at layer 12, checkpoint kept."),
                     { QStringLiteral("Resume") });
        p.window(QStringLiteral("57-banner"));
        w.banner()->hide();
    }

    QString m_folder, m_language;
    QStringList m_problems;
    int m_pictures = 0, m_walks = 0, m_patience = 20000;
};

QTEST_MAIN(TstWindowTour)
#include "tst_window_tour.moc"
