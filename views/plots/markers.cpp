// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/markers.h"

#include <QPainter>
#include <QPainterPath>
#include <QPen>

#include <cmath>

namespace batlab::plots {

namespace {

QPolygonF regular(const QPointF &c, double radius, int corners, double startDegrees,
                  double inner = 0)
{
    QPolygonF polygon;
    const int points = inner > 0 ? 2 * corners : corners;
    for (int i = 0; i < points; ++i) {
        const double r = inner > 0 && i % 2 ? inner : radius;
        const double a = (startDegrees + 360.0 * i / points) * 3.14159265358979323846 / 180;
        polygon << c + QPointF(r * std::cos(a), -r * std::sin(a));
    }
    return polygon;
}

} // namespace

QPen methodPen(const MethodStyle &style)
{
    QPen pen(style.color, style.width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    if (!style.dash.isEmpty())
        pen.setDashPattern(style.dash);
    return pen;
}

void drawMarker(QPainter &p, const QPointF &c, double size, const MethodStyle &style,
                const QColor &surface)
{
    const double r = size / 2;
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(style.color, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::MiterJoin));
    p.setBrush(style.filled ? style.color : surface);
    switch (style.marker) {
    case Marker::none: {
        p.setPen(Qt::NoPen);
        p.setBrush(style.color);
        const double d = size * 0.24;
        for (const double x : { -1.5, 0.0, 1.5 })
            p.drawRect(QRectF(c.x() + x * d - d / 2, c.y() - d / 2, d, d));
        break;
    }
    case Marker::cross:
    case Marker::plus: {
        p.setPen(QPen(style.color, style.filled ? 2.4 : 1.5, Qt::SolidLine, Qt::FlatCap));
        const double d = style.marker == Marker::cross ? r * 0.85 : r;
        if (style.marker == Marker::cross) {
            p.drawLine(c + QPointF(-d, -d), c + QPointF(d, d));
            p.drawLine(c + QPointF(-d, d), c + QPointF(d, -d));
        } else {
            p.drawLine(c + QPointF(-d, 0), c + QPointF(d, 0));
            p.drawLine(c + QPointF(0, -d), c + QPointF(0, d));
        }
        break;
    }
    case Marker::square:
        p.drawRect(QRectF(c.x() - r * 0.85, c.y() - r * 0.85, r * 1.7, r * 1.7));
        break;
    case Marker::diamond: p.drawPolygon(regular(c, r * 1.08, 4, 90)); break;
    case Marker::triangleUp:
        p.drawPolygon(regular(c + QPointF(0, r * 0.15), r * 1.08, 3, 90));
        break;
    case Marker::triangleDown:
        p.drawPolygon(regular(c - QPointF(0, r * 0.15), r * 1.08, 3, -90));
        break;
    case Marker::circle: p.drawEllipse(c, r * 0.95, r * 0.95); break;
    case Marker::pentagon: p.drawPolygon(regular(c, r * 1.05, 5, 90)); break;
    case Marker::star: p.drawPolygon(regular(c, r * 1.15, 5, 90, r * 0.5)); break;
    case Marker::hexagon: p.drawPolygon(regular(c, r, 6, 90)); break;
    }
    p.restore();
}

} // namespace batlab::plots
