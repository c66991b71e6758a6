// SPDX-License-Identifier: GPL-3.0-or-later
// What a matrix says: under the cursor, by keys, as a table, in words.
#include "views/plots/matrix_plot.h"
#include "views/plots/number_text.h"
#include "views/plots/qcp.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

int MatrixPlot::cellAt(const QPointF &pos) const
{
    for (int i = 0; i < static_cast<int>(m_data.cells.size()); ++i) {
        if (cellRect(i).contains(pos))
            return i;
    }
    return -1;
}

QString MatrixPlot::place(int index) const
{
    const int rows = static_cast<int>(m_data.rows.size()), columns = m_data.columns();
    const MatrixData::Group &group =
        m_data.groups[static_cast<std::size_t>(index / (rows * columns))];
    QStringList parts { m_data.rows[index / columns % rows], group.columns[index % columns] };
    if (!group.title.isEmpty())
        parts.append(group.title);
    return parts.join(QStringLiteral(" · "));
}

QString MatrixPlot::text(double value, int decimals) const
{
    return m_data.scientific ? numberText(value) : fixedText(value, decimals);
}

QString MatrixPlot::differenceText(double value, int decimals) const
{
    if (!m_data.scientific)
        return signedText(value, decimals);
    return value > 0 ? QStringLiteral("+") + numberText(value) : numberText(value);
}

bool MatrixPlot::bestOfColumn(int index) const
{
    return std::binary_search(m_columnBests.begin(), m_columnBests.end(), index);
}

void MatrixPlot::findColumnBests()
{
    m_columnBests.clear();
    const int rows = static_cast<int>(m_data.rows.size()), columns = m_data.columns(),
              groups = static_cast<int>(m_data.groups.size());
    if (m_data.cells.size() != static_cast<std::size_t>(groups * rows * columns))
        return;
    for (int g = 0; g < groups; ++g) {
        for (int c = 0; c < columns; ++c) {
            int best = -1, values = 0;
            for (int r = 0; r < rows; ++r) {
                const int at = (g * rows + r) * columns + c;
                const MatrixCell &cell = m_data.cells[static_cast<std::size_t>(at)];
                if (cell.state != MatrixCell::State::done || std::isnan(cell.value)
                    || !cell.caption.isEmpty()) // one-at-a-time: a column is no setting
                    continue;
                ++values;
                if (best < 0
                    || m_data.better * cell.value
                        > m_data.better * m_data.cells[static_cast<std::size_t>(best)].value)
                    best = at;
            }
            if (values > 1)
                m_columnBests.push_back(best);
        }
    }
    std::sort(m_columnBests.begin(), m_columnBests.end());
}

QString MatrixPlot::valueText(const MatrixCell &cell) const
{
    const QString value = text(cell.value, m_data.decimals);
    return cell.halfWidth > 0 ? tr("%1 ± %2 (%3)")
                                    .arg(value, fixedText(cell.halfWidth, m_data.decimals),
                                         cell.interval.isEmpty() ? tr("95 %") : cell.interval)
                              : value;
}

QString MatrixPlot::hover(const QPointF *pos)
{
    const auto before = m_hovered;
    m_hovered.reset();
    if (const int at = pos ? cellAt(*pos) : -1; at >= 0)
        m_hovered = at;
    if (m_hovered != before)
        cursorLayer()->replot();
    if (!m_hovered)
        return {};
    const MatrixCell &cell = m_data.cells[static_cast<std::size_t>(*m_hovered)];
    QString line = tr("cell %1").arg(place(*m_hovered));
    if (cell.state == MatrixCell::State::done) {
        line += QStringLiteral(" · %1 %2").arg(valueText(cell), m_data.unit);
        if (!std::isnan(cell.delta))
            line += QStringLiteral(" · %1 %2 %3")
                        .arg(differenceText(cell.delta, m_data.decimals), m_data.unit,
                             m_data.deltaTo.isEmpty() ? tr("to the pin") : m_data.deltaTo);
        if (bestOfColumn(*m_hovered))
            line += tr(" · best of its column");
    } else if (cell.state == MatrixCell::State::queued) {
        line += tr(" · queued");
    }
    return cell.note.isEmpty() ? line : line + QStringLiteral(" · ") + cell.note;
}

bool MatrixPlot::clicked(const QPointF &pos, Qt::KeyboardModifiers)
{
    const int at = cellAt(pos);
    if (at < 0)
        return false;
    m_cursor = at;
    Q_EMIT cellActivated(at);
    return true;
}

bool MatrixPlot::key(int key, Qt::KeyboardModifiers)
{
    const int rows = static_cast<int>(m_data.rows.size()), columns = m_data.columns();
    if (m_data.cells.empty() || columns == 0)
        return false;
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && m_cursor) {
        Q_EMIT cellActivated(*m_cursor);
        return true;
    }
    const int at = m_cursor.value_or(m_present.value_or(0)), each = rows * columns;
    const int group = at / each, groups = static_cast<int>(m_data.groups.size());
    int row = at / columns % rows, across = group * columns + at % columns;
    switch (key) {
    case Qt::Key_Left: --across; break;
    case Qt::Key_Right: ++across; break;
    case Qt::Key_Up: --row; break;
    case Qt::Key_Down: ++row; break;
    default: return false;
    }
    row = std::clamp(row, 0, rows - 1);
    across = std::clamp(across, 0, groups * columns - 1);
    m_hovered.reset();
    m_cursor = across / columns * each + row * columns + across % columns;
    cursorLayer()->replot();
    Q_EMIT readout(place(*m_cursor));
    return true;
}

PlotTable MatrixPlot::table() const
{
    PlotTable out;
    out.comments << m_data.statistic;
    out.columns << m_data.rowAxis;
    const bool intervals = std::any_of(m_data.cells.begin(), m_data.cells.end(),
                                       [](const MatrixCell &cell) { return cell.halfWidth > 0; });
    for (const MatrixData::Group &group : m_data.groups) {
        for (const QString &column : group.columns) {
            out.columns << (group.title.isEmpty() ? column
                                                  : group.title + QStringLiteral(" ") + column);
            if (intervals)
                out.columns << tr("± 95 %");
        }
    }
    out.rows = static_cast<int>(m_data.rows.size());
    out.cell = [data = m_data, each = intervals ? 2 : 1](int row, int column) -> QVariant {
        if (column == 0)
            return data.rows[row];
        const int columns = data.columns(), rows = static_cast<int>(data.rows.size());
        const int across = (column - 1) / each, group = across / columns;
        const MatrixCell &cell = data.cells[static_cast<std::size_t>(
            group * rows * columns + row * columns + across % columns)];
        const bool done = cell.state == MatrixCell::State::done;
        if ((column - 1) % each == 1)
            return done && cell.halfWidth > 0 ? QVariant(cell.halfWidth) : QVariant();
        return done ? QVariant(cell.value) : cell.note.isEmpty() ? QVariant() : QVariant(cell.note);
    };
    return out;
}

QString MatrixPlot::summary() const
{
    int done = 0;
    for (const MatrixCell &cell : m_data.cells)
        done += cell.state == MatrixCell::State::done ? 1 : 0;
    QString text =
        tr("Matrix of %1: %2 of %3 cells").arg(m_data.statistic).arg(done).arg(m_data.cells.size());
    if (m_best)
        text += tr(", best %1 %2 at %3")
                    .arg(valueText(m_data.cells[static_cast<std::size_t>(*m_best)]), m_data.unit,
                         place(*m_best));
    return text;
}

} // namespace batlab::plots
