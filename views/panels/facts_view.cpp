// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/facts_view.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QResizeEvent>
#include <QStyledItemDelegate>

#include <algorithm>

namespace batlab::views {

namespace {

/// Lines as high as their wrapped texts: a value is read whole, not guessed from its beginning.
class FactDelegate : public QStyledItemDelegate
{
public:
    explicit FactDelegate(QTreeWidget *view) : QStyledItemDelegate(view), m_view(view) { }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override
    {
        const QVariant face = index.data(Qt::FontRole);
        const QFontMetrics metrics(face.isValid() ? face.value<QFont>() : option.font);
        const int width = m_view->columnWidth(index.column()) - plots::px(8);
        const QRect text = metrics.boundingRect(QRect(0, 0, std::max(width, plots::px(40)), 4000),
                                                Qt::TextWordWrap, index.data().toString());
        return { width, std::max(plots::px(22), text.height() + plots::px(7)) };
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->features |= QStyleOptionViewItem::WrapText;
        option->displayAlignment = Qt::AlignLeft | Qt::AlignVCenter;
    }

private:
    QTreeWidget *m_view;
};

} // namespace

FactsView::FactsView(const QString &accessibleName, bool headings, QWidget *parent)
    : QTreeWidget(parent), m_headings(headings)
{
    setAccessibleName(accessibleName);
    setColumnCount(2);
    setHeaderHidden(true);
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setIndentation(0);
    setWordWrap(true);
    setItemDelegate(new FactDelegate(this));
    setItemsExpandable(false);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    header()->setSectionResizeMode(0, QHeaderView::Interactive);
    header()->resizeSection(0, plots::px(112));
    header()->setStretchLastSection(true);
    connect(header(), &QHeaderView::sectionResized, this,
            [this] { scheduleDelayedItemsLayout(); }); // texts wrap elsewhere
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
    addTopLevelItems(items);
}

void FactsView::resizeEvent(QResizeEvent *event)
{
    QTreeWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        scheduleDelayedItemsLayout(); // texts wrap elsewhere
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
