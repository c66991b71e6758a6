// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <QVariant>

#include <functional>

class QIODevice;

namespace batlab::plots {

/// The data behind a plot as a table: what the table twin shows and what CSV and TSV write. Cells
/// are asked for one by one, so a map of 16 million cells costs nothing until it is written.
struct PlotTable
{
    QStringList comments; ///< statistic, unit, n, hashes: "# ..." lines of a CSV
    QStringList columns;
    int rows = 0;
    std::function<QVariant(int row, int column)> cell; ///< number or string; invalid: missing

    [[nodiscard]] bool isEmpty() const { return rows == 0 || columns.isEmpty(); }
};

/// Writes a table: C locale, shortest digits that read back as the same number, missing cells
/// empty. separator ',' quotes as RFC 4180; '\t' (for the clipboard) replaces tabs and line breaks
/// by blanks.
[[nodiscard]] bool writeTable(QIODevice &out, const PlotTable &table, char separator);

/// Read-only model of a PlotTable.
class PlotTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setTable(PlotTable table);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    PlotTable m_table;
};

} // namespace batlab::plots
