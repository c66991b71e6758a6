// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/table_kit.h"

#include "views/panels/cell_delegates.h"
#include "views/panels/method_icon.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QTableView>

#include <algorithm>
#include <utility>

namespace batlab::views {

QTableView *makeTable(QAbstractItemModel *model, const QString &accessibleName, QWidget *parent,
                      TableCopy::Content content)
{
    auto *table = new QTableView(parent);
    table->setModel(model);
    table->setAccessibleName(accessibleName);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setTabKeyNavigation(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setWordWrap(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setItemDelegate(new TextCellDelegate(table));
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(plots::px(22));
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *header = table->horizontalHeader();
    header->setFixedHeight(plots::px(24));
    header->setHighlightSections(false);
    header->setMinimumSectionSize(plots::px(28));
    new TableCopy(table, std::move(content));
    return table;
}

int sectionWidth(const QHeaderView *header, int section, int least)
{
    return std::max(plots::px(least), header->sectionSizeHint(section));
}

DifferenceDelegate::DifferenceDelegate(int role, int better, QObject *parent)
    : QStyledItemDelegate(parent), m_role(role), m_better(better)
{ }

void DifferenceDelegate::initStyleOption(QStyleOptionViewItem *option,
                                         const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const double gain = index.data(m_role).toDouble() * m_better;
    const plots::Tokens &t = plots::tokensOf(option->widget);
    if (gain > 0 || gain < 0) // not NaN
        option->palette.setColor(QPalette::Text, gain > 0 ? t.good : t.bad);
}

MethodCellDelegate::MethodCellDelegate(int familyRole, int filledRole, QObject *parent)
    : QStyledItemDelegate(parent), m_family(familyRole), m_filled(filledRole)
{ }

void MethodCellDelegate::initStyleOption(QStyleOptionViewItem *option,
                                         const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (!index.data(m_family).isValid())
        return; // a row of no method
    option->icon = methodIcon(index.data(m_family).toString(), index.data(m_filled).toBool(),
                              plots::tokensOf(option->widget));
    option->features |= QStyleOptionViewItem::HasDecoration;
    option->decorationSize = QSize(plots::px(16), plots::px(16));
}

} // namespace batlab::views
