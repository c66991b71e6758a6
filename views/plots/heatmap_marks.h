// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QRectF>

#include <vector>

class QPainter;

namespace batlab::plots {

/// What is drawn above map cells; readable on every colour of every map.
struct RankMark
{
    int rank = 0;
    QRectF cell;
};
/// A small arrow towards each cell and its rank; ranks closer than 9 px to one already drawn keep
/// only the arrow.
void drawRanks(QPainter &painter, const QRectF &view, const std::vector<RankMark> &marks);
/// 1.5-px white inside 1-px black, never smaller than 7 px.
void drawCellFrame(QPainter &painter, const QRectF &cell, const Tokens &tokens);
/// Dotted lines through the whole map.
void drawCrosshair(QPainter &painter, const QRectF &view, const QPointF &at);
/// A value on a dark plate beside a point, kept inside the view.
void drawValuePlate(QPainter &painter, const QRectF &view, const QPointF &at, const QString &text);

} // namespace batlab::plots
