// SPDX-License-Identifier: Apache-2.0
// The filter of places: its steps, and that maps, curves, tables and findings show what it leaves.
#include "tests/views/fake_ask.h"
#include "tests/views/view_test.h"
#include "views/models/bimodality_model.h"
#include "views/models/findings_model.h"
#include "views/models/place_filter.h"
#include "views/models/sensitivity_model.h"
#include "views/panels/compare_page.h"
#include "views/panels/filter_bar.h"
#include "views/panels/inspect_map.h"
#include "views/panels/inspect_page.h"
#include "views/panels/sensitivity_panel.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace batlab;
using namespace batlab::views;

namespace {

constexpr int kLayers = 6;

PlaceTerm layers(bool keep, int first, int last) { return { keep, first, last, std::nullopt }; }
PlaceTerm site(bool keep, Site at) { return { keep, 0, -1, at }; }

} // namespace

class TstPlaceFilter : public test::ViewTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        plots::applyTheme(*qApp, plots::ThemeKind::light);
        m_artifacts = test::demoArtifacts(kLayers);
    }

    void init()
    {
        makeDocument(test::demoExtent(kLayers));
        m_document->addArtifacts(m_artifacts);
        m_selection->setVariant(QStringLiteral("gptq"));
        m_selection->setCell(3, Site::t4, 2);
    }

    void stepsAllHold()
    {
        PlaceFilter filter;
        QSignalSpy changed(&filter, &PlaceFilter::changed);
        QVERIFY(filter.accepts(0, Site::t1));
        filter.push(layers(true, 2, 4));
        filter.push(layers(false, 3, 3));
        filter.push(site(false, Site::t2));
        QCOMPARE(changed.count(), 3);
        QVERIFY(filter.accepts(2, Site::t4) && filter.accepts(4, Site::t1));
        QVERIFY(!filter.accepts(1, Site::t4) && !filter.accepts(3, Site::t4)
                && !filter.accepts(2, Site::t2));
        QVERIFY(filter.places().acceptLayer(2) && !filter.places().acceptLayer(3));
        filter.push(site(false, Site::t2)); // there already
        QCOMPARE(changed.count(), 3);
        QCOMPARE(PlaceFilter::text(filter.places().terms[0]), QStringLiteral("only layers 2–4"));
        QCOMPARE(PlaceFilter::text(filter.places().terms[1]), QStringLiteral("without layer 3"));
        QCOMPARE(PlaceFilter::text(filter.places().terms[2]), QStringLiteral("without T2"));
        // Kept with the view, and nothing else is taken for a filter.
        PlaceFilter other;
        other.restoreViewState(filter.viewState());
        QVERIFY(other.places() == filter.places());
        other.restoreViewState(Json::parse(
            R"([{"keep":true},{"keep":1,"site":"T1"},{"keep":false,"layers":[5,"x"]},3,)"
            R"({"keep":false,"site":"T9"},{"keep":false,"site":"T1"}])"));
        QCOMPARE(other.places().terms.size(), 1U);
        QVERIFY(other.places().terms[0] == site(false, Site::t1));
        other.restoreViewState(Json::parse(R"([{"keep":false,"layers":[1,2],"site":"T9"},)"
                                           R"({"keep":true,"layers":[5,3],"site":"T1"}])"));
        QVERIFY(other.isEmpty()); // half of a step would name more than it did
        filter.pop();
        QVERIFY(filter.accepts(2, Site::t2));
        filter.push({ true, 0, -1, std::nullopt }); // names everything: no step
        QCOMPARE(filter.places().terms.size(), 2U);
        filter.remove(layers(true, 2, 4));
        QVERIFY(filter.accepts(0, Site::t1) && !filter.accepts(3, Site::t1));
        filter.reset();
        QVERIFY(filter.isEmpty() && filter.accepts(3, Site::t1));
        filter.pop(); // of nothing
        filter.remove(site(true, Site::t4));
        QVERIFY(filter.isEmpty());
    }

    void inspectShowsWhatIsLeft()
    {
        InspectPage page(m_document.get(), m_selection.get());
        page.resize(1200, 900);
        page.show();
        page.flush();
        const int all = page.ranking()->rowCount();
        auto *bar = page.findChild<FilterBar *>();
        QVERIFY(bar && bar->isHidden());
        const auto rowIsBlank = [&](int row) { // column 0 names the row
            return !page.map()->table().cell(row, 1).isValid();
        };
        QVERIFY(!rowIsBlank(1) && !rowIsBlank(3));

        m_selection->filter()->push(layers(true, 2, 4));
        page.flush();
        QVERIFY(rowIsBlank(1) && !rowIsBlank(3));
        QCOMPARE(page.map()->rows(), kLayers); // places stay where they are
        QCOMPARE(page.ranking()->rowCount(), all / kLayers * 3);
        for (int i = 0; i < page.ranking()->rowCount(); ++i)
            QVERIFY(page.ranking()->row(i).layer >= 2 && page.ranking()->row(i).layer <= 4);
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->steps().size(), 1);

        m_selection->filter()->push(site(true, Site::t2));
        page.flush();
        QVERIFY(rowIsBlank(3)); // the map is of T4
        for (int i = 0; i < page.ranking()->rowCount(); ++i)
            QCOMPARE(page.ranking()->row(i).site, Site::t2);
        // A press takes its own step away, the other stays.
        QCOMPARE(bar->steps().size(), 2);
        bar->steps().constFirst()->click();
        QTRY_COMPARE(bar->steps().size(), 1);
        QVERIFY(m_selection->filter()->places().terms[0] == site(true, Site::t2));
        m_selection->filter()->push(site(false, Site::t2));
        page.flush();
        QCOMPARE(page.ranking()->rowCount(), 0); // and says why it is empty
        m_selection->filter()->reset();
        page.flush();
        QCOMPARE(page.ranking()->rowCount(), all);
        QVERIFY(bar->isHidden());
    }

    void theBarCountsWhatHasNoRoom()
    {
        PlaceFilter filter;
        FilterBar bar(&filter);
        bar.resize(420, 28);
        bar.show();
        for (int layer = 0; layer < 8; ++layer)
            filter.push(layers(false, layer, layer));
        QVERIFY(bar.steps().constLast()->isVisible()); // the newest
        QVERIFY(!bar.steps().constFirst()->isVisible());
        bar.resize(2000, 28);
        QTRY_VERIFY(bar.steps().constFirst()->isVisible());
    }

    void tablesFollow()
    {
        SensitivityPanel panel(m_document.get(), m_selection.get());
        panel.resize(400, 600);
        panel.show();
        panel.flush();
        const int all = panel.rows()->rowCount();
        QVERIFY(panel.rows()->excludeList().contains(QStringLiteral("layers.3.")));
        m_selection->filter()->push(layers(false, 3, 3));
        QCOMPARE(panel.rows()->rowCount(), all / kLayers * (kLayers - 1)); // at once
        QCOMPARE(m_selection->current().layer, 3); // a row that goes is no choice
        QVERIFY(!panel.rows()->excludeList().contains(QStringLiteral("layers.3.")));
        m_selection->filter()->pop();
        QCOMPARE(panel.rows()->rowCount(), all);

        FindingsModel findings(m_document.get(), m_selection->filter());
        findings.flush();
        QVERIFY(findings.rowCount() > 0);
        const int layer = [&] {
            for (int i = 0; i < findings.rowCount(); ++i)
                if (findings.row(i).at.layer)
                    return *findings.row(i).at.layer;
            return -1;
        }();
        QVERIFY(layer >= 0);
        m_selection->filter()->push(layers(false, layer, layer));
        findings.flush();
        QVERIFY(findings.rowCount() > 0); // those of other layers stay
        for (int i = 0; i < findings.rowCount(); ++i)
            QVERIFY(findings.row(i).at.layer != layer);
    }

    void curvesLeaveOut()
    {
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1400, 900);
        page.show();
        page.flush();
        const auto hasPoint = [&](int layer) { // column 0 is the layer
            return page.sqnr()->table().cell(layer, 1).isValid();
        };
        QCOMPARE(page.sqnr()->table().rows, kLayers);
        QVERIFY(hasPoint(1) && hasPoint(3));
        m_selection->filter()->push(layers(true, 3, 5));
        page.flush();
        QVERIFY(!hasPoint(1) && hasPoint(3));
    }

    void smallMapsAndRidgesLeaveOut()
    {
        ComparePage page(m_document.get(), m_selection.get());
        page.resize(1400, 900);
        page.show();
        page.flush();
        const auto mapShows = [&](int layer) { // columns: layer, block, a map each
            const plots::PlotTable table = page.multiples()->table();
            for (int row = 0; row < table.rows; ++row)
                if (table.cell(row, 0).toInt() == layer && table.cell(row, 2).isValid())
                    return true;
            return false;
        };
        const auto ridgeOf = [&](int layer) { // columns: method, layer, densities
            const plots::PlotTable table = page.ridges()->table();
            for (int row = 0; row < table.rows; ++row)
                if (table.cell(row, 1).toInt() == layer)
                    return true;
            return false;
        };
        QTRY_VERIFY(mapShows(1) && mapShows(3));
        page.setCurrentPanel(page.ridges());
        page.flush();
        QVERIFY(ridgeOf(1) && ridgeOf(3));
        m_selection->filter()->push(layers(true, 3, 5));
        page.flush();
        QTRY_VERIFY(!mapShows(1) && mapShows(3));
        QVERIFY(!ridgeOf(1) && ridgeOf(3));
        m_selection->filter()->push(site(false, Site::t4)); // the one that is shown
        page.flush();
        QTRY_VERIFY(!mapShows(3));
        QVERIFY(!ridgeOf(3));
    }

private:
    std::vector<ArtifactPtr> m_artifacts;
};

QTEST_MAIN(TstPlaceFilter)
#include "tst_place_filter.moc"
