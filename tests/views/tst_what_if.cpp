// SPDX-License-Identifier: Apache-2.0
// The what-if as data: what is asked and when, what an edit does, sweeps, the fallback's
// arithmetic.
#include "tests/views/fake_what_if.h"
#include "views/models/cost_model.h"
#include "views/models/fallback_model.h"
#include "views/models/text.h"
#include "views/models/what_if_history_model.h"
#include "views/models/what_if_metrics.h"
#include "views/models/what_if_sweep.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

int fieldOf(WhatIfModel &model, const std::string &path)
{
    for (int i = 0; i < model.form()->fieldCount(); ++i) {
        if (WhatIfModel::changePath(model.form()->field(i)) == path)
            return i;
    }
    return -1;
}

FallbackUnit unit(int layer, Site site, double weights, double error)
{
    return { layer, site, weights, 32, error, "mxfp4", "mxfp4" };
}

} // namespace

class TstWhatIf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_document = std::make_unique<WorkbenchDocument>();
        test::fillDocument(*m_document);
        m_ask = std::make_unique<test::FakeAsk>();
        m_model = std::make_unique<WhatIfModel>(m_document->undoStack(), m_ask->presets);
        m_model->setAsk(m_ask->ask());
        m_model->setLayer(3);
        m_model->setBase(
            baseOfVariant(*m_document, QStringLiteral("bat"), m_ask->presets, {}).orThrow());
    }
    void cleanup() { m_model.reset(); }

    void baseComesFromTheRunThatMadeIt()
    {
        const WhatIfBase *base = m_model->base();
        QVERIFY(base);
        QCOMPARE(base->run, QStringLiteral("r0001"));
        QCOMPARE(base->workspace, QStringLiteral("somewhere"));
        QCOMPARE(base->spec.variants.size(), std::size_t(1));
        QCOMPARE(base->spec.variants.front().id, std::string("bat"));
        const auto none = baseOfVariant(*m_document, QLatin1String(kReference), m_ask->presets, {});
        QVERIFY(!none && none.error().what.find("no recipe") != std::string::npos);
        const auto preset =
            baseOfPreset(*m_document, QStringLiteral("wush"), m_ask->presets, {}).orThrow();
        QVERIFY(preset.run.isEmpty());
        QCOMPARE(preset.spec.calibration.sequences, base->spec.calibration.sequences);
        WorkbenchDocument bare; // written elsewhere: artifacts, no runs
        bare.addArtifacts(test::demoArtifacts(2));
        const auto info =
            baseOfVariant(bare, QStringLiteral("bat"), m_ask->presets, QStringLiteral("here"));
        QVERIFY(info.ok());
        QCOMPARE(info->workspace, QStringLiteral("here"));
        QCOMPARE(info->spec.variants.front().recipe.hash(),
                 base->spec.variants.front().recipe.hash());
    }

    void asksOnlyWhileShownAndOnceAfterRest()
    {
        QTest::qWait(WhatIfModel::kRestMs + 40);
        QCOMPARE(m_ask->asked, 0); // hidden
        m_model->setActive(true);
        QVERIFY(m_model->isBusy());
        QTRY_COMPARE(m_ask->asked, 1); // pinned and present are the same question
        QCOMPARE(m_ask->waiting.front().question["layer"].get<int>(), 3);
        QCOMPARE(m_ask->waiting.front().question["workspace"].get<std::string>(),
                 std::string("somewhere"));
        m_ask->answer();
        QVERIFY(!m_model->isBusy() && !m_model->isStale());
        QVERIFY(m_model->answer() && m_model->answer() == m_model->pinned());
    }

    void newestWinsAndOldNumbersStay()
    {
        m_model->setActive(true);
        QTRY_COMPARE(m_ask->asked, 1);
        m_ask->answer();
        const WhatIfAnswerPtr first = m_model->answer();
        const int g1 = fieldOf(*m_model, "transform.g1");
        QVERIFY(g1 >= 0);
        m_model->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        QTRY_COMPARE(m_ask->waitingOn("what-if"), 1);
        const auto late = m_ask->waiting.front();
        QVERIFY(m_model->isStale());
        QCOMPARE(m_model->answer(), first); // greyed, not gone
        m_model->edit({ { "settings.ties", "away" } }, QStringLiteral("ties"));
        QTRY_COMPARE(m_ask->asked, 3);
        QCOMPARE(m_ask->waitingOn("what-if"), 1);
        late.done(fakeWhatIf(late.question, m_ask->presets)); // an engine that answers late
        QVERIFY(m_model->isStale());
        QCOMPARE(m_model->answer(), first);
        m_ask->answer();
        QVERIFY(!m_model->isStale());
        QVERIFY(m_model->answer() != first);
        // What is known needs no question.
        m_document->undoStack()->undo();
        QVERIFY(!m_model->isStale() && !m_model->isBusy());
        QTest::qWait(WhatIfModel::kRestMs + 40);
        QCOMPARE(m_ask->asked, 3);
    }

    /// While a slider is held the question at work is answered, and shown, before the next.
    void aDragIsAnsweredOnTheWay()
    {
        const auto set = [&](const char *rule) {
            m_model->edit({ { "settings.scaleRule", rule } }, QString::fromLatin1(rule));
        };
        m_model->setActive(true);
        QTRY_COMPARE(m_ask->asked, 1);
        m_ask->answer();
        const WhatIfAnswerPtr before = m_model->answer();
        m_model->setDragging(true);
        set("floor");
        QTRY_COMPARE(m_ask->asked, 2);
        set("ceil");
        QTest::qWait(WhatIfModel::kRestMs + 40);
        QCOMPARE(m_ask->asked, 2);
        const auto slow = m_ask->waiting.front();
        m_ask->waiting.clear();
        slow.done(fakeWhatIf(slow.question, m_ask->presets));
        QVERIFY(m_model->answer() != before && m_model->isStale());
        QCOMPARE(m_ask->asked, 3); // the newest setting
        set("even");
        QTest::qWait(WhatIfModel::kRestMs + 40);
        QCOMPARE(m_ask->asked, 3);
        m_model->setDragging(false); // takes the place of the one at work
        QTRY_COMPARE(m_ask->asked, 4);
        m_model->setDragging(false); // what is at work is not asked again
        QTest::qWait(WhatIfModel::kRestMs + 40);
        QCOMPARE(m_ask->asked, 4);
        m_ask->answer();
        QVERIFY(!m_model->isStale());
    }

    void aPinNobodyWaitsForIsGivenUp()
    {
        m_model->setActive(true);
        QTRY_COMPARE(m_ask->asked, 1);
        m_ask->answer();
        m_model->setBaseline(
            baseOfVariant(*m_document, QStringLiteral("rtn"), m_ask->presets, {}).orThrow());
        QTRY_COMPARE(m_ask->waitingOn("what-if.pin"), 1);
        m_model->setBaseline({}); // compared with the base again, which is known
        m_model->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        QTRY_COMPARE(m_ask->waitingOn("what-if"), 1);
        QCOMPARE(m_ask->waitingOn("what-if.pin"), 0);
    }

    void editsCanBeUndoneAndMerge()
    {
        const int cap = fieldOf(*m_model, "transform.conditionCap");
        QUndoStack *undo = m_document->undoStack();
        QVERIFY(m_model->form()->setFieldValue(cap, 4.0).ok());
        QVERIFY(m_model->form()->setFieldValue(cap, 8.0).ok());
        QCOMPARE(undo->count(), 1); // a spin box held down
        QCOMPARE(m_model->history().steps.size(), std::size_t(2));
        QCOMPARE(m_model->history().steps[1].text, QStringLiteral("Condition cap: 0.0 → 8.0"));
        QCOMPARE(m_model->changes().dump(), std::string(R"({"transform.conditionCap":8.0})"));
        m_model->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        QCOMPARE(m_model->changedCount(), 2);
        m_model->form()->resetField(cap);
        QCOMPARE(m_model->changedCount(), 1);
        undo->undo();
        QCOMPARE(m_model->form()->field(cap).value.get<double>(), 8.0);
        undo->undo();
        undo->undo();
        QCOMPARE(m_model->changedCount(), 0);
        QCOMPARE(m_model->history().at, std::size_t(0));
        QCOMPARE(m_model->history().steps.size(), std::size_t(1));
        undo->redo();
        QCOMPARE(m_model->form()->field(cap).value.get<double>(), 8.0);
    }

    void historyKeepsWhatIsUndone()
    {
        m_ask->atOnce = true;
        m_model->setActive(true);
        QTRY_VERIFY(m_model->answer());
        WhatIfHistoryModel rows(m_model.get());
        QAbstractItemModelTester tester(&rows);
        for (const char *rule : { "floor", "ceil", "even" }) {
            m_model->edit({ { "settings.scaleRule", rule } }, QString::fromLatin1(rule));
            QTRY_VERIFY(!m_model->isBusy());
        }
        QCOMPARE(rows.rowCount(), 4);
        QVERIFY(!rows.index(3, WhatIfHistoryModel::Gain).data().toString().isEmpty());
        m_model->goToStep(1);
        QCOMPARE(rows.rowCount(), 4);
        QCOMPARE(rows.index(3, WhatIfHistoryModel::Score).data().toString(),
                 QStringLiteral("undone"));
        QVERIFY(rows.index(1, 0).data(WhatIfHistoryModel::PresentRole).toBool());
        QCOMPARE(m_model->changes()["settings.scaleRule"].get<std::string>(), std::string("floor"));
        m_document->undoStack()->undo(); // going to a step is an act, too
        QCOMPARE(m_model->history().at, std::size_t(3));
        m_document->undoStack()->redo();
        m_model->edit({ { "settings.ties", "zero" } }, QStringLiteral("ties"));
        QCOMPARE(rows.rowCount(), 3); // the undone ones are gone
        m_document->undoStack()->undo();
        QCOMPARE(rows.rowCount(), 4); // and back
    }

    void impossibleSaysWhyAtTheField()
    {
        m_model->setActive(true);
        QTRY_COMPARE(m_ask->asked, 1);
        m_ask->answer();
        m_model->edit({ { "transform.g1", 3 } }, QStringLiteral("odd"));
        QVERIFY(!m_model->current().ok());
        QCOMPARE(m_model->problemPath(), QStringLiteral("transform.g1"));
        QVERIFY2(!m_model->problem().isEmpty(), qPrintable(m_model->problem()));
        QTest::qWait(WhatIfModel::kRestMs + 40);
        QCOMPARE(m_ask->asked, 1); // nothing to ask
        QVERIFY(m_model->isStale());
        m_document->undoStack()->undo();
        QVERIFY(m_model->current().ok());
    }

    void stagesComeAndGo()
    {
        const auto has = [&](const char *kind) {
            const auto stages = m_model->stages();
            return std::find(stages.begin(), stages.end(), kind) != stages.end();
        };
        QVERIFY(!has("branch"));
        QSignalSpy structure(m_model.get(), &WhatIfModel::structureChanged);
        m_model->addStage("branch");
        QVERIFY(has("branch") && m_model->isAddedStage("branch"));
        QVERIFY(fieldOf(*m_model, "branch.iterations") >= 0);
        QCOMPARE(structure.count(), 1);
        m_model->removeStage("branch");
        QVERIFY(!has("branch"));
        QVERIFY(!WhatIfModel::answersAtOnce("train.epochs"));
        QVERIFY(!WhatIfModel::answersAtOnce("round.kind"));
        QVERIFY(WhatIfModel::answersAtOnce("transform.g1"));
    }

    void pinIsComparedWith()
    {
        m_ask->atOnce = true;
        m_model->setActive(true);
        QTRY_VERIFY(m_model->answer());
        m_model->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        QTRY_VERIFY(!m_model->isStale());
        const WhatIfAnswerPtr floor = m_model->answer();
        m_model->pin();
        QCOMPARE(m_model->pinned(), floor);
        QCOMPARE(m_model->pinnedTitle(), QStringLiteral("step 2"));
        m_document->undoStack()->undo();
        QVERIFY(m_model->pinned() != floor);
        m_model->setBaseline(
            baseOfVariant(*m_document, QStringLiteral("rtn"), m_ask->presets, {}).orThrow());
        QTRY_VERIFY(!m_model->isStale());
        QVERIFY2(m_model->pinnedTitle().startsWith(QStringLiteral("RTN")),
                 qPrintable(m_model->pinnedTitle()));
    }

    void errorsAndRetry()
    {
        m_ask->error = Error { ErrorCode::notFound, "the model is gone", "demo", "put it back" };
        m_ask->atOnce = true;
        m_model->setActive(true);
        QTRY_VERIFY(m_model->error().has_value());
        QVERIFY(!m_model->isBusy());
        m_ask->error.reset();
        m_model->retry();
        QTRY_VERIFY(m_model->answer());
        QVERIFY(!m_model->error());
    }

    void differenceCommandAndQueuedSpec()
    {
        m_model->edit({ { "transform.g1", 4 }, { "transform.g2", 8 } }, QStringLiteral("g"));
        m_model->edit({ { "settings.scaleRule", "floor" } }, QStringLiteral("rule"));
        const auto rows = changeRows(*m_model->base(), m_model->changes());
        QCOMPARE(rows.size(), std::size_t(3));
        QCOMPARE(rows[1].path, std::string("transform.g1"));
        QCOMPARE(rows[1].before, std::string("8"));
        QCOMPARE(rows[1].after, std::string("4"));
        const RunSpec spec =
            queuedSpec(*m_model->base(), m_model->changes(), m_ask->presets).orThrow();
        const VariantSpec &variant = spec.variants.front();
        QVERIFY(variant.id != "bat" && variant.id.starts_with("bat-"));
        QCOMPARE(integer(*variant.recipe.findStage("transform"), "g1"), std::int64_t(4));
        QCOMPARE(effectiveSettings(spec, variant).scaleRule, std::string("floor"));
        const QString line = whatIfCommand(*m_model->base(), m_model->changes(), m_ask->presets,
                                           QStringLiteral("my run.batlab.h5"));
        QVERIFY2(line.startsWith(QStringLiteral("batlab-cli compare demo --presets bat")),
                 qPrintable(line));
        QVERIFY(line.contains(QStringLiteral("--set variants.bat.transform.g1=4")));
        QVERIFY(line.contains(QStringLiteral("--set settings.scaleRule=floor")));
        QVERIFY(line.endsWith(QStringLiteral("--session 'my run.batlab.h5'")));
    }

    void metricsPointToBetter()
    {
        auto before = std::make_shared<WhatIfAnswer>(), after = std::make_shared<WhatIfAnswer>();
        before->outputSqnrDb = 20;
        after->outputSqnrDb = 21.5;
        before->outputMse = 0.02;
        after->outputMse = 0.015;
        before->sites[Site::t4].condition = 6;
        after->sites[Site::t4].condition = 8;
        WhatIfMetrics metrics;
        QAbstractItemModelTester tester(&metrics);
        metrics.setAnswers(before, after, Site::t4, QStringLiteral("r0001"));
        const auto at = [&](int row, int column, int role = Qt::DisplayRole) {
            return metrics.index(row, column).data(role);
        };
        QCOMPARE(at(0, WhatIfMetrics::Delta).toString(), QStringLiteral("+1.50"));
        QCOMPARE(at(0, 0, WhatIfMetrics::ShareRole).toDouble(), 0.5); // 3 dB fill the bar
        QCOMPARE(at(1, 0, WhatIfMetrics::DeltaValueRole).toDouble(), -25.0); // percent
        QVERIFY(at(1, 0, WhatIfMetrics::ShareRole).toDouble() > 0); // less error is better
        const int last = metrics.rowCount() - 1;
        QVERIFY(at(last, 0, WhatIfMetrics::ShareRole).toDouble() < 0); // worse condition
        QCOMPARE(at(3, WhatIfMetrics::WhatIf).toString(), QStringLiteral("–"));
    }

    void costTable()
    {
        CostModel costs;
        QAbstractItemModelTester tester(&costs);
        RunSpec spec = m_model->base()->spec;
        spec.variants.push_back(spec.variants.front());
        spec.variants[0].id = "pinned";
        spec.variants[1].id = "what-if";
        const Json answer =
            fakeCost({ { "ask", "cost" }, { "spec", spec.toJson() } }, m_ask->presets).orThrow();
        QVERIFY(costs.setAnswer(answer).ok());
        QCOMPARE(costs.rowCount(), 6);
        QCOMPARE(costs.variant()->id, QStringLiteral("what-if"));
        QCOMPARE(costs.index(2, CostModel::Transform).data().toString(),
                 QStringLiteral("H32 rotation"));
        QCOMPARE(costs.index(5, CostModel::Parameters).data().toString(), QStringLiteral("3.1 M"));
        QVERIFY(!costs.setAnswer(Json(3)).ok());
    }

    void sweepGoesCellByCell()
    {
        m_model->setActive(true);
        WhatIfSweep sweep(m_model.get());
        QSignalSpy finished(&sweep, &WhatIfSweep::finished);
        QVERIFY(sweep
                    .start(QStringLiteral("transform.g1:transform.g2=4:8,8:4,3:5"),
                           QStringLiteral("settings.scaleRule=uos,floor"))
                    .ok());
        QCOMPARE(sweep.cells().size(), std::size_t(6));
        QCOMPARE(m_ask->waitingOn("what-if.sweep"), 1);
        // Row by row; the first is 4 x 8 under the base's rule.
        QCOMPARE(sweep.cells()[0].changes.dump(),
                 std::string(R"({"transform.g1":4,"transform.g2":8})"));
        QVERIFY(sweep.cells()[2].changes.empty()); // 8 x 4, uos: the base
        QCOMPARE(sweep.presentCell().value_or(-1), 2);
        QCOMPARE(sweep.cellTitle(1), QStringLiteral("g1 × g2 4×8, scaleRule floor"));
        m_ask->answer();
        QTRY_COMPARE(m_ask->waitingOn("what-if.sweep"), 1);
        QCOMPARE(sweep.doneCount(), 1);
        sweep.setPaused(true);
        m_ask->answer(); // on its way when it was paused: not taken, not lost
        QTest::qWait(20);
        QCOMPARE(sweep.doneCount(), 1);
        m_ask->atOnce = true;
        sweep.setPaused(false);
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(sweep.doneCount(), 6);
        QCOMPARE(int(sweep.cells()[4].state), int(WhatIfSweep::Cell::State::impossible));
        QVERIFY(!sweep.cells()[4].reason.isEmpty());
        // Everything the engine said is kept, in the session too.
        QVERIFY(sweep.cells()[0].answer && !sweep.cells()[4].answer);
        const Json cell = sweep.artifact().cells[0];
        QCOMPARE(cell["value"].get<double>(), sweep.cells()[0].answer->outputSqnrDb);
        QCOMPARE(cell["detail"]["metrics"]["output-mse"].get<double>(),
                 sweep.cells()[0].answer->outputMse);
        QCOMPARE(cell["detail"]["metrics"]["clipped.T4"].get<double>(),
                 100 * sweep.cells()[0].answer->site(Site::t4)->clipShare);
        sweep.loadCell(1);
        QCOMPARE(m_model->changes()["transform.g1"].get<int>(), 4);
        QCOMPARE(sweep.presentCell().value_or(-1), 1);
        m_document->undoStack()->undo();
        QCOMPARE(sweep.presentCell().value_or(-1), 2);
        const Sweep kept = sweep.artifact();
        QCOMPARE(kept.cells.size(), std::size_t(6));
        QVERIFY(kept.cells[4]["value"].is_null());
        QCOMPARE(kept.axes[1]["path"].get<std::string>(), std::string("settings.scaleRule"));
        QVERIFY(!sweep.start(QStringLiteral("transform.g1=4,8"), QStringLiteral("transform.g1=4,8"))
                     .ok());
        QVERIFY(WhatIfSweep::suggestedValues("transform.parametrization")
                    .contains(QStringLiteral("orthogonal")));
    }

    void greedyByHand()
    {
        // Two units of 1,000 weights, one of 3,000. From 4.25 to 8.25 bits a unit of 1,000 costs
        // 4,000 bits and takes away 15/16 of its error.
        std::vector<FallbackUnit> units { unit(0, Site::t1, 1000, 0.16),
                                          unit(0, Site::t4, 3000, 0.32),
                                          unit(1, Site::t1, 1000, 0.08) };
        QCOMPARE(errorRatio("mxfp4", "mxfp8-e4m3"), 1.0 / 16);
        QCOMPARE(errorRatio("mxfp4", "bf16"), 1.0 / 4096);
        QCOMPARE(pointOf(units).bits, 4.25);
        QVERIFY(std::abs(pointOf(units).error - 0.56) < 1e-12);
        // A budget of 4.25 + 0.8 bits: one unit of 1,000 (4,000 of 25,000 bits); the worst per bit
        // is the first (0.15/4,000 against 0.3/12,000 and 0.075/4,000).
        std::vector<FallbackPoint> path;
        std::vector<FallbackUnit> out = greedyFallback(units, 5.05, &path);
        QCOMPARE(out[0].format, std::string("mxfp8-e4m3"));
        QCOMPARE(out[1].format, std::string("mxfp4"));
        QCOMPARE(out[2].format, std::string("mxfp4"));
        QCOMPARE(path.size(), std::size_t(2));
        QVERIFY(std::abs(path[1].bits - 5.05) < 1e-9);
        QVERIFY(std::abs(path[1].error - (0.01 + 0.32 + 0.08)) < 1e-9);
        // 1.6 bits more: the second would take 2.4 alone, so the third comes in.
        out = greedyFallback(units, 5.85);
        QCOMPARE(out[1].format, std::string("mxfp4"));
        QCOMPARE(out[2].format, std::string("mxfp8-e4m3"));
        // Enough for everything: all bf16, and the error falls with every step.
        out = greedyFallback(units, 1e9, &path);
        for (const FallbackUnit &u : out)
            QCOMPARE(u.format, std::string("bf16"));
        for (std::size_t i = 1; i < path.size(); ++i)
            QVERIFY(path[i].bits > path[i - 1].bits && path[i].error < path[i - 1].error);
        QCOMPARE(pointOf(out).bits, 16.0);
    }

    void precisionLinesJoinLayers()
    {
        std::vector<FallbackUnit> base, units;
        for (int layer = 0; layer < 4; ++layer)
            base.push_back(unit(layer, Site::t4, 10, 1));
        units = base;
        units[0].format = units[1].format = "mxfp8-e4m3";
        units[3].format = "bf16";
        const std::vector<std::string> lines = precisionLines(units, base);
        const std::vector<std::string> want { "layers 0-1:T4:weights=mxfp8-e4m3",
                                              "layers 0-1:T4:activations=mxfp8-e4m3",
                                              "layer 3:T4:weights=none",
                                              "layer 3:T4:activations=none" };
        QCOMPARE(lines, want);
    }

    void fallbackReadsTheSessionAndWritesThePrecision()
    {
        FallbackModel fallback;
        QAbstractItemModelTester tester(&fallback);
        fallback.setSource(m_document->artifacts(), "bat", m_model->base()->spec,
                           m_model->base()->spec);
        QVERIFY2(!fallback.isEmpty(), qPrintable(fallback.reason()));
        QCOMPARE(fallback.point().bits, 4.25);
        QVERIFY2(fallback.basis().contains(QStringLiteral("linears")),
                 qPrintable(fallback.basis()));
        fallback.suggest(5.0);
        QVERIFY(fallback.point().bits > 4.5 && fallback.point().bits <= 5.001);
        QVERIFY(!fallback.overrides().empty());
        m_model->edit({ { "precision.overrides", fallback.overrides() } }, QStringLiteral("p"));
        QVERIFY2(m_model->current().ok(), qPrintable(m_model->problem()));
        FallbackModel again; // reads back what it wrote
        again.setSource(m_document->artifacts(), "bat", m_model->base()->spec, *m_model->current());
        QCOMPARE(again.point().bits, fallback.point().bits);
        const QModelIndex cell = fallback.index(2, FallbackModel::T4);
        QVERIFY(fallback.setData(cell, QStringLiteral("bf16")));
        QVERIFY(!fallback.setData(cell, QStringLiteral("fp64")));
        QCOMPARE(cell.data().toString(), QStringLiteral("bf16"));
        fallback.reset();
        QCOMPARE(fallback.point().bits, 4.25);
        QVERIFY(fallback.overrides().empty());
    }

private:
    std::unique_ptr<WorkbenchDocument> m_document;
    std::unique_ptr<test::FakeAsk> m_ask;
    std::unique_ptr<WhatIfModel> m_model;
};

QTEST_MAIN(TstWhatIf)
#include "tst_what_if.moc"
