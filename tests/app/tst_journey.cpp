// SPDX-License-Identifier: Apache-2.0
// One user, from the first look to the session on disk and back: the real window, driven by clicks,
// keys and menus, the real engine, the demo job on a small real model. BATLAB_TEST_BARS=1 fails on
// stalls of the event loop too; BATLAB_TEST_JOURNEY=demo takes SmolLM2, in a quarter of an hour.
#include "app/gui/shell.h"
#include "core/base/heap.h"
#include "tests/app/user_hands.h"
#include "tests/app/window_fixture.h"
#include "tests/support/bars.h"
#include "tests/support/function_timeout.h"
#include "tests/support/tiny_model.h"
#include "views/models/evaluation_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/banner.h"
#include "views/panels/compare_page.h"
#include "views/panels/cost_panel.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/field_editor.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/spec_difference_dialog.h"
#include "views/panels/variant_chooser.h"
#include "views/panels/what_if_form.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::choose;
using batlab::test::named;
using batlab::test::openPage;
using batlab::test::press;
using batlab::test::pressButton;
using batlab::test::pressCell;
using batlab::test::pressTool;
using batlab::test::WindowFixture;

namespace {

constexpr int kJobMs = 1800 * 1000, kAnswerMs = 120 * 1000;

const char *const kVariants[] = { "rtn-uos", "gptq", "mr-gptq", "diag-h32", "bat" };
const QString kBaseline = QStringLiteral("mr-gptq");

LayerId textLayer(int index) { return { Branch::text, index }; }

} // namespace

class TstJourney : public QObject
{
    Q_OBJECT

public:
    static void initMain()
    {
        keepLittleMemory(); // as batlab's main does
        test::setFunctionTimeout(2 * kJobMs); // for the demo
    }

private Q_SLOTS:
    void wholeJourney()
    {
        const QString cli = qEnvironmentVariable("BATLAB_BIN_DIR") + QStringLiteral("/batlab-cli");
        if (!QFileInfo(cli).isExecutable())
            QSKIP("no batlab-cli in BATLAB_BIN_DIR: the journey was not made");
        const bool demo = qEnvironmentVariable("BATLAB_TEST_JOURNEY") == QLatin1String("demo");
        const QTemporaryDir models;
        if (!demo) {
            const std::filesystem::path stories =
                qEnvironmentVariable("BATLAB_SHARED_DIR").toStdString() + "/models/stories260K";
            if (!std::filesystem::exists(stories / "stories260K.bin"))
                QSKIP("no stories260K in shared/models: the journey was not made");
            const auto file = test::convertLlama2cToGguf(
                stories / "stories260K.bin", stories / "tok512.bin",
                models.filePath(QStringLiteral("stories260K.gguf")).toStdString());
            qputenv("BATLAB_DEMO_MODEL", QByteArray::fromStdString(file.string()));
        }
        pid_t child = -1;
        m_f = std::make_unique<WindowFixture>(test::realEngine(cli, child));
        m_w = m_f->window.get();
        m_document = m_f->workbench->document();
        m_selection = m_f->workbench->selection();
        for (const auto step :
             { &TstJourney::demoStarts, &TstJourney::inspectWhileItRuns,
               &TstJourney::cancelAndResume, &TstJourney::whatIf, &TstJourney::queueIt,
               &TstJourney::compare, &TstJourney::evaluate, &TstJourney::report,
               &TstJourney::saveCloseReopen, &TstJourney::stalls }) {
            (this->*step)();
            if (QTest::currentTestFailed())
                break;
        }
        m_f.reset();
    }

private:
    [[nodiscard]] const views::ArtifactIndex &index() const { return m_document->artifacts(); }
    [[nodiscard]] bool finished() const { return !m_f->workbench->hasActiveJobs(); }
    [[nodiscard]] QWidget *selectionBar() const
    {
        return m_w->findChild<QWidget *>(QStringLiteral("selectionBar"));
    }

    void demoStarts()
    {
        m_w->resize(1600, 1000);
        QTRY_VERIFY(m_w->firstFrameSeconds() > 0);
        QCOMPARE(m_w->page(), MainWindow::Welcome);
        QVERIFY(press(m_w->findChild<QPushButton *>(QStringLiteral("demoButton"))));
        QTRY_COMPARE(m_w->page(), MainWindow::Inspect);
        QTest::qWait(300);
        m_w->stalls()->reset(); // the first page was made meanwhile
    }

    void inspectWhileItRuns()
    {
        QTRY_VERIFY_WITH_TIMEOUT(index().siteStats("reference", textLayer(0), Site::t1) != nullptr,
                                 kJobMs);
        views::InspectPage *page = m_w->inspectPage();
        plots::HeatmapPlot *map = page->map();
        QVERIFY(pressButton(page->maps(), QStringLiteral("T1")));
        QTRY_COMPARE(map->rows(), index().layerCount());
        QVERIFY(map->isVisible() && map->columns() > 1);
        QVERIFY(pressCell(map, { 0, 1 }));
        QVERIFY(!finished());
        QCOMPARE(m_selection->current().layer, 0);
        QCOMPARE(m_selection->current().site, Site::t1);
        QCOMPARE(m_selection->current().block, 1);
        QVERIFY2(page->histogram()->subtitle().startsWith(QStringLiteral("L0 T1 block 1,")),
                 qPrintable(page->histogram()->subtitle()));
        QTest::keyClick(map, Qt::Key_Left);
        QCOMPARE(m_selection->current().block, 0);
        QVERIFY(page->histogram()->subtitle().startsWith(QStringLiteral("L0 T1 block 0,")));
    }

    void cancelAndResume()
    {
        QVERIFY(test::raiseDock(*m_w, QStringLiteral("Jobs")));
        QVERIFY(pressButton(m_w->jobsPanel(),
                            QStringLiteral("Stop the job; finished layers are kept")));
        QTRY_VERIFY_WITH_TIMEOUT(finished(), 20000);
        QCOMPARE(m_document->runs().at(0).state, JobState::cancelled);
        QVERIFY(index().size() > 0);
        QVERIFY(
            pressButton(m_w->jobsPanel(), QStringLiteral("Resume the job from its checkpoint")));
        QTRY_VERIFY_WITH_TIMEOUT(finished(), kJobMs);
        QVERIFY2(m_document->runs().at(0).state == JobState::succeeded,
                 qPrintable(m_document->runs().at(0).note));
        for (const char *variant : kVariants)
            QVERIFY2(index().evaluation(variant, "wikitext2"), variant);
    }

    /// Undone and done again.
    void whatIf()
    {
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Variant")),
                       QStringLiteral("bat")));
        QVERIFY(pressButton(m_w->inspectPage()->maps(), QStringLiteral("T4")));
        QVERIFY(pressCell(m_w->inspectPage()->map(), { 1, 1 }));
        QVERIFY(openPage(*m_w, QStringLiteral("Ablate")));
        QCOMPARE(m_w->page(), MainWindow::Ablate);
        views::AblatePage *ablate = m_w->ablatePage();
        views::WhatIfModel *model = ablate->model();
        QVERIFY2(model->base(), qPrintable(ablate->emptyText()));
        QCOMPARE(model->base()->variant, QStringLiteral("bat"));
        QCOMPARE(model->layer(), 1);
        QTRY_VERIFY_WITH_TIMEOUT((model->answer() && !model->isStale()) || model->error(),
                                 kAnswerMs);
        QVERIFY2(!model->error(), model->error() ? model->error()->message().c_str() : "");
        const double before = model->answer()->outputSqnrDb;
        QVERIFY(before > 5 && before < 60);
        QTRY_VERIFY2_WITH_TIMEOUT(ablate->cost()->lines().contains(QStringLiteral("4.2")),
                                  qPrintable(ablate->cost()->lines()), 20000);
        views::FieldEditor *diagonal = ablate->form()->editor(QStringLiteral("fold.diagonal"));
        QVERIFY(diagonal);
        QVERIFY(test::chooseText(diagonal->findChild<QComboBox *>(), QStringLiteral("none")));
        QVERIFY2((model->changes() == Json { { "fold.diagonal", "none" } }),
                 model->changes().dump().c_str());
        QTRY_VERIFY_WITH_TIMEOUT(!model->isStale(), 60000);
        QVERIFY(model->answer()->outputSqnrDb != before);
        QVERIFY(pressTool(*m_w, QStringLiteral("edit.undo")));
        QTRY_VERIFY_WITH_TIMEOUT(!model->isStale(), 60000);
        QVERIFY(model->changes().empty());
        QCOMPARE(model->answer()->outputSqnrDb, before);
        QVERIFY(pressTool(*m_w, QStringLiteral("edit.redo")));
        QTRY_COMPARE(model->changedCount(), 1);
    }

    void queueIt()
    {
        views::AblatePage *ablate = m_w->ablatePage();
        QVERIFY(press(ablate->form()->queueButton()));
        views::SpecDifferenceDialog *dialog = ablate->differenceDialog();
        QVERIFY(dialog);
        QTRY_VERIFY(dialog->isVisible());
        QCOMPARE(dialog->table()->rowCount(), 1);
        QCOMPARE(dialog->table()->item(0, 0)->text(), QStringLiteral("fold.diagonal"));
        QCOMPARE(dialog->table()->item(0, 2)->text(), QStringLiteral("none"));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->queueButton()->isEnabled(), 60000); // preflight
        QVERIFY(pressButton(dialog, QStringLiteral("Queue run")));
        QTRY_COMPARE(m_document->runs().size(), std::size_t(2));
        QTRY_VERIFY_WITH_TIMEOUT(finished(), kJobMs);
        QVERIFY2(m_document->runs().at(1).state == JobState::succeeded,
                 qPrintable(m_document->runs().at(1).note));
        m_queued = m_document->runs()[1].spec["variants"][0]["id"].get<std::string>();
        QVERIFY2(index().evaluation(m_queued, "wikitext2"), m_queued.c_str());
    }

    /// What the linears of T4 put out: the one that reads that site.
    [[nodiscard]] double score(const std::string &variant, int layer) const
    {
        const LinearScore *found = index().linearScore(variant, textLayer(layer), Linear::down);
        return found ? found->outputSqnrDb : std::nan("");
    }

    /// Every variant, the queued one too, in maps, lines and differences to the pinned baseline.
    void compare()
    {
        QVERIFY(openPage(*m_w, QStringLiteral("Compare")));
        QCOMPARE(m_w->page(), MainWindow::Compare);
        views::ComparePage *page = m_w->comparePage();
        QTRY_VERIFY_WITH_TIMEOUT(!page->isWaiting(), kAnswerMs);
        const std::vector<std::string> shown = page->chooser()->shown();
        QCOMPARE(shown.size(), std::size(kVariants) + 2);
        QCOMPARE(shown.back(), m_queued);
        QTRY_VERIFY2_WITH_TIMEOUT(
            page->multiples()->title().startsWith(QStringLiteral("Activation magnitude")),
            qPrintable(page->multiples()->title() + page->multiples()->subtitle()), kAnswerMs);
        QCOMPARE(page->multiples()->table().columns.size(), qsizetype(2 + shown.size()));

        // The selected variant's line is drawn over the others.
        std::vector<std::string> lines;
        for (const std::string &id : shown)
            if (id != "reference")
                lines.push_back(id);
        std::stable_partition(lines.begin(), lines.end(),
                              [](const std::string &id) { return id != "bat"; });
        const plots::PlotTable table = page->sqnr()->table();
        QCOMPARE(table.columns.size(), qsizetype(1 + lines.size()));
        QCOMPARE(table.rows, index().layerCount());
        for (int layer = 0; layer < table.rows; ++layer)
            for (std::size_t i = 0; i < lines.size(); ++i)
                QCOMPARE(table.cell(layer, 1 + int(i)).toDouble(), score(lines[i], layer));

        QVERIFY(choose(named<QComboBox>(m_w, QStringLiteral("Baseline")), kBaseline));
        QCOMPARE(m_document->baseline(), kBaseline);
        QTRY_VERIFY_WITH_TIMEOUT(!page->isWaiting(), kAnswerMs);
        const views::PairedTable &paired = page->pairedTable();
        QCOMPARE(views::qs(paired.baseline), kBaseline);
        QCOMPARE(paired.rows.size(), lines.size() - 1);
        for (const views::PairedRow &row : paired.rows)
            for (int layer = 0; layer < paired.layers; ++layer)
                QCOMPARE(row.delta[3][std::size_t(layer)],
                         float(score(row.variant, layer) - score(paired.baseline, layer)));
    }

    /// The recovery table has a row for every variant with the session's figures, and is copied.
    void evaluate()
    {
        QVERIFY(openPage(*m_w, QStringLiteral("Evaluate")));
        QCOMPARE(m_w->page(), MainWindow::Evaluate);
        views::EvaluatePage *page = m_w->evaluatePage();
        QTRY_VERIFY_WITH_TIMEOUT(page->isSettled(), 60000);
        const auto *view = named<QTableView>(page, QStringLiteral("Recovery table"));
        QVERIFY(view);
        const views::EvaluationModel &rows = *page->model();
        QVERIFY(view->model() == &rows);
        QCOMPARE(rows.rowCount(), int(std::size(kVariants) + 2));
        QCOMPARE(rows.table().baseline, kBaseline);
        const auto &columns = rows.table().columns;
        const auto text =
            std::find_if(columns.begin(), columns.end(),
                         [](const views::EvaluationColumn &c) { return c.task == "wikitext2"; });
        QVERIFY(text != columns.end());
        const int column = 1 + int(text - columns.begin());
        QVERIFY(!view->isColumnHidden(column));
        for (const VariantInfo *info : index().variants()) {
            const EvaluationResult *result = index().evaluation(info->id, "wikitext2");
            const int row = rows.find(views::qs(info->id));
            QVERIFY2(result && row >= 0, info->id.c_str());
            const QModelIndex cell = rows.index(row, column);
            QCOMPARE(cell.data(views::EvaluationModel::ValueRole).toDouble(), result->value);
            QCOMPARE(cell.data().toString(), views::number(result->value, 2));
        }
        QVERIFY(pressButton(page, QStringLiteral("Copy as Markdown")));
        const QString figure =
            QString::number(index().evaluation("bat", "wikitext2")->value, 'f', 2);
        const auto copied = [] { return QApplication::clipboard()->text(); };
        QTRY_VERIFY2(copied().contains(QStringLiteral("| MR-GPTQ")) && copied().contains(figure),
                     qPrintable(copied()));
    }

    void report()
    {
        const QString path = m_f->folder.filePath(QStringLiteral("report.html"));
        QVERIFY(test::throughFileDialog(*m_w, path, [this] {
            return test::pickFromMenu(*m_w, QStringLiteral("File"),
                                      QStringLiteral("Write report…"));
        }));
        QTRY_VERIFY2_WITH_TIMEOUT(m_w->banner()->isVisible()
                                      && m_w->banner()->text().contains(path),
                                  qPrintable(m_w->banner()->text()), 60000);
        QFile html(path);
        QVERIFY(html.open(QIODevice::ReadOnly));
        const QByteArray page = html.readAll();
        QVERIFY(page.contains("MR-GPTQ") && page.contains("data:image/png;base64,"));
        QVERIFY(!page.contains("http://") || page.contains("http://www.w3.org"));
    }

    /// Opened again, the window shows what it showed.
    void saveCloseReopen()
    {
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Site")),
                       static_cast<int>(Site::t3)));
        const views::Selection selected = m_selection->current();
        QCOMPARE(selected.layer, 1);
        const QString path = m_f->folder.filePath(QStringLiteral("journey.batlab.h5"));
        QVERIFY(test::throughFileDialog(
            *m_w, path, [this] { return pressTool(*m_w, QStringLiteral("file.save")); }));
        const app::SessionStore *store = m_f->workbench->store();
        QTRY_VERIFY_WITH_TIMEOUT(
            m_document->path() == path && !m_document->isModified() && !store->isBusy(), 60000);
        Json view = m_document->viewState();
        view.erase("docks"); // holds what hidden docks asked for last, too
        const std::size_t artifacts = index().size();
        tell("before it was closed");
        QVERIFY(test::pickFromMenu(*m_w, QStringLiteral("File"), QStringLiteral("Close session")));
        QTRY_COMPARE(m_w->page(), MainWindow::Welcome);
        QVERIFY(m_document->isEmpty());

        QVERIFY(test::throughFileDialog(
            *m_w, path, [this] { return pressTool(*m_w, QStringLiteral("file.openSession")); }));
        QTRY_COMPARE_WITH_TIMEOUT(m_w->page(), MainWindow::Evaluate, 20000);
        QTRY_COMPARE(index().size(), artifacts);
        QCOMPARE(m_document->baseline(), kBaseline);
        QCOMPARE(m_document->runs().size(), std::size_t(2));
        QCOMPARE(m_selection->current().variant, selected.variant);
        QCOMPARE(m_selection->current().layer, selected.layer);
        QCOMPARE(m_selection->current().site, selected.site);
        QCOMPARE(m_selection->current().block, selected.block);
        const auto differences = [&] {
            std::string out;
            Json now = m_w->shell()->captureView();
            now.erase("docks");
            for (const SpecDifference &d : diff(view, now))
                out += d.path + ": " + d.before + " / " + d.after + '\n';
            return out;
        };
        QTRY_VERIFY2(differences().empty(), differences().c_str());
        QVERIFY2(!m_w->banner()->isVisible(), qPrintable(m_w->banner()->text()));
        QTRY_VERIFY_WITH_TIMEOUT(m_w->evaluatePage()->isSettled(), 60000);
        QCOMPARE(m_w->evaluatePage()->model()->rowCount(), int(std::size(kVariants) + 2));
    }

    /// What a beat of the event loop took at most, so far. Wall time depends on who else computes.
    void tell(const char *when)
    {
        qInfo("%s: longest beat %.0f ms late, %.0f ms of CPU time. %s", when,
              m_w->stalls()->worstMs(), m_w->stalls()->worstCpuMs(),
              qPrintable(m_w->stalls()->summary()));
    }

    void stalls()
    {
        QTest::qWait(300); // what the reopened page left to do
        tell("at the end");
        for (const auto &stall : m_w->stalls()->stalls())
            qInfo("stall %.0f ms wall, %.0f ms CPU: %s", stall.wallMs, stall.cpuMs,
                  qPrintable(stall.activity));
        QVERIFY2(!test::barsHold() || m_w->stalls()->worstCpuMs() < app::StallMonitor::kLimitMs,
                 qPrintable(m_w->stalls()->summary()));
    }

    std::unique_ptr<WindowFixture> m_f;
    MainWindow *m_w = nullptr;
    views::WorkbenchDocument *m_document = nullptr;
    views::SelectionContext *m_selection = nullptr;
    std::string m_queued; ///< variant of the what-if
};

QTEST_MAIN(TstJourney)
#include "tst_journey.moc"
