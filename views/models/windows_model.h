// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/artifact.h"

#include <QAbstractTableModel>

namespace batlab::views {

/// Evaluation windows one by one: a variant against the baseline on the same text. Sorted by any
/// column.
class WindowsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Window, Baseline, Variant, Delta, Kld, DeltaKld, ColumnCount };
    static constexpr int kValueRole = Qt::UserRole;

    explicit WindowsModel(QObject *parent = nullptr);
    /// Null or windows that do not match: empty.
    void show(const EvaluationResult *variant, const EvaluationResult *baseline);
    [[nodiscard]] int windowOf(int row) const; ///< -1 outside
    /// Mean of the differences and how many windows got worse.
    [[nodiscard]] double meanDelta() const;
    [[nodiscard]] int worse() const;
    /// Both have a KLD on each window; the reference has none.
    [[nodiscard]] bool hasKldDeltas() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    struct Row
    {
        int window;
        double baseline, variant; ///< NLL
        double kld, baselineKld; ///< NaN: none
    };
    static double value(const Row &row, int column);
    std::vector<Row> m_rows;
};

} // namespace batlab::views
