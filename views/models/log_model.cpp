// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/log_model.h"

#include "views/models/text.h"

#include <QDateTime>

#include <algorithm>

namespace batlab::views {

LogModel::LogModel(int capacity, QObject *parent)
    : QAbstractTableModel(parent), m_capacity(static_cast<std::size_t>(std::max(1, capacity)))
{ }

void LogModel::append(const std::vector<LogLine> &lines)
{
    if (lines.empty())
        return;
    const std::size_t fresh = std::min(lines.size(), m_capacity);
    const std::size_t drop =
        m_lines.size() + fresh > m_capacity ? m_lines.size() + fresh - m_capacity : 0;
    if (drop > 0) {
        beginRemoveRows({}, 0, static_cast<int>(drop) - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + static_cast<std::ptrdiff_t>(drop));
        endRemoveRows();
    }
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(fresh) - 1);
    m_lines.insert(m_lines.end(), lines.end() - static_cast<std::ptrdiff_t>(fresh), lines.end());
    endInsertRows();
}

void LogModel::append(LogLevel level, const QString &text, const QString &job)
{
    append({ { static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000.0, level, job,
               text } });
}

void LogModel::clear()
{
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

int LogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int LogModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const LogLine &line = m_lines[static_cast<std::size_t>(index.row())];
    if (role == LevelRole)
        return static_cast<int>(line.level);
    if (role == Qt::ToolTipRole && index.column() == Text)
        return line.text;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(line.unixTime * 1000))
            .toString(QStringLiteral("HH:mm:ss"));
    case Level: return qs(name(line.level));
    case Job: return line.job;
    case Text: return line.text;
    default: return {};
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return tr("Time");
    case Level: return tr("Level");
    case Job: return tr("Job");
    case Text: return tr("Message");
    default: return {};
    }
}

QString LogModel::toText(int row) const
{
    QStringList parts;
    for (int column = 0; column < ColumnCount; ++column)
        parts.append(index(row, column).data().toString());
    return parts.join(QLatin1Char('\t'));
}

LogFilter::LogFilter(QObject *parent) : QSortFilterProxyModel(parent) { }

void LogFilter::setMinimumLevel(LogLevel level)
{
    m_level = level;
    invalidateFilter();
}

void LogFilter::setText(const QString &text)
{
    m_text = text.trimmed();
    invalidateFilter();
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex first = sourceModel()->index(row, 0, parent);
    if (first.data(LogModel::LevelRole).toInt() < static_cast<int>(m_level))
        return false;
    if (m_text.isEmpty())
        return true;
    for (int column = 0; column < LogModel::ColumnCount; ++column) {
        if (sourceModel()
                ->index(row, column, parent)
                .data()
                .toString()
                .contains(m_text, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

} // namespace batlab::views
