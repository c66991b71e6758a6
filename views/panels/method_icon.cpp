// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/method_icon.h"

#include "views/models/text.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include <cmath>

namespace batlab::views {

namespace {

constexpr double kPi = 3.14159265358979323846;

QPolygonF regular(int corners, double radius, double start, double inner = 0)
{
    QPolygonF polygon;
    const int n = inner > 0 ? 2 * corners : corners;
    for (int i = 0; i < n; ++i) {
        const double r = inner > 0 && i % 2 == 1 ? inner : radius;
        const double angle = start + 2 * kPi * i / n;
        polygon << QPointF(8 + r * std::cos(angle), 8 + r * std::sin(angle));
    }
    return polygon;
}

void draw(QPainter &painter, const plots::MethodStyle &style)
{
    painter.setPen(QPen(style.color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::MiterJoin));
    painter.setBrush(style.filled ? QBrush(style.color) : Qt::NoBrush);
    using plots::Marker;
    switch (style.marker) {
    case Marker::none: {
        QPen pen(style.color, 1.6);
        pen.setDashPattern({ 2, 1.3 });
        painter.setPen(pen);
        painter.drawLine(QPointF(2, 8), QPointF(14, 8));
        break;
    }
    case Marker::cross:
        painter.drawLine(QPointF(4.5, 4.5), QPointF(11.5, 11.5));
        painter.drawLine(QPointF(4.5, 11.5), QPointF(11.5, 4.5));
        if (style.filled) // a filled cross is drawn bold
            painter.strokePath([] {
                QPainterPath p;
                p.moveTo(4.5, 4.5);
                p.lineTo(11.5, 11.5);
                p.moveTo(4.5, 11.5);
                p.lineTo(11.5, 4.5);
                return p;
            }(), QPen(style.color, 3.2));
        break;
    case Marker::plus:
        painter.setPen(QPen(style.color, style.filled ? 3.2 : 1.6));
        painter.drawLine(QPointF(3.5, 8), QPointF(12.5, 8));
        painter.drawLine(QPointF(8, 3.5), QPointF(8, 12.5));
        break;
    case Marker::square: painter.drawRect(QRectF(4, 4, 8, 8)); break;
    case Marker::diamond: painter.drawPolygon(regular(4, 5.2, 0)); break;
    case Marker::triangleUp: painter.drawPolygon(regular(3, 5.2, -kPi / 2)); break;
    case Marker::triangleDown: painter.drawPolygon(regular(3, 5.2, kPi / 2)); break;
    case Marker::circle: painter.drawEllipse(QPointF(8, 8), 4.2, 4.2); break;
    case Marker::pentagon: painter.drawPolygon(regular(5, 5, -kPi / 2)); break;
    case Marker::star: painter.drawPolygon(regular(5, 5.4, -kPi / 2, 2.2)); break;
    case Marker::hexagon: painter.drawPolygon(regular(6, 5, 0)); break;
    }
}

} // namespace

QIcon methodIcon(const QString &family, bool filled, const plots::Tokens &tokens)
{
    const plots::MethodStyle style = plots::methodStyle(tokens, family, filled);
    QIcon icon;
    for (const int ratio : { 1, 2, 3 }) {
        QPixmap pixmap(16 * ratio, 16 * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        draw(painter, style);
        painter.end();
        for (const QIcon::Mode mode : { QIcon::Normal, QIcon::Selected })
            icon.addPixmap(pixmap, mode);
    }
    return icon;
}

QIcon methodIcon(const VariantInfo &info, const plots::Tokens &tokens)
{
    return methodIcon(qs(info.family), info.filled, tokens);
}

} // namespace batlab::views
