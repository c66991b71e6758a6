// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of interaction every plot shares.
#include "views/plots/heatmap_plot.h"
#include "views/plots/link_group.h"
#include "views/plots/qcp.h"
#include "views/plots/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

using namespace batlab;
using namespace batlab::plots;

namespace {

std::unique_ptr<HeatmapPlot> map(int rows = 64, int cols = 64)
{
    std::vector<float> cells;
    for (int i = 0; i < rows * cols; ++i)
        cells.push_back(1.0F + float(i % 13));
    auto plot = std::make_unique<HeatmapPlot>("Energy");
    HeatmapText text;
    text.row = "layer";
    text.column = "block";
    text.value = "E";
    plot->resize(700, 460);
    plot->show();
    (void)QTest::qWaitForWindowExposed(plot.get());
    plot->setData(std::make_shared<LodPyramid>(LodPyramid::build(cells, rows, cols)), text);
    plot->plot()->replot();
    return plot;
}

QCPAxis *xAxis(const PlotWidget &plot)
{
    for (QCPAxisRect *rect : plot.plot()->axisRects())
        for (QCPAbstractPlottable *p : rect->plottables())
            if (p->inherits("batlab::plots::HeatMapPlottable"))
                return p->keyAxis();
    return nullptr;
}

void wheel(const PlotWidget &plot, const QPointF &pos, int notches)
{
    QWheelEvent event(pos, plot.plot()->mapToGlobal(pos), {}, QPoint(0, notches * 120),
                      Qt::NoButton, {}, Qt::NoScrollPhase, false);
    QApplication::sendEvent(plot.plot(), &event);
}

/// A move without a button; QTest moves the real cursor, which the offscreen platform may swallow.
void hoverAt(const PlotWidget &plot, const QPointF &pos)
{
    QMouseEvent event(QEvent::MouseMove, pos, plot.plot()->mapToGlobal(pos), Qt::NoButton, {}, {});
    QApplication::sendEvent(plot.plot(), &event);
}

} // namespace

class TestWidget : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        applyTheme(*qApp, ThemeKind::light);
        installPlotAccessibility();
    }

    void wheelKeepsThePointUnderTheCursor()
    {
        const auto plot = map();
        QCPAxis *x = xAxis(*plot);
        const QPointF at = QPointF(plot->mapRect().center()) + QPointF(40, 20);
        const double before = x->pixelToCoord(at.x());
        wheel(*plot, at, 3);
        QVERIFY(x->range().size() < 40);
        QVERIFY(std::abs(x->pixelToCoord(at.x()) - before) < 1e-6);
        // Maps never leave their cells.
        wheel(*plot, at, -30);
        QCOMPARE(x->range().lower, -0.5);
        QCOMPARE(x->range().upper, 63.5);
    }

    void wheelOverAnAxisZoomsThatAxis()
    {
        const auto plot = map();
        QCPAxis *x = xAxis(*plot);
        QCPAxis *y = x->axisRect()->axis(QCPAxis::atLeft);
        wheel(*plot, QPointF(plot->mapRect().center().x(), plot->mapRect().bottom() + 8), 2);
        QVERIFY(x->range().size() < 60);
        QCOMPARE(y->range().size(), 64.0);
    }

    void dragZoomsBackspaceGoesBackDoubleClickResets()
    {
        const auto plot = map();
        QCPAxis *x = xAxis(*plot);
        const QPoint a = plot->mapRect().topLeft() + QPoint(60, 60), b = a + QPoint(150, 100);
        QTest::mousePress(plot->plot(), Qt::LeftButton, {}, a);
        QTest::mouseMove(plot->plot(), a + QPoint(50, 50));
        QTest::mouseMove(plot->plot(), b);
        const double wantLower = x->pixelToCoord(a.x()), wantUpper = x->pixelToCoord(b.x());
        QTest::mouseRelease(plot->plot(), Qt::LeftButton, {}, b);
        QVERIFY(std::abs(x->range().lower - wantLower) < 1e-9);
        QVERIFY(std::abs(x->range().upper - wantUpper) < 1e-9);
        QTest::keyClick(plot.get(), Qt::Key_Backspace);
        QCOMPARE(x->range().size(), 64.0);
        wheel(*plot, plot->mapRect().center(), 4);
        QTest::mouseDClick(plot->plot(), Qt::LeftButton, {}, plot->mapRect().center());
        QCOMPARE(x->range().size(), 64.0);
        QVERIFY(plot->previousLimits());
        QVERIFY(x->range().size() < 64.0);
    }

    void middleDragPans()
    {
        const auto plot = map();
        QCPAxis *x = xAxis(*plot);
        wheel(*plot, plot->mapRect().center(), 4);
        const QCPRange before = x->range();
        const QPoint a = plot->mapRect().center();
        const double under = x->pixelToCoord(a.x());
        QTest::mousePress(plot->plot(), Qt::MiddleButton, {}, a);
        QTest::mouseMove(plot->plot(), a + QPoint(30, 0));
        QTest::mouseRelease(plot->plot(), Qt::MiddleButton, {}, a + QPoint(30, 0));
        QVERIFY(std::abs(x->range().size() - before.size()) < 1e-9);
        QVERIFY(std::abs(x->pixelToCoord(a.x() + 30) - under) < 1e-6);
        QVERIFY(plot->previousLimits());
        QVERIFY(std::abs(x->range().lower - before.lower) < 1e-9);
    }

    void readoutSaysWhatIsUnderTheCursor()
    {
        const auto plot = map();
        QSignalSpy spy(plot.get(), &PlotWidget::readout);
        hoverAt(*plot, plot->cellRect({ 10, 20 }).center());
        QTRY_VERIFY(!spy.isEmpty());
        QVERIFY2(
            spy.back().at(0).toString().startsWith(QString::fromUtf8("layer 10 · block 20 · E ")),
            qPrintable(spy.back().at(0).toString()));
        // A storm of moves stays at 30 a second.
        spy.clear();
        for (int i = 0; i < 200; ++i)
            hoverAt(*plot, plot->mapRect().topLeft() + QPoint(20 + i, 30));
        QVERIFY2(spy.count() < 40, qPrintable(QString::number(spy.count())));
    }

    void linkedAxesFollowWithoutEcho()
    {
        const auto a = map(), b = map();
        LinkGroup group;
        a->linkX(&group);
        b->linkX(&group);
        QSignalSpy echo(xAxis(*a), qOverload<const QCPRange &>(&QCPAxis::rangeChanged));
        xAxis(*a)->setRange(5, 17);
        QCOMPARE(xAxis(*b)->range(), QCPRange(5, 17));
        QCOMPARE(echo.count(), 1);
        xAxis(*b)->setRange(1, 9);
        QCOMPARE(xAxis(*a)->range(), QCPRange(1, 9));
    }

    void tableTwin()
    {
        const auto plot = map();
        QTest::keyClick(plot.get(), Qt::Key_T);
        QVERIFY(plot->isTableShown());
        auto *view = plot->findChild<QTableView *>();
        QCOMPARE(view->model()->rowCount(), 64);
        QCOMPARE(view->model()->columnCount(), 65);
        QTest::keyClick(view, Qt::Key_T);
        QVERIFY(!plot->isTableShown());
    }

    void clipboard()
    {
        const auto plot = map(3, 2);
        QTest::keyClick(plot.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        const QStringList lines = QApplication::clipboard()->text().trimmed().split('\n');
        QCOMPARE(lines.size(), 4);
        QCOMPARE(lines[0], QString("layer\t0\t1"));
        QCOMPARE(lines[2], QString("1\t3\t4"));
        QTest::keyClick(plot.get(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->image().size(),
                 plot->plot()->size() * plot->devicePixelRatioF());
    }

    void exports()
    {
        const auto plot = map();
        QTemporaryDir dir;
        for (const int scale : { 1, 2, 4 }) {
            const QString path = dir.filePath(QString("p%1.png").arg(scale));
            QVERIFY(plot->exportPng(path, scale));
            const QImage image(path);
            QCOMPARE(image.width(), plot->plot()->width() * scale);
            QCOMPARE(image.text("Title"), QString("Energy"));
        }
        QVERIFY(plot->exportSvg(dir.filePath("p.svg")));
        QFile svg(dir.filePath("p.svg"));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray text = svg.readAll();
        QVERIFY(text.contains("<title>Energy</title>"));
        QVERIFY(text.contains("Heat map, 64"));
        QVERIFY(plot->exportPdf(dir.filePath("p.pdf")));
        QVERIFY(QFileInfo(dir.filePath("p.pdf")).size() > 2000);
        QVERIFY(plot->exportCsv(dir.filePath("p.csv")));
        QVERIFY(!plot->exportCsv("/proc/none/p.csv"));
    }

    void themeFollowsThePalette()
    {
        const auto plot = map();
        for (const ThemeKind kind : kThemeKinds) {
            applyTheme(*qApp, kind);
            QApplication::processEvents();
            const QImage image = plot->picture();
            QCOMPARE(QColor(image.pixel(2, image.height() - 2)), tokens(kind).base);
            const QCPAxis *x = xAxis(*plot);
            QVERIFY(contrastRatio(x->tickLabelColor(), tokens(kind).base) >= 4.5);
            QVERIFY(contrastRatio(x->labelColor(), tokens(kind).base) >= 4.5);
        }
        applyTheme(*qApp, ThemeKind::light);
    }

    void states()
    {
        const auto plot = map();
        plot->setEmpty("No evaluation yet.", QString::fromUtf8("Evaluate…"));
        QSignalSpy action(plot.get(), &PlotWidget::actionTriggered);
        QTest::mouseClick(plot->findChild<QPushButton *>(), Qt::LeftButton);
        QCOMPARE(action.count(), 1);
        plot->setError("It broke.", "where");
        QSignalSpy retry(plot.get(), &PlotWidget::retryRequested);
        QSignalSpy details(plot.get(), &PlotWidget::detailsRequested);
        const QList<QPushButton *> buttons = plot->findChildren<QPushButton *>();
        QCOMPARE(buttons.size(), 2);
        QTest::mouseClick(buttons[0], Qt::LeftButton);
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QCOMPARE(retry.count(), 1);
        QCOMPARE(details.at(0).at(0).toString(), QString("where"));
        plot->setPartial(24, 30, "layers");
        QVERIFY(plot->subtitle().startsWith("24 of 30 layers"));
        plot->setReady();
        QCOMPARE(plot->state(), PanelState::ready);
    }

    void spokenAsAChart()
    {
        const auto plot = map();
        QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(plot.get());
        QVERIFY(spoken);
        QCOMPARE(spoken->role(), QAccessible::Chart);
        QCOMPARE(spoken->text(QAccessible::Name), QString("Energy"));
        QVERIFY(spoken->text(QAccessible::Description).startsWith("Heat map, 64 rows"));
        for (const QToolButton *tool : plot->findChildren<QToolButton *>())
            QVERIFY(!tool->accessibleName().isEmpty() && !tool->toolTip().isEmpty());
    }
};

QTEST_MAIN(TestWidget)
#include "tst_plots_widget.moc"
