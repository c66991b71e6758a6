// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/workbench_document.h"

#include <QAbstractTableModel>

namespace batlab::views {

/// What differs between the specs of several variants, and nothing else: recipe, settings, formats
/// and texts, calibration. One path a row, one variant a column.
class SpecTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    explicit SpecTable(QObject *parent = nullptr);
    /// Values that are not those of `baseline` (if it is among the variants, else of the first) are
    /// bold.
    void show(const WorkbenchDocument &document, const std::vector<std::string> &variants,
              const std::string &baseline);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row
    {
        std::string path;
        std::vector<std::string> values; ///< by variant; empty: absent
    };
    std::vector<Row> m_rows;
    QStringList m_titles;
    std::size_t m_baseline = 0;
};

} // namespace batlab::views
