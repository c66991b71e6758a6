// SPDX-License-Identifier: Apache-2.0
// What is looked at on the Compare page stays when artifacts, sites and layers bring other numbers.
#include "tests/views/view_test.h"
#include "views/panels/compare_page.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/color_scale.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace batlab;
using namespace batlab::views;

namespace {

/// Zooms in; what is seen then, empty before the plot is laid out.
std::vector<double> zoomed(plots::PlotWidget *plot)
{
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(plot, Qt::Key_Plus);
    return plot->limitValues();
}

/// The part of the first map's blocks and layers.
std::vector<double> firstOf(std::vector<double> limits)
{
    limits.resize(std::min<std::size_t>(limits.size(), 4));
    return limits;
}

} // namespace

class TstCompareViews : public test::ViewTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { plots::applyTheme(*qApp, plots::ThemeKind::light); }

    void init()
    {
        makeDocument();
        m_artifacts = test::demoArtifacts(6);
        m_document->addArtifacts(m_artifacts);
        m_selection->setCell(2, Site::t1, 3);
        m_page = std::make_unique<ComparePage>(m_document.get(), m_selection.get());
        m_page->resize(1344, 900);
        m_page->show();
        m_page->flush();
    }

    void cleanup() { m_page.reset(); }

    void zoomStays()
    {
        plots::SmallMultiplesHeatmap *maps = m_page->multiples();
        QTRY_VERIFY(!zoomed(maps).empty());
        QTRY_VERIFY(!zoomed(m_page->sqnr()).empty());
        const std::vector<double> seen = maps->limitValues(), error = m_page->sqnr()->limitValues();
        m_document->addArtifacts({ m_artifacts.back() });
        m_page->flush();
        QCOMPARE(maps->limitValues(), seen);
        QCOMPARE(m_page->sqnr()->limitValues(), error);
        m_selection->setCell(4, Site::t2, 3); // as many blocks
        m_page->flush();
        QVERIFY(maps->subtitle().contains(QStringLiteral("T2")));
        QCOMPARE(maps->limitValues(), seen);
        QCOMPARE(m_page->sqnr()->limitValues(), error);
        m_page->chooser()->setShown("gptq", false); // one map less
        m_page->flush();
        const std::vector<double> now = firstOf(maps->limitValues()), was = firstOf(seen);
        QCOMPARE(now.size(), was.size());
        for (std::size_t i = 0; i < now.size(); ++i)
            QVERIFY(std::abs(now[i] - was[i]) < 1e-9);
        m_selection->setCell(4, Site::t4, 3); // other blocks
        m_page->flush();
        QVERIFY(maps->limitValues().empty());
    }

    void noLinearReadsTheCache()
    {
        m_selection->setSite(Site::v);
        m_page->flush();
        QCOMPARE(int(m_page->sqnr()->state()), int(plots::PanelState::empty));
        QVERIFY2(m_page->sqnr()->accessibleDescription().contains(QStringLiteral("select T1")),
                 qPrintable(m_page->sqnr()->accessibleDescription()));
        QVERIFY(m_page->multiples()->accessibleDescription().contains(
            QStringLiteral("Start the analysis again")));
        m_selection->setSite(Site::t2);
        m_page->flush();
        QCOMPARE(int(m_page->sqnr()->state()), int(plots::PanelState::ready));
    }

    void limitsOfTheFlowStay()
    {
        plots::ColorScale &share = *m_page->flow()->colorScale();
        QVERIFY(!share.isLocked());
        QCOMPARE(share.lower(), 0.001);
        QCOMPARE(share.upper(), 1.0);
        share.setLimits(0.01, 0.5);
        m_document->addArtifacts({ m_artifacts.back() });
        m_page->flush();
        m_selection->setCell(4, Site::t4, 3);
        m_page->flush();
        QCOMPARE(int(m_page->flow()->state()), int(plots::PanelState::ready));
        QCOMPARE(share.lower(), 0.01);
        QCOMPARE(share.upper(), 0.5);
        share.reset();
        QCOMPARE(share.lower(), 0.001);
        QCOMPARE(share.upper(), 1.0);
    }

private:
    std::vector<ArtifactPtr> m_artifacts;
    std::unique_ptr<ComparePage> m_page;
};

QTEST_MAIN(TstCompareViews)
#include "tst_compare_views.moc"
