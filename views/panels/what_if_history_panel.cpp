// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/what_if_history_panel.h"

#include "views/models/what_if_history_model.h"
#include "views/models/what_if_model.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QIdentityProxyModel>
#include <QPushButton>
#include <QTableView>
#include <QUndoStack>
#include <QVBoxLayout>

#include <cmath>

namespace batlab::views {

namespace {

class DrawnHistory : public QIdentityProxyModel
{
public:
    explicit DrawnHistory(QWidget *panel) : QIdentityProxyModel(panel), m_panel(panel) { }

    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        const plots::Tokens &t = plots::tokensOf(m_panel);
        const auto is = [&](int what) { return QIdentityProxyModel::data(index, what).toBool(); };
        if (role == Qt::ForegroundRole) {
            if (is(WhatIfHistoryModel::UndoneRole) || index.column() == WhatIfHistoryModel::Number)
                return t.text3;
            const double gain =
                QIdentityProxyModel::data(index, WhatIfHistoryModel::GainRole).toDouble();
            if (index.column() == WhatIfHistoryModel::Gain && std::abs(gain) >= 0.005)
                return gain > 0 ? t.good : t.bad;
        }
        if (role == Qt::FontRole
            && (is(WhatIfHistoryModel::PresentRole) || is(WhatIfHistoryModel::UndoneRole))) {
            QFont font = plots::tableFont();
            font.setBold(is(WhatIfHistoryModel::PresentRole));
            font.setItalic(is(WhatIfHistoryModel::UndoneRole)
                           && index.column() == WhatIfHistoryModel::Score);
            return font;
        }
        return QIdentityProxyModel::data(index, role);
    }

private:
    QWidget *m_panel;
};

} // namespace

WhatIfHistoryPanel::WhatIfHistoryPanel(WhatIfModel *model, QUndoStack *undo, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_frame(new PanelFrame(tr("History"), this))
    , m_view(new QTableView(m_frame))
    , m_undo(makeTool(QStringLiteral("undo"), tr("Undo"), this))
    , m_redo(makeTool(QStringLiteral("redo"), tr("Redo"), this))
    , m_pin(new QPushButton(tr("Pin what-if"), this))
    , m_unpin(new QPushButton(tr("Compare with baseline"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_frame);
    for (QToolButton *tool : { m_undo, m_redo }) {
        tool->setFixedSize(plots::px(24), plots::px(24));
        m_frame->addHeaderWidget(tool);
    }
    auto *content = new QWidget(m_frame);
    auto *inside = new QVBoxLayout(content);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    auto *drawn = new DrawnHistory(this);
    drawn->setSourceModel(new WhatIfHistoryModel(model, this));
    m_view->setModel(drawn);
    m_view->setAccessibleName(tr("Steps of the what-if"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setItemDelegate(new TextCellDelegate(m_view));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    QHeaderView *header = m_view->horizontalHeader();
    header->hide();
    header->setSectionResizeMode(QHeaderView::Fixed);
    header->setSectionResizeMode(WhatIfHistoryModel::Step, QHeaderView::Stretch);
    header->setMinimumSectionSize(plots::px(20));
    header->resizeSection(WhatIfHistoryModel::Number, plots::px(32));
    header->resizeSection(WhatIfHistoryModel::Gain, plots::px(56));
    header->resizeSection(WhatIfHistoryModel::Score, plots::px(64));
    inside->addWidget(m_view, 1);
    inside->addWidget(makeHairline(Qt::Horizontal, content));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(plots::px(8));
    buttons->setContentsMargins(plots::px(12), plots::px(6), plots::px(12), plots::px(8));
    m_pin->setToolTip(tr("Compare every number with the what-if as it is now"));
    m_unpin->setToolTip(tr("Compare every number with the pinned baseline again"));
    for (QPushButton *button : { m_pin, m_unpin }) {
        button->setAccessibleName(button->text());
        button->setFixedHeight(plots::px(26));
        buttons->addWidget(button, 1);
    }
    inside->addLayout(buttons);
    m_frame->setContent(content);
    const auto go = [this](const QModelIndex &index) {
        if (index.isValid())
            m_model->goToStep(static_cast<std::size_t>(index.row()));
    };
    connect(m_view, &QTableView::clicked, this, go);
    connect(m_view, &QTableView::activated, this, go);
    connect(m_pin, &QPushButton::clicked, model, &WhatIfModel::pin);
    connect(m_unpin, &QPushButton::clicked, model, &WhatIfModel::unpin);
    connect(m_undo, &QToolButton::clicked, undo, &QUndoStack::undo);
    connect(m_redo, &QToolButton::clicked, undo, &QUndoStack::redo);
    const auto tools = [this, undo] {
        m_undo->setEnabled(undo->canUndo());
        m_redo->setEnabled(undo->canRedo());
    };
    connect(undo, &QUndoStack::indexChanged, this, tools);
    tools();
    connect(model, &WhatIfModel::changed, this, &WhatIfHistoryPanel::update);
    connect(model, &WhatIfModel::baseChanged, this, &WhatIfHistoryPanel::update);
    update();
}

void WhatIfHistoryPanel::update()
{
    const WhatIfHistory &history = m_model->history();
    const int steps = static_cast<int>(history.steps.size());
    m_frame->setSubtitle(steps == 0 ? QString() : tr("output SQNR after each step, dB"));
    if (steps > 0)
        m_view->selectRow(static_cast<int>(history.at));
    m_pin->setEnabled(m_model->base());
    m_unpin->setEnabled(history.pin.has_value());
}

} // namespace batlab::views
