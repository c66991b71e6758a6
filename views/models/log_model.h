// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/job/job.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QString>

#include <deque>
#include <vector>

namespace batlab::views {

struct LogLine
{
    double unixTime = 0;
    LogLevel level = LogLevel::info;
    QString job; ///< short title or empty
    QString text;
};

/// The last lines of the log; older ones leave at the front.
class LogModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Level, Job, Text, ColumnCount };
    static constexpr int LevelRole = Qt::UserRole; ///< int of LogLevel

    explicit LogModel(int capacity = 10000, QObject *parent = nullptr);
    /// Appends a batch with one pair of model signals.
    void append(const std::vector<LogLine> &lines);
    void append(LogLevel level, const QString &text, const QString &job = {});
    void clear();
    [[nodiscard]] QString toText(int row) const; ///< one line for the clipboard

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::deque<LogLine> m_lines;
    std::size_t m_capacity;
};

/// Level at or above, and text in any column.
class LogFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit LogFilter(QObject *parent = nullptr);
    void setMinimumLevel(LogLevel level);
    void setText(const QString &text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    LogLevel m_level = LogLevel::info;
    QString m_text;
};

} // namespace batlab::views
