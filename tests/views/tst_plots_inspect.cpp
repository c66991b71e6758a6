// SPDX-License-Identifier: GPL-3.0-or-later
// Rectangles, pooling, kernel density and the microscope: what Inspect's plots count and draw.
#include "tests/support/bars.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/kernel_density.h"
#include "views/plots/microscope_plot.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace batlab;
using namespace batlab::plots;

namespace {

std::shared_ptr<const LodPyramid> pyramid(const std::vector<float> &cells, int rows, int cols)
{
    return std::make_shared<const LodPyramid>(LodPyramid::build(cells, rows, cols));
}

HeatmapText words()
{
    HeatmapText text;
    text.row = QStringLiteral("token");
    text.column = QStringLiteral("channel");
    text.value = QStringLiteral("|x|");
    return text;
}

} // namespace

class TestPlotsInspect : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeKind::light); }

    void rectangleCounts()
    {
        std::vector<float> cells(10 * 20);
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] = float(i);
        cells[3 * 20 + 4] = std::numeric_limits<float>::quiet_NaN();
        HeatmapText text = words();
        text.aboveLimit = [](int row, int) { return row == 3 ? 0.5 : 0.0; };
        HeatmapPlot plot(QStringLiteral("map"));
        plot.resize(700, 420);
        plot.show();
        plot.setData(pyramid(cells, 10, 20), text);
        plot.plot()->replot();
        plot.setRegion({ 2, 3, 4, 5 });
        // 44, 45, 65; 64 is missing.
        QCOMPARE(plot.statistics().n, 3);
        QVERIFY(std::abs(plot.statistics().mean - 154.0 / 3) < 1e-9);
        QCOMPARE(plot.statistics().min, 44.0);
        QCOMPARE(plot.statistics().max, 65.0);
        QVERIFY(std::abs(plot.statistics().above - 0.5 / 3) < 1e-9);
        QVERIFY(plot.summary().contains(QStringLiteral("n 3")));
        // Other data of the same shape keep the rectangle and count again.
        for (float &c : cells)
            c = 1;
        plot.setData(pyramid(cells, 10, 20), text);
        QCOMPARE(plot.statistics().max, 1.0);
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(plot.region().isEmpty());
        // Shift and drag makes one; without, a drag zooms.
        QSignalSpy changed(&plot, &HeatmapPlot::regionChanged);
        const QPoint from = plot.cellRect({ 1, 2 }).center().toPoint();
        const QPoint to = plot.cellRect({ 4, 9 }).center().toPoint();
        QTest::mousePress(plot.plot(), Qt::LeftButton, Qt::ShiftModifier, from);
        QTest::mouseMove(plot.plot(), to);
        QTest::mouseRelease(plot.plot(), Qt::LeftButton, Qt::ShiftModifier, to);
        QVERIFY(changed.count() > 0);
        QCOMPARE(plot.region(), (HeatRegion { 1, 4, 2, 9 }));
        QCOMPARE(plot.statistics().n, 32);
        // Another shape has other cells.
        plot.setData(pyramid(cells, 20, 10), text);
        QVERIFY(plot.region().isEmpty());
    }

    void poolingIsChosen()
    {
        constexpr int n = 1024;
        std::vector<float> cells(std::size_t(n) * n, 2.0F);
        for (std::size_t i = 0; i < cells.size(); i += 97)
            cells[i] = 9;
        for (std::size_t i = 50; i < cells.size(); i += 89)
            cells[i] = 1;
        HeatmapPlot plot(QStringLiteral("map"));
        plot.resize(360, 240);
        plot.show();
        plot.setData(pyramid(cells, n, n), words());
        plot.plot()->replot();
        auto *map = plot.plot()->findChild<HeatMapPlottable *>();
        QVERIFY(map);
        const QRectF target(plot.mapRect());
        const auto sampled = [&](Pooling pooling) {
            plot.setPooling(pooling);
            HeatMapPlottable::Sampling all = map->sample(target, 1);
            std::erase_if(all.values, [](float v) { return std::isnan(v); }); // beside the map
            const auto [low, high] = std::minmax_element(all.values.begin(), all.values.end());
            return std::pair(*low, *high);
        };
        QCOMPARE(sampled(Pooling::max), std::pair(2.0F, 9.0F)); // no pixel tells of a 1
        QCOMPARE(sampled(Pooling::min), std::pair(1.0F, 2.0F)); // nor here of a 9
        const auto [low, high] = sampled(Pooling::mean);
        QVERIFY(low > 1 && high < 9);
        // A missing cell is none of them; all missing is missing.
        std::fill(cells.begin(), cells.begin() + 512 * n, std::numeric_limits<float>::quiet_NaN());
        cells[100 * n + 100] = 5;
        plot.setData(pyramid(cells, n, n), words());
        plot.setPooling(Pooling::max);
        const HeatMapPlottable::Sampling half = map->sample(target, 1);
        QCOMPARE(std::count(half.values.begin(), half.values.end(), 5.0F) > 0, true);
        QVERIFY(std::count_if(half.values.begin(), half.values.end(),
                              [](float v) { return std::isnan(v); })
                > int(half.values.size()) / 3);
    }

    void kernelDensity()
    {
        // A normal: the curve is near its density, wider by the kernel's bandwidth alone.
        std::vector<double> counts(96);
        const double width = 16.0 / 96;
        for (std::size_t i = 0; i < 96; ++i) {
            const double x = -8 + (double(i) + 0.5) * width;
            counts[i] = std::round(1e6 * width * std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI));
        }
        const KernelDensity k = plots::kernelDensity(counts, 8);
        QVERIFY(k.bandwidth >= width); // never finer than the bins
        const double deviation = std::sqrt(1 + k.bandwidth * k.bandwidth);
        double area = 0, worst = 0;
        for (std::size_t i = 0; i < k.x.size(); ++i) {
            area += k.density[i] * 16.0 / double(k.x.size() - 1);
            const double want = std::exp(-0.5 * k.x[i] * k.x[i] / (deviation * deviation))
                / (deviation * std::sqrt(2 * M_PI));
            worst = std::max(worst, std::abs(k.density[i] - want));
        }
        QVERIFY2(std::abs(area - 1) < 0.01, qPrintable(QString::number(area)));
        QVERIFY2(worst < 0.01, qPrintable(QString::number(worst)));
        QVERIFY(plots::kernelDensity({}, 8).isEmpty());
        QVERIFY(plots::kernelDensity(std::vector<double>(96), 8).isEmpty());
        HistogramPlot plot(QStringLiteral("values"));
        HistogramData data;
        data.counts = counts;
        plot.setData(data);
        QVERIFY(!plot.summary().contains(QStringLiteral("bandwidth")));
        plot.setKernelShown(true);
        QVERIFY(plot.summary().contains(QStringLiteral("bandwidth")));
        QVERIFY(!plot.picture().isNull());
    }

    void microscopeDraws()
    {
        MicroscopePlot plot(QStringLiteral("block"));
        plot.resize(320, 360);
        plot.show();
        MicroscopeBlock before;
        before.name = QStringLiteral("Before");
        before.scale = 4;
        for (int i = 0; i < 32; ++i) {
            before.values.push_back(i == 9 ? 24.0F : 0.5F);
            before.dequantized.push_back(i == 9 ? 24.0F : 0.0F);
            before.codes.push_back(i == 9 ? 7 : 0);
        }
        MicroscopeBlock after = before;
        after.name = QStringLiteral("After");
        plot.setBlocks(544, before, after);
        const QImage both = plot.picture();
        const auto pixels = [](const QImage &image, const QColor &color) {
            int count = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    count += image.pixel(x, y) == color.rgb() ? 1 : 0;
            return count;
        };
        const Tokens &t = tokens(ThemeKind::light);
        QVERIFY(pixels(both, t.accent) > 100 && pixels(both, t.histLine) > 50
                && pixels(both, t.bad) > 20);
        plot.setBlocks(544, before, {});
        QVERIFY(pixels(plot.picture(), t.accent) < pixels(both, t.accent));
        QCOMPARE(plot.table().rows, 32);
        QCOMPARE(plot.table().cell(9, 0).toInt(), 553);
        QCOMPARE(plot.table().cell(9, 1).toDouble(), 24.0);
        QSignalSpy steps(&plot, &MicroscopePlot::stepRequested);
        QTest::keyClick(&plot, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(steps.value(0).value(0).toInt(), -10);
        plot.setChannel(553);
        QVERIFY(plot.summary().contains(QStringLiteral("channel 553")));
        QCOMPARE(powerText(129), QStringLiteral("2²"));
        QCOMPARE(powerText(126), QStringLiteral("2⁻¹"));
        QCOMPARE(powerText(127), QStringLiteral("2⁰"));
        plot.setBlocks(0, {}, {});
        QVERIFY(plot.table().isEmpty());
    }

    /// Pan and zoom of a 2048 x 2048 tile; the bar is 16 ms a frame on an idle machine.
    void framesOfABigTile()
    {
        constexpr int n = 2048;
        std::vector<float> cells(std::size_t(n) * n);
        std::mt19937 random(5);
        for (float &c : cells)
            c = std::exp(float(random() % 1000) / 200.0F);
        HeatmapPlot plot(QStringLiteral("map"));
        plot.resize(1100, 620);
        plot.show();
        plot.setData(pyramid(cells, n, n), words());
        plot.plot()->replot();
        std::vector<double> frames;
        for (int i = 0; i < 60; ++i) {
            const int span = 2048 - 24 * i, at = i * 7;
            QElapsedTimer clock;
            clock.start();
            plot.showCells(at, at + span, at, at + span);
            plot.plot()->replot();
            frames.push_back(double(clock.nsecsElapsed()) / 1e6);
        }
        std::sort(frames.begin(), frames.end());
        qInfo("frame of a 2048^2 tile: median %.1f ms, 95 %% %.1f ms, worst %.1f ms",
              frames[frames.size() / 2], frames[frames.size() * 95 / 100], frames.back());
        QVERIFY(frames[frames.size() / 2] < (test::barsHold() ? 16 : 100));
    }
};

QTEST_MAIN(TestPlotsInspect)
#include "tst_plots_inspect.moc"
