// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/tokens.h"

#include <QPointF>

class QPainter;
class QPen;

namespace batlab::plots {

/// A method's marker, `size` px across, outlined in the line colour; open markers are filled with
/// `surface`. The reference (no marker) is drawn as three dots of its dashed line.
void drawMarker(QPainter &painter, const QPointF &centre, double size, const MethodStyle &style,
                const QColor &surface);
/// The pen of a method's line.
[[nodiscard]] QPen methodPen(const MethodStyle &style);

} // namespace batlab::plots
