// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers on axes, bars and margins never run into one another or into other texts: every plot, at
// several widths, whole, zoomed and moved.
#include "tests/views/painted_texts.h"
#include "views/plots/block_delta_plot.h"
#include "views/plots/divergence_plot.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/matrix_plot.h"
#include "views/plots/microscope_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QPainter>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace batlab;
using namespace batlab::plots;

namespace {

/// Numbers over two decades, the same in every run.
float value(int i) { return 0.3F * std::pow(1.04F, float(i * 37 % 118)); }

std::shared_ptr<const LodPyramid> pyramid(int rows, int cols)
{
    std::vector<float> cells;
    for (int i = 0; i < rows * cols; ++i)
        cells.push_back(value(i));
    return std::make_shared<const LodPyramid>(LodPyramid::build(cells, rows, cols));
}

HeatmapText words()
{
    HeatmapText text;
    text.rowAxis = QStringLiteral("Layer");
    text.columnAxis = QStringLiteral("Block (32 channels each)");
    text.row = QStringLiteral("layer");
    text.column = QStringLiteral("block");
    text.value = QStringLiteral("E");
    text.unit = QStringLiteral("activation²");
    return text;
}

const QStringList kMethods { QStringLiteral("RTN"), QStringLiteral("H32 baseline"),
                             QStringLiteral("BATQuant") };

using Plot = std::unique_ptr<PlotWidget>;

Plot heatmap(int rows, int cols)
{
    auto plot = std::make_unique<HeatmapPlot>(QStringLiteral("Energy"));
    plot->setData(pyramid(rows, cols), words());
    return plot;
}

Plot multiples(int columns)
{
    auto plot = std::make_unique<SmallMultiplesHeatmap>(QStringLiteral("Activations"));
    std::vector<MapItem> maps;
    for (int i = 0; i < 5; ++i) {
        MapItem item;
        item.id = item.name = kMethods.at(i % 3);
        item.note = QStringLiteral("max 39.6, crest 48.7");
        item.data = pyramid(64, columns);
        maps.push_back(std::move(item));
    }
    plot->setMaps(std::move(maps), words());
    return plot;
}

Plot lines(int points, bool log)
{
    auto plot = std::make_unique<SeriesPlot>(QStringLiteral("Error"));
    std::vector<Series> all;
    for (int m = 0; m < 3; ++m) {
        Series line;
        line.id = line.name = kMethods.at(m);
        for (int i = 0; i < points; ++i) {
            line.x.push_back(i);
            line.y.push_back(log ? std::pow(10.0, m - 3 - double(i) / points)
                                 : 12 + 4 * m + double(i % 5) / 5);
        }
        all.push_back(std::move(line));
    }
    plot->setLogY(log);
    plot->setSeries(std::move(all), { QStringLiteral("Step"), QStringLiteral("Loss"), {}, {} });
    return plot;
}

Plot histogram()
{
    auto plot = std::make_unique<HistogramPlot>(QStringLiteral("Values"));
    HistogramData data;
    for (int i = 0; i < 144; ++i)
        data.counts.push_back(std::exp(-0.5 * std::pow((i - 71.5) / 30, 2)) * 1000);
    for (std::size_t c = 0; c < 16; ++c)
        data.codes[c] = double(100 + 40 * (c % 8));
    plot->setData(data);
    return plot;
}

Plot ridges()
{
    auto plot = std::make_unique<RidgePlot>(QStringLiteral("Distributions"));
    std::vector<Ridge> all;
    for (const QString &name : kMethods) {
        Ridge ridge { name, name, {}, false, {} };
        for (int l = 0; l < 30; ++l)
            ridge.layers.push_back({ l, std::vector<float>(96, 0.06F) });
        all.push_back(std::move(ridge));
    }
    plot->setRidges(std::move(all), 6, QStringLiteral("Value ÷ scale"));
    return plot;
}

Plot paired(PairedPlot::Part part)
{
    auto plot = std::make_unique<PairedPlot>(QStringLiteral("Differences"));
    std::vector<PairedStrip> strips;
    for (const QString &name : kMethods) {
        PairedStrip strip;
        strip.id = strip.name = name;
        for (int g = 0; g < 4; ++g) {
            strip.groups.emplace_back();
            for (int l = 0; l < 30; ++l)
                strip.groups.back().push_back(value(l + g) - 4);
        }
        strip.mean = 1.25;
        strip.low = -0.5;
        strip.high = 3;
        strip.p = 0.012;
        strip.better = 96;
        strip.pairs = 120;
        strips.push_back(std::move(strip));
    }
    plot->setPart(part);
    const QStringList sites { QStringLiteral("T1 qkv-in"), QStringLiteral("T2 o-in"),
                              QStringLiteral("T3 up-in"), QStringLiteral("T4 down-in") };
    plot->setStrips(std::move(strips),
                    { sites, QStringLiteral("dB"), QStringLiteral("Layer"), {} });
    return plot;
}

Plot divergence()
{
    auto plot = std::make_unique<DivergencePlot>(QStringLiteral("Divergence"));
    std::vector<Divergence> rows;
    for (int i = 0; i < 6; ++i) {
        Divergence row;
        row.id = row.name = kMethods.at(i % 3);
        row.kld = 0.02 * (1 + i * i);
        row.error = 0.0021;
        row.top1 = 94.3 - 3.1 * i;
        rows.push_back(std::move(row));
    }
    plot->setRows(std::move(rows), { { QStringLiteral("Text"), QStringLiteral("wikitext2") } });
    return plot;
}

Plot blocks()
{
    auto plot = std::make_unique<BlockDeltaPlot>(QStringLiteral("Blocks"));
    BlockPair data;
    for (int i = 0; i < 48; ++i) {
        data.before.push_back(12 + value(i) / 8);
        data.after.push_back(13 + value(i + 5) / 8);
    }
    data.beforeName = kMethods.at(0);
    data.afterName = kMethods.at(2);
    data.axis = QStringLiteral("SQNR, dB");
    data.unit = QStringLiteral("dB");
    plot->setData(std::move(data));
    return plot;
}

Plot matrix()
{
    auto plot = std::make_unique<MatrixPlot>(QStringLiteral("Sweep"));
    MatrixData data;
    data.rowAxis = QStringLiteral("ties");
    data.rows =
        QStringList { QStringLiteral("even"), QStringLiteral("away"), QStringLiteral("zero") };
    data.groups.push_back({ {},
                            { QStringLiteral("floor"), QStringLiteral("ceil"),
                              QStringLiteral("rceil"), QStringLiteral("even") } });
    for (int i = 0; i < 12; ++i) {
        MatrixCell cell;
        cell.state = MatrixCell::State::done;
        cell.value = 12.345 - 0.7 * i;
        cell.delta = 0.2 * (i - 6);
        cell.halfWidth = 0.08;
        data.cells.push_back(std::move(cell));
    }
    data.unit = QStringLiteral("dB");
    plot->setData(std::move(data));
    return plot;
}

Plot microscope()
{
    auto plot = std::make_unique<MicroscopePlot>(QStringLiteral("Block"));
    MicroscopeBlock block;
    block.name = QStringLiteral("Before");
    block.scaleText = QStringLiteral("E8M0 0x81 = 2²");
    block.sqnrText = QStringLiteral("8.9 dB");
    block.scale = 4;
    for (int i = 0; i < 32; ++i) {
        block.values.push_back(i % 2 == 0 ? value(i) : -value(i));
        block.dequantized.push_back(std::round(block.values.back()));
        block.codes.push_back(std::uint8_t(i % 16));
    }
    MicroscopeBlock after = block;
    after.name = QStringLiteral("After");
    plot->setBlocks(544, std::move(block), std::move(after));
    return plot;
}

struct Sample
{
    const char *name;
    std::function<Plot()> make;
    QList<QSize> sizes;
};

const std::vector<Sample> &samples()
{
    static const QList<QSize> usual { { 320, 260 }, { 480, 300 }, { 760, 420 }, { 1344, 520 } };
    static const std::vector<Sample> all {
        { "map", [] { return heatmap(30, 48); }, usual },
        { "large map", [] { return heatmap(64, 4096); }, usual },
        { "multiples", [] { return multiples(1536); }, usual },
        { "multiples, odd", [] { return multiples(18); }, usual },
        { "lines", [] { return lines(30, false); }, usual },
        { "loss", [] { return lines(120000, true); }, usual },
        { "histogram", [] { return histogram(); }, usual + QList<QSize> { { 220, 180 } } },
        { "ridges", [] { return ridges(); }, usual },
        { "paired",
          [] { return paired(PairedPlot::Part::both); },
          { { 1100, 260 }, { 1344, 320 } } },
        { "paired, strips", [] { return paired(PairedPlot::Part::strips); }, usual },
        { "paired, summary", [] { return paired(PairedPlot::Part::summary); }, usual },
        { "divergence", [] { return divergence(); }, usual },
        { "blocks", [] { return blocks(); }, usual },
        { "matrix", [] { return matrix(); }, usual },
        { "microscope", [] { return microscope(); }, usual + QList<QSize> { { 240, 320 } } },
    };
    return all;
}

} // namespace

class TestTicks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeKind::light); }

    /// The check sees what it should, and nothing else.
    void whatOverlaps()
    {
        QWidget like;
        like.resize(200, 100);
        const auto paint = [&](const QPointF &second, const QString &text, bool upright) {
            test::TextRecorder recorder(like);
            QPainter painter(&recorder);
            painter.drawText(QPointF(20, 40), QStringLiteral("1000"));
            if (upright) {
                painter.translate(second);
                painter.rotate(-90);
                painter.drawText(QPointF(0, 0), text);
            } else {
                painter.drawText(second, text);
            }
            painter.end();
            return recorder.texts();
        };
        const auto touching = paint({ 30, 42 }, QStringLiteral("−2.5"), false);
        QCOMPARE(touching.size(), 2U);
        QCOMPARE(touching.front().text, QStringLiteral("1000"));
        QVERIFY(touching.front().ink.bottom() <= 41 && touching.front().ink.left() >= 19);
        QVERIFY(touching.front().ink.height() > 4 && touching.front().ink.width() > 12);
        QCOMPARE(test::overlappingNumbers(touching).size(), 1);
        QVERIFY(
            test::overlappingNumbers(paint({ 120, 40 }, QStringLiteral("2000"), false)).isEmpty());
        QVERIFY(
            test::overlappingNumbers(paint({ 20, 80 }, QStringLiteral("2000"), false)).isEmpty());
        // Turned texts are where they are seen.
        QCOMPARE(test::overlappingNumbers(paint({ 30, 60 }, QStringLiteral("Layers of it"), true))
                     .size(),
                 1);
        QVERIFY(
            test::overlappingNumbers(paint({ 12, 60 }, QStringLiteral("Layers"), true)).isEmpty());
        for (const char *number : { "0", "−12.5", ".5", "2.1e−6", "12\u2009345" })
            QVERIFY2(test::isNumber(QString::fromUtf8(number)), number);
        for (const char *text : { "clip 0.1 %", "b17", "A", "−", "[1, 2]" })
            QVERIFY2(!test::isNumber(QString::fromUtf8(text)), text);
    }

    void everyPlot_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < samples().size(); ++i)
            QTest::newRow(samples()[i].name) << int(i);
    }

    void everyPlot()
    {
        QFETCH(int, index);
        const Sample &sample = samples()[std::size_t(index)];
        QWidget window; // which lets a plot be as small as a page does
        window.resize(1400, 700);
        const Plot plot = sample.make();
        plot->setParent(&window);
        window.show();
        QStringList problems;
        int numbers = 0;
        const auto look = [&](const QString &where) {
            plot->plot()->replot();
            const std::vector<test::PaintedText> texts = test::paintedTexts(*plot);
            numbers += int(std::count_if(texts.begin(), texts.end(), [](const auto &text) {
                return test::isNumber(text.text);
            }));
            for (const QString &problem : test::overlappingNumbers(texts))
                problems
                    << QStringLiteral("%1 wide, %2: %3").arg(plot->width()).arg(where, problem);
        };
        constexpr auto pan = Qt::ControlModifier | Qt::ShiftModifier;
        for (const QSize &size : sample.sizes) {
            plot->resize(size);
            QCoreApplication::processEvents();
            plot->plot()->replot();
            QTest::keyClick(plot.get(), Qt::Key_0);
            look(QStringLiteral("whole"));
            QVERIFY(numbers > 0);
            for (int i = 0; i < 4; ++i)
                QTest::keyClick(plot.get(), Qt::Key_Plus);
            look(QStringLiteral("zoomed"));
            for (int i = 0; i < 3; ++i) {
                QTest::keyClick(plot.get(), Qt::Key_Right, pan);
                QTest::keyClick(plot.get(), Qt::Key_Up, pan);
            }
            look(QStringLiteral("moved"));
        }
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TestTicks)
#include "tst_plots_ticks.moc"
