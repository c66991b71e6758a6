// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/engine_questions.h"

#include <QAbstractTableModel>

namespace batlab::views {

/// One block under every method: scale, clipping, largest error and SQNR, the untouched numbers
/// first.
class BlockMethodsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Method, Scale, Clip, MaxError, Sqnr, ColumnCount };
    enum Role { VariantRole = Qt::UserRole, FamilyRole, FilledRole };
    explicit BlockMethodsModel(const WorkbenchDocument *document, QObject *parent = nullptr);

    void setAnswer(BlockAnswer answer);
    void clear();
    [[nodiscard]] const BlockAnswer &answer() const { return m_answer; }
    [[nodiscard]] int find(const QString &variant) const; ///< row; the reference's is 0; -1: none

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] const BlockNumbers &numbers(int row) const;

    const WorkbenchDocument *m_document;
    BlockAnswer m_answer;
    bool m_hasAnswer = false;
};

} // namespace batlab::views
