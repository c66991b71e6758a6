// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/facts_view.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>

namespace batlab::views {

FactsView::FactsView(const QString &accessibleName, bool headings, QWidget *parent)
    : QTreeWidget(parent), m_headings(headings)
{
    setAccessibleName(accessibleName);
    setColumnCount(2);
    setHeaderHidden(true);
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setItemsExpandable(false);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    header()->setSectionResizeMode(0, QHeaderView::Interactive);
    header()->resizeSection(0, plots::px(112));
    header()->setStretchLastSection(true);
}

void FactsView::setFacts(const std::vector<Fact> &facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    clear();
    QString group;
    QList<QTreeWidgetItem *> items;
    for (const Fact &fact : facts) {
        if (m_headings && fact.group != group) {
            auto *heading = new QTreeWidgetItem({ fact.group });
            heading->setFont(0, plots::titleFont());
            heading->setFlags(Qt::ItemIsEnabled);
            items << heading;
        }
        group = fact.group;
        auto *item = new QTreeWidgetItem({ fact.name, fact.value });
        item->setToolTip(1, fact.value);
        item->setToolTip(0, fact.name);
        items << item;
    }
    for (QTreeWidgetItem *item : std::as_const(items))
        item->setSizeHint(0, QSize(0, plots::px(22)));
    addTopLevelItems(items);
}

void FactsView::copy() const
{
    QStringList lines;
    const QList<QTreeWidgetItem *> chosen = selectedItems();
    for (int i = 0; i < topLevelItemCount(); ++i) {
        QTreeWidgetItem *item = topLevelItem(i);
        if (chosen.isEmpty() || chosen.contains(item))
            lines << QString(item->text(0) + QLatin1Char('\t') + item->text(1)).trimmed();
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void FactsView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    QTreeWidget::keyPressEvent(event);
}

} // namespace batlab::views
