// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/evaluation_table.h"

#include <QAbstractTableModel>

namespace batlab::views {

/// What a row is, in words: its family, how many seeds share it, what its file says.
[[nodiscard]] QString rowNotes(const EvaluationRow &row);

/// The recovery table: one variant or imported model a row, references first; a column a task, then
/// what they come to. Two lines a cell: value, then significance, band and recovery.
class EvaluationModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum class Kind { method, task, meanAccuracy, plot, recovery, band, delta, gapLeft, online };
    enum Role {
        KindRole = Qt::UserRole, ///< int of Kind
        ValueRole, ///< double, NaN: none
        ErrorTextRole, ///< "±0.25" beside the value
        SecondLineRole, ///< QString under the value
        MarkRole, ///< "▼", "▲", "n.s." left of the band in the second line
        BandRole, ///< "L", "F", "R" or empty
        BestRole, ///< bool: best of its column
        SignificanceRole, ///< int: 1 better, -1 worse than the baseline, 0 neither
        VariantRole, ///< id
        FamilyRole, ///< family name for colour and marker
        FilledRole, ///< bool
        IntervalRole, ///< QList<double> {recovery, low, high}
    };

    explicit EvaluationModel(QObject *parent = nullptr);
    void setTable(EvaluationTable table);
    void setShow(const EvaluationShow &show);
    [[nodiscard]] const EvaluationTable &table() const { return m_table; }
    [[nodiscard]] const EvaluationShow &show() const { return m_show; }
    [[nodiscard]] int find(const QString &variant) const; ///< row, -1 if absent
    [[nodiscard]] int columnOf(Kind kind) const; ///< the first of a kind, -1 if absent
    [[nodiscard]] Kind kindOf(int column) const;
    /// Limits of the recovery axis: all intervals and 100 %.
    [[nodiscard]] std::pair<double, double> recoveryRange() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order) override; ///< references stay on top

private:
    [[nodiscard]] const EvaluationCell *cell(const EvaluationRow &row, int column) const;
    [[nodiscard]] double value(const EvaluationRow &row, int column) const;
    [[nodiscard]] QString text(const EvaluationRow &row, int column) const;
    [[nodiscard]] QString secondLine(const EvaluationRow &row, int column) const;
    [[nodiscard]] QString toolTip(const EvaluationRow &row, int column) const;

    EvaluationTable m_table;
    EvaluationShow m_show;
    std::vector<Kind> m_kinds; ///< by column
};

} // namespace batlab::views
