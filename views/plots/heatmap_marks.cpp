// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/heatmap_marks.h"

#include "views/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

void drawRanks(QPainter &painter, const QRectF &view, const std::vector<RankMark> &marks)
{
    QFont font = captionFont();
    font.setBold(true);
    const QFontMetricsF metrics(font);
    const double arrow = px(5), half = std::max(arrow * 0.65, metrics.capHeight() / 2) + 2;
    std::vector<QRectF> taken;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const RankMark &mark : marks) {
        const QString text = QString::number(mark.rank);
        const double width = metrics.horizontalAdvance(text);
        // Rows at the edge may be thinner than a digit: the mark stays inside.
        const double y = std::clamp(mark.cell.center().y(), view.top() + half,
                                    std::max(view.top() + half, view.bottom() - half));
        const auto place = [&](bool onLeft, bool numbered) {
            const double length = arrow + (numbered ? 3 + width : 0) + 2;
            const double left = onLeft ? mark.cell.left() - 3 - length : mark.cell.right() + 3;
            return QRectF(left, y - half, length, 2 * half);
        };
        const auto free = [&](const QRectF &area) {
            return area.left() >= view.left() && area.right() <= view.right()
                && std::none_of(taken.begin(), taken.end(),
                                [&](const QRectF &t) { return t.intersects(area); });
        };
        // With its number on either side; else the tick alone; where nothing is free, the
        // neighbour's mark stands for both.
        bool onLeft = false, numbered = true, fits = false;
        for (const bool withNumber : { true, false })
            for (const bool left : { false, true })
                if (!fits && free(place(left, withNumber))) {
                    onLeft = left;
                    numbered = withNumber;
                    fits = true;
                }
        if (!fits)
            continue;
        taken.push_back(place(onLeft, numbered));
        const double direction = onLeft ? -1 : 1;
        const QPointF tip(onLeft ? mark.cell.left() - 3 : mark.cell.right() + 3, y);
        QPainterPath path;
        path.addPolygon(QPolygonF({ tip, tip + QPointF(direction * arrow, -arrow * 0.65),
                                    tip + QPointF(direction * arrow, arrow * 0.65) }));
        path.closeSubpath();
        if (numbered) {
            const double left = onLeft ? tip.x() - arrow - 3 - width : tip.x() + arrow + 3;
            // Digits are as tall as capitals: centre them by cap height.
            path.addText(QPointF(left, y + metrics.capHeight() / 2), font, text);
        }
        painter.strokePath(
            path, QPen(QColor(0, 0, 0, 190), 2.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.fillPath(path, Qt::white);
    }
    painter.restore();
}

void drawCellFrame(QPainter &painter, const QRectF &cell, const Tokens &t)
{
    QRectF frame = cell;
    const double width = std::max(frame.width(), 7.0), height = std::max(frame.height(), 7.0);
    frame = QRectF(frame.center().x() - width / 2, frame.center().y() - height / 2, width, height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.markerOuter, 1, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(frame.adjusted(-0.75, -0.75, 0.75, 0.75));
    painter.setPen(QPen(t.markerInner, 1.5, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.restore();
}

void drawCrosshair(QPainter &painter, const QRectF &view, const QPointF &at)
{
    painter.save();
    const auto lines = [&](const QPen &pen) {
        painter.setPen(pen);
        if (at.x() >= view.left() && at.x() <= view.right())
            painter.drawLine(QPointF(at.x(), view.top()), QPointF(at.x(), view.bottom()));
        if (at.y() >= view.top() && at.y() <= view.bottom())
            painter.drawLine(QPointF(view.left(), at.y()), QPointF(view.right(), at.y()));
    };
    lines(QPen(QColor(0, 0, 0, 70), 1));
    QPen dots(QColor(255, 255, 255, 200), 1);
    dots.setDashPattern({ 2, 3 });
    lines(dots);
    painter.restore();
}

void drawValuePlate(QPainter &painter, const QRectF &view, const QPointF &at, const QString &text)
{
    const QFontMetricsF metrics(captionFont());
    QRectF plate(0, 0, metrics.horizontalAdvance(text) + px(10), metrics.height() + px(2));
    plate.moveBottomLeft(at + QPointF(px(6), -px(5)));
    if (plate.right() > view.right() - 2)
        plate.moveRight(at.x() - px(6));
    if (plate.top() < view.top() + 2)
        plate.moveTop(at.y() + px(5));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(16, 19, 24, 225));
    painter.drawRoundedRect(plate, 3, 3);
    painter.setPen(Qt::white);
    painter.setFont(captionFont());
    painter.drawText(plate, Qt::AlignCenter, text);
    painter.restore();
}

} // namespace batlab::plots
