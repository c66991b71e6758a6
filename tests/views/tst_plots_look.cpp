// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of every plot in every theme, for the eye; and what a machine can check of them.
#include "views/plots/delegates.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QDir>
#include <QHeaderView>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

#include <cmath>
#include <random>

using namespace batlab;
using namespace batlab::plots;

namespace {

/// Activation energies with hot blocks, as a language model has them. Synthetic, seeded.
std::vector<float> energies(int rows, int cols, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 1);
    std::vector<float> cells;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < cols; ++c)
            cells.push_back(std::exp(0.45F * normal(random) + 0.3F * std::sin(float(c) * 0.9F)));
    const auto set = [&](int r, int c, float v) {
        if (r < rows && c < cols)
            cells[std::size_t(r * cols + c)] = v;
    };
    for (int r = 18; r < 27; ++r)
        set(r, 17, 12.0F + float(r == 20) * 29.0F + float(r % 3) * 4.0F);
    set(2, 5, 30);
    set(3, 5, 25);
    set(28, 41, 28);
    set(29, 41, 24);
    return cells;
}

} // namespace

class TestLook : public QObject
{
    Q_OBJECT

    void keep(QWidget &widget, const QString &file, ThemeKind kind)
    {
        const QDir dir(QStringLiteral(BATLAB_LOOKS_DIR));
        QVERIFY(dir.mkpath("."));
        QTest::qWait(40);
        const QImage image = widget.grab().toImage();
        const int ratio = int(std::lround(widget.devicePixelRatioF()));
        QVERIFY(
            image.save(dir.filePath(QString("%1-%2-%3x.png").arg(file, name(kind)).arg(ratio))));
        // No surface that ignores the palette: dark pictures hold (almost) no white.
        if (kind == ThemeKind::dark) {
            qint64 white = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    white += (image.pixel(x, y) & 0xffffff) == 0xffffff;
            QVERIFY2(double(white) / (double(image.width()) * image.height()) < 0.01,
                     qPrintable(file));
        }
    }

private Q_SLOTS:
    void everyTheme_data()
    {
        QTest::addColumn<int>("kind");
        for (const ThemeKind kind : kThemeKinds)
            QTest::newRow(qPrintable(name(kind))) << int(kind);
    }

    void everyTheme()
    {
        QFETCH(int, kind);
        const auto theme = ThemeKind(kind);
        applyTheme(*qApp, theme);
        HeatmapText text;
        text.rowAxis = "Layer";
        text.columnAxis = "Block (32 channels each)";
        text.row = "layer";
        text.column = "block";
        text.value = "E";
        text.unit = QString::fromUtf8("activation²");
        HeatmapPlot plot("Block outlier energy");
        plot.setSubtitle(QString::fromUtf8(
            "max over 128×2048 tokens of mean x² per block of 32, before any transform"));
        plot.resize(880, 376);
        plot.show();
        plot.setData(std::make_shared<LodPyramid>(LodPyramid::build(energies(30, 48, 1), 30, 48)),
                     text);
        plot.setSelectedCell({ 20, 17 });
        keep(plot, "heatmap", theme);
        std::vector<bool> pending(30, false);
        std::fill(pending.begin() + 24, pending.end(), true);
        plot.setPendingRows(pending);
        plot.setPartial(24, 30, "layers");
        plot.resize(480, 300);
        keep(plot, "heatmap-small", theme);
        plot.setTableShown(true);
        keep(plot, "heatmap-table", theme);
        plot.setTableShown(false);
        plot.setError("The map could not be read: the session file is truncated. Open a copy.",
                      "trace");
        keep(plot, "heatmap-error", theme);
        plot.setEmpty("No calibration yet.", QString::fromUtf8("Calibrate…"));
        keep(plot, "heatmap-empty", theme);
    }

    void histogram_data() { everyTheme_data(); }
    void histogram()
    {
        QFETCH(int, kind);
        applyTheme(*qApp, ThemeKind(kind));
        std::mt19937 random(5);
        std::normal_distribution<double> normal(0, 0.6);
        HistogramData h;
        h.limit = 7.2;
        h.counts.assign(144, 0);
        for (int i = 0; i < 40000; ++i) {
            const double v = normal(random) + (i % 10 < 3 ? -5 : i % 10 < 6 ? 5 : 0);
            ++h.counts[std::size_t(std::clamp((v + h.limit) / (2 * h.limit) * 144, 0.0, 143.0))];
            std::size_t code = 0;
            for (std::size_t k = 1; k < 8; ++k)
                if (std::abs(std::abs(v) - HistogramPlot::kLevels[k])
                    < std::abs(std::abs(v) - HistogramPlot::kLevels[code]))
                    code = k;
            ++h.codes[code + (v < 0 ? 8 : 0)];
        }
        HistogramPlot plot(QString::fromUtf8("Values ÷ block scale"));
        plot.setSubtitle("L20 T4 block 17, E2M1 grid");
        plot.resize(455, 268);
        plot.show();
        plot.setData(h);
        keep(plot, "histogram", ThemeKind(kind));
        // Another theme has other colours, not another layout.
        const auto places = [&] {
            plot.plot()->replot();
            std::vector<QRect> out;
            for (const QCPAxisRect *rect : plot.plot()->axisRects())
                out.push_back(rect->rect());
            return out;
        };
        const std::vector<QRect> before = places();
        applyTheme(*qApp, ThemeKind(kind) == ThemeKind::dark ? ThemeKind::light : ThemeKind::dark);
        QCoreApplication::processEvents();
        QVERIFY(places() == before);
        double share = 0;
        const PlotTable table = plot.table();
        QCOMPARE(table.rows, 160);
        for (int r = 144; r < 160; ++r)
            share += table.cell(r, 4).toDouble();
        QVERIFY(std::abs(share - 100) < 1e-9);
        double area = 0;
        for (int r = 0; r < 144; ++r)
            area += table.cell(r, 4).toDouble() * 0.1;
        QVERIFY(std::abs(area - 1) < 1e-9);
    }

    void series_data() { everyTheme_data(); }
    void series()
    {
        QFETCH(int, kind);
        applyTheme(*qApp, ThemeKind(kind));
        std::mt19937 random(9);
        std::normal_distribution<double> normal(0, 0.5);
        const auto line = [&](const char *name, const char *family, double level, bool filled) {
            Series s;
            s.id = s.name = name;
            s.family = family;
            s.filled = filled;
            for (int i = 0; i < 30; ++i) {
                s.x.push_back(i);
                s.y.push_back(level + normal(random));
            }
            return s;
        };
        std::vector<Series> all { line("RTN", "none", 12.8, false),
                                  line("Global rot.", "global-rotation", 15, true),
                                  line("H32 baseline", "block-rotation", 17, true),
                                  line("WUSH", "closed-form", 20.1, true),
                                  line("BATQuant", "bat", 20.3, true),
                                  line("BAT+", "bat-plus", 21.6, true) };
        all.back().emphasised = true;
        SeriesPlot plot("Output SQNR by layer");
        plot.setSubtitle("T4 down-in, higher is better");
        plot.resize(586, 290);
        plot.show();
        plot.setSeries(all, { "Layer", "Output SQNR, dB", "layer", "dB" });
        plot.setCursor(20);
        keep(plot, "series", ThemeKind(kind));
        QCOMPARE(plot.table().cell(20, 1).toDouble(), all[0].y[20]);
        Series loss;
        loss.id = loss.name = "BAT+";
        loss.family = "bat-plus";
        loss.filled = true;
        for (int i = 0; i < 20000; ++i) {
            loss.x.push_back(i);
            loss.y.push_back(0.02 * std::exp(-i / 4000.0) * (1 + 0.2 * normal(random)) + 0.0007);
        }
        plot.setTitle("Loss");
        plot.setLogY(true);
        plot.setSeries({ loss }, { "Step", "Layer MSE", "step", "" });
        plot.setCursor({});
        plot.resetLimits();
        keep(plot, "loss", ThemeKind(kind));
    }

    void multiples_data() { everyTheme_data(); }
    void multiples()
    {
        QFETCH(int, kind);
        applyTheme(*qApp, ThemeKind(kind));
        HeatmapText text;
        text.rowAxis = "Token";
        text.row = "token";
        text.column = "channel";
        text.value = "|x|";
        std::vector<MapItem> maps;
        const std::pair<const char *, const char *> methods[] {
            { "RTN", "none" },
            { "Global rotation", "global-rotation" },
            { "H32 rotation", "block-rotation" },
            { "WUSH", "closed-form" },
            { "BAT+", "bat-plus" }
        };
        for (unsigned i = 0; i < 5; ++i) {
            std::vector<float> cells = energies(64, 1536, i);
            for (std::size_t k = 0; k < cells.size(); ++k)
                if (k % 1536 == 553 || k % 1536 == 130)
                    cells[k] *= 30.0F / float(1 + 3 * i);
            MapItem item;
            item.id = item.name = methods[i].first;
            item.family = methods[i].second;
            item.filled = i > 0;
            item.note = "max 39.6, crest 48.7";
            item.data = std::make_shared<LodPyramid>(LodPyramid::build(cells, 64, 1536));
            maps.push_back(item);
        }
        SmallMultiplesHeatmap plot("Activation magnitude entering the quantizer");
        plot.setSubtitle("layer 20, T4 down-in, 64 of 262 144 tokens");
        plot.resize(1344, 312);
        plot.show();
        plot.setMaps(maps, text);
        plot.setSelectedCell({ 21, 553 });
        keep(plot, "multiples", ThemeKind(kind));
        // Equal sizes, one scale: the same number has the same colour in every map.
        for (int i = 1; i < 5; ++i) {
            QVERIFY(std::abs(plot.mapRect(i).width() - plot.mapRect(0).width()) <= 1);
            QCOMPARE(plot.mapRect(i).height(), plot.mapRect(0).height());
            QCOMPARE(plot.mapRect(i).top(), plot.mapRect(0).top());
        }
        float largest = 0;
        for (const MapItem &m : maps)
            largest = std::max(largest, m.data->levels.back().max.front());
        QCOMPARE(plot.colorScale()->upper(), double(largest));
        // Zooming one zooms all: the linked ranges stay identical.
        QCPRange range;
        for (QCPAxisRect *rect : plot.plot()->axisRects())
            for (QCPAbstractPlottable *p : rect->plottables())
                if (p->inherits("batlab::plots::HeatMapPlottable")) {
                    if (range.size() == 0)
                        p->keyAxis()->setRange(range = QCPRange(100, 300));
                    QCOMPARE(p->keyAxis()->range(), QCPRange(100, 300));
                }
        plot.resetLimits();
        plot.resize(760, 480);
        keep(plot, "multiples-narrow", ThemeKind(kind));
        QCOMPARE(plot.mapColumns(), 3);
    }

    void replacedMapsAreForgotten()
    {
        SmallMultiplesHeatmap plot("Activation magnitude entering the quantizer");
        plot.resize(900, 400);
        plot.show();
        std::vector<std::weak_ptr<const LodPyramid>> shown;
        for (unsigned round = 0; round < 4; ++round) {
            const int columns = round < 2 ? 64 : 96; // other columns: the axes are built anew
            std::vector<MapItem> maps(2);
            for (MapItem &item : maps) {
                item.data = std::make_shared<LodPyramid>(
                    LodPyramid::build(energies(8, columns, round), 8, columns));
                shown.push_back(item.data);
            }
            plot.setMaps(std::move(maps), {});
            QTest::qWait(20);
        }
        for (std::size_t i = 0; i < shown.size(); ++i)
            QCOMPARE(shown[i].expired(), i < 6);
        QCOMPARE(plot.plot()->plottableCount(), 4); // a map and a profile each
    }

    void cells_data() { everyTheme_data(); }
    void cells()
    {
        QFETCH(int, kind);
        applyTheme(*qApp, ThemeKind(kind));
        const char *families[] { "reference",      "none",        "diagonal", "global-rotation",
                                 "block-rotation", "closed-form", "bat",      "bat-plus",
                                 "novel",          "newer" };
        QStandardItemModel model(10, 6);
        model.setHorizontalHeaderLabels({ "Method", "Values", "Loss", "BC", "Mean", "Interval" });
        for (int r = 0; r < 10; ++r) {
            QList<float> spark, loss;
            for (int i = 0; i < 60; ++i) {
                spark << float(std::exp(-0.02 * (i - 15) * (i - 15))
                               + std::exp(-0.02 * (i - 45) * (i - 45)));
                loss << float(std::exp(-i / 12.0) + 0.03 * (i % 4));
            }
            for (int c = 0; c < 6; ++c) {
                const QModelIndex at = model.index(r, c);
                model.setData(at, QString(families[r]), FamilyRole);
                model.setData(at, r % 3 != 0, FilledRole);
            }
            model.setData(model.index(r, 0), QString(families[r]));
            model.setData(model.index(r, 1), QVariant::fromValue(spark), SparkRole);
            model.setData(model.index(r, 2), QVariant::fromValue(loss), SparkRole);
            model.setData(model.index(r, 3), 0.9 - 0.05 * r, BarRole);
            model.setData(model.index(r, 3), QString::number(0.9 - 0.05 * r, 'f', 3));
            model.setData(model.index(r, 4), 4.27 - r, DeltaRole);
            model.setData(model.index(r, 4), 1, BetterRole);
            model.setData(model.index(r, 5),
                          QVariant::fromValue(QList<double> { 99.0 - r, 98.0 - r, 100.0 - r }),
                          IntervalRole);
            model.setData(model.index(r, 5), QVariant::fromValue(QList<double> { 86, 102, 100 }),
                          IntervalAxisRole);
        }
        QTableView view;
        view.setModel(&model);
        view.setAlternatingRowColors(true);
        view.setShowGrid(false);
        view.verticalHeader()->hide();
        view.verticalHeader()->setDefaultSectionSize(px(22));
        view.setItemDelegateForColumn(0, new MarkerNameDelegate(&view));
        view.setItemDelegateForColumn(1,
                                      new SparklineDelegate(SparklineDelegate::Kind::bars, &view));
        view.setItemDelegateForColumn(2,
                                      new SparklineDelegate(SparklineDelegate::Kind::line, &view));
        view.setItemDelegateForColumn(3, new BarDelegate(&view));
        view.setItemDelegateForColumn(4, new DeltaDelegate(&view));
        view.setItemDelegateForColumn(5, new IntervalDelegate(&view));
        view.setColumnWidth(0, 130);
        view.resize(680, 270);
        view.selectRow(1);
        view.show();
        keep(view, "cells", ThemeKind(kind));
    }
};

QTEST_MAIN(TestLook)
#include "tst_plots_look.moc"
