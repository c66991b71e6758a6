// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/engine_questions.h"

#include <QAbstractTableModel>

namespace batlab::views {

/// One block under every method: scale, clipping, largest error and SQNR, the untouched numbers
/// first; then, under a heading, the shown numbers under every scale rule and tie.
class BlockMethodsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Method, Scale, Clip, MaxError, Sqnr, Delta, ColumnCount };
    enum Role {
        VariantRole = Qt::UserRole,
        FamilyRole,
        FilledRole,
        DeltaRole,
        RoundingRole ///< index into roundings(); -1: a method, or the heading
    };
    explicit BlockMethodsModel(const WorkbenchDocument *document, QObject *parent = nullptr);

    void setAnswer(BlockAnswer answer);
    void clear();
    void baselineMoved(); ///< differences are to the document's baseline
    [[nodiscard]] bool hasDeltas() const; ///< the baseline is among the methods
    [[nodiscard]] const BlockAnswer &answer() const { return m_answer; }
    /// Under the methods; `used` is what the shown variant rounds with. None: no heading either.
    void setRoundings(std::vector<BlockRounding> roundings, const kernels::QuantSpec &used);
    [[nodiscard]] const std::vector<BlockRounding> &roundings() const { return m_roundings; }
    [[nodiscard]] int headingRow() const; ///< -1: there is none
    [[nodiscard]] int methodCount() const; ///< the untouched numbers and the variants
    [[nodiscard]] static QString roundingName(const BlockRounding &rounding); ///< "floor, even"
    [[nodiscard]] int find(const QString &variant) const; ///< row; the reference's is 0; -1: none

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] const BlockNumbers &numbers(int row) const;
    [[nodiscard]] QVariant roundingData(int rounding, int column, int role) const;
    /// In full; invalid where the cell holds no number.
    [[nodiscard]] QVariant figure(int row, int column) const;
    [[nodiscard]] double delta(int row) const; ///< SQNR minus the baseline's, dB; NaN: none

    const WorkbenchDocument *m_document;
    BlockAnswer m_answer;
    std::vector<BlockRounding> m_roundings;
    kernels::QuantSpec m_used;
    bool m_hasAnswer = false;
};

} // namespace batlab::views
