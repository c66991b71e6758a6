// SPDX-License-Identifier: Apache-2.0
// The Ablate page and its panels, without a window and with a fake engine's door.
#include "core/stats/recovery.h"
#include "tests/views/ablate_test.h"
#include "views/models/what_if_metrics.h"
#include "views/models/what_if_sweep.h"
#include "views/panels/cost_panel.h"
#include "views/panels/factor_row.h"
#include "views/panels/field_editor.h"
#include "views/panels/metrics_panel.h"
#include "views/panels/parameter_slider.h"
#include "views/panels/sweep_matrix.h"
#include "views/panels/sweep_panel.h"
#include "views/panels/ui_kit.h"
#include "views/panels/what_if_form.h"
#include "views/panels/what_if_history_panel.h"
#include "views/plots/block_delta_plot.h"
#include "views/plots/matrix_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include <cmath>
#include <numeric>

using namespace batlab;
using namespace batlab::views;

namespace {

void press(const SegmentBar *bar, const QString &text)
{
    for (QToolButton *button : bar->findChildren<QToolButton *>()) {
        if (button->text() == text) {
            QTest::mouseClick(button, Qt::LeftButton);
            return;
        }
    }
    QFAIL(qPrintable(QStringLiteral("no segment %1").arg(text)));
}

} // namespace

class TstAblatePage : public test::AblateTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void init() { makePage(); }
    void cleanup() { m_page.reset(); }

    void emptyOffersARun()
    {
        QVERIFY2(m_page->emptyText().contains(QStringLiteral("first run")),
                 qPrintable(m_page->emptyText()));
        QSignalSpy asked(m_page.get(), &AblatePage::runRequested);
        for (QPushButton *button : m_page->findChildren<QPushButton *>())
            if (button->isVisible() && button->text() == QStringLiteral("New run…"))
                QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE(asked.count(), 1);
        fill();
        QVERIFY(m_page->emptyText().isEmpty());
    }

    void editsAreScoredAndMarked()
    {
        fill();
        WhatIfModel *model = m_page->model();
        QCOMPARE(model->base()->variant, QStringLiteral("bat"));
        QCOMPARE(m_page->metrics()->metrics()->rowCount(), 9);
        QVERIFY2(m_page->metrics()->subtitle().contains(QStringLiteral("ms")),
                 qPrintable(m_page->metrics()->subtitle()));
        QVERIFY(!m_page->form()->queueButton()->isEnabled());
        FactorRow *factors = m_page->form()->factors();
        QVERIFY(factors && factors->isVisible());
        press(factors->factors(), QStringLiteral("4×8"));
        QCOMPARE(model->changes().dump(), std::string(R"({"transform.g1":4,"transform.g2":8})"));
        press(factors->blocks(), QStringLiteral("64"));
        QCOMPARE(model->changes()["transform.g2"].get<int>(), 16);
        QTRY_VERIFY(!model->isStale());
        QVERIFY(m_page->form()->queueButton()->isEnabled());
        QCOMPARE(m_page->blocks()->data().after.size(), std::size_t(48));
        m_selection->setSite(Site::t1);
        QCOMPARE(m_page->blocks()->data().after.size(), std::size_t(18));
        // No linear reads the cache: the page says so, and its metrics stay with the last site.
        m_selection->setSite(Site::k);
        QCOMPARE(int(m_page->blocks()->state()), int(plots::PanelState::empty));
        QVERIFY(m_page->blocks()->accessibleDescription().contains(QStringLiteral("select T1")));
        QCOMPARE(m_page->metrics()->metrics()->rowCount(), 9);
        m_selection->setSite(Site::t1);
        QCOMPARE(int(m_page->blocks()->state()), int(plots::PanelState::ready));
        m_selection->setLayer(4);
        QVERIFY(model->isStale()); // the old numbers stay meanwhile
        QCOMPARE(m_page->blocks()->data().after.size(), std::size_t(18));
        QTRY_VERIFY(!model->isStale());
        QCOMPARE(model->answer()->layer, 4);
    }

    /// Sliders: which numbers have one, what they give, one step a drag, keys.
    void slidersAreRoundAndOneStepADrag()
    {
        const auto row = [](const char *stage, const char *path) {
            return *findParameter(stageParameters(stage), path);
        };
        QVERIFY(!ParameterSlider::suits(row("transform", "transform.g1")));
        QVERIFY(!ParameterSlider::suits(row("transform", "transform.kind")));
        ParameterSlider rate(row("train", "train.learningRate"));
        QVERIFY(rate.isLogarithmic()); // 1e-8 to 1
        for (const double number : { 1e-8, 3e-5, 0.002, 0.7, 1.0 })
            QVERIFY2(std::abs(std::log(rate.numberAt(rate.positionOf(number)) / number)) < 0.06,
                     qPrintable(QString::number(number)));
        QCOMPARE(rate.numberAt(0), 1e-8);
        ParameterSlider cap(row("transform", "transform.conditionCap"));
        QVERIFY(cap.isLogarithmic());
        QCOMPARE(cap.numberAt(0), 0.0); // "no cap" is reached
        QCOMPARE(cap.numberAt(1), 1.0);
        QCOMPARE(cap.numberAt(cap.maximum()), 1e6);
        ParameterSlider steps(row("clip", "clip.searchSteps"));
        QVERIFY(steps.numberAt(57) == std::floor(steps.numberAt(57)));
        double given = 0;
        connect(&steps, &ParameterSlider::chosen, &steps,
                [&](const Json &value) { given = value.get<double>(); });
        steps.show(2); // several positions round to 2: a key still moves on
        QTest::keyClick(&steps, Qt::Key_Right);
        QCOMPARE(given, 3.0);
        const int place = steps.value(); // a wheel that scrolls the form by moves nothing
        QWheelEvent wheel({ 5, 5 }, { 5, 5 }, {}, { 0, 120 }, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QVERIFY(!steps.hasFocus());
        QCoreApplication::sendEvent(&steps, &wheel);
        QCOMPARE(steps.value(), place);
        QVERIFY(!wheel.isAccepted());

        fill();
        FieldEditor *editor = m_page->form()->editor(QStringLiteral("fold.alpha"));
        auto *slider = editor->findChild<ParameterSlider *>();
        QVERIFY(slider && slider->isVisible() && !slider->isLogarithmic());
        QVERIFY(slider->accessibleName().contains(QStringLiteral("Exponent")));
        QCOMPARE(slider->accessibleDescription(), QStringLiteral("0.25"));
        const int before = m_document->undoStack()->count();
        WhatIfModel *model = m_page->model();
        slider->setSliderDown(true);
        for (const double number : { 0.3, 0.5, 0.7 }) {
            slider->setSliderPosition(slider->positionOf(number));
            QTRY_VERIFY(!model->isStale()); // answered on the way
        }
        slider->setSliderDown(false);
        QCOMPARE(m_document->undoStack()->count(), before + 1);
        QCOMPARE(model->history().steps.size(), std::size_t(2));
        QVERIFY(std::abs(model->changes()["fold.alpha"].get<double>() - 0.7) < 0.006);
        slider->setSliderDown(true); // another drag is another step
        slider->setSliderPosition(slider->positionOf(0.4));
        slider->setSliderDown(false);
        const std::size_t kept = model->history().steps.size();
        const double held = model->changes()["fold.alpha"].get<double>();
        slider->setSliderDown(true); // there and back again is none
        slider->setSliderPosition(slider->positionOf(0.6));
        slider->setSliderPosition(slider->positionOf(held));
        slider->setSliderDown(false);
        QCOMPARE(model->changes()["fold.alpha"].get<double>(), held);
        QCOMPARE(model->history().steps.size(), kept);
        QCOMPARE(m_document->undoStack()->count(), before + 2);
        m_document->undoStack()->undo();
        m_document->undoStack()->undo();
        QVERIFY(model->changes().empty());
        QCOMPARE(slider->value(), slider->positionOf(0.25));
        QTest::keyClick(slider, Qt::Key_Right);
        QVERIFY(model->changes()["fold.alpha"].get<double>() > 0.25);
    }

    void reasonsStandUnderTheField()
    {
        fill();
        const QString kind = QStringLiteral("transform.kind");
        FieldEditor *editor = m_page->form()->editor(QStringLiteral("transform.g1"));
        QVERIFY(editor);
        m_page->model()->edit({ { "transform.g1", 3 } }, QStringLiteral("odd"));
        QVERIFY(!m_page->form()->noteOf(QStringLiteral("transform.g1")).isEmpty());
        QVERIFY(editor->isVisible()); // shown although it is one of the rarer ones
        QVERIFY(!m_page->form()->queueButton()->isEnabled());
        m_document->undoStack()->undo();
        QVERIFY(m_page->form()->noteOf(QStringLiteral("transform.g1")).isEmpty());
        QVERIFY(m_page->form()->noteOf(kind).isEmpty());
    }

    void sweepFillsAndLoads()
    {
        fill();
        SweepPanel *panel = m_page->sweep();
        panel->setAxis(0, QStringLiteral("transform.g1:transform.g2"), QStringLiteral("4:8,8:4"));
        panel->setAxis(1, QStringLiteral("settings.scaleRule"), QStringLiteral("uos,floor,even"));
        panel->setAxis(2, QStringLiteral("transform.parametrization"),
                       QStringLiteral("affine,orthogonal"));
        QTest::mouseClick(panel->startButton(), Qt::LeftButton);
        QTRY_COMPARE(panel->sweep()->doneCount(), 12);
        QTRY_COMPARE(panel->matrix()->data().cells.size(), std::size_t(12));
        QCOMPARE(panel->matrix()->data().groups.size(), std::size_t(2));
        QTRY_COMPARE(panel->matrix()->presentCell().value_or(-1), 3); // 8 x 4, uos, affine
        QVERIFY(panel->matrix()->bestCell());
        QCOMPARE(m_document->artifacts().sweeps().size(), std::size_t(2)); // kept in the session
        sweepShowsEveryMetric(*panel);
        QVERIFY(!panel->matrix()->grab().isNull());
        QSignalSpy activated(panel->matrix(), &plots::MatrixPlot::cellActivated);
        panel->matrix()->setFocus();
        for (const Qt::Key key : { Qt::Key_Up, Qt::Key_Right, Qt::Key_Return })
            QTest::keyClick(panel->matrix(), key);
        QTRY_COMPARE(activated.count(), 1);
        QCOMPARE(m_page->model()->changes()["settings.scaleRule"].get<std::string>(),
                 std::string("floor"));
        QCOMPARE(m_page->model()->changes()["transform.g1"].get<int>(), 4);
        m_document->undoStack()->undo();
        QVERIFY(m_page->model()->changes().empty());
    }

    void storedCellsKeepToTheirBase()
    {
        fill();
        SweepPanel *panel = m_page->sweep();
        panel->setAxis(0, QStringLiteral("settings.scaleRule"), QStringLiteral("uos,floor"));
        panel->setAxis(1, QStringLiteral("transform.parametrization"),
                       QStringLiteral("affine,orthogonal"));
        QTRY_VERIFY(panel->startButton()->isEnabled());
        panel->startButton()->click();
        QTRY_COMPARE(m_document->artifacts().sweeps().size(), std::size_t(2));
        QComboBox *source = nullptr;
        for (QComboBox *box : panel->findChildren<QComboBox *>())
            if (box->accessibleName() == QLatin1String("Sweep shown"))
                source = box;
        QVERIFY(source);
        const int kept = source->findText(QStringLiteral("what-if-bat-"), Qt::MatchStartsWith);
        QVERIFY(kept > 0);
        source->setCurrentIndex(kept);
        Q_EMIT source->activated(kept);
        // Another base is open: nothing of this one's is changed, and the panel says why.
        WhatIfModel *model = m_page->model();
        m_selection->setVariant(QStringLiteral("rtn"));
        QTRY_COMPARE(model->base()->variant, QStringLiteral("rtn"));
        QTRY_VERIFY(!model->isStale());
        Q_EMIT panel->matrix()->cellActivated(3);
        QVERIFY(model->changes().empty());
        const QString wanted = m_document->variantTitle(QStringLiteral("bat"));
        bool said = false;
        for (const QLabel *label : panel->findChildren<QLabel *>())
            said = said || label->text().startsWith(QStringLiteral("Made from ") + wanted);
        QVERIFY(said);
        m_selection->setVariant(QStringLiteral("bat"));
        QTRY_COMPARE(model->base()->variant, QStringLiteral("bat"));
        Q_EMIT panel->matrix()->cellActivated(3);
        QCOMPARE(model->changes()["settings.scaleRule"].get<std::string>(), std::string("floor"));
    }

    void failedCellsAreAskedAgain()
    {
        fill();
        SweepPanel *panel = m_page->sweep();
        const std::size_t before = m_document->artifacts().sweeps().size();
        QSignalSpy finished(panel->sweep(), &WhatIfSweep::finished);
        m_ask->error = Error { ErrorCode::notFound, "no such model", "demo", "relink it" };
        panel->setAxis(0, QStringLiteral("settings.scaleRule"), QStringLiteral("floor,even"));
        panel->setAxis(1, QStringLiteral("fold.alpha"), QStringLiteral("0.3"));
        QTRY_VERIFY(panel->startButton()->isEnabled());
        panel->startButton()->click();
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(m_document->artifacts().sweeps().size(), before); // nothing worth keeping
        QPushButton *retry = nullptr;
        for (QPushButton *button : panel->findChildren<QPushButton *>())
            if (button->text() == QLatin1String("Retry failed"))
                retry = button;
        QVERIFY(retry);
        QTRY_VERIFY(retry->isVisibleTo(panel));
        m_ask->error.reset();
        retry->click();
        QTRY_COMPARE(finished.count(), 2);
        for (const WhatIfSweep::Cell &cell : panel->sweep()->cells()) {
            QCOMPARE(int(cell.state), int(WhatIfSweep::Cell::State::done));
            QVERIFY(cell.reason.isEmpty());
        }
        QCOMPARE(m_document->artifacts().sweeps().size(), before + 1);
        QTRY_VERIFY(!retry->isVisibleTo(panel));
    }

    void storedSweepsAreShown()
    {
        Sweep sweep;
        sweep.mode = "one-at-a-time";
        sweep.metric = "output SQNR";
        sweep.unit = "dB";
        sweep.axes = Json::array({ { { "path", "round.damp" }, { "values", { 0.1, 0.2 } } },
                                   { { "path", "fold.alpha" }, { "values", { 1, 2, 3 } } } });
        sweep.cells =
            Json::array({ { { "at", { nullptr, nullptr } }, { "value", 5 } },
                          { { "at", { 1, nullptr } }, { "value", 7 } },
                          { { "at", { nullptr, 2 } }, { "value", nullptr }, { "reason", "no" } } });
        const plots::MatrixData data = matrixOf(sweep, 6.0);
        QCOMPARE(data.cells.size(), std::size_t(6));
        QCOMPARE(data.cells[1].value, 7.0);
        QCOMPARE(data.cells[1].delta, 1.0);
        QCOMPARE(data.cells[1].caption, QStringLiteral("0.2"));
        QCOMPARE(data.cells[5].note, QStringLiteral("no"));
        QCOMPARE(bestOf(data).value_or(-1), 1);
        QCOMPARE(data.cells[1].halfWidth, 0.0);
        QVERIFY(!data.statistic.contains(QStringLiteral("95")));
        sweep.cells[1]["detail"] = { { "perplexity_se", 0.3 },
                                     { "perplexity_seed_sd", 0.8 },
                                     { "seeds", 4 } };
        const plots::MatrixData seeds = matrixOf(sweep, 6.0);
        QVERIFY(std::abs(seeds.cells[1].halfWidth - 1.96 * 0.5) < 1e-12); // 0.3² + 0.8²/4
        QVERIFY(seeds.statistic.endsWith(QStringLiteral("over windows and seeds")));
        sweep.cells[1]["detail"]["seeds"] = 1;
        QVERIFY(std::abs(matrixOf(sweep, 6.0).cells[1].halfWidth - 1.96 * 0.3) < 1e-12);
        sweep.cells[1]["detail"] = { { "perplexity_se", 0.5 } };
        QVERIFY(matrixOf(sweep, 6.0).statistic.endsWith(QStringLiteral("over windows")));
        plots::MatrixPlot plot(QStringLiteral("sweep"));
        plot.setData(matrixOf(sweep, 6.0));
        QCOMPARE(plot.data().cells[1].halfWidth, 0.98); // 1.96 standard errors
        const plots::PlotTable table = plot.table();
        QCOMPARE(table.columns.size(), 1 + 2 * 3);
        QCOMPARE(table.columns[4], QStringLiteral("± 95 %"));
        QCOMPARE(table.cell(0, 3).toDouble(), 7.0);
        QCOMPARE(table.cell(0, 4).toDouble(), 0.98);
        QVERIFY(!table.cell(0, 2).isValid());
        sweep.axes = Json(3); // hostile
        QVERIFY(matrixOf(sweep, 6.0).cells.empty());
    }

    void sweepIntervalsArePairedToTheBaseline()
    {
        // Windows that differ a lot, variants that differ by nearly the same in each: the pair
        // tells far more than the cell.
        std::vector<double> base, cell;
        for (int i = 0; i < 20; ++i) {
            base.push_back(3 + 0.05 * (i % 7));
            cell.push_back(base.back() + 0.4 + 0.002 * (i % 3));
        }
        ArtifactIndex index;
        const auto add = [&](const char *id, const std::vector<double> &nll) {
            VariantInfo info;
            info.id = info.title = id;
            info.protocolHash = "of wikitext2";
            index.add(std::make_shared<const Artifact>(info));
            EvaluationResult result;
            result.variant = id;
            result.metric = "perplexity";
            result.task = "gsm8k"; // by name it comes first; the cells are of the other text
            result.protocolHash = "of gsm8k";
            result.windowNll.assign(20, 1.0);
            result.value = std::exp(1.0);
            index.add(std::make_shared<const Artifact>(result));
            result.task = "wikitext2";
            result.protocolHash = info.protocolHash;
            result.windowNll = nll;
            result.value = std::exp(std::accumulate(nll.begin(), nll.end(), 0.0) / 20);
            index.add(std::make_shared<const Artifact>(result));
            return result.value;
        };
        const double pinned = add("rtn", base), value = add("bat.x", cell);
        Sweep sweep;
        sweep.id = "s";
        sweep.base = "bat";
        sweep.mode = "grid";
        sweep.metric = "perplexity";
        sweep.higherIsBetter = false;
        sweep.axes = Json::array({ { { "path", "round.damp" }, { "values", { 0.1, 0.2 } } } });
        sweep.cells = Json::array(
            { { { "at", { 0 } }, { "value", value }, { "detail", { { "variant", "bat.x" } } } },
              { { "at", { 1 } }, { "value", pinned }, { "detail", { { "variant", "rtn" } } } } });
        const SweepIntervals found = sweepIntervals(index, sweep, "rtn");
        QCOMPARE(found.pinned, pinned);
        const SweepInterval paired = found.cells.at("bat.x"), alone = found.cells.at("rtn");
        QVERIFY(paired.paired && !alone.paired);
        QCOMPARE(paired.windows, std::int64_t(20));
        const PairedDifference d = pairedBootstrap(cell, base);
        QVERIFY(std::abs(paired.halfWidth
                         - value * (std::exp(d.high - d.mean) - std::exp(d.low - d.mean)) / 2)
                < 1e-9);
        QVERIFY(paired.halfWidth > 0 && paired.halfWidth < alone.halfWidth / 10);
        const auto without = sweepIntervals(index, sweep, "nobody");
        QVERIFY(!without.cells.at("bat.x").paired && std::isnan(without.pinned));
        // As many windows of another protocol are no pairs.
        EvaluationResult other;
        for (const EvaluationResult *r : index.evaluations())
            if (r->variant == "rtn" && r->task == "wikitext2")
                other = *r;
        other.protocolHash = "longer windows";
        ArtifactIndex mixed = index;
        mixed.add(std::make_shared<const Artifact>(other));
        const auto apart = sweepIntervals(mixed, sweep, "rtn");
        QVERIFY(!apart.cells.at("bat.x").paired);

        const plots::MatrixData data = matrixOf(sweep, pinned, found, QStringLiteral("RTN"));
        QCOMPARE(data.cells[0].interval,
                 QStringLiteral("95 %, paired bootstrap over 20 windows to RTN"));
        QCOMPARE(data.cells[1].interval, QStringLiteral("95 %, bootstrap over 20 windows"));
        plots::MatrixPlot plot(QStringLiteral("sweep"));
        plot.setData(data);
        plot.setMarked({}, 1);
        QVERIFY2(plot.summary().contains(QStringLiteral("bootstrap over 20 windows")),
                 qPrintable(plot.summary()));
    }

    void costFollows()
    {
        fill();
        QTRY_VERIFY2(
            m_page->cost()->lines().endsWith(QStringLiteral("emulated in bf16, not native FP4")),
            qPrintable(m_page->cost()->lines()));
        QTRY_VERIFY2(m_page->cost()->lines().contains(QStringLiteral("T4: ")),
                     qPrintable(m_page->cost()->lines()));
    }

    /// What stands in for FP4 hardware is that of the variant's own run.
    void costNamesTheDevice()
    {
        test::fillDocument(*m_document);
        RunEntry run = *m_document->run(QStringLiteral("r0001"));
        run.where = { { "device", "cuda:0" }, { "threads", 2 } };
        run.spec["protocol"]["dtype"] = "fp32";
        m_document->putRun(run);
        QUndoStack undo;
        WhatIfModel model(&undo, m_ask->presets);
        const CostPanel panel(&model);
        QVERIFY(!panel.lines().contains(QStringLiteral("emulated")));
        model.setBase(
            baseOfVariant(*m_document, QStringLiteral("bat"), m_ask->presets, {}).orThrow());
        QVERIFY2(
            panel.lines().endsWith(QStringLiteral("emulated in fp32 on cuda:0, not native FP4")),
            qPrintable(panel.lines()));
    }

    void hiddenAsksNothing()
    {
        m_page->hide();
        m_document->reset({}, {});
        test::fillDocument(*m_document);
        const int before = m_ask->asked;
        m_selection->setLayer(2);
        QTest::qWait(100);
        QCOMPARE(m_ask->asked, before);
        m_page->show();
        QTRY_VERIFY(m_ask->asked > before);
    }

    void narrowHasTabs()
    {
        fill();
        QVERIFY(m_page->history()->isVisible() && m_page->cost()->isVisible());
        const auto *scroll = m_page->form()->findChild<QScrollArea *>();
        const auto fits = [&] {
            return scroll->widget()->minimumSizeHint().width() <= scroll->viewport()->width();
        };
        const auto sizes = [&] {
            return QStringLiteral("%1 in %2, form %3")
                .arg(scroll->widget()->minimumSizeHint().width())
                .arg(scroll->viewport()->width())
                .arg(m_page->form()->width());
        };
        QVERIFY2(fits(), qPrintable(sizes()));
        m_page->resize(1070, 670);
        QVERIFY2(m_page->width() <= 1070, qPrintable(QString::number(m_page->width())));
        QVERIFY2(fits(), qPrintable(sizes()));
        QTRY_VERIFY(!m_page->history()->isVisible() && m_page->cost()->isVisible());
        m_page->resize(1344, 878);
        QTRY_VERIFY(m_page->history()->isVisible() && m_page->cost()->isVisible());
    }

    void anErrorCanBeRetried()
    {
        m_ask->error = Error { ErrorCode::notFound, "no such model", "demo", "relink it" };
        test::fillDocument(*m_document);
        QTRY_VERIFY(m_page->model()->error().has_value());
        m_ask->error.reset();
        QPushButton *retry = nullptr;
        for (QPushButton *button : m_page->metrics()->findChildren<QPushButton *>())
            retry = button->text() == QStringLiteral("Retry") ? button : retry;
        QVERIFY(retry);
        QTest::mouseClick(retry, Qt::LeftButton);
        QTRY_VERIFY(m_page->model()->answer());
    }

private:
    /// Of the sweep that stands in the panel.
    static void sweepShowsEveryMetric(SweepPanel &panel)
    {
        const auto valueOf = [&](int cell) {
            return panel.matrix()->data().cells[std::size_t(cell)].value;
        };
        const auto check = [&](int metric, int better) {
            panel.metricBox()->setCurrentIndex(metric);
            Q_EMIT panel.metricBox()->activated(metric);
            const plots::MatrixData &data = panel.matrix()->data();
            QCOMPARE(data.better, better);
            const int best = panel.matrix()->bestCell().value_or(-1);
            QVERIFY(best >= 0);
            for (int i = 0; i < 12; ++i)
                if (data.cells[std::size_t(i)].state == plots::MatrixCell::State::done)
                    QVERIFY(better * valueOf(best) >= better * valueOf(i));
        };
        check(1, -1); // output MSE
        QVERIFY(panel.metricBox()->currentText().startsWith(QStringLiteral("Output MSE")));
        QVERIFY(panel.matrix()->data().scientific);
        QCOMPARE(valueOf(3), panel.sweep()->cells()[3].answer->outputMse);
        // The difference keeps its sign: lower than the pin is below zero, and better.
        const double pinned = valueOf(3) - panel.matrix()->data().cells[3].delta;
        QVERIFY(std::abs(valueOf(0) - panel.matrix()->data().cells[0].delta - pinned) < 1e-9);
        check(2, 1);
        // The stored one has them too.
        auto *source = panel.findChildren<QComboBox *>().back();
        for (QComboBox *box : panel.findChildren<QComboBox *>())
            if (box->accessibleName() == QLatin1String("Sweep shown"))
                source = box;
        const double live = valueOf(5);
        for (int i = 1; i < source->count(); ++i) {
            source->setCurrentIndex(i);
            Q_EMIT source->activated(i);
            if (panel.metricBox()->isEnabled())
                QCOMPARE(valueOf(5), live);
        }
        QVERIFY(panel.metricBox()->isEnabled());
        source->setCurrentIndex(0);
        check(0, 1);
    }
};

QTEST_MAIN(TstAblatePage)
#include "tst_ablate_page.moc"
