// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/color_bar.h"

#include "views/plots/number_text.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr int kBins = 48;
constexpr double kFloorShare = 0.24; ///< width of the bar where no cell falls

QString tickText(double value) { return numberText(value, 2); }

} // namespace

ColorBar::ColorBar(QCustomPlot *plot, std::function<QRect()> extent)
    : QCPLayoutElement(plot)
    , m_extent(std::move(extent))
    , m_scale(std::make_shared<ColorScale>())
    , m_tokens(&tokens(ThemeKind::light))
{
    setLayer(QStringLiteral("axes"));
    setAutoMargins(QCP::msNone);
    setMargins({});
    setMinimumMargins({});
    const int width = px(108); // "0.0025" and "2.9e−5" left of the bar, the handles right of it
    setMinimumSize(width, 10);
    setMaximumSize(width, QWIDGETSIZE_MAX);
}

void ColorBar::setScale(std::shared_ptr<ColorScale> scale) { m_scale = std::move(scale); }

void ColorBar::setTheme(const Tokens &tokens) { m_tokens = &tokens; }

void ColorBar::setTitle(const QString &first, const QString &second)
{
    m_first = first;
    m_second = second;
}

void ColorBar::setValues(std::vector<float> values, int pooled)
{
    m_values = std::move(values);
    m_pooled = pooled;
}

QStringList ColorBar::notes() const
{
    QStringList out;
    if (m_pooled > 1)
        out.append(tr("max of %1 × %1 cells").arg(m_pooled));
    if (m_scale->mode() == ScaleMode::percentile && m_scale->stride() > 1)
        out.append(tr("ranks: 1 in %1 values").arg(m_scale->stride()));
    return out;
}

int ColorBar::labelWidth() const
{
    // Constant, so that the bar does not jump while limits are dragged.
    return QFontMetrics(captionFont()).horizontalAdvance(QStringLiteral("0.0000")) + px(4);
}

QRectF ColorBar::bar() const
{
    const QRect extent = m_extent();
    const double left = rect().left() + labelWidth() + px(7);
    const double width = std::max(12.0, std::min<double>(px(36), rect().right() - px(12) - left));
    return { left, double(extent.top()), width, double(extent.height()) };
}

QRectF ColorBar::handleRect(Handle handle) const
{
    const QRectF b = bar();
    const double y = handle == Handle::upper ? b.top() : b.bottom();
    return { b.right() + 1, y - px(6), double(px(11)), double(px(12)) };
}

ColorBar::Handle ColorBar::handleAt(const QPointF &pos) const
{
    for (const Handle handle : { Handle::upper, Handle::lower }) {
        // 24 px to hit, whatever is drawn.
        QRectF hit = handleRect(handle);
        hit.adjust(-px(7), -px(6), px(6), px(6));
        if (hit.contains(pos))
            return handle;
    }
    return Handle::none;
}

void ColorBar::beginDrag()
{
    m_frozen = std::make_unique<ColorScale>(m_scale->map(), m_scale->mode());
    m_frozen->setLimits(m_scale->lower(), m_scale->upper());
}

void ColorBar::dragHandle(Handle handle, double y)
{
    if (!m_frozen || handle == Handle::none)
        return;
    const QRectF b = bar();
    double position = (b.bottom() - y) / b.height();
    // Percentiles have no value outside the data; the others may be widened by half the bar.
    position = m_scale->mode() == ScaleMode::percentile ? std::clamp(position, 0.0, 1.0)
                                                        : std::clamp(position, -0.5, 1.5);
    const bool percentile = m_scale->mode() == ScaleMode::percentile;
    const double value = percentile ? m_scale->valueAt(position) : m_frozen->valueAt(position);
    if (handle == Handle::lower && value < m_scale->upper())
        m_scale->setLimits(value, m_scale->upper());
    else if (handle == Handle::upper && value > m_scale->lower())
        m_scale->setLimits(m_scale->lower(), value);
}

void ColorBar::drawTicks(QCPPainter *painter, const QRectF &b)
{
    const Tokens &t = *m_tokens;
    const QFontMetrics metrics(captionFont());
    painter->setFont(captionFont());
    const int most = std::max(2, int(b.height() / (metrics.height() * 1.9)));
    std::vector<double> values = m_scale->ticks(most);
    // The limits always have a label; ticks that would touch one give way.
    std::vector<double> drawn;
    const auto place = [&](double v) {
        const double y = b.bottom() - m_scale->position(v) * b.height();
        for (const double other : drawn)
            if (std::abs(other - y) < metrics.height() * 0.95)
                return;
        drawn.push_back(y);
        painter->setPen(QPen(t.axis, 1));
        painter->drawLine(QPointF(b.left() - px(4), y), QPointF(b.left(), y));
        painter->setPen(t.tick);
        painter->drawText(
            QRectF(b.left() - px(6) - px(60), y - metrics.height(), px(60), metrics.height() * 2),
            Qt::AlignRight | Qt::AlignVCenter, tickText(v));
    };
    place(m_scale->upper());
    place(m_scale->lower());
    for (const double v : values)
        place(v);
}

void ColorBar::draw(QCPPainter *painter)
{
    const Tokens &t = *m_tokens;
    const QRectF b = bar();
    if (b.height() < 8)
        return;
    painter->setPen(Qt::NoPen);
    painter->setBrush(t.alt);
    painter->drawRect(b);

    std::vector<int> bins(kBins, 0);
    for (const float v : m_values) {
        const double p = m_scale->position(double(v)); // NaN where v is
        if (p >= 0 && p <= 1 && (v != 0 || m_scale->index(v) >= 0))
            ++bins[std::size_t(std::min(kBins - 1, int(p * kBins)))];
    }
    const int most = *std::max_element(bins.begin(), bins.end());
    // Shape: a constant floor keeps every colour readable, the rest grows with the log of the
    // count.
    const auto widthOf = [&](std::size_t bin) {
        const double share = most > 0 ? std::log1p(bins[bin]) / std::log1p(most) : 0;
        return b.width() * (kFloorShare + (0.92 - kFloorShare) * share);
    };
    QPolygonF shape;
    shape << b.bottomLeft();
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const double y0 = b.bottom() - b.height() * double(i) / kBins;
        const double y1 = b.bottom() - b.height() * double(i + 1) / kBins;
        shape << QPointF(b.left() + widthOf(i), y0) << QPointF(b.left() + widthOf(i), y1);
    }
    shape << b.topLeft();

    const ColorTable &table = colorTable(m_scale->map(), t.kind);
    QLinearGradient gradient(b.bottomLeft(), b.topLeft());
    constexpr int stops = 64;
    for (int i = 0; i <= stops; ++i)
        gradient.setColorAt(double(i) / stops,
                            QColor(table[std::size_t(i * (kColorEntries - 1) / stops)]));
    painter->setBrush(gradient);
    painter->drawPolygon(shape);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(t.histLine, 1));
    shape.removeFirst();
    shape.removeLast();
    painter->drawPolyline(shape);
    painter->setPen(QPen(t.axis, 1));
    painter->drawRect(b);
    drawTicks(painter, b);

    painter->setPen(Qt::NoPen);
    painter->setBrush(t.tick);
    for (const double y : { b.top(), b.bottom() }) {
        const QPointF tip(b.right() + 2, y);
        painter->drawPolygon(
            QPolygonF({ tip, tip + QPointF(px(7), -px(5)), tip + QPointF(px(7), px(5)) }));
    }

    const QFontMetrics metrics(captionFont());
    painter->setFont(captionFont());
    painter->setPen(t.tick);
    double y = b.top() - metrics.height() - px(6);
    const double left = rect().left();
    const double width = rect().width();
    for (const QString &line : { m_second, m_first }) {
        painter->drawText(QRectF(left, y, width, metrics.height()),
                          Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(line, Qt::ElideRight, int(width)));
        y -= metrics.height();
        painter->setPen(t.tick);
    }
    y = b.bottom() + px(6); // below the handle
    for (const QString &line : notes()) {
        painter->drawText(QRectF(left, y, width, metrics.height()),
                          Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(line, Qt::ElideRight, int(width)));
        y += metrics.height();
    }
}

} // namespace batlab::plots
