// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/table_copy.h"

#include <QString>
#include <QStyledItemDelegate>

class QAbstractItemModel;
class QHeaderView;
class QTableView;
class QWidget;

namespace batlab::views {

/// A table as panels show it: rows of 22, header of 24, no frame, no grid, rows selected whole,
/// nothing editable. It can be copied and saved; `content` as in TableCopy.
[[nodiscard]] QTableView *makeTable(QAbstractItemModel *model, const QString &accessibleName,
                                    QWidget *parent, TableCopy::Content content = {});

/// The width of a section with figures of `least` design pixels that shows its whole heading, in
/// any language.
[[nodiscard]] int sectionWidth(const QHeaderView *header, int section, int least);

/// A difference to the baseline in the colour of better or worse; the cell's text has arrow and
/// sign. `role` gives the number (NaN: none), `better` is +1 where more is better, -1 where less
/// is.
class DifferenceDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    DifferenceDelegate(int role, int better, QObject *parent);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    int m_role, m_better;
};

/// The method's marker before its name; roles give family and whether the marker is filled.
class MethodCellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    MethodCellDelegate(int familyRole, int filledRole, QObject *parent);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    int m_family, m_filled;
};

} // namespace batlab::views
