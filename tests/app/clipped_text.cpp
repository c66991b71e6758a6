// SPDX-License-Identifier: Apache-2.0
#include "tests/app/clipped_text.h"

#include "views/panels/ui_kit.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QRegularExpression>
#include <QStyleOptionComboBox>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>

namespace batlab::test {

namespace {

/// Wholly shown: not scrolled out, nor cut by an ancestor.
bool inSight(const QWidget &w)
{
    if (!w.isVisible() || w.rect().isEmpty())
        return false;
    for (const QWidget *p = w.parentWidget(); p && !w.isWindow(); p = p->parentWidget()) {
        if (!p->rect().contains(QRect(w.mapTo(p, QPoint(0, 0)), w.size())))
            return false;
        if (p->isWindow())
            break;
    }
    return true;
}

QString line(const QWidget &w, const QString &text, int needs, int has)
{
    return QStringLiteral("%1 %2: \"%3\" needs %4 has %5")
        .arg(QString::fromLatin1(w.metaObject()->className()), w.objectName(), text)
        .arg(needs)
        .arg(has);
}

/// Of the lines, or of the words where lines are wrapped.
int widest(const QFontMetrics &metrics, const QString &text, bool wrapped = false)
{
    static const QRegularExpression space(QStringLiteral("\\s+"));
    int out = 0;
    for (const QString &one : wrapped ? text.split(space) : text.split(QLatin1Char('\n')))
        out = std::max(out, metrics.horizontalAdvance(one));
    return out;
}

} // namespace

QStringList clippedTexts(const QWidget &root)
{
    QStringList out;
    const auto check = [&out](const QWidget &w, const QString &text, int needs, int has) {
        if (needs > has)
            out.append(line(w, text, needs, has));
    };
    for (const QWidget *w : root.findChildren<QWidget *>()) {
        if (!inSight(*w))
            continue;
        const QFontMetrics metrics = w->fontMetrics();
        if (const auto *label = qobject_cast<const QLabel *>(w)) {
            if (qobject_cast<const views::ElidedLabel *>(w)
                || label->text().contains(QLatin1Char('<')) || label->text().isEmpty())
                continue;
            const int has = label->contentsRect().width() - 2 * label->margin();
            check(*w, label->text(), widest(metrics, label->text(), label->wordWrap()), has);
            if (label->wordWrap()) {
                check(*w, label->text() + QStringLiteral(" (height)"),
                      label->heightForWidth(label->width()), label->height() + 1);
                continue;
            }
            check(*w, label->text() + QStringLiteral(" (height)"), metrics.height() - 3,
                  label->contentsRect().height());
        } else if (const auto *tool = qobject_cast<const QToolButton *>(w)) {
            const bool shown = tool->toolButtonStyle() != Qt::ToolButtonIconOnly
                && (tool->icon().isNull() || tool->toolButtonStyle() != Qt::ToolButtonFollowStyle);
            if (shown && !tool->text().isEmpty())
                check(*w, tool->text(), metrics.horizontalAdvance(tool->text()), tool->width());
        } else if (const auto *button = qobject_cast<const QAbstractButton *>(w)) {
            if (!button->text().isEmpty())
                check(*w, button->text(), button->minimumSizeHint().width(), button->width() + 1);
        } else if (const auto *box = qobject_cast<const QComboBox *>(w)) {
            QStyleOptionComboBox option;
            option.initFrom(box);
            option.editable = box->isEditable();
            const QRect field = box->style()->subControlRect(QStyle::CC_ComboBox, &option,
                                                             QStyle::SC_ComboBoxEditField, box);
            const int icon =
                box->itemIcon(box->currentIndex()).isNull() ? 0 : box->iconSize().width() + 4;
            check(*w, box->currentText(), metrics.horizontalAdvance(box->currentText()) + icon,
                  field.width());
        } else if (const auto *tabs = qobject_cast<const QTabBar *>(w)) {
            for (int i = 0; i < tabs->count(); ++i)
                if (tabs->isTabVisible(i))
                    check(*w, tabs->tabText(i), metrics.horizontalAdvance(tabs->tabText(i)),
                          tabs->tabRect(i).intersected(tabs->rect()).width());
        } else if (const auto *header = qobject_cast<const QHeaderView *>(w)) {
            if (header->orientation() != Qt::Horizontal || !header->model())
                continue;
            for (int i = 0; i < header->count(); ++i) {
                const QString text =
                    header->model()->headerData(i, Qt::Horizontal, Qt::DisplayRole).toString();
                if (header->isSectionHidden(i) || text.isEmpty()
                    || header->sectionViewportPosition(i) + header->sectionSize(i)
                        > header->viewport()->width() + 1)
                    continue;
                check(*w, text, widest(metrics, text), header->sectionSize(i));
            }
        }
    }
    return out;
}

QStringList elidedCells(const QWidget &root)
{
    QStringList out;
    for (const QAbstractItemView *view : root.findChildren<QAbstractItemView *>()) {
        if (qobject_cast<const QHeaderView *>(view) || !inSight(*view) || !view->model())
            continue;
        const auto *table = qobject_cast<const QTableView *>(view);
        const auto *tree = qobject_cast<const QTreeView *>(view);
        if (!table && !tree)
            continue;
        const int columns = view->model()->columnCount(view->rootIndex());
        for (int y = 8; y < view->viewport()->height() - 12; y += 16) {
            const QModelIndex row = view->indexAt(QPoint(30, y));
            for (int c = 0; row.isValid() && c < columns; ++c) {
                const QModelIndex cell = row.siblingAtColumn(c);
                const QRect at = view->visualRect(cell);
                if (at.isEmpty() || !view->viewport()->rect().contains(at)
                    || (table && table->isColumnHidden(c)))
                    continue;
                const QString text = cell.data().toString();
                const int needs = view->fontMetrics().horizontalAdvance(text);
                const QString said = line(*view, text, needs, at.width());
                if (needs > at.width() && !out.contains(said))
                    out.append(said);
            }
        }
    }
    return out;
}

} // namespace batlab::test
