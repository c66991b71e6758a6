// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/plot_table.h"

#include "views/plots/number_text.h"

#include <QIODevice>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace batlab::plots {

namespace {

QByteArray number(const QVariant &value)
{
    char buffer[40];
    std::to_chars_result end {};
    if (value.typeId() == QMetaType::Float)
        end = std::to_chars(buffer, buffer + sizeof buffer, value.toFloat());
    else if (value.typeId() == QMetaType::Double)
        end = std::to_chars(buffer, buffer + sizeof buffer, value.toDouble());
    else
        return value.toString().toUtf8();
    return { buffer, qsizetype(end.ptr - buffer) };
}

QByteArray field(const QVariant &value, char separator)
{
    if (!value.isValid())
        return {};
    if (value.typeId() != QMetaType::QString)
        return number(value);
    QString text = value.toString();
    if (separator == '\t')
        return text.replace(QLatin1Char('\t'), QLatin1Char(' '))
            .replace(QLatin1Char('\n'), QLatin1Char(' '))
            .toUtf8();
    if (text.contains(QLatin1Char(separator)) || text.contains(QLatin1Char('"'))
        || text.contains(QLatin1Char('\n')))
        text = QLatin1Char('"') + text.replace(QLatin1String("\""), QLatin1String("\"\""))
            + QLatin1Char('"');
    return text.toUtf8();
}

} // namespace

bool writeTable(QIODevice &out, const PlotTable &table, char separator)
{
    QByteArray line;
    if (separator != '\t')
        for (const QString &comment : table.comments)
            line += "# " + comment.toUtf8() + '\n';
    for (int c = 0; c < table.columns.size(); ++c)
        line += (c ? QByteArray(1, separator) : QByteArray()) + field(table.columns[c], separator);
    line += '\n';
    for (int r = 0; r < table.rows; ++r) {
        for (int c = 0; c < table.columns.size(); ++c) {
            if (c)
                line += separator;
            line += field(table.cell(r, c), separator);
        }
        line += '\n';
        if (line.size() > 1 << 16) {
            if (out.write(line) != line.size())
                return false;
            line.clear();
        }
    }
    return out.write(line) == line.size();
}

void PlotTableModel::setTable(PlotTable table)
{
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int PlotTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_table.rows;
}

int PlotTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_table.columns.size());
}

QVariant PlotTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::DisplayRole || role == Qt::TextAlignmentRole) {
        const QVariant value = m_table.cell(index.row(), index.column());
        const bool text = value.typeId() == QMetaType::QString;
        if (role == Qt::TextAlignmentRole)
            return int((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        if (!value.isValid() || text)
            return value;
        if (value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Float)
            return numberText(value.toDouble(), 5);
        return value;
    }
    return {};
}

QVariant PlotTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::DisplayRole
        && section < m_table.columns.size())
        return m_table.columns[section];
    if (orientation == Qt::Vertical && role == Qt::DisplayRole)
        return section;
    return {};
}

} // namespace batlab::plots
