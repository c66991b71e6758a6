// SPDX-License-Identifier: GPL-3.0-or-later
// What small multiples say: titles and the row axis, the readout, the table twin, the summary.
#include "views/plots/small_multiples.h"

#include "views/plots/markers.h"
#include "views/plots/number_text.h"
#include "views/plots/plot_canvas.h"
#include "views/plots/small_multiples_cell.h"
#include "views/plots/theme.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

void SmallMultiplesHeatmap::drawTitle(QCPPainter &p, const QRect &r, int index)
{
    const MapItem &item = m_maps[std::size_t(index)];
    const Tokens &t = tokens();
    drawMarker(p, QPointF(r.left() + px(5), r.center().y() + 1), px(8),
               methodStyle(t, item.family, item.filled), t.base);
    QFont bold = captionFont();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics nameMetrics(bold), noteMetrics(captionFont());
    const int left = r.left() + px(14);
    // The note keeps its room while the name keeps at least half.
    const int noteWidth = noteMetrics.horizontalAdvance(item.note) + px(8);
    const int nameRoom = r.right() - left - (noteWidth < (r.right() - left) / 2 ? noteWidth : 0);
    const QString name = nameMetrics.elidedText(item.name, Qt::ElideRight, nameRoom);
    p.setFont(bold);
    p.setPen(t.text);
    p.drawText(QRect(left, r.top(), r.right() - left, r.height()), Qt::AlignLeft | Qt::AlignVCenter,
               name);
    const int room = r.right() - left - nameMetrics.horizontalAdvance(name) - px(10);
    if (room < px(40))
        return;
    p.setFont(captionFont());
    p.setPen(item.noteIsWarning ? t.bad : t.text3);
    // What does not fit goes part by part, from the end.
    QString note = item.note;
    while (noteMetrics.horizontalAdvance(note) > room && note.contains(QLatin1Char(',')))
        note = note.left(note.lastIndexOf(QLatin1Char(',')));
    if (noteMetrics.horizontalAdvance(note) <= room)
        p.drawText(QRect(r.right() - room, r.top(), room, r.height()),
                   Qt::AlignRight | Qt::AlignVCenter, note);
}

void SmallMultiplesHeatmap::drawRowAxis(QCPPainter &p, const QRect &r, int index)
{
    const Cell &cell = *m_cells[std::size_t(index)];
    const Tokens &t = tokens();
    const QFontMetrics metrics(captionFont());
    p.setFont(captionFont());
    QCPAxis *y = cell.rect->axis(QCPAxis::atLeft);
    QVector<double> ticks;
    QVector<QString> labels;
    cell.rowTicker->generate(y->range(), {}, {}, 0, ticks, nullptr, &labels);
    double lowest = -1e9; // where a label stands
    for (int i = 0; i < ticks.size(); ++i) {
        const double at = y->coordToPixel(ticks[i]);
        lowest = std::max(lowest, at);
        p.setPen(QPen(t.axis, 1));
        p.drawLine(QPointF(r.right() + px(8) - 4, at), QPointF(r.right() + px(8), at));
        p.setPen(t.tick);
        p.drawText(
            QRectF(r.left(), at - metrics.height(), r.width() + px(8) - 7, 2 * metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, labels[i]);
    }
    if (cell.profileRect) {
        QCPAxis *value = cell.profileRect->axis(QCPAxis::atLeft);
        std::vector<double> values = roundTicks(value->range().lower, value->range().upper,
                                                value->scaleType() == QCPAxis::stLogarithmic, 2);
        std::reverse(values.begin(), values.end()); // downwards
        for (const double v : values) {
            const double at = value->coordToPixel(v);
            if (at - lowest <= metrics.capHeight())
                continue;
            lowest = at;
            p.drawText(QRectF(r.left(), at - metrics.height(), r.width() + px(8) - 7,
                              2 * metrics.height()),
                       Qt::AlignRight | Qt::AlignVCenter, numberText(v, 2));
        }
    }
    p.save();
    p.translate(r.left() + metrics.height() / 2.0, cell.rect->rect().center().y());
    p.rotate(-90);
    p.drawText(QRectF(-200, -metrics.height() / 2.0, 400, metrics.height()), Qt::AlignCenter,
               m_text.rowAxis);
    p.restore();
}

HeatCell SmallMultiplesHeatmap::cellAt(const QPointF &pos, int &index) const
{
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const Cell &cell = *m_cells[i];
        if (cell.map->rows() == 0 || !cell.rect->rect().contains(pos.toPoint()))
            continue;
        index = int(i);
        const int c = int(std::lround(cell.map->keyAxis()->pixelToCoord(pos.x())));
        const int r = int(std::lround(cell.map->valueAxis()->pixelToCoord(pos.y())));
        return { std::clamp(r, 0, int(cell.map->rows()) - 1),
                 std::clamp(c, 0, int(cell.map->columns()) - 1) };
    }
    return {};
}

QString SmallMultiplesHeatmap::hover(const QPointF *pos)
{
    int index = -1;
    const HeatCell before = m_hovered;
    m_hovered = pos ? cellAt(*pos, index) : HeatCell {};
    if (m_hovered != before)
        cursorLayer()->replot();
    if (!m_hovered.isValid())
        return {};
    const auto label = [](const std::function<QString(int)> &f, int i) {
        return f ? f(i) : QString::number(i);
    };
    QString text = m_text.column + QLatin1Char(' ') + label(m_text.columnLabel, m_hovered.column)
        + QStringLiteral(" · ") + m_text.row + QLatin1Char(' ')
        + label(m_text.rowLabel, m_hovered.row);
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        text += QStringLiteral(" · ") + m_maps[i].name + QLatin1Char(' ')
            + numberText(m_cells[i]->map->value(m_hovered.row, m_hovered.column));
    if (m_text.note)
        text += QLatin1Char(' ') + m_text.note(m_hovered.row, m_hovered.column);
    return text;
}

PlotTable SmallMultiplesHeatmap::table() const
{
    PlotTable out;
    if (m_maps.empty())
        return out;
    const LodPyramid::Level &first = m_maps.front().data->levels.front();
    out.columns << m_text.row << m_text.column;
    for (const MapItem &m : m_maps)
        out.columns << m.name;
    out.rows = int(first.max.size());
    out.cell = [maps = m_maps, cols = int(first.cols)](int row, int column) -> QVariant {
        if (column < 2)
            return column == 0 ? row / cols : row % cols;
        const std::vector<float> &cells = maps[std::size_t(column - 2)].data->levels.front().max;
        if (std::size_t(row) >= cells.size() || std::isnan(cells[std::size_t(row)]))
            return {};
        return cells[std::size_t(row)];
    };
    return out;
}

QString SmallMultiplesHeatmap::summary() const
{
    if (m_maps.empty())
        return tr("%1: no data").arg(title());
    QStringList parts;
    for (const MapItem &m : m_maps)
        parts << tr("%1 maximum %2").arg(m.name, numberText(m.data->levels.back().max.front()));
    return tr("%1 heat maps with identical limits %2 to %3: ")
               .arg(m_maps.size())
               .arg(numberText(m_scale->lower()), numberText(m_scale->upper()))
        + parts.join(QStringLiteral(", "));
}

} // namespace batlab::plots
