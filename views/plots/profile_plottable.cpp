// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/profile_plottable.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::plots {

ProfilePlottable::ProfilePlottable(QCPAxis *key, QCPAxis *value) : QCPAbstractPlottable(key, value)
{
    setSelectable(QCP::stNone);
}

void ProfilePlottable::setValues(std::vector<float> values) { m_values = std::move(values); }

QCPRange ProfilePlottable::getKeyRange(bool &found, QCP::SignDomain) const
{
    found = !m_values.empty();
    return { -0.5, double(m_values.size()) - 0.5 };
}

QCPRange ProfilePlottable::getValueRange(bool &found, QCP::SignDomain domain,
                                         const QCPRange &) const
{
    // Not a QCPRange yet: its constructor sorts its ends.
    double lower = std::numeric_limits<double>::infinity(), upper = -lower;
    for (const float v : m_values) {
        if (!std::isfinite(v) || (domain == QCP::sdPositive && v <= 0))
            continue;
        lower = std::min(lower, double(v));
        upper = std::max(upper, double(v));
    }
    found = lower <= upper;
    return found ? QCPRange(lower, upper) : QCPRange(0, 1);
}

void ProfilePlottable::draw(QCPPainter *painter)
{
    if (m_values.empty() || !keyAxis() || !valueAxis())
        return;
    const bool horizontal = keyAxis()->orientation() == Qt::Horizontal;
    const QRect area = clipRect();
    const double begin = horizontal ? area.left() : area.top();
    const int pixels = horizontal ? area.width() : area.height();
    const auto count = std::int64_t(m_values.size());
    const bool log = valueAxis()->scaleType() == QCPAxis::stLogarithmic;
    const double floorValue = valueAxis()->range().lower;
    const auto toPixel = [&](float v) {
        if (std::isnan(v) || (log && v <= 0))
            return valueAxis()->coordToPixel(floorValue);
        return valueAxis()->coordToPixel(std::max(double(v), floorValue));
    };
    // Corners (key pixel, value pixel) of the step line.
    QVector<QPointF> line;
    const double perPixel = keyAxis()->range().size() / std::max(1, pixels);
    if (perPixel > 1) {
        for (int i = 0; i < pixels; ++i) {
            const double a = keyAxis()->pixelToCoord(begin + i) + 0.5;
            const double b = keyAxis()->pixelToCoord(begin + i + 1) + 0.5;
            const auto first = std::max<std::int64_t>(0, std::int64_t(std::floor(std::min(a, b))));
            const auto last = std::min(count - 1, std::int64_t(std::ceil(std::max(a, b))) - 1);
            float v = std::numeric_limits<float>::quiet_NaN();
            for (std::int64_t k = first; k <= last; ++k)
                v = std::isnan(v) ? m_values[std::size_t(k)]
                                  : std::max(v, m_values[std::size_t(k)]);
            const double y = toPixel(v);
            line << QPointF(begin + i, y) << QPointF(begin + i + 1, y);
        }
    } else {
        const auto first =
            std::max<std::int64_t>(0, std::int64_t(std::floor(keyAxis()->range().lower + 0.5)));
        const auto last =
            std::min(count - 1, std::int64_t(std::ceil(keyAxis()->range().upper + 0.5)) - 1);
        for (std::int64_t k = first; k <= last; ++k) {
            const double y = toPixel(m_values[std::size_t(k)]);
            line << QPointF(keyAxis()->coordToPixel(double(k) - 0.5), y)
                 << QPointF(keyAxis()->coordToPixel(double(k) + 0.5), y);
        }
    }
    if (line.isEmpty())
        return;
    const double ground = valueAxis()->coordToPixel(floorValue);
    QPolygonF outline, fill;
    fill << QPointF(line.front().x(), ground);
    for (const QPointF &p : std::as_const(line)) {
        outline << p;
        fill << p;
    }
    fill << QPointF(line.back().x(), ground);
    if (!horizontal) {
        for (QPolygonF *polygon : { &outline, &fill })
            for (QPointF &p : *polygon)
                p = QPointF(p.y(), p.x());
    }
    if (mBrush.style() != Qt::NoBrush) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(mBrush);
        painter->drawPolygon(fill);
    }
    painter->setBrush(Qt::NoBrush);
    painter->setPen(mPen);
    painter->drawPolyline(outline);
}

} // namespace batlab::plots
