// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/block_delta_plot.h"

#include "views/plots/axis_tickers.h"
#include "views/plots/colormaps.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

QColor deltaColor(const Tokens &t, double delta)
{
    const ColorTable &table = colorTable(ColorMap::diverging, t.kind);
    return QColor::fromRgb(
        table[delta < 0 ? kColorEntries / 6 : kColorEntries - kColorEntries / 6]);
}

} // namespace

BlockDeltaPlot::BlockDeltaPlot(const QString &title, QWidget *parent) : PlotWidget(title, parent)
{
    QCPLayoutGrid *grid = canvas()->plotLayout();
    grid->setAutoMargins(QCP::msNone);
    grid->setMargins(QMargins(px(10), px(6), px(12), px(6)));
    grid->setRowSpacing(px(4));
    m_values = new QCPAxisRect(canvas());
    m_deltas = new QCPAxisRect(canvas());
    grid->addElement(0, 0, m_values);
    grid->addElement(1, 0, m_deltas);
    grid->setRowStretchFactor(0, 1.9);
    auto *sides = new QCPMarginGroup(canvas());
    for (QCPAxisRect *rect : { m_values, m_deltas }) {
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, sides);
        QCPAxis *y = rect->axis(QCPAxis::atLeft);
        y->setTicker(QSharedPointer<RoundTicker>::create(y, rect == m_values ? 5 : 3));
        styleAxisRect(rect, false, true);
    }
    QCPAxis *top = m_values->axis(QCPAxis::atBottom), *x = m_deltas->axis(QCPAxis::atBottom);
    top->setTickLabels(false);
    x->setTicker(QSharedPointer<RoundTicker>::create(x, 12));
    x->setLabel(tr("Block"));
    const auto clip = [](QCPAxisRect *rect) {
        return [rect] { return rect->rect().adjusted(-1, -1, 1, 1); };
    };
    new PaintedLayerable(canvas(), QStringLiteral("main"), clip(m_values),
                         [this](QCPPainter &p) { drawLines(p); });
    new PaintedLayerable(canvas(), QStringLiteral("main"), clip(m_deltas),
                         [this](QCPPainter &p) { drawBars(p); });
    new PaintedLayerable(canvas(), QStringLiteral("axes"), nullptr,
                         [this](QCPPainter &p) { drawLegend(p); });
    new PaintedLayerable(canvas(), QStringLiteral("cursor"), nullptr,
                         [this](QCPPainter &p) { drawCursor(p); });
    themeChanged(tokens());
    setData({});
}

int BlockDeltaPlot::count() const
{
    return static_cast<int>(std::max(m_data.before.size(), m_data.after.size()));
}

double BlockDeltaPlot::delta(int block) const
{
    const auto at = static_cast<std::size_t>(block);
    if (at >= m_data.before.size() || at >= m_data.after.size())
        return std::nan("");
    return static_cast<double>(m_data.after[at]) - static_cast<double>(m_data.before[at]);
}

int BlockDeltaPlot::betterCount() const
{
    int out = 0;
    for (int b = 0; b < count(); ++b)
        out += delta(b) > 0 ? 1 : 0;
    return out;
}

void BlockDeltaPlot::setData(BlockPair data)
{
    m_data = std::move(data);
    double low = 1e300, high = -1e300, most = 0;
    for (const std::vector<float> *values : { &m_data.before, &m_data.after }) {
        for (const float v : *values) {
            if (std::isfinite(v)) {
                low = std::min(low, static_cast<double>(v));
                high = std::max(high, static_cast<double>(v));
            }
        }
    }
    for (int b = 0; b < count(); ++b) {
        if (std::isfinite(delta(b)))
            most = std::max(most, std::abs(delta(b)));
    }
    if (low > high) {
        low = 0;
        high = 1;
    }
    const double span = std::max(high - low, 0.5), reach = std::max(most * 1.25, 0.1);
    QCPAxis *top = m_values->axis(QCPAxis::atBottom), *x = m_deltas->axis(QCPAxis::atBottom);
    QCPAxis *y = m_values->axis(QCPAxis::atLeft), *d = m_deltas->axis(QCPAxis::atLeft);
    const double x0 = -0.5, x1 = std::max(1, count()) - 0.5;
    // Another answer about the same blocks is looked at where the last one was.
    const bool same = !views().empty() && views().front().homeX1 == x1 && y->label() == m_data.axis;
    const std::vector<Shown> seen = same ? shown() : std::vector<Shown>();
    if (!same)
        clearViews();
    y->setLabel(m_data.axis);
    d->setLabel(m_data.unit.isEmpty() ? tr("Δ") : tr("Δ %1").arg(m_data.unit));
    views() = { { m_values, top, y, x0, x1, low - span * 0.08, high + span * 0.08, false, 0 },
                { m_deltas, x, d, x0, x1, -reach, reach, false, 0 } };
    for (const View &view : views()) {
        view.x->setRange(view.homeX0, view.homeX1);
        view.y->setRange(view.homeY0, view.homeY1);
    }
    showAgain(seen);
    // One x for both.
    for (QCPAxis *from : { top, x }) {
        QCPAxis *to = from == top ? x : top;
        disconnect(from, nullptr, to, nullptr);
        connect(from, QOverload<const QCPRange &>::of(&QCPAxis::rangeChanged), to,
                QOverload<const QCPRange &>::of(&QCPAxis::setRange));
    }
    dataChanged();
    replotLater();
}

void BlockDeltaPlot::setSelectedBlock(std::optional<int> block)
{
    m_block = block;
    replotLater();
}

void BlockDeltaPlot::setStale(bool stale)
{
    if (stale == m_stale)
        return;
    m_stale = stale;
    replotLater();
}

void BlockDeltaPlot::themeChanged(const Tokens &)
{
    if (m_values) // names stand above the lines
        m_values->setMinimumMargins(
            QMargins(0, QFontMetrics(captionFont()).height() + px(4), 0, 0));
}

void BlockDeltaPlot::drawSteps(QCPPainter &p, const std::vector<float> &values)
{
    QCPAxis *x = m_values->axis(QCPAxis::atBottom), *y = m_values->axis(QCPAxis::atLeft);
    QPolygonF line;
    for (std::size_t b = 0; b <= values.size(); ++b) {
        if (b == values.size() || !std::isfinite(values[b])) {
            if (line.size() > 1)
                p.drawPolyline(line);
            line.clear();
            continue;
        }
        const double at = y->coordToPixel(static_cast<double>(values[b]));
        line << QPointF(x->coordToPixel(double(b) - 0.5), at)
             << QPointF(x->coordToPixel(double(b) + 0.5), at);
    }
}

void BlockDeltaPlot::drawLines(QCPPainter &p)
{
    const Tokens &t = tokens();
    if (m_block) {
        QCPAxis *x = m_values->axis(QCPAxis::atBottom);
        const double left = x->coordToPixel(*m_block - 0.5),
                     right = x->coordToPixel(*m_block + 0.5);
        p.fillRect(QRectF(left, m_values->top(), right - left, m_values->height()), t.sel);
    }
    p.setBrush(Qt::NoBrush);
    QPen pen(t.tick, 1);
    pen.setDashPattern({ 3, 2 });
    p.setPen(pen);
    drawSteps(p, m_data.before);
    const MethodStyle style = methodStyle(t, m_data.family, m_data.filled);
    p.setPen(QPen(m_stale ? t.disabled : style.color, 1.5));
    drawSteps(p, m_data.after);
}

void BlockDeltaPlot::drawBars(QCPPainter &p)
{
    const Tokens &t = tokens();
    QCPAxis *x = m_deltas->axis(QCPAxis::atBottom), *y = m_deltas->axis(QCPAxis::atLeft);
    if (m_block) {
        const double left = x->coordToPixel(*m_block - 0.5),
                     right = x->coordToPixel(*m_block + 0.5);
        p.fillRect(QRectF(left, m_deltas->top(), right - left, m_deltas->height()), t.sel);
    }
    const double zero = y->coordToPixel(0);
    p.setPen(QPen(t.axis, 1));
    p.drawLine(QPointF(m_deltas->left(), zero), QPointF(m_deltas->right(), zero));
    for (int b = 0; b < count(); ++b) {
        const double value = delta(b);
        if (!std::isfinite(value))
            continue;
        const double left = x->coordToPixel(b - 0.5), right = x->coordToPixel(b + 0.5);
        const double gap = right - left > 4 ? 1 : 0, to = y->coordToPixel(value);
        p.fillRect(QRectF(left + gap, std::min(zero, to), std::max(1.0, right - left - gap),
                          std::abs(to - zero)),
                   m_stale ? t.disabled : deltaColor(t, value));
    }
}

void BlockDeltaPlot::drawLegend(QCPPainter &p)
{
    const Tokens &t = tokens();
    if (count() == 0)
        return;
    p.setFont(captionFont());
    const QFontMetricsF metrics(captionFont());
    const double y = m_values->top() - metrics.height() * 0.6;
    double right = m_values->right() - px(4);
    const MethodStyle style = methodStyle(t, m_data.family, m_data.filled);
    const struct
    {
        QString name;
        QPen pen;
    } entries[] = { { m_data.afterName, QPen(style.color, 1.5) },
                    { m_data.beforeName, QPen(t.tick, 1, Qt::DashLine) } };
    for (const auto &entry : entries) {
        const QString name =
            metrics.elidedText(entry.name, Qt::ElideRight, m_values->width() / 3.0);
        const double width = metrics.horizontalAdvance(name);
        p.setPen(t.text2);
        p.drawText(QRectF(right - width, y - metrics.height() / 2, width + 1, metrics.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, name);
        p.setPen(entry.pen);
        p.drawLine(QPointF(right - width - px(22), y), QPointF(right - width - px(6), y));
        right -= width + px(34);
    }
    // The worst block, where something got worse.
    int worst = -1;
    for (int b = 0; b < count(); ++b) {
        if (delta(b) < 0 && (worst < 0 || delta(b) < delta(worst)))
            worst = b;
    }
    QCPAxis *x = m_deltas->axis(QCPAxis::atBottom), *d = m_deltas->axis(QCPAxis::atLeft);
    if (worst < 0 || !x->range().contains(worst))
        return;
    const QString label = tr("b%1 %2").arg(worst).arg(signedText(delta(worst), 1));
    const double width = metrics.horizontalAdvance(label);
    QRectF box(x->coordToPixel(worst) - width / 2, d->coordToPixel(delta(worst)) + px(1), width + 1,
               metrics.height());
    box.moveLeft(std::clamp(box.left(), double(m_deltas->left()), m_deltas->right() - width));
    if (box.bottom() > m_deltas->bottom())
        box.moveBottom(d->coordToPixel(0) - px(2));
    p.setPen(t.text2);
    p.drawText(box, Qt::AlignCenter, label);
}

void BlockDeltaPlot::drawCursor(QCPPainter &p)
{
    if (!m_hovered)
        return;
    const double x = std::round(m_values->axis(QCPAxis::atBottom)->coordToPixel(*m_hovered));
    QPen pen(tokens().tick, 1);
    pen.setDashPattern({ 2, 3 });
    p.setPen(pen);
    for (const QCPAxisRect *rect : { m_values, m_deltas })
        p.drawLine(QPointF(x, rect->top()), QPointF(x, rect->bottom()));
}

int BlockDeltaPlot::blockAt(double x) const
{
    const int block =
        static_cast<int>(std::lround(m_values->axis(QCPAxis::atBottom)->pixelToCoord(x)));
    return block >= 0 && block < count() ? block : -1;
}

QString BlockDeltaPlot::hover(const QPointF *pos)
{
    const auto before = m_hovered;
    m_hovered.reset();
    if (pos
        && (m_values->rect().contains(pos->toPoint())
            || m_deltas->rect().contains(pos->toPoint()))) {
        if (const int block = blockAt(pos->x()); block >= 0)
            m_hovered = block;
    }
    if (m_hovered != before)
        cursorLayer()->replot();
    if (!m_hovered)
        return {};
    const auto value = [&](const std::vector<float> &values) {
        const auto at = static_cast<std::size_t>(*m_hovered);
        return at < values.size() ? fixedText(static_cast<double>(values[at]), 2)
                                  : QStringLiteral("–");
    };
    return tr("block %1 · %2 %3 · %4 %5 · Δ %6 %7")
        .arg(*m_hovered)
        .arg(m_data.beforeName, value(m_data.before), m_data.afterName, value(m_data.after),
             signedText(delta(*m_hovered), 2), m_data.unit);
}

bool BlockDeltaPlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    const int block = blockAt(pos.x());
    if (block < 0 || pos.x() < m_values->left() || pos.x() > m_values->right())
        return false;
    setSelectedBlock(block);
    Q_EMIT blockSelected(block);
    return true;
}

bool BlockDeltaPlot::key(int key, Qt::KeyboardModifiers)
{
    if ((key != Qt::Key_Left && key != Qt::Key_Right) || count() == 0)
        return false;
    const int next =
        std::clamp(m_block.value_or(0) + (key == Qt::Key_Right ? 1 : -1), 0, count() - 1);
    setSelectedBlock(next);
    Q_EMIT blockSelected(next);
    return true;
}

PlotTable BlockDeltaPlot::table() const
{
    PlotTable out;
    out.comments << m_data.axis;
    out.columns << tr("block") << m_data.beforeName << m_data.afterName << tr("difference");
    out.rows = count();
    out.cell = [data = m_data](int row, int column) -> QVariant {
        const auto at = static_cast<std::size_t>(row);
        const auto value = [&](const std::vector<float> &values) -> QVariant {
            return at < values.size() && std::isfinite(values[at])
                ? QVariant(static_cast<double>(values[at]))
                : QVariant();
        };
        const QVariant before = value(data.before), after = value(data.after);
        switch (column) {
        case 0: return row;
        case 1: return before;
        case 2: return after;
        default:
            return before.isValid() && after.isValid()
                ? QVariant(after.toDouble() - before.toDouble())
                : QVariant();
        }
    };
    return out;
}

QString BlockDeltaPlot::summary() const
{
    if (count() == 0)
        return tr("%1: no data").arg(title());
    return tr("%1 of %2 blocks of %3 are better than those of %4")
        .arg(betterCount())
        .arg(count())
        .arg(m_data.afterName, m_data.beforeName);
}

} // namespace batlab::plots
