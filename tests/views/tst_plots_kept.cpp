// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at stays when other data come whose axes mean the same, and colour limits stay as
// somebody set them.
#include "views/plots/block_delta_plot.h"
#include "views/plots/color_scale.h"
#include "views/plots/paired_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QTest>

#include <cmath>

using namespace batlab;
using namespace batlab::plots;

namespace {

HeatmapText words(const QString &row = QStringLiteral("layer"))
{
    HeatmapText text;
    text.row = row;
    text.column = QStringLiteral("block");
    text.value = QStringLiteral("E");
    return text;
}

std::vector<MapItem> maps(const QStringList &ids, int rows, int cols, float factor = 1)
{
    std::vector<MapItem> out;
    for (const QString &id : ids) {
        std::vector<float> cells(std::size_t(rows) * std::size_t(cols));
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] = factor * float(1 + i % 13);
        MapItem item;
        item.id = item.name = id;
        item.data = std::make_shared<const LodPyramid>(LodPyramid::build(cells, rows, cols));
        out.push_back(std::move(item));
    }
    return out;
}

std::vector<Ridge> ridges(const QStringList &ids, int layers)
{
    std::vector<Ridge> out;
    for (const QString &id : ids) {
        Ridge ridge { id, id, QStringLiteral("none"), false, {} };
        for (int l = 0; l < layers; ++l)
            ridge.layers.push_back({ l, std::vector<float>(64, 0.1F) });
        out.push_back(std::move(ridge));
    }
    return out;
}

std::vector<PairedStrip> strips(const QStringList &ids, int layers, float most)
{
    std::vector<PairedStrip> out;
    for (const QString &id : ids) {
        PairedStrip strip;
        strip.id = strip.name = id;
        for (int g = 0; g < 2; ++g) {
            strip.groups.emplace_back(std::size_t(layers), 0.25F);
            strip.groups.back().front() = most;
        }
        out.push_back(std::move(strip));
    }
    return out;
}

PairedPlotText sites()
{
    return { { QStringLiteral("T1"), QStringLiteral("T2") },
             QStringLiteral("dB"),
             QStringLiteral("Layer"),
             QStringLiteral("layer") };
}

std::vector<Series> line(int points)
{
    Series out;
    out.id = out.name = QStringLiteral("a");
    for (int i = 0; i < points; ++i) {
        out.x.push_back(i);
        out.y.push_back(10 + i % 7);
    }
    return { out };
}

void show(PlotWidget &plot, const QSize &size)
{
    plot.resize(size);
    plot.show();
    plot.plot()->replot();
}

/// Zooms in around the middle of the first view.
void zoom(PlotWidget &plot)
{
    plot.plot()->replot();
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(&plot, Qt::Key_Plus);
}

/// Of the first view's x and, where it zooms, y; empty: at home.
std::vector<double> seen(const PlotWidget &plot, std::size_t values = 4)
{
    std::vector<double> all = plot.limitValues();
    all.resize(std::min(all.size(), values));
    return all;
}

bool same(const std::vector<double> &a, const std::vector<double> &b)
{
    return !a.empty() && std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
        return std::abs(x - y) < 1e-9;
    });
}

} // namespace

class TestKept : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeKind::light); }

    void mapsOfOtherNumbers()
    {
        const QStringList ids { QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c") };
        SmallMultiplesHeatmap plot(QStringLiteral("Energy"));
        show(plot, { 1300, 400 });
        plot.setMaps(maps(ids, 30, 48), words());
        zoom(plot);
        const std::vector<double> before = seen(plot);
        QCOMPARE(before.size(), 4U);
        plot.colorScale()->setLimits(0.5, 2);
        plot.setMaps(maps(ids, 30, 48, 3), words());
        QVERIFY(same(before, seen(plot)));
        QCOMPARE(plot.colorScale()->lower(), 0.5);
        QCOMPARE(plot.colorScale()->upper(), 2.0);
        QCOMPARE(plot.table().cell(1, 2).toDouble(), 6.0); // and they are the other numbers
        QVERIFY(plot.previousLimits()); // the history goes on
        while (plot.previousLimits()) { }
        QVERIFY(plot.limitValues().empty());
    }

    void mapsOfOtherMethods()
    {
        SmallMultiplesHeatmap plot(QStringLiteral("Energy"));
        show(plot, { 1300, 400 });
        plot.setMaps(maps({ QStringLiteral("a"), QStringLiteral("b") }, 30, 48), words());
        zoom(plot);
        const std::vector<double> before = seen(plot);
        const QStringList four { QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"),
                                 QStringLiteral("d") };
        plot.setMaps(maps(four, 30, 48), words());
        QVERIFY(same(before, seen(plot)));
        QCOMPARE(plot.mapColumns(), 4);
        plot.resize(600, 400); // wraps
        QTRY_COMPARE(plot.mapColumns(), 2);
        QVERIFY(same(before, seen(plot)));
        plot.setProfilesVisible(false);
        QVERIFY(same(before, seen(plot)));
        // Other columns, or the same number of other things, are another place.
        plot.setMaps(maps(four, 30, 96), words());
        QVERIFY(plot.limitValues().empty());
        zoom(plot);
        QVERIFY(!plot.limitValues().empty());
        plot.setMaps(maps(four, 30, 96), words(QStringLiteral("token")));
        QVERIFY(plot.limitValues().empty());
    }

    void ridgesOfMoreLayers()
    {
        const QStringList two { QStringLiteral("a"), QStringLiteral("b") };
        const QStringList three = two + QStringList { QStringLiteral("c") };
        RidgePlot plot(QStringLiteral("Distributions"));
        show(plot, { 900, 500 });
        plot.setRidges(ridges(two, 6), 8, QStringLiteral("Value"));
        zoom(plot);
        const std::vector<double> before = seen(plot);
        QCOMPARE(before.size(), 4U);
        plot.setRidges(ridges(two, 8), 8, QStringLiteral("Value")); // a layer has finished
        QVERIFY(same(before, seen(plot)));
        plot.setRidges(ridges(three, 8), 8, QStringLiteral("Value"));
        QVERIFY(same(before, seen(plot)));
        plot.resetLimits();
        plot.setRidges(ridges(three, 12), 8, QStringLiteral("Value"));
        QVERIFY(plot.limitValues().empty()); // nobody zoomed: all layers are seen
    }

    void stripsOfOtherMethods()
    {
        PairedPlot plot(QStringLiteral("Differences"));
        show(plot, { 1300, 300 });
        plot.setStrips(strips({ QStringLiteral("a") }, 24, 4), sites());
        QCOMPARE(plot.colorScale()->lower(), -4.0);
        QCOMPARE(plot.colorScale()->upper(), 4.0);
        zoom(plot);
        const std::vector<double> before = seen(plot, 2);
        QCOMPARE(before.size(), 2U);
        const QStringList two { QStringLiteral("a"), QStringLiteral("b") };
        plot.setStrips(strips(two, 24, 5), sites());
        QVERIFY(same(before, seen(plot, 2)));
        QCOMPARE(plot.colorScale()->upper(), 5.0);
        plot.setPart(PairedPlot::Part::summary);
        plot.setPart(PairedPlot::Part::strips);
        QVERIFY(same(before, seen(plot, 2)));
        // Limits set by hand stay, automatic ones follow the numbers.
        plot.colorScale()->setLimits(-1, 1);
        plot.setStrips(strips(two, 24, 6), sites());
        QCOMPARE(plot.colorScale()->upper(), 1.0);
        plot.colorScale()->reset();
        QCOMPARE(plot.colorScale()->lower(), -6.0);
    }

    void linesOfARunningJob()
    {
        const SeriesText text { QStringLiteral("Layer"), QStringLiteral("SQNR, dB"),
                                QStringLiteral("layer"), QStringLiteral("dB") };
        SeriesPlot plot(QStringLiteral("Error"));
        show(plot, { 700, 400 });
        plot.setSeries(line(20), text);
        plot.setSeries(line(24), text);
        QVERIFY(plot.limitValues().empty()); // all points are seen
        zoom(plot);
        const std::vector<double> before = seen(plot);
        plot.setLogY(false); // as before
        plot.setSeries(line(30), text);
        QVERIFY(same(before, seen(plot)));
        SeriesText other = text;
        other.yAxis = QStringLiteral("MSE");
        plot.setLogY(true);
        plot.setSeries(line(30), other);
        const std::vector<double> now = seen(plot);
        QVERIFY(same({ before[0], before[1] }, { now[0], now[1] })); // the layers are the same
        QVERIFY(now[2] < 10 && now[3] > 16); // the values are not: all of them are seen
    }

    void blocksOfAnotherAnswer()
    {
        const auto blocks = [](std::size_t count, float after) {
            BlockPair out;
            out.before = std::vector<float>(count, 10);
            out.after = std::vector<float>(count, after);
            out.axis = QStringLiteral("SQNR, dB");
            return out;
        };
        BlockDeltaPlot plot(QStringLiteral("Blocks"));
        show(plot, { 700, 400 });
        plot.setData(blocks(48, 12));
        QVERIFY(plot.limitValues().empty());
        zoom(plot);
        const std::vector<double> before = seen(plot);
        plot.setData(blocks(48, 15));
        QVERIFY(same(before, seen(plot)));
        plot.setData(blocks(18, 15));
        QVERIFY(plot.limitValues().empty());
    }

    void limitsOfAShare()
    {
        ColorScale scale(ColorMap::cividis);
        scale.setNaturalLimits(0.001, 1);
        const std::vector<float> cells { 0.2F, 0.4F };
        scale.setValues({ std::span<const float>(cells) });
        QVERIFY(!scale.isLocked());
        QCOMPARE(scale.lower(), 0.001);
        QCOMPARE(scale.upper(), 1.0);
        scale.setLimits(0.1, 0.5);
        scale.setValues({ std::span<const float>(cells) });
        QCOMPARE(scale.upper(), 0.5);
        scale.reset();
        QCOMPARE(scale.upper(), 1.0);
        QCOMPARE(scale.lower(), 0.001);
    }
};

QTEST_MAIN(TestKept)
#include "tst_plots_kept.moc"
