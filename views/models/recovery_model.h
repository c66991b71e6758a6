// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/recovery.h"

#include <QAbstractTableModel>

namespace batlab::views {

/// The recovery table: one variant a row, the reference first. Two lines a cell: value, then what
/// it means.
class RecoveryModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Method,
        Perplexity,
        Recovery,
        Band,
        Kld,
        Top1,
        Delta,
        GapLeft,
        Online,
        ColumnCount
    };
    enum Role {
        ValueRole = Qt::UserRole, ///< double
        SecondLineRole, ///< QString under the value
        VariantRole, ///< variant id
        FamilyRole, ///< family name for colour and marker
        FilledRole, ///< bool
        BandRole, ///< "L", "F", "R" or empty
        BestRole, ///< bool: best of its column among quantized rows
        ErrorRole, ///< double: standard error of the value
        SignificanceRole, ///< int: 1 better, -1 worse than the baseline, 0 not significant
    };

    explicit RecoveryModel(QObject *parent = nullptr);
    void setTable(RecoveryTable table);
    [[nodiscard]] const RecoveryTable &table() const { return m_table; }
    [[nodiscard]] int find(const QString &variant) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] double value(const RecoveryRow &row, int column) const;
    [[nodiscard]] QString text(const RecoveryRow &row, int column) const;
    [[nodiscard]] QString secondLine(const RecoveryRow &row, int column) const;
    [[nodiscard]] bool isBest(const RecoveryRow &row, int column) const;

    RecoveryTable m_table;
};

} // namespace batlab::views
