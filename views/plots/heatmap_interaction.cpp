// SPDX-License-Identifier: GPL-3.0-or-later
// Pointing, choosing, keys and the table of a heat map.
#include "views/plots/color_bar.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_marks.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/number_text.h"
#include "views/plots/painted.h"
#include "views/plots/plot_canvas.h"

#include <QAccessible>

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

QString indexText(const std::function<QString(int)> &label, int index)
{
    return label ? label(index) : QString::number(index);
}

} // namespace

std::vector<RankMark> HeatmapPlot::rankMarks() const
{
    std::vector<RankMark> marks;
    const QRectF view = m_mapRect->rect();
    for (std::size_t i = 0; i < m_ranked.size(); ++i) {
        const QRectF cell = m_map->cellRect(m_ranked[i].row, m_ranked[i].column);
        if (view.contains(cell.center()))
            marks.push_back({ int(i) + 1, cell });
    }
    return marks;
}

HeatCell HeatmapPlot::cellAt(const QPointF &pos) const
{
    if (m_map->rows() == 0 || !m_mapRect->rect().contains(pos.toPoint()))
        return {};
    const int column = int(std::lround(m_mapRect->axis(QCPAxis::atBottom)->pixelToCoord(pos.x())));
    const int row = int(std::lround(m_mapRect->axis(QCPAxis::atLeft)->pixelToCoord(pos.y())));
    return { std::clamp(row, 0, rows() - 1), std::clamp(column, 0, columns() - 1) };
}

QString HeatmapPlot::describe(HeatCell cell) const
{
    if (!cell.isValid() || cell.row >= rows() || cell.column >= columns())
        return {};
    const float value = m_map->value(cell.row, cell.column);
    QString text = m_text.row + QLatin1Char(' ') + indexText(m_text.rowLabel, cell.row)
        + QStringLiteral(" · ") + m_text.column + QLatin1Char(' ')
        + indexText(m_text.columnLabel, cell.column) + QStringLiteral(" · ");
    if (m_map->isPending(cell.row))
        return text + tr("not computed yet");
    if (std::isnan(value))
        return text + tr("no value");
    text += m_text.value + QLatin1Char(' ') + numberText(value);
    if (!m_text.unit.isEmpty())
        text += QLatin1Char(' ') + m_text.unit;
    if (m_median > 0 && m_scale->map() != ColorMap::diverging)
        text += QStringLiteral(" · ") + tr("%1 × median").arg(numberText(value / m_median));
    if (m_text.note)
        if (const QString note = m_text.note(cell.row, cell.column); !note.isEmpty())
            text += QStringLiteral(" · ") + note;
    return text;
}

QString HeatmapPlot::hover(const QPointF *pos)
{
    const HeatCell before = m_hovered;
    m_hovered = pos ? cellAt(*pos) : HeatCell {};
    if (m_hovered != before) {
        updateCursorProfiles();
        cursorLayer()->replot();
    }
    if (pos && m_bar->bar().contains(*pos))
        return m_bar->notes().join(QStringLiteral(" · "));
    return describe(m_hovered);
}

void HeatmapPlot::choose(HeatCell cell)
{
    if (!cell.isValid())
        return;
    setSelectedCell(cell);
    keepVisible(cell);
    Q_EMIT cellSelected(cell.row, cell.column);
}

void HeatmapPlot::setSelectedCell(HeatCell cell)
{
    if (cell.row >= rows() || cell.column >= columns())
        cell = {};
    if (m_selected == cell)
        return;
    m_selected = cell;
    updateCursorProfiles();
    cursorLayer()->replot();
    setAccessibleDescription(summary());
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void HeatmapPlot::keepVisible(HeatCell cell)
{
    bool moved = false;
    for (const auto &[axis, index] : { std::pair(m_mapRect->axis(QCPAxis::atBottom), cell.column),
                                       std::pair(m_mapRect->axis(QCPAxis::atLeft), cell.row) }) {
        const QCPRange range = axis->range();
        double shift = 0;
        if (index - 0.5 < range.lower)
            shift = index - 0.5 - range.lower;
        else if (index + 0.5 > range.upper)
            shift = index + 0.5 - range.upper;
        if (shift == 0)
            continue;
        axis->setRange(range.lower + shift, range.upper + shift);
        moved = true;
    }
    if (moved) {
        afterLimits();
        replotLater();
    }
}

void HeatmapPlot::showCells(int r0, int r1, int c0, int c1)
{
    m_mapRect->axis(QCPAxis::atBottom)->setRange(c0 - 0.5, c1 - 0.5);
    m_mapRect->axis(QCPAxis::atLeft)->setRange(r0 - 0.5, r1 - 0.5);
    afterLimits();
    replotLater();
}

QRectF HeatmapPlot::cellRect(HeatCell cell) const
{
    const QRectF r = m_map->cellRect(cell.row, cell.column);
    return r.intersects(m_mapRect->rect()) ? r : QRectF();
}

QRect HeatmapPlot::mapRect() const { return m_mapRect->rect(); }

QPointF HeatmapPlot::zoomPoint(const QPointF &middle) const
{
    if (!m_selected.isValid())
        return middle;
    const QPointF at = m_map->cellRect(m_selected.row, m_selected.column).center();
    return m_mapRect->rect().contains(at.toPoint()) ? at : middle;
}

bool HeatmapPlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    const HeatCell cell = cellAt(pos);
    choose(cell);
    return cell.isValid();
}

bool HeatmapPlot::doubleClicked(const QPointF &pos)
{
    const HeatCell cell = cellAt(pos);
    if (!cell.isValid() || !isSignalConnected(QMetaMethod::fromSignal(&HeatmapPlot::cellActivated)))
        return false;
    Q_EMIT cellActivated(cell.row, cell.column);
    return true;
}

bool HeatmapPlot::dragStarted(const QPointF &pos)
{
    m_dragged = int(m_bar->handleAt(pos));
    m_regionStart = m_regionCorner = {};
    if (m_dragged == int(ColorBar::Handle::none))
        return regionPress(pos);
    m_bar->beginDrag();
    return true;
}

void HeatmapPlot::dragMoved(const QPointF &pos)
{
    if (m_regionStart.isValid())
        regionDrag(pos);
    else
        m_bar->dragHandle(ColorBar::Handle(m_dragged), pos.y());
}

void HeatmapPlot::dragEnded(const QPointF &)
{
    m_dragged = 0;
    m_regionStart = {};
}

Qt::CursorShape HeatmapPlot::cursorAt(const QPointF &pos) const
{
    return m_bar->handleAt(pos) != ColorBar::Handle::none ? Qt::SizeVerCursor
        : m_mapRect->rect().contains(pos.toPoint())       ? Qt::CrossCursor
                                                          : Qt::ArrowCursor;
}

bool HeatmapPlot::key(int key, Qt::KeyboardModifiers modifiers)
{
    if (m_map->rows() == 0)
        return false;
    const int step = modifiers & Qt::ShiftModifier ? 10 : 1;
    if (regionKey(key, step))
        return true;
    HeatCell cell = m_selected.isValid() ? m_selected : HeatCell { 0, 0 };
    const auto rankOf = std::find(m_ranked.begin(), m_ranked.end(), m_selected);
    const int count = int(m_ranked.size());
    switch (key) {
    case Qt::Key_Left: cell.column -= step; break;
    case Qt::Key_Right: cell.column += step; break;
    case Qt::Key_Up: cell.row -= step; break;
    case Qt::Key_Down: cell.row += step; break;
    case Qt::Key_Home: cell.column = 0; break;
    case Qt::Key_End: cell.column = columns() - 1; break;
    case Qt::Key_N:
    case Qt::Key_P: {
        if (count == 0)
            return true;
        const int at = int(rankOf - m_ranked.begin());
        const int next = rankOf == m_ranked.end() ? (key == Qt::Key_N ? 0 : count - 1)
            : key == Qt::Key_N                    ? (at + 1) % count
                                                  : (at + count - 1) % count;
        cell = m_ranked[std::size_t(next)];
        break;
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_selected.isValid())
            Q_EMIT cellActivated(m_selected.row, m_selected.column);
        return true;
    case Qt::Key_Escape:
        if (m_region.isEmpty())
            return false;
        setRegion({});
        return true;
    default: return false;
    }
    m_hovered = {};
    cell.row = std::clamp(cell.row, 0, rows() - 1);
    cell.column = std::clamp(cell.column, 0, columns() - 1);
    choose(cell);
    Q_EMIT readout(describe(cell));
    return true;
}

PlotTable HeatmapPlot::table() const
{
    PlotTable table;
    if (m_map->rows() == 0)
        return table;
    table.comments << QStringLiteral("%1 by %2: %3%4")
                          .arg(m_text.rowAxis, m_text.columnAxis, m_text.value,
                               m_text.unit.isEmpty() ? QString()
                                                     : QStringLiteral(", ") + m_text.unit);
    table.columns << (m_text.row.isEmpty() ? tr("Row") : m_text.row);
    for (int c = 0; c < columns(); ++c)
        table.columns << indexText(m_text.columnLabel, c);
    table.rows = rows();
    table.cell = [data = m_data, label = m_text.rowLabel,
                  count = columns()](int row, int column) -> QVariant {
        if (column == 0)
            return label ? QVariant(label(row)) : QVariant(row);
        const float v = data->levels.front()
                            .max[std::size_t(row) * std::size_t(count) + std::size_t(column - 1)];
        return std::isnan(v) ? QVariant() : QVariant(v);
    };
    return table;
}

QString HeatmapPlot::summary() const
{
    if (m_map->rows() == 0)
        return tr("%1: no data").arg(title());
    QString text = tr("Heat map, %1 rows (%2) by %3 columns (%4)")
                       .arg(countText(rows()), m_text.row, countText(columns()), m_text.column);
    if (!m_ranked.empty())
        text += tr(", maximum %1 at %2 %3, %4 %5")
                    .arg(numberText(m_map->value(m_ranked.front().row, m_ranked.front().column)),
                         m_text.row, indexText(m_text.rowLabel, m_ranked.front().row),
                         m_text.column, indexText(m_text.columnLabel, m_ranked.front().column));
    if (m_selected.isValid())
        text += tr(". Selected: %1").arg(describe(m_selected));
    if (!m_region.isEmpty())
        text += tr(". Rectangle: %1").arg(regionText());
    return text;
}

} // namespace batlab::plots
