// SPDX-License-Identifier: Apache-2.0
// A session of an 8B model's size (SYNTHETIC: 36 layers, 252 linears, 512 tokens) in the real
// window: saved, opened, and looked through page by page. The time to open it and the longest beats
// of the event loop are printed; BATLAB_TEST_BARS=1 fails where opening takes more than 2 s
// or a beat more than 50 ms, both of CPU time.
#include "core/base/heap.h"
#include "core/base/json_text.h"
#include "tests/app/session_steps.h"
#include "tests/app/user_hands.h"
#include "tests/support/bars.h"
#include "tests/support/big_session.h"
#include "tests/support/function_timeout.h"
#include "views/models/bimodality_model.h"
#include "views/models/evaluation_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QSpinBox>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <memory>

using namespace batlab;
using batlab::app::MainWindow;
using batlab::test::choose;
using batlab::test::kBigBlocks;
using batlab::test::kBigLayers;
using batlab::test::named;
using batlab::test::openPage;
using batlab::test::pressButton;
using batlab::test::WindowFixture;

namespace {

constexpr int kWaitMs = 60000, kSaveMs = 600 * 1000;
constexpr double kOpenSeconds = 2;

/// The scripted engine, which knows activations of these shapes too.
class BigEngine : public FakeEngine
{
public:
    using FakeEngine::FakeEngine;
    Result<Json> ask(const Json &question) override
    {
        if (!question.is_object() || textAt(question, "ask") != "activations")
            return FakeEngine::ask(question);
        const int tokens = question.value("tokens", 64);
        const std::int64_t channels =
            textAt(question, "site") == "T4" ? test::kBigIntermediate : test::kBigHidden;
        std::vector<float> values(static_cast<std::size_t>(tokens * channels));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::sin(static_cast<float>(i)) * (i % 4099 == 7 ? 40.0F : 1.0F);
        const Json packed = packArray(values);
        Json variants = Json::array();
        for (const Json &v : question["variants"])
            variants.push_back({ { "id", v["id"] }, { "values", packed } });
        return Json { { "tokens", tokens },
                      { "channels", channels },
                      { "pieces", Json::array() },
                      { "reference", packed },
                      { "variants", variants } };
    }
};

WindowFixture::Make bigEngine()
{
    return []() -> Result<std::unique_ptr<Engine>> {
        FakeEngine::Options options;
        options.layers = kBigLayers;
        return std::unique_ptr<Engine>(std::make_unique<BigEngine>(options));
    };
}

views::RunEntry bigRun()
{
    const RunSpec spec = test::bigSpec();
    views::RunEntry run;
    run.id = QStringLiteral("r0001");
    run.title = QStringLiteral("big");
    run.spec = spec.toJson();
    run.specHash = views::qs(spec.hash());
    run.workspace = QStringLiteral("nowhere");
    run.state = JobState::succeeded;
    return run;
}

LayerId textLayer(int index) { return { Branch::text, index }; }

} // namespace

class TstBigSession : public QObject
{
    Q_OBJECT

public:
    static void initMain()
    {
        keepLittleMemory(); // as batlab's main does
        test::setFunctionTimeout(2 * kSaveMs); // for the session's file
    }

private Q_SLOTS:
    void opensAndIsLookedThrough()
    {
        m_f = std::make_unique<WindowFixture>(bigEngine());
        m_w = m_f->window.get();
        m_selection = m_f->workbench->selection();
        for (const auto step :
             { &TstBigSession::saveIt, &TstBigSession::openIt, &TstBigSession::inspect,
               &TstBigSession::inspectTokens, &TstBigSession::compare, &TstBigSession::ablate,
               &TstBigSession::evaluate, &TstBigSession::stalls }) {
            (this->*step)();
            if (QTest::currentTestFailed())
                break;
        }
        m_f.reset();
    }

private:
    [[nodiscard]] QWidget *selectionBar() const
    {
        return m_w->findChild<QWidget *>(QStringLiteral("selectionBar"));
    }

    void saveIt()
    {
        m_w->resize(1600, 1000);
        QTRY_VERIFY(m_w->firstFrameSeconds() > 0);
        const std::vector<ArtifactPtr> artifacts = test::bigArtifacts();
        for (const ArtifactPtr &artifact : artifacts)
            m_expected.add(artifact);
        m_f->workbench->document()->addArtifacts(artifacts);
        m_f->workbench->document()->putRun(bigRun());
        QTRY_COMPARE(m_w->page(), MainWindow::Inspect);
        m_selection->setVariant(QStringLiteral("reference"));
        m_path = m_f->folder.filePath(QStringLiteral("big.batlab.h5"));
        QElapsedTimer clock;
        clock.start();
        QVERIFY(test::saveAndWait(*m_w, m_path, kSaveMs));
        qInfo("%zu artifacts, %.0f MB, saved in %.1f s", artifacts.size(),
              double(QFileInfo(m_path).size()) / 1e6, double(clock.elapsed()) / 1e3);
        m_f->workbench->store()->newSession();
        QTRY_COMPARE(m_w->page(), MainWindow::Welcome);
        QVERIFY(m_f->workbench->document()->isEmpty());
    }

    /// From the choice of the file until the first page shows it.
    void openIt()
    {
        const plots::HeatmapPlot *map = m_w->inspectPage()->map();
        m_w->stalls()->reset();
        QElapsedTimer clock;
        clock.start();
        const std::clock_t before = std::clock(); // of the process, the thread that reads included
        m_w->openSession(m_path);
        QTRY_VERIFY_WITH_TIMEOUT(m_f->workbench->document()->path() == m_path
                                     && m_w->page() == MainWindow::Inspect
                                     && map->rows() == kBigLayers,
                                 kWaitMs);
        m_openSeconds = double(std::clock() - before) / CLOCKS_PER_SEC;
        qInfo("opened in %.2f s, %.2f s of CPU time", double(clock.elapsed()) / 1e3, m_openSeconds);
        QCOMPARE(m_f->workbench->document()->artifacts().size(), m_expected.size());
        QTRY_COMPARE(m_w->inspectPage()->ranking()->rowCount(), kBigLayers * (3 * 128 + 448));
        took("opening");
    }

    /// The longest beat since the last one that was told.
    void took(const char *what)
    {
        QTest::qWait(300); // what it left to do
        app::StallMonitor *monitor = m_w->stalls();
        qInfo("%-34s %6.1f ms of CPU time, %6.1f ms late", what, monitor->worstCpuMs(),
              monitor->worstMs());
        m_worstCpu = std::max(m_worstCpu, monitor->worstCpuMs());
        m_worstWall = std::max(m_worstWall, monitor->worstMs());
        monitor->reset();
    }

    /// The map of Inspect has the energies of a variant at a site, every one.
    void mapShows(const std::string &variant, Site site)
    {
        const plots::HeatmapPlot *map = m_w->inspectPage()->map();
        const int blocks = kBigBlocks[static_cast<std::size_t>(site)];
        QTRY_COMPARE(map->columns(), blocks);
        QCOMPARE(map->rows(), kBigLayers);
        const plots::PlotTable table = map->table();
        int wrong = 0;
        for (int layer = 0; layer < kBigLayers; ++layer) {
            const SiteStats *stats = m_expected.siteStats(variant, textLayer(layer), site);
            QVERIFY(stats);
            for (int block = 0; block < blocks; ++block)
                if (table.cell(layer, 1 + block).toFloat() != stats->energy[std::size_t(block)])
                    ++wrong;
        }
        QCOMPARE(wrong, 0);
    }

    void inspect()
    {
        views::InspectPage *page = m_w->inspectPage();
        QVERIFY(pressButton(page->maps(), QStringLiteral("T1")));
        took("Inspect, another site");
        mapShows("reference", Site::t1);
        QVERIFY(test::pressCell(page->map(), { 20, 100 }));
        took("Inspect, another block");
        QCOMPARE(m_selection->current().layer, 20);
        QCOMPARE(m_selection->current().block, 100);
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Variant")),
                       QStringLiteral("bat")));
        took("Inspect, another variant");
        mapShows("bat", Site::t1);
        QVERIFY(test::type(named<QSpinBox>(selectionBar(), QStringLiteral("Layer")), 7));
        took("Inspect, another layer");
        QVERIFY(pressButton(page->maps(), QStringLiteral("T4")));
        took("Inspect, the widest site");
        mapShows("bat", Site::t4);
        QVERIFY(test::type(named<QSpinBox>(selectionBar(), QStringLiteral("Block")), 400));
        took("Inspect, its last blocks");
        QVERIFY2(page->histogram()->subtitle().startsWith(QStringLiteral("L7 T4 block 400,")),
                 qPrintable(page->histogram()->subtitle()));
    }

    /// Maps of tokens: kept ones, then the engine's.
    void inspectTokens()
    {
        views::InspectPage *page = m_w->inspectPage();
        const plots::HeatmapPlot *map = page->map();
        auto *modes = named<QComboBox>(page->maps(), QStringLiteral("What the map shows"));
        QVERIFY(choose(modes, static_cast<int>(views::InspectMap::TokenBlock)));
        took("Inspect, tokens");
        QCOMPARE(map->rows(), test::kBigTokens);
        QCOMPARE(map->columns(), kBigBlocks[3]);
        const TokenEnergyMap *kept = m_expected.tokenMap("bat", textLayer(7), Site::t4);
        QVERIFY(kept);
        const plots::PlotTable table = map->table();
        for (const int token : { 0, 1, 255, 511 })
            for (const int block : { 0, 7, 447 })
                QCOMPARE(table.cell(token, 1 + block).toFloat(),
                         kept->energy[std::size_t(token) * 448 + std::size_t(block)]);
        page->showTokens(true);
        took("Inspect, tokens as text");
        QVERIFY(choose(modes, static_cast<int>(views::InspectMap::TokenChannel)));
        QTRY_COMPARE_WITH_TIMEOUT(map->columns(), int(test::kBigIntermediate), kWaitMs);
        took("Inspect, channels");
        page->showTokens(false);
        QVERIFY(choose(modes, static_cast<int>(views::InspectMap::LayerBlock)));
        took("Inspect, back to layers");
    }

    void compare()
    {
        views::ComparePage *page = m_w->comparePage();
        QVERIFY(openPage(*m_w, QStringLiteral("Compare")));
        QCOMPARE(m_w->page(), MainWindow::Compare);
        QTRY_VERIFY_WITH_TIMEOUT(!page->isWaiting(), kWaitMs);
        took("Compare");
        QCOMPARE(page->chooser()->shown().size(), std::size_t(5));
        const plots::PlotTable maps = page->multiples()->table();
        QCOMPARE(maps.columns.size(), qsizetype(2 + 5));
        QCOMPARE(maps.rows, 64 * int(test::kBigIntermediate)); // activations of sample tokens
        lineShows("bat", Linear::down); // at T4 one linear alone
        QCOMPARE(page->pairedTable().rows.size(), std::size_t(3));
        QCOMPARE(page->pairedTable().layers, kBigLayers);

        const auto settled = [&](const char *what) {
            QTRY_VERIFY_WITH_TIMEOUT(!page->isWaiting(), kWaitMs);
            took(what);
        };
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Variant")),
                       QStringLiteral("rtn")));
        settled("Compare, another variant");
        lineShows("rtn", Linear::down);
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Site")),
                       static_cast<int>(Site::t2)));
        settled("Compare, another site");
        lineShows("rtn", Linear::o);
        QVERIFY(test::type(named<QSpinBox>(selectionBar(), QStringLiteral("Layer")), 30));
        settled("Compare, another layer");
        QCOMPARE(page->multiples()->table().rows, 64 * int(test::kBigHidden));
        QVERIFY(
            choose(named<QComboBox>(m_w, QStringLiteral("Baseline")), QStringLiteral("mr-gptq")));
        settled("Compare, another baseline");
        QCOMPARE(views::qs(page->pairedTable().baseline), QStringLiteral("mr-gptq"));
    }

    /// The last line of the plot, that of the selected variant, has a linear's errors.
    void lineShows(const std::string &variant, Linear linear)
    {
        const plots::PlotTable table = m_w->comparePage()->sqnr()->table();
        QCOMPARE(table.columns.size(), qsizetype(1 + 4));
        QCOMPARE(table.rows, kBigLayers);
        for (int layer = 0; layer < kBigLayers; ++layer) {
            const LinearScore *score = m_expected.linearScore(variant, textLayer(layer), linear);
            QVERIFY(score);
            QCOMPARE(table.cell(layer, 4).toDouble(), score->outputSqnrDb);
        }
    }

    void ablate()
    {
        views::WhatIfModel *model = m_w->ablatePage()->model();
        QVERIFY(openPage(*m_w, QStringLiteral("Ablate")));
        QCOMPARE(m_w->page(), MainWindow::Ablate);
        QVERIFY2(model->base(), qPrintable(m_w->ablatePage()->emptyText()));
        QCOMPARE(model->base()->variant, QStringLiteral("rtn"));
        const auto answered = [&] { return model->answer() && !model->isStale(); };
        QTRY_VERIFY_WITH_TIMEOUT(answered(), kWaitMs);
        took("Ablate");
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Variant")),
                       QStringLiteral("bat")));
        QTRY_COMPARE(model->base()->variant, QStringLiteral("bat"));
        QVERIFY(test::type(named<QSpinBox>(selectionBar(), QStringLiteral("Layer")), 3));
        QTRY_VERIFY_WITH_TIMEOUT(answered(), kWaitMs);
        took("Ablate, another variant and layer");
        QCOMPARE(model->answer()->layer, 3);
    }

    void evaluate()
    {
        views::EvaluatePage *page = m_w->evaluatePage();
        QVERIFY(openPage(*m_w, QStringLiteral("Evaluate")));
        QCOMPARE(m_w->page(), MainWindow::Evaluate);
        QTRY_VERIFY_WITH_TIMEOUT(page->isSettled(), kWaitMs);
        took("Evaluate");
        const views::EvaluationModel &rows = *page->model();
        QCOMPARE(rows.rowCount(), 5);
        QCOMPARE(rows.table().columns.size(), std::size_t(1));
        for (const VariantInfo *info : m_expected.variants()) {
            const int row = rows.find(views::qs(info->id));
            QVERIFY2(row >= 0, info->id.c_str());
            QCOMPARE(rows.index(row, 1).data(views::EvaluationModel::ValueRole).toDouble(),
                     m_expected.evaluation(info->id, "wikitext2")->value);
        }
        QVERIFY(choose(named<QComboBox>(selectionBar(), QStringLiteral("Variant")),
                       QStringLiteral("mr-gptq")));
        took("Evaluate, another variant");
        QVERIFY(openPage(*m_w, QStringLiteral("Inspect")));
        took("Inspect again");
        mapShows("mr-gptq", m_selection->current().site);
    }

    void stalls()
    {
        qInfo("opened with %.2f s of CPU time (bar %.0f s); longest beat %.1f ms of CPU time (bar "
              "%.0f ms), %.1f ms late",
              m_openSeconds, kOpenSeconds, m_worstCpu, app::StallMonitor::kLimitMs, m_worstWall);
        if (!test::barsHold())
            return;
        QVERIFY(m_openSeconds <= kOpenSeconds);
        QVERIFY(m_worstCpu < app::StallMonitor::kLimitMs);
    }

    std::unique_ptr<WindowFixture> m_f;
    MainWindow *m_w = nullptr;
    views::SelectionContext *m_selection = nullptr;
    views::ArtifactIndex m_expected;
    QString m_path;
    double m_openSeconds = 0, m_worstCpu = 0, m_worstWall = 0;
};

QTEST_MAIN(TstBigSession)
#include "tst_big_session.moc"
