// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/findings_panel.h"

#include "views/models/findings_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/table_kit.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

namespace batlab::views {

namespace {

/// The level in its colour; sign and word say the same.
class LevelDelegate : public QStyledItemDelegate
{
public:
    LevelDelegate(const FindingsModel *model, QObject *parent)
        : QStyledItemDelegate(parent), m_model(model)
    { }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const plots::Tokens &t = plots::tokensOf(option->widget);
        const Severity level = m_model->row(index.row()).severity;
        const QColor color = level == Severity::serious ? t.bad
            : level == Severity::warning                ? t.warn
                                                        : t.text2;
        option->palette.setColor(QPalette::Text, color);
        option->palette.setColor(QPalette::HighlightedText, color);
    }

private:
    const FindingsModel *m_model;
};

} // namespace

FindingsPanel::FindingsPanel(FindingsModel *model, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_selection(selection)
    , m_nothing(makeLabel({}, &plots::Tokens::text3, plots::tableFont(), this))
    , m_view(makeTable(model, tr("Findings"), this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_nothing->setContentsMargins(plots::px(12), plots::px(8), plots::px(8), plots::px(8));
    column->addWidget(m_nothing, 0, Qt::AlignTop);
    column->addWidget(m_view, 1);
    m_view->setItemDelegateForColumn(FindingsModel::Level, new LevelDelegate(model, m_view));
    m_view->setColumnWidth(FindingsModel::Level, plots::px(84));
    m_view->setColumnWidth(FindingsModel::Place, plots::px(128));
    m_view->setColumnWidth(FindingsModel::Variant, plots::px(148));
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(m_view, &QTableView::clicked, this,
            [this](const QModelIndex &index) { choose(index.row()); });
    // Also with the right button: its menu speaks of the selection.
    connect(m_view, &QTableView::pressed, this,
            [this](const QModelIndex &index) { choose(index.row()); });
    connect(m_view, &QTableView::activated, this, [this](const QModelIndex &index) {
        choose(index.row());
        Q_EMIT inspectRequested();
    });
    connect(model, &FindingsModel::found, this, &FindingsPanel::showState);
    showState();
}

void FindingsPanel::showState()
{
    const bool any = m_model->rowCount() > 0;
    m_nothing->setText(m_selection->filter()->isEmpty()
                           ? tr("Nothing remarkable yet. Rules look at every layer as it comes.")
                           : tr("Nothing remarkable in the places that the filter shows."));
    m_nothing->setVisible(!any);
    m_view->setVisible(any);
}

void FindingsPanel::choose(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return;
    const FindingPlace &at = m_model->row(row).at;
    Selection s = m_selection->current();
    s.variant = qs(at.variant);
    s.layer = at.layer.value_or(s.layer);
    s.site = at.site.value_or(s.site);
    s.block = at.block.value_or(s.block);
    m_selection->set(s);
}

} // namespace batlab::views
