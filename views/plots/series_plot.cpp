// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/series_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <QAction>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace batlab::plots {

namespace {
constexpr std::size_t kMostMarkers = 200;
}

SeriesPlot::SeriesPlot(const QString &title, QWidget *parent)
    : PlotWidget(title, parent), m_thresholdAction(new QAction(tr("Threshold…"), this))
{
    m_thresholdAction->setVisible(false);
    connect(m_thresholdAction, &QAction::triggered, this, &SeriesPlot::askThreshold);
    addToMenu({ m_thresholdAction });
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(10), px(8), px(8), px(6)));
    m_rect = new QCPAxisRect(canvas());
    grid->addElement(0, 0, m_rect);
    QCPAxis *x = m_rect->axis(QCPAxis::atBottom), *y = m_rect->axis(QCPAxis::atLeft);
    x->setTicker(QSharedPointer<RoundTicker>::create(x, 12));
    y->setTicker(QSharedPointer<RoundTicker>::create(y, 10));
    styleAxisRect(m_rect, false, true);
    addView({ m_rect, x, y, 0, 1, 0, 1, false, 0 });
    const auto clip = [this] { return m_rect->rect().adjusted(-4, -4, 4, 4); };
    new PaintedLayerable(canvas(), QStringLiteral("main"), clip, [this](QCPPainter &p) {
        drawLines(p);
        drawThreshold(p);
    });
    new PaintedLayerable(canvas(), QStringLiteral("axes"), nullptr,
                         [this](QCPPainter &p) { drawLabels(p); });
    new PaintedLayerable(canvas(), QStringLiteral("cursor"), nullptr,
                         [this](QCPPainter &p) { drawCursor(p); });
}

MethodStyle SeriesPlot::styleOf(const Series &series) const
{
    MethodStyle style = methodStyle(tokens(), series.family, series.filled);
    if (series.dashed) {
        style.dash = { 3, 2 };
        style.width = 1;
    }
    return style;
}

void SeriesPlot::themeChanged(const Tokens &)
{
    if (m_rect)
        home();
}

void SeriesPlot::setSeries(std::vector<Series> series, const SeriesText &text)
{
    // New points of a running job move the limits only where nobody has zoomed.
    std::vector<Shown> before = m_series.empty() ? std::vector<Shown>() : shown();
    for (Shown &part : before) {
        if (m_text.xAxis != text.xAxis)
            part.x.reset();
        if (m_text.yAxis != text.yAxis)
            part.y.reset();
    }
    m_series = std::move(series);
    std::stable_partition(m_series.begin(), m_series.end(),
                          [](const Series &s) { return !s.emphasised; });
    m_text = text;
    m_rect->axis(QCPAxis::atBottom)->setLabel(text.xAxis);
    m_rect->axis(QCPAxis::atLeft)->setLabel(text.yAxis);
    home();
    const View &view = views().front();
    view.x->setRange(view.homeX0, view.homeX1);
    view.y->setRange(view.homeY0, view.homeY1);
    showAgain(before);
    dataChanged();
    replotLater();
}

void SeriesPlot::setLogY(bool log)
{
    if (m_log == log)
        return;
    m_log = log;
    QCPAxis *y = m_rect->axis(QCPAxis::atLeft);
    home();
    y->setRange(views().front().homeY0, views().front().homeY1);
    y->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    replotLater();
}

void SeriesPlot::home()
{
    constexpr double inf = std::numeric_limits<double>::infinity();
    double x0 = inf, x1 = -inf, y0 = inf, y1 = -inf;
    int labels = 0;
    for (const Series &s : m_series) {
        QFont font = captionFont();
        font.setBold(s.emphasised);
        labels = std::max(labels, QFontMetrics(font).horizontalAdvance(s.name));
        for (std::size_t i = 0; i < s.x.size() && i < s.y.size(); ++i) {
            if (!std::isfinite(s.y[i]) || (m_log && s.y[i] <= 0))
                continue;
            x0 = std::min(x0, s.x[i]);
            x1 = std::max(x1, s.x[i]);
            y0 = std::min(y0, s.y[i]);
            y1 = std::max(y1, s.y[i]);
        }
    }
    m_rect->setMinimumMargins(QMargins(0, px(4), labels > 0 ? labels + px(12) : px(8), 0));
    View &view = views().front();
    if (x0 > x1) {
        x0 = 0;
        x1 = 1;
        y0 = m_log ? 0.1 : 0;
        y1 = 1;
    }
    if (x0 == x1) {
        x0 -= 0.5;
        x1 += 0.5;
    }
    const double padX = (x1 - x0) * 0.015;
    view.homeX0 = x0 - padX;
    view.homeX1 = x1 + padX;
    if (m_log) {
        const double factor = std::max(1.1, std::pow(y1 / y0, 0.08));
        view.homeY0 = y0 / std::pow(factor, 2);
        view.homeY1 = y1 * factor;
    } else {
        const double span = y1 > y0 ? y1 - y0 : std::max(1.0, std::abs(y1) * 0.1);
        view.homeY0 = y0 - span * 0.22; // the floor belongs to the cursor's values
        view.homeY1 = y1 + span * 0.08;
    }
}

void SeriesPlot::drawLines(QCPPainter &p)
{
    QCPAxis *x = m_rect->axis(QCPAxis::atBottom), *y = m_rect->axis(QCPAxis::atLeft);
    const QCPRange range = x->range();
    const double width = m_rect->width();
    for (const Series &s : m_series) {
        const MethodStyle style = styleOf(s);
        const std::size_t count = std::min(s.x.size(), s.y.size());
        const auto begin = std::size_t(
            std::lower_bound(s.x.begin(), s.x.begin() + std::ptrdiff_t(count), range.lower)
            - s.x.begin());
        const auto end = std::size_t(
            std::upper_bound(s.x.begin(), s.x.begin() + std::ptrdiff_t(count), range.upper)
            - s.x.begin());
        const std::size_t i0 = begin > 0 ? begin - 1 : 0, i1 = std::min(count, end + 1);
        QPolygonF line;
        const auto flush = [&] {
            if (line.size() > 1)
                p.drawPolyline(line);
            line.clear();
        };
        // More than four points a pixel: the extremes of each pixel column draw the same ink.
        const bool dense = double(i1 - i0) > 4 * width;
        QPen pen = methodPen(style);
        if (dense)
            pen.setWidthF(1);
        p.setPen(pen);
        p.setBrush(Qt::NoBrush);
        double column = -1e18, low = 0, high = 0;
        const auto closeColumn = [&] {
            if (column > -1e17)
                line << QPointF(column, low) << QPointF(column, high);
        };
        for (std::size_t i = i0; i < i1; ++i) {
            if (!std::isfinite(s.y[i]) || (m_log && s.y[i] <= 0)) {
                if (dense)
                    closeColumn();
                column = -1e18;
                flush();
                continue;
            }
            const QPointF point(x->coordToPixel(s.x[i]), y->coordToPixel(s.y[i]));
            if (!dense) {
                line << point;
            } else if (const double c = std::floor(point.x()); c != column) {
                closeColumn();
                column = c;
                low = high = point.y();
            } else {
                low = std::min(low, point.y());
                high = std::max(high, point.y());
            }
        }
        if (dense)
            closeColumn();
        flush();
        if (s.dashed || style.marker == Marker::none)
            continue;
        const std::size_t shown = i1 - i0;
        const double pixelsEach = shown > 1 ? width / double(shown) : width;
        const std::size_t step =
            std::max<std::size_t>({ 1, (shown + kMostMarkers - 1) / kMostMarkers,
                                    std::size_t(std::ceil(px(9) / pixelsEach)) });
        for (std::size_t i = begin; i < end; ++i)
            if (i % step == 0 && std::isfinite(s.y[i]) && !(m_log && s.y[i] <= 0))
                drawMarker(p, { x->coordToPixel(s.x[i]), y->coordToPixel(s.y[i]) }, px(7), style,
                           tokens().base);
    }
}

void SeriesPlot::drawLabels(QCPPainter &p)
{
    struct Label
    {
        double y;
        const Series *series;
    };
    QCPAxis *x = m_rect->axis(QCPAxis::atBottom), *y = m_rect->axis(QCPAxis::atLeft);
    const QRect r = m_rect->rect();
    std::vector<Label> labels;
    for (const Series &s : m_series) {
        for (std::size_t i = std::min(s.x.size(), s.y.size()); i-- > 0;) {
            if (!std::isfinite(s.y[i]) || s.x[i] > x->range().upper)
                continue;
            const double at = y->coordToPixel(s.y[i]);
            if (at >= r.top() - 1 && at <= r.bottom() + 1)
                labels.push_back({ at, &s });
            break;
        }
    }
    std::sort(labels.begin(), labels.end(),
              [](const Label &a, const Label &b) { return a.y < b.y; });
    // Push apart downwards, then back up from the floor.
    const double height = QFontMetricsF(captionFont()).height();
    for (std::size_t i = 1; i < labels.size(); ++i)
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + height);
    double floorY = r.bottom() + 1; // below stand the ticks' labels
    for (std::size_t i = labels.size(); i-- > 0;) {
        labels[i].y = std::min(labels[i].y, floorY);
        floorY = labels[i].y - height;
    }
    const Tokens &t = tokens();
    for (const Label &label : labels) {
        QFont font = captionFont();
        font.setBold(label.series->emphasised);
        p.setFont(font);
        // Text in text colour: the line's colour need not reach 4.5:1.
        p.setPen(label.series->emphasised ? t.text : t.text2);
        p.drawText(QRectF(r.right() + px(6), label.y - height / 2, px(400), height),
                   Qt::AlignLeft | Qt::AlignVCenter, label.series->name);
    }
}

std::optional<double> SeriesPlot::snapped(double x) const
{
    std::optional<double> best;
    for (const Series &s : m_series) {
        const auto after = std::lower_bound(s.x.begin(), s.x.end(), x);
        for (const auto &it : { after, after == s.x.begin() ? after : after - 1 })
            if (it != s.x.end() && (!best || std::abs(*it - x) < std::abs(*best - x)))
                best = *it;
    }
    return best;
}

std::optional<double> SeriesPlot::at(const Series &s, double x) const
{
    const auto it = std::lower_bound(s.x.begin(), s.x.end(), x);
    const auto i = std::size_t(it - s.x.begin());
    if (it == s.x.end() || *it != x || i >= s.y.size() || !std::isfinite(s.y[i]))
        return {};
    return s.y[i];
}

void SeriesPlot::drawCursor(QCPPainter &p)
{
    const std::optional<double> cursor = m_hovered ? m_hovered : m_cursor;
    if (!cursor || !m_rect->axis(QCPAxis::atBottom)->range().contains(*cursor))
        return;
    const Tokens &t = tokens();
    const QRectF r = m_rect->rect();
    const double x = std::round(m_rect->axis(QCPAxis::atBottom)->coordToPixel(*cursor));
    QPen pen(t.tick, 1);
    pen.setDashPattern({ 2, 3 });
    p.setPen(pen);
    p.drawLine(QPointF(x, r.top()), QPointF(x, r.bottom()));
    // The values, best first, on the floor of the plot.
    const QFontMetricsF metrics(captionFont());
    p.setFont(captionFont());
    struct Entry
    {
        double value;
        MethodStyle style;
        QString text;
    };
    std::vector<Entry> entries;
    for (const Series &s : m_series)
        if (const auto value = at(s, *cursor); value && !s.dashed)
            entries.push_back({ *value, styleOf(s), numberText(*value) });
    // The same decimals for all, so that they compare at a glance.
    double largest = 0;
    for (const Entry &e : entries)
        largest = std::max(largest, std::abs(e.value));
    if (largest >= 0.1 && largest < 1e4)
        for (Entry &e : entries)
            e.text = fixedText(e.value, std::clamp(2 - int(std::floor(std::log10(largest))), 0, 3));
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry &a, const Entry &b) { return a.value > b.value; });
    QString head = m_text.x + QLatin1Char(' ') + numberText(*cursor, 6);
    if (!m_text.unit.isEmpty())
        head += QStringLiteral(", ") + m_text.unit;
    double width = metrics.horizontalAdvance(head) + px(10);
    for (const Entry &e : entries)
        width += metrics.horizontalAdvance(e.text) + px(20);
    QRectF plate(0, 0, std::min(width, r.width() - 4), metrics.height() + px(4));
    plate.moveBottom(r.bottom() - px(3));
    plate.moveLeft(std::clamp(x - plate.width() / 2, r.left() + 2,
                              std::max(r.left() + 2, r.right() - plate.width() - 2)));
    QColor surface = t.base;
    surface.setAlphaF(0.9F);
    p.fillRect(plate, surface);
    p.setPen(t.text3);
    p.drawText(plate.adjusted(px(4), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, head);
    double left = plate.left() + metrics.horizontalAdvance(head) + px(12);
    for (const Entry &e : entries) {
        const double need = metrics.horizontalAdvance(e.text) + px(14);
        if (left + need > plate.right() + 2)
            break;
        drawMarker(p, { left + px(4), plate.center().y() }, px(7), e.style, t.base);
        p.setPen(t.text);
        p.drawText(QRectF(left + px(11), plate.top(), need, plate.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, e.text);
        left += need + px(6);
    }
}

void SeriesPlot::setCursor(std::optional<double> x)
{
    m_cursor = x;
    cursorLayer()->replot();
}

} // namespace batlab::plots
