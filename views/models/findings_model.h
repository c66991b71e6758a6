// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/findings.h"
#include "views/models/latest_task.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace batlab::views {

class PlaceFilter;
class WorkbenchDocument;

/// The findings of a document, searched anew on the pool a while after artifacts came.
class FindingsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Level, Place, Variant, Text, ColumnCount };
    /// Findings of places that `filter` leaves out are not shown; null: all are.
    explicit FindingsModel(WorkbenchDocument *document, PlaceFilter *filter = nullptr,
                           QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] const Finding &row(int at) const { return m_rows[static_cast<std::size_t>(at)]; }
    /// Warnings and worse: what the tab counts.
    [[nodiscard]] int warningCount() const;
    [[nodiscard]] static QString levelText(Severity severity);
    [[nodiscard]] static QString placeText(const FindingPlace &at); ///< "L20 T4 block 17"
    /// Searches now, on this thread (tests).
    void flush();

Q_SIGNALS:
    void found();

private:
    void search();
    void take(std::vector<Finding> rows);
    [[nodiscard]] std::function<bool(const FindingPlace &)> shown() const;

    WorkbenchDocument *m_document;
    PlaceFilter *m_filter;
    std::vector<Finding> m_rows;
    QTimer m_timer;
    LatestTask<std::vector<Finding>> m_task;
};

} // namespace batlab::views
