// SPDX-License-Identifier: Apache-2.0
// With a pinned baseline every number says how far it is from the baseline's.
#include "tests/views/fake_ask.h"
#include "tests/views/view_test.h"
#include "views/models/bimodality_model.h"
#include "views/models/block_methods_model.h"
#include "views/models/delta_text.h"
#include "views/models/divergence_text.h"
#include "views/models/sensitivity_model.h"
#include "views/models/variant_facts.h"
#include "views/panels/compare_notes.h"
#include "views/panels/compare_page.h"
#include "views/panels/evaluate_page.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/method_series.h"
#include "views/panels/microscope_panel.h"
#include "views/panels/sensitivity_panel.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include <cmath>

using namespace batlab;
using namespace batlab::views;

class TstDeltas : public test::ViewTest
{
    Q_OBJECT

    std::vector<ArtifactPtr> m_artifacts;

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        m_artifacts = test::demoArtifacts(6);
    }

    void init()
    {
        makeDocument(test::demoExtent(6, 64));
        m_document->addArtifacts(m_artifacts);
        m_document->putRun(test::demoRun());
        m_selection->setVariant(QStringLiteral("gptq"));
    }

    void texts()
    {
        QCOMPARE(deltaText(0.4219, 2), QStringLiteral("▲ +0.42"));
        QCOMPARE(deltaText(-3, 1), QStringLiteral("▼ −3.0"));
        QCOMPARE(deltaText(0.0001, 2), QStringLiteral("0.00"));
        QCOMPARE(deltaText(std::nan(""), 2), QString());
        QCOMPARE(deltaSignificant(-41.23), QStringLiteral("▼ −41.2"));
    }

    void sensitivity()
    {
        SensitivityPanel panel(m_document.get(), m_selection.get());
        panel.resize(700, 500);
        panel.show();
        QVERIFY(panel.view()->isColumnHidden(SensitivityModel::Delta)); // nothing pinned
        m_document->pinBaseline(QStringLiteral("mr-gptq"));
        QTRY_VERIFY(!panel.view()->isColumnHidden(SensitivityModel::Delta));
        const ArtifactIndex &index = m_document->artifacts();
        for (int i = 0; i < panel.rows()->rowCount(); ++i) {
            const SensitivityModel::Row &row = panel.rows()->row(i);
            const LayerId layer { Branch::text, row.layer };
            const double expected = index.linearScore("gptq", layer, *row.linear)->outputSqnrDb
                - index.linearScore("mr-gptq", layer, *row.linear)->outputSqnrDb;
            QCOMPARE(row.values[SensitivityModel::Delta], expected);
        }
        QCOMPARE(panel.rows()->index(0, SensitivityModel::Delta).data().toString(),
                 deltaText(panel.rows()->row(0).values[SensitivityModel::Delta], 2));
        // Every other figure says its own in the tooltip.
        const SensitivityModel::Row &row = panel.rows()->row(0);
        const auto tip = [&](int column) {
            return panel.rows()->index(0, column).data(Qt::ToolTipRole).toString();
        };
        const LinearScore *pin =
            index.linearScore("mr-gptq", { Branch::text, row.layer }, *row.linear);
        QCOMPARE(
            tip(SensitivityModel::WeightSqnr),
            QStringLiteral("%1 to the baseline's %2")
                .arg(deltaText(row.values[SensitivityModel::WeightSqnr] - pin->weightSqnrDb, 1),
                     number(pin->weightSqnrDb, 1)));
        QVERIFY(
            tip(SensitivityModel::Mse)
                .startsWith(deltaSignificant(row.values[SensitivityModel::Mse] - pin->outputMse)));
        for (int column = SensitivityModel::WeightSqnr; column < SensitivityModel::ColumnCount;
             ++column)
            QVERIFY2(!tip(column).isEmpty(), qPrintable(QString::number(column)));
        QVERIFY(tip(SensitivityModel::Place).isEmpty());
        // The filter knows it, and the column goes with the difference.
        panel.filter()->setText(QStringLiteral("delta>1000"));
        QCOMPARE(panel.rows()->rowCount(), 0);
        panel.filter()->clear();
        m_selection->setVariant(QStringLiteral("mr-gptq"));
        QTRY_VERIFY(panel.view()->isColumnHidden(SensitivityModel::Delta));
        QVERIFY(tip(SensitivityModel::Kurtosis).isEmpty()); // the baseline itself
    }

    void notesOfComparedMaps()
    {
        QCOMPARE(magnitudeNote(39.6, 48.7), QStringLiteral("max 39.6, crest 48.7"));
        QCOMPARE(magnitudeNote(39.6, 48.7, 37.5, 51.7),
                 QStringLiteral("max 39.6, crest 48.7, Δ max ▲ +2.1, Δ crest ▼ −3"));
        QCOMPARE(energyNote(1.5, 1.25), QStringLiteral("max 1.50, Δ ▲ +0.25"));
        QCOMPARE(flowNote(0.12, 3.2, 0.09, 1), QStringLiteral("12.0 % leaves its block, Δ ▲ +3.0"));
        QCOMPARE(flowNote(0, 3.2, 0, 2.1), QStringLiteral("0 %, condition 3.2, Δ ▲ +1.1"));
        QCOMPARE(flowNote(0, 1), QStringLiteral("0 %, condition 1.0"));
    }

    void compareSaysHowFar()
    {
        // Every block of one variant spreads its energy evenly; the others keep theirs.
        SiteFlow flow;
        flow.variant = "gptq";
        flow.layer = { Branch::text, 2 };
        flow.site = Site::t1;
        flow.groups = 18;
        flow.energyFlow.assign(18 * 18, 1.0F / 18);
        m_document->addArtifacts({ std::make_shared<const Artifact>(flow) });
        m_selection->setCell(2, Site::t1, 3);
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1344, 900);
        page.show();
        page.flush();
        const QString pinned =
            QStringLiteral("Δ: to ") + m_document->variantTitle(QStringLiteral("mr-gptq"));
        QVERIFY(!page.flow()->subtitle().contains(pinned));
        m_document->pinBaseline(QStringLiteral("mr-gptq"));
        page.flush();
        QVERIFY2(page.flow()->subtitle().endsWith(pinned), qPrintable(page.flow()->subtitle()));
        QVERIFY2(page.multiples()->subtitle().endsWith(pinned),
                 qPrintable(page.multiples()->subtitle()));

        page.setCurrentPanel(page.flow());
        QTRY_VERIFY(page.flow()->plot()->isVisible());
        page.flush();
        QCoreApplication::processEvents(); // lays the tab out
        page.flow()->plot()->replot();
        QSignalSpy spy(page.flow(), &plots::PlotWidget::readout);
        QTest::mouseMove(page.flow()->plot(), page.flow()->mapRect(0).center());
        QTRY_VERIFY(!spy.isEmpty());
        const QString text = spy.back().at(0).toString();
        static const QRegularExpression cell(
            QStringLiteral("from block (\\d+) · to block (\\d+) ·"));
        const QRegularExpressionMatch at = cell.match(text);
        QVERIFY2(at.hasMatch(), qPrintable(text));
        const double before = at.captured(1) == at.captured(2) ? 1 : 0;
        const QString expected = m_document->variantTitle(QStringLiteral("gptq")) + u' '
            + deltaSignificant(double(1.0F / 18) - before);
        const QString differences = text.section(QStringLiteral("· Δ "), 1);
        QVERIFY2(differences.contains(expected), qPrintable(text));
        QVERIFY(!differences.contains(m_document->variantTitle(QStringLiteral("mr-gptq"))));
    }

    void rankingMapAndReadout()
    {
        m_document->pinBaseline(QStringLiteral("mr-gptq"));
        m_selection->setCell(2, Site::t1, 3);
        InspectPage page(m_document.get(), m_selection.get());
        page.resize(1200, 800);
        page.show();
        page.flush();
        const QTableView *view = page.rankingView();
        QVERIFY(!view->isColumnHidden(BimodalityModel::DeltaSqnr));
        QVERIFY(!view->isColumnHidden(BimodalityModel::DeltaCoefficient));
        const ArtifactIndex &index = m_document->artifacts();
        const LayerId layer { Branch::text, 2 };
        const SiteStats *own = index.siteStats("gptq", layer, Site::t1),
                        *pin = index.siteStats("mr-gptq", layer, Site::t1);
        QVERIFY(own && pin);
        const int at = page.ranking()->find(2, Site::t1, 3);
        QVERIFY(at >= 0);
        QCOMPARE(page.ranking()->row(at).deltaSqnrDb, double(own->sqnrDb[3]) - pin->sqnrDb[3]);
        QCOMPARE(page.ranking()->index(at, BimodalityModel::DeltaSqnr).data().toString(),
                 deltaText(double(own->sqnrDb[3]) - pin->sqnrDb[3], 2));
        QVERIFY2(
            page.selectionText().contains(
                QStringLiteral("ΔE %1 to ").arg(deltaSignificant(own->energy[3] - pin->energy[3]))),
            qPrintable(page.selectionText()));
        page.ranking()->sort(BimodalityModel::DeltaSqnr, Qt::AscendingOrder);
        QVERIFY(page.ranking()->row(0).deltaSqnrDb <= page.ranking()->row(1).deltaSqnrDb);

        // The map, chosen as a user does.
        auto *modes = page.maps()->findChild<QComboBox *>();
        QVERIFY(modes);
        const int delta = modes->findData(InspectMap::LayerBlockDelta);
        modes->setCurrentIndex(delta);
        Q_EMIT modes->activated(delta);
        plots::HeatmapPlot *map = page.map();
        QCOMPARE(int(map->state()), int(plots::PanelState::ready));
        QCOMPARE(int(map->colorScale()->map()), int(plots::ColorMap::diverging));
        QCOMPARE(map->colorScale()->lower(), -map->colorScale()->upper());
        QCOMPARE(int(map->pooling()), int(plots::Pooling::extreme));
        const plots::PlotTable table = map->table();
        bool found = false;
        const double expected = 10 * std::log10(own->energy[3] / pin->energy[3]);
        for (int row = 0; row < table.rows && !found; ++row)
            found = table.cell(row, 0).toInt() == 2 && table.columns.size() > 4
                && std::abs(table.cell(row, 4).toDouble() - expected) < 1e-4;
        QVERIFY2(found, qPrintable(QString::number(expected)));
        // A click chooses layer and block; the baseline itself has no difference.
        QTest::mouseClick(map->plot(), Qt::LeftButton, {},
                          map->cellRect({ 4, 5 }).center().toPoint());
        QCOMPARE(m_selection->current().layer, 4);
        QCOMPARE(m_selection->current().block, 5);
        m_selection->setVariant(QStringLiteral("mr-gptq"));
        QCOMPARE(int(map->state()), int(plots::PanelState::empty));
        page.maps()->setMode(InspectMap::LayerBlock);
        QCOMPARE(int(map->pooling()), int(plots::Pooling::max));
    }

    void infoAndHistogram()
    {
        m_selection->setCell(2, Site::t1, 3);
        const ArtifactIndex &index = m_document->artifacts();
        const LayerId layer { Branch::text, 2 };
        SiteFlow flow;
        flow.layer = layer;
        flow.site = Site::t1;
        for (const auto &[id, condition] : { std::pair("gptq", 4.0), std::pair("mr-gptq", 2.5) }) {
            flow.variant = id;
            flow.condition = condition;
            m_document->addArtifacts({ std::make_shared<const Artifact>(flow) });
        }
        InspectPage page(m_document.get(), m_selection.get());
        page.resize(1200, 800);
        page.show();
        page.flush();
        m_document->pinBaseline(QStringLiteral("mr-gptq"));
        const SiteStats *own = index.siteStats("gptq", layer, Site::t1),
                        *pin = index.siteStats("mr-gptq", layer, Site::t1);
        QVERIFY(own && pin);
        const QString title = m_document->variantTitle(QStringLiteral("mr-gptq"));
        QVERIFY2(page.histogram()->subtitle().endsWith(
                     QStringLiteral(", Δ %1 to %2")
                         .arg(deltaText(own->clipShare[3] * 100.0 - pin->clipShare[3] * 100.0, 2),
                              title)),
                 qPrintable(page.histogram()->subtitle()));
        const auto fact = [&](const QString &name) {
            for (const Fact &f : selectionFacts(*m_document, m_selection->current()))
                if (f.name == name)
                    return f.value;
            return QString();
        };
        QCOMPARE(fact(QStringLiteral("Δ to")), title);
        const auto check = [&](const char *name, const std::vector<float> &mine,
                               const std::vector<float> &its, double factor) {
            const QString delta = QStringLiteral(", Δ ")
                + deltaSignificant(double(mine[3]) * factor - double(its[3]) * factor);
            const QString text = fact(QString::fromUtf8(name));
            QVERIFY2(text.endsWith(delta), qPrintable(text));
        };
        check("Energy, mean x²", own->energy, pin->energy, 1);
        check("Largest |x|", own->maxAbs, pin->maxAbs, 1);
        check("Kurtosis", own->kurtosis, pin->kurtosis, 1);
        check("Bimodality", own->bimodality, pin->bimodality, 1);
        check("Valley depth", own->valleyDepth, pin->valleyDepth, 100);
        check("Clipped", own->clipShare, pin->clipShare, 100);
        check("SQNR of the quantizer", own->sqnrDb, pin->sqnrDb, 1);
        QVERIFY(fact(QStringLiteral("Condition of the transform"))
                    .endsWith(QStringLiteral(", Δ ▲ +1.5")));
        // The baseline itself differs from nothing.
        m_selection->setVariant(QStringLiteral("mr-gptq"));
        QCOMPARE(fact(QStringLiteral("Δ to")), QString());
        QVERIFY(!fact(QStringLiteral("Kurtosis")).contains(QStringLiteral("Δ")));
        QVERIFY(!page.histogram()->subtitle().contains(QStringLiteral("Δ")));
    }

    void microscope()
    {
        test::FakeAsk ask;
        MicroscopePanel panel(m_document.get(), m_selection.get());
        panel.resize(420, 600);
        panel.setAsk(ask.bind());
        panel.show();
        panel.flush();
        QTableView *table = nullptr;
        for (auto *t : panel.findChildren<QTableView *>())
            if (qobject_cast<BlockMethodsModel *>(t->model()))
                table = t;
        QVERIFY(table);
        // The untouched numbers (9.5 dB) are the baseline, the methods have 14.25.
        QVERIFY(!table->isColumnHidden(BlockMethodsModel::Delta));
        QCOMPARE(table->model()->index(0, BlockMethodsModel::Delta).data().toString(), QString());
        QCOMPARE(table->model()->index(1, BlockMethodsModel::Delta).data().toString(),
                 deltaText(9.5 * 0.5, 1));
        m_document->pinBaseline(QStringLiteral("gptq"));
        QCOMPARE(table->model()->index(0, BlockMethodsModel::Delta).data().toString(),
                 deltaText(-9.5 * 0.5, 1));
    }

    void linesSayHowFar()
    {
        m_document->pinBaseline(QStringLiteral("mr-gptq"));
        std::unique_ptr<plots::SeriesPlot> plot(makeErrorPlot(nullptr));
        plot->resize(600, 300);
        plot->show();
        showErrors(*plot, *m_document, { "gptq", "mr-gptq" }, QStringLiteral("gptq"));
        QSignalSpy spy(plot.get(), &plots::PlotWidget::readout);
        const QPoint middle = plot->plot()->axisRect()->rect().center();
        QTest::mouseMove(plot->plot(), middle);
        QTRY_VERIFY(!spy.isEmpty());
        const QString text = spy.back().at(0).toString();
        QVERIFY2(text.contains(QStringLiteral(" (▲ +")) || text.contains(QStringLiteral(" (▼ −")),
                 qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("baseline")), qPrintable(text));
    }

    void divergences()
    {
        EvaluationResult own, pin;
        own.kld = 0.25;
        own.top1Agreement = 0.80;
        pin.kld = 0.30;
        pin.top1Agreement = 0.75;
        const auto notes = divergenceNotes(own, QStringLiteral("A"), &pin, QStringLiteral("B"));
        QCOMPARE(notes.front().first, QStringLiteral("A to B"));
        QVERIFY2(notes.front().second.contains(QStringLiteral("▼ −0.05"))
                     && notes.front().second.contains(QStringLiteral("▲ +5.00")),
                 qPrintable(notes.front().second));
        QVERIFY(divergenceNotes(own, QStringLiteral("A")).front().first
                != QStringLiteral("A to B"));
    }
};

QTEST_MAIN(TstDeltas)
#include "tst_deltas.moc"
