// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse does in a plot, keys do too: zoom, pan, limits of colours, a rectangle, a
// threshold.
#include "views/plots/color_scale.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/number_dialog.h"
#include "views/plots/paired_plot.h"
#include "views/plots/qcp.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace batlab;
using namespace batlab::plots;

namespace {

constexpr auto kPan = Qt::ControlModifier | Qt::ShiftModifier;

std::shared_ptr<const LodPyramid> pyramid(int rows, int cols)
{
    std::vector<float> cells;
    for (int i = 0; i < rows * cols; ++i)
        cells.push_back(1.0F + float(i % 13));
    return std::make_shared<const LodPyramid>(LodPyramid::build(cells, rows, cols));
}

std::unique_ptr<HeatmapPlot> map()
{
    auto plot = std::make_unique<HeatmapPlot>(QStringLiteral("Energy"));
    HeatmapText text;
    text.row = QStringLiteral("layer");
    text.column = QStringLiteral("block");
    text.value = QStringLiteral("E");
    plot->resize(700, 460);
    plot->show();
    plot->setData(pyramid(64, 64), text);
    plot->plot()->replot();
    return plot;
}

/// Limits of the map: x0, x1, y0, y1; home where it has not zoomed.
std::vector<double> limits(const PlotWidget &plot)
{
    const std::vector<double> all = plot.limitValues();
    return all.empty() ? std::vector<double> { -0.5, 63.5, -0.5, 63.5 }
                       : std::vector<double>(all.begin(), all.begin() + 4);
}

bool near(double a, double b) { return std::abs(a - b) < 1e-6; }

/// The dialog behind an entry of a plot's menus; null: no such entry.
NumberDialog *asked(const PlotWidget &plot, const QString &entry)
{
    for (QAction *action : plot.findChildren<QAction *>()) {
        if (action->text() != entry || !action->isVisible())
            continue;
        action->trigger();
        for (NumberDialog *dialog : plot.findChildren<NumberDialog *>())
            if (dialog->isVisible())
                return dialog;
    }
    return nullptr;
}

void type(const NumberDialog &dialog, int field, const QString &text)
{
    QLineEdit *edit = dialog.findChildren<QLineEdit *>().at(field);
    edit->selectAll();
    QTest::keyClicks(edit, text);
}

void pressReturn(const NumberDialog &dialog)
{
    QTest::keyClick(dialog.findChild<QLineEdit *>(), Qt::Key_Return);
}

bool canBeTaken(const NumberDialog &dialog)
{
    return dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok)->isEnabled();
}

} // namespace

class TestKeys : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        applyTheme(*qApp, ThemeKind::light);
        installPlotAccessibility();
    }

    void zoomKeepsTheSelectedCell()
    {
        const auto plot = map();
        plot->setSelectedCell({ 10, 20 });
        const QPointF at = plot->cellRect({ 10, 20 }).center();
        for (const int key : { Qt::Key_Plus, Qt::Key_Equal, Qt::Key_Plus })
            QTest::keyClick(plot.get(), Qt::Key(key));
        const std::vector<double> in = limits(*plot);
        QVERIFY(near(in[1] - in[0], 64 * std::pow(0.8, 3)));
        QVERIFY(near(in[3] - in[2], 64 * std::pow(0.8, 3)));
        const QPointF moved = plot->cellRect({ 10, 20 }).center() - at;
        QVERIFY2(moved.manhattanLength() < 0.01,
                 qPrintable(QStringLiteral("%1, %2").arg(moved.x()).arg(moved.y())));
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(plot.get(), Qt::Key_Minus);
        QVERIFY(plot->limitValues().empty()); // never beyond the cells
    }

    void panStopsAtTheEdge()
    {
        const auto plot = map();
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(plot.get(), Qt::Key_Plus);
        const std::vector<double> before = limits(*plot);
        const double tenth = (before[1] - before[0]) / 10;
        QTest::keyClick(plot.get(), Qt::Key_Right, kPan);
        QTest::keyClick(plot.get(), Qt::Key_Down, kPan); // rows run downwards
        const std::vector<double> moved = limits(*plot);
        QVERIFY(near(moved[0], before[0] + tenth) && near(moved[1], before[1] + tenth));
        QVERIFY2(near(moved[2], before[2] + tenth) && near(moved[3], before[3] + tenth),
                 qPrintable(QStringLiteral("%1 to %2, %3 to %4")
                                .arg(before[2])
                                .arg(moved[2])
                                .arg(before[3])
                                .arg(moved[3])));
        QVERIFY(!plot->selectedCell().isValid());
        for (int i = 0; i < 20; ++i) {
            QTest::keyClick(plot.get(), Qt::Key_Left, kPan);
            QTest::keyClick(plot.get(), Qt::Key_Up, kPan);
        }
        const std::vector<double> edge = limits(*plot);
        QVERIFY(near(edge[0], -0.5) && near(edge[2], -0.5));
        QVERIFY(near(edge[1] - edge[0], before[1] - before[0]));
        QTest::keyClick(plot.get(), Qt::Key_0);
        QVERIFY(plot->limitValues().empty());
        QTest::keyClick(plot.get(), Qt::Key_Backspace);
        QVERIFY(!plot->limitValues().empty());
    }

    void linesZoomToo()
    {
        SeriesPlot plot(QStringLiteral("Error"));
        plot.resize(600, 400);
        plot.show();
        Series line;
        for (int i = 0; i < 20; ++i) {
            line.x.push_back(i);
            line.y.push_back(10 + i % 5);
        }
        plot.setSeries({ line }, {});
        plot.plot()->replot();
        QTest::keyClick(&plot, Qt::Key_Plus);
        const std::vector<double> in = plot.limitValues();
        QCOMPARE(in.size(), 4U);
        QTest::keyClick(&plot, Qt::Key_Up, kPan);
        const std::vector<double> up = plot.limitValues();
        QVERIFY2(near(up[2], in[2] + (in[3] - in[2]) / 10) && near(up[0], in[0]),
                 qPrintable(QStringLiteral("%1 to %2, of %3").arg(in[2]).arg(up[2]).arg(in[3])));
        QTest::keyClick(&plot, Qt::Key_0);
        QVERIFY(plot.limitValues().empty());
        // The table scrolls and searches with its own keys.
        plot.setTableShown(true);
        QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(plot.limitValues().empty());
    }

    void keysWinOverShortcuts()
    {
        const auto plot = map();
        const auto taken = [&](int key, Qt::KeyboardModifiers modifiers) {
            QKeyEvent event(QEvent::ShortcutOverride, key, modifiers);
            event.ignore();
            QApplication::sendEvent(plot.get(), &event);
            return event.isAccepted();
        };
        QVERIFY(taken(Qt::Key_Plus, Qt::ShiftModifier) && taken(Qt::Key_Minus, {}));
        QVERIFY(taken(Qt::Key_0, Qt::KeypadModifier) && taken(Qt::Key_R, {}));
        QVERIFY(taken(Qt::Key_Left, kPan));
        // These belong to the window.
        QVERIFY(!taken(Qt::Key_R, Qt::ControlModifier) && !taken(Qt::Key_0, Qt::ControlModifier));
        QVERIFY(!taken(Qt::Key_Down, Qt::ControlModifier) && !taken(Qt::Key_Left, Qt::AltModifier));
        QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(plot.get());
        QVERIFY(spoken && spoken->text(QAccessible::Help).contains(QStringLiteral("zoom")));
    }

    void rectangle()
    {
        const auto plot = map();
        plot->setSelectedCell({ 2, 3 });
        QSignalSpy selected(plot.get(), &HeatmapPlot::cellSelected);
        QSignalSpy activated(plot.get(), &HeatmapPlot::cellActivated);
        QSignalSpy said(plot.get(), &PlotWidget::readout);
        for (const int key : { Qt::Key_R, Qt::Key_Right, Qt::Key_Right, Qt::Key_Down })
            QTest::keyClick(plot.get(), Qt::Key(key));
        QCOMPARE(plot->region(), (HeatRegion { 2, 3, 3, 5 }));
        QCOMPARE(plot->statistics().n, 6);
        QVERIFY(said.back().at(0).toString().contains(QStringLiteral("n 6")));
        QTest::keyClick(plot.get(), Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(plot->region(), (HeatRegion { 2, 3, 3, 15 }));
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(plot.get(), Qt::Key_Up); // past the cell it began at, to the edge
        QCOMPARE(plot->region(), (HeatRegion { 0, 2, 3, 15 }));
        QCOMPARE(plot->selectedCell(), (HeatCell { 2, 3 }));
        QCOMPARE(selected.count(), 0);
        QTest::keyClick(plot.get(), Qt::Key_Return);
        QCOMPARE(activated.count(), 0); // it ended the rectangle
        QTest::keyClick(plot.get(), Qt::Key_Right);
        QCOMPARE(plot->selectedCell(), (HeatCell { 2, 4 }));
        QCOMPARE(plot->region(), (HeatRegion { 0, 2, 3, 15 }));
        QTest::keyClick(plot.get(), Qt::Key_Escape);
        QVERIFY(plot->region().isEmpty());
        // Escape ends one that is being drawn.
        QTest::keyClick(plot.get(), Qt::Key_R);
        QVERIFY(!plot->region().isEmpty());
        QTest::keyClick(plot.get(), Qt::Key_Escape);
        QTest::keyClick(plot.get(), Qt::Key_Right);
        QVERIFY(plot->region().isEmpty());
        QCOMPARE(plot->selectedCell(), (HeatCell { 2, 5 }));
    }

    void colorLimits_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("one map") << 0;
        QTest::newRow("several maps") << 1;
        QTest::newRow("differences") << 2;
    }

    void colorLimits()
    {
        QFETCH(int, kind);
        std::unique_ptr<PlotWidget> plot;
        std::shared_ptr<ColorScale> scale;
        if (kind == 0) {
            auto one = map();
            scale = one->colorScale();
            plot = std::move(one);
        } else if (kind == 1) {
            auto several = std::make_unique<SmallMultiplesHeatmap>(QStringLiteral("Energy"));
            MapItem item;
            item.data = pyramid(8, 8);
            several->setMaps({ item }, {});
            scale = several->colorScale();
            plot = std::move(several);
        } else {
            auto paired = std::make_unique<PairedPlot>(QStringLiteral("Differences"));
            PairedStrip strip;
            strip.groups.push_back({ -2.0F, 13.0F });
            paired->setStrips({ strip }, { { QStringLiteral("T1") }, {}, {}, {} });
            scale = paired->colorScale();
            plot = std::move(paired);
        }
        plot->show();
        const double upper = scale->upper();
        const QString entry = QStringLiteral("Colour limits…");
        NumberDialog *dialog = asked(*plot, entry);
        QVERIFY(dialog);
        for (const QLineEdit *edit : dialog->findChildren<QLineEdit *>())
            QVERIFY(!edit->accessibleName().isEmpty());
        QVERIFY(canBeTaken(*dialog));
        type(*dialog, 0, QStringLiteral("2,5"));
        type(*dialog, 1, QStringLiteral("two"));
        QVERIFY(!canBeTaken(*dialog));
        type(*dialog, 1, QStringLiteral("2"));
        QVERIFY(!canBeTaken(*dialog)); // below the lower one
        pressReturn(*dialog);
        QCOMPARE(scale->upper(), upper); // and nothing is taken
        type(*dialog, 1, QStringLiteral("4e0"));
        QVERIFY(canBeTaken(*dialog));
        pressReturn(*dialog);
        QVERIFY(scale->isLocked());
        QCOMPARE(scale->lower(), 2.5);
        QCOMPARE(scale->upper(), 4.0);
        // Escape takes nothing, the third button lets limits follow the data again.
        dialog = asked(*plot, entry);
        QVERIFY(dialog);
        type(*dialog, 0, QStringLiteral("3"));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QCOMPARE(scale->lower(), 2.5);
        dialog = asked(*plot, entry);
        QVERIFY(dialog);
        for (QPushButton *button : dialog->findChildren<QPushButton *>())
            if (button->text() == QStringLiteral("Automatic"))
                QTest::keyClick(button, Qt::Key_Space);
        QVERIFY(!scale->isLocked());
        QCOMPARE(scale->upper(), upper);
    }

    void untouchedLimitsKeepTheirDigits()
    {
        const auto plot = map();
        plot->colorScale()->setLimits(1.0 / 3, 39.612345678);
        NumberDialog *dialog = asked(*plot, QStringLiteral("Colour limits…"));
        QVERIFY(dialog);
        type(*dialog, 0, QStringLiteral("0"));
        QVERIFY(!canBeTaken(*dialog)); // the scale is logarithmic
        type(*dialog, 0, QStringLiteral("0.5"));
        pressReturn(*dialog);
        QCOMPARE(plot->colorScale()->lower(), 0.5);
        QVERIFY(plot->colorScale()->upper() == 39.612345678);
    }

    void threshold()
    {
        SeriesPlot plot(QStringLiteral("First wrong layer"));
        plot.resize(600, 400);
        plot.show();
        Series line;
        line.id = QStringLiteral("v");
        line.x = { 0, 1, 2, 3 };
        line.y = { 1, 2, 6, 9 };
        plot.setLogY(true);
        plot.setSeries({ line }, { {}, QStringLiteral("Error, %"), {}, {} });
        const QString entry = QStringLiteral("Threshold…");
        QVERIFY(!asked(plot, entry)); // there is none
        plot.setThreshold(5);
        QSignalSpy moved(&plot, &SeriesPlot::thresholdMoved);
        NumberDialog *dialog = asked(plot, entry);
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<QLineEdit *>()->accessibleName(), QStringLiteral("Error, %"));
        type(*dialog, 0, QStringLiteral("-1"));
        QVERIFY(!canBeTaken(*dialog)); // the axis is logarithmic
        type(*dialog, 0, QStringLiteral("1.5"));
        pressReturn(*dialog);
        QCOMPARE(plot.threshold(), std::optional<double>(1.5));
        QCOMPARE(plot.crossing(QStringLiteral("v")), std::optional<double>(1));
        QCOMPARE(moved.count(), 1);
        QCOMPARE(moved.front().at(0).toDouble(), 1.5);
    }
};

QTEST_MAIN(TestKeys)
#include "tst_plots_keys.moc"
