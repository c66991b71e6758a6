// SPDX-License-Identifier: GPL-3.0-or-later
// A map must never lose a hot cell, whatever its size, its zoom and the size of the window.
#include "views/plots/color_bar.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QBuffer>
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
    text.rowAxis = "Layer";
    text.columnAxis = "Block (32 channels each)";
    text.row = "layer";
    text.column = "block";
    text.value = "E";
    text.unit = QString::fromUtf8("activation²");
    return text;
}

/// Pixels of the map that carry the hottest colour, at a number of device pixels a pixel.
int hotPixels(const HeatmapPlot &plot, int scale = 1)
{
    const QImage image = plot.picture(scale);
    const QRgb hot = colorTable(ColorMap::viridis, ThemeKind::light).back();
    const QRect map(plot.mapRect().topLeft() * scale, plot.mapRect().size() * scale);
    int count = 0;
    for (int y = map.top(); y <= map.bottom(); ++y)
        for (int x = map.left(); x <= map.right(); ++x)
            count += image.pixel(x, y) == hot;
    return count;
}

} // namespace

class TestHeatmap : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeKind::light); }

    void oneHotCellIsSeen_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("trials");
        QTest::addColumn<int>("scale");
        QTest::newRow("linear") << int(ScaleMode::linear) << 4096 << 20 << 1;
        QTest::newRow("linear, 2x") << int(ScaleMode::linear) << 1024 << 2 << 2;
        QTest::newRow("log") << int(ScaleMode::log) << 1024 << 3 << 1;
        QTest::newRow("percentile") << int(ScaleMode::percentile) << 1024 << 3 << 1;
    }

    void oneHotCellIsSeen()
    {
        QFETCH(int, mode);
        QFETCH(int, n);
        QFETCH(int, trials);
        QFETCH(int, scale);
        std::vector<float> cells(std::size_t(n) * std::size_t(n), 1.0F);
        std::mt19937 random(7);
        HeatmapPlot plot("Energy");
        plot.show();
        plot.colorScale()->setMode(ScaleMode(mode));
        for (int trial = 0; trial < trials; ++trial) {
            const int row = int(random() % unsigned(n)), column = int(random() % unsigned(n));
            const std::size_t at = std::size_t(row) * std::size_t(n) + std::size_t(column);
            cells[at] = 100.0F;
            plot.setData(pyramid(cells, n, n), words());
            QCOMPARE(plot.rankedCells().front(), (HeatCell { row, column }));
            for (const QSize size : { QSize(1200, 800), QSize(731, 467), QSize(400, 240) }) {
                plot.resize(size);
                plot.resetLimits();
                // The whole, then zoomed so that pixels and cells never align.
                for (const double span : { double(n), 3333.0, 1777.0, 611.0, 97.0, 13.0 }) {
                    if (span > n || (size.width() < 1200 && (span == 3333 || span == 611)))
                        continue;
                    const int r0 = std::clamp(row - int(span * 0.37), 0, n - int(span));
                    const int c0 = std::clamp(column - int(span * 0.61), 0, n - int(span));
                    plot.showCells(r0, r0 + int(span), c0, c0 + int(span));
                    plot.plot()->replot();
                    QVERIFY2(hotPixels(plot, scale) >= 1,
                             qPrintable(QString("%1,%2 span %3 at %4")
                                            .arg(row)
                                            .arg(column)
                                            .arg(span)
                                            .arg(size.width())));
                }
            }
            cells[at] = 1.0F;
        }
    }

    void unevenMapsKeepEveryCell()
    {
        // 30 layers magnified, 4,096 columns minified, and the other way round; every cell in turn
        // is hot.
        for (const auto &[rows, cols] : { std::pair(30, 4096), std::pair(2048, 7) }) {
            HeatmapPlot plot("Energy");
            plot.resize(640, 400);
            plot.show();
            plot.colorScale()->setMode(ScaleMode::linear);
            std::mt19937 random(3);
            for (int trial = 0; trial < 6; ++trial) {
                std::vector<float> cells(std::size_t(rows) * std::size_t(cols), 0.5F);
                cells[random() % cells.size()] = 9.0F;
                plot.setData(pyramid(cells, rows, cols), words());
                plot.plot()->replot();
                QVERIFY(hotPixels(plot) >= 1);
            }
        }
    }

    /// The bar's histogram and percentiles of a large map are not of every cell, and say so.
    void barSaysWhatItLeavesOut()
    {
        std::vector<float> cells(512 * 512);
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] = float(1 + i % 977);
        HeatmapPlot plot("Energy");
        plot.resize(900, 500);
        plot.show();
        plot.setData(pyramid(std::vector<float>(cells.begin(), cells.begin() + 64 * 64), 64, 64),
                     words());
        const auto *bar = plot.plot()->findChild<ColorBar *>();
        QVERIFY(bar);
        plot.colorScale()->setMode(ScaleMode::percentile);
        QVERIFY(bar->notes().isEmpty()); // every cell counts
        plot.setData(pyramid(cells, 512, 512), words());
        const QString pooled = QString::fromUtf8("max of 2 × 2 cells"),
                      sampled = QStringLiteral("ranks: 1 in 64 values");
        QCOMPARE(bar->notes(), QStringList({ pooled, sampled }));
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.plot()->replot();
        QSignalSpy readouts(&plot, &PlotWidget::readout);
        QTest::mouseMove(plot.plot(), bar->bar().center().toPoint());
        QTRY_VERIFY(!readouts.isEmpty()
                    && readouts.back().at(0).toString()
                        == pooled + QString::fromUtf8(" · ") + sampled);
        plot.showCells(0, 200, 0, 200); // 40,000 cells
        QCOMPARE(bar->notes(), QStringList { sampled });
        plot.colorScale()->setMode(ScaleMode::log);
        QVERIFY(bar->notes().isEmpty());
    }

    void missingPendingAndOver()
    {
        std::vector<float> cells(16, 1.0F);
        cells[5] = std::numeric_limits<float>::quiet_NaN();
        cells[10] = 50.0F;
        cells[0] = 0.5F;
        HeatmapPlot plot("Energy");
        plot.resize(640, 480);
        plot.show();
        plot.setData(pyramid(cells, 4, 4), words());
        plot.setPendingRows({ false, false, false, true });
        plot.colorScale()->setLimits(0.5, 10);
        plot.plot()->replot();
        const QImage image = plot.picture();
        const Tokens &t = tokens(ThemeKind::light);
        const auto has = [&](HeatCell cell, const QColor &color) {
            const QRect r = plot.cellRect(cell).toAlignedRect().adjusted(6, 6, -6, -6);
            for (int y = r.top(); y <= r.bottom(); ++y)
                for (int x = r.left(); x <= r.right(); ++x)
                    if (image.pixel(x, y) == color.rgb())
                        return true;
            return false;
        };
        QVERIFY(has({ 1, 1 }, t.alt) && has({ 1, 1 }, t.hist)); // NaN: hatched
        QVERIFY(has({ 3, 2 }, t.alt) && has({ 3, 2 }, t.hist)); // pending: hatched
        QVERIFY(has({ 2, 2 }, t.bad)); // above the limit
        QVERIFY(!has({ 0, 1 }, t.bad) && !has({ 0, 1 }, t.hist));
        plot.colorScale()->setLocked(false);
        plot.plot()->replot();
        QVERIFY(plot.colorScale()->upper() >= 50);
    }

    void keyboardWalks()
    {
        std::vector<float> cells(30 * 48);
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] = 1.0F + 0.001F * float(i % 97);
        cells[20 * 48 + 17] = 40;
        cells[2 * 48 + 5] = 30;
        cells[28 * 48 + 41] = 20;
        HeatmapPlot plot("Energy");
        plot.resize(700, 420);
        plot.show();
        plot.setData(pyramid(cells, 30, 48), words());
        QSignalSpy spy(&plot, &HeatmapPlot::cellSelected);
        QTest::keyClick(&plot, Qt::Key_N);
        QCOMPARE(plot.selectedCell(), (HeatCell { 20, 17 }));
        QTest::keyClick(&plot, Qt::Key_N);
        QCOMPARE(plot.selectedCell(), (HeatCell { 2, 5 }));
        QTest::keyClick(&plot, Qt::Key_P);
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Down);
        QCOMPARE(plot.selectedCell(), (HeatCell { 21, 18 }));
        QCOMPARE(spy.count(), 5);
        QCOMPARE(spy.back().at(0).toInt(), 21);
        QVERIFY(plot.summary().contains("maximum 40 at layer 20, block 17"));
        QCOMPARE(plot.accessibleDescription(), plot.summary());
        // The edge holds.
        plot.setSelectedCell({ 29, 47 });
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.selectedCell(), (HeatCell { 29, 47 }));
        // Selecting from outside is silent.
        const auto count = spy.count();
        plot.setSelectedCell({ 1, 1 });
        QCOMPARE(spy.count(), count);
        // Walking out of a zoomed view moves the view.
        plot.showCells(0, 5, 0, 5);
        plot.setSelectedCell({ 1, 4 });
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(!plot.cellRect({ 1, 5 }).isNull());
    }

    void clickSelects()
    {
        std::vector<float> cells(30 * 48, 1.0F);
        HeatmapPlot plot("Energy");
        plot.resize(700, 420);
        plot.show();
        plot.setData(pyramid(cells, 30, 48), words());
        plot.plot()->replot();
        QSignalSpy spy(&plot, &HeatmapPlot::cellSelected);
        QTest::mouseClick(plot.plot(), Qt::LeftButton, {},
                          plot.cellRect({ 7, 33 }).center().toPoint());
        QCOMPARE(plot.selectedCell(), (HeatCell { 7, 33 }));
        QCOMPARE(spy.count(), 1);
    }

    void csvIsTheData()
    {
        std::mt19937 random(11);
        std::vector<float> cells(17 * 9);
        for (float &c : cells)
            c = std::ldexp(float(random() % 100000), -int(random() % 40));
        cells[4] = std::numeric_limits<float>::quiet_NaN();
        HeatmapPlot plot("Energy, all");
        plot.setData(pyramid(cells, 17, 9), words());
        QBuffer out;
        QVERIFY(out.open(QIODevice::ReadWrite));
        QVERIFY(writeTable(out, plot.table(), ','));
        const QList<QByteArray> lines = out.data().trimmed().split('\n');
        int row = -1;
        for (const QByteArray &line : lines) {
            if (line.startsWith('#'))
                continue;
            const QList<QByteArray> fields = line.split(',');
            QCOMPARE(fields.size(), 10);
            if (row >= 0) {
                for (int c = 0; c < 9; ++c) {
                    const float want = cells[std::size_t(row * 9 + c)];
                    if (std::isnan(want))
                        QVERIFY(fields[c + 1].isEmpty());
                    else
                        QCOMPARE(fields[c + 1].toFloat(), want);
                }
            }
            ++row;
        }
        QCOMPARE(row, 17);
    }
};

QTEST_MAIN(TestHeatmap)
#include "tst_plots_heatmap.moc"
