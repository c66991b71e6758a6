// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/fallback_panel.h"

#include "views/models/fallback_model.h"
#include "views/models/text.h"
#include "views/models/what_if_model.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace batlab::views {

namespace {

/// A precision: tinted where it is raised, a combo box while it is edited.
class PrecisionDelegate : public TextCellDelegate
{
public:
    using TextCellDelegate::TextCellDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        if (index.data(FallbackModel::ChangedRole).toBool()
            && !(option.state & QStyle::State_Selected))
            painter->fillRect(option.rect.adjusted(1, 1, -1, -1),
                              plots::tokensOf(option.widget).warnBg);
        TextCellDelegate::paint(painter, option, index);
    }

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &,
                          const QModelIndex &) const override
    {
        auto *combo = new QComboBox(parent);
        combo->setAccessibleName(FallbackPanel::tr("Precision"));
        for (const std::string &format : fallbackFormats())
            combo->addItem(FallbackModel::formatTitle(format), qs(format));
        connect(combo, &QComboBox::activated, this, [this, combo] {
            auto *self = const_cast<PrecisionDelegate *>(this);
            Q_EMIT self->commitData(combo);
            Q_EMIT self->closeEditor(combo);
        });
        return combo;
    }

    void setEditorData(QWidget *editor, const QModelIndex &index) const override
    {
        auto *combo = static_cast<QComboBox *>(editor);
        combo->setCurrentIndex(combo->findData(index.data(FallbackModel::FormatRole)));
    }

    void setModelData(QWidget *editor, QAbstractItemModel *model,
                      const QModelIndex &index) const override
    {
        model->setData(index, static_cast<QComboBox *>(editor)->currentData());
    }
};

} // namespace

FallbackPanel::FallbackPanel(WorkbenchDocument *document, WhatIfModel *model, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(model)
    , m_fallback(new FallbackModel(this))
    , m_frame(new PanelFrame(tr("Precision by layer and site"), this))
    , m_view(new QTableView(m_frame))
    , m_pareto(new plots::SeriesPlot(tr("Bits against error"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    column->addWidget(buildControls());
    auto *halves = makeSplitter(Qt::Horizontal, QStringLiteral("fallbackColumns"), this);
    m_view->setModel(m_fallback);
    m_view->setAccessibleName(tr("Precision by layer and site"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed
                            | QAbstractItemView::SelectedClicked
                            | QAbstractItemView::AnyKeyPressed);
    m_view->setItemDelegate(new PrecisionDelegate(m_view));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(plots::px(22));
    QHeaderView *header = m_view->horizontalHeader();
    header->setFixedHeight(plots::px(24));
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setSectionResizeMode(FallbackModel::Layer, QHeaderView::Fixed);
    header->resizeSection(FallbackModel::Layer, plots::px(52));
    header->setSectionResizeMode(FallbackModel::Share, QHeaderView::Fixed);
    header->resizeSection(
        FallbackModel::Share,
        header->fontMetrics().horizontalAdvance(
            m_fallback->headerData(FallbackModel::Share, Qt::Horizontal, Qt::DisplayRole)
                .toString())
            + plots::px(14));
    m_frame->setContent(m_view);
    m_frame->setMinimumWidth(plots::px(280));
    halves->addWidget(m_frame);
    halves->addWidget(m_pareto);
    halves->setSizes({ 560, 380 });
    column->addWidget(halves, 1);
    m_pareto->setLogY(true);
    connect(m_pareto, &plots::PlotWidget::readout, this, &FallbackPanel::readout);
    connect(m_pareto, &plots::SeriesPlot::pointSelected, this,
            [this](const QString &, double bits) {
                m_budget->setValue(bits + 0.005); // rounded to two decimals, the point still fits
                m_fallback->suggest(bits);
            });
    connect(m_fallback, &FallbackModel::planChanged, this, &FallbackPanel::update);
    m_fallback->setUndoStack(document->undoStack());
    connect(document, &WorkbenchDocument::documentReset, m_fallback, &FallbackModel::forget);
    const auto later = [this] {
        m_stale = true;
        if (isVisible())
            rebuild();
    };
    connect(model, &WhatIfModel::baseChanged, this, later);
    connect(model, &WhatIfModel::structureChanged, this, later);
}

QWidget *FallbackPanel::buildControls()
{
    auto *box = new QWidget(this);
    auto *rows = new QVBoxLayout(box);
    rows->setContentsMargins(plots::px(12), plots::px(4), plots::px(8), plots::px(4));
    rows->setSpacing(plots::px(4));
    auto *row = new QHBoxLayout;
    row->setSpacing(plots::px(8));
    row->addWidget(makeLabel(tr("Budget"), &plots::Tokens::text3, plots::tableFont(), box));
    m_budget = new QDoubleSpinBox(box);
    m_budget->setRange(1, 16);
    m_budget->setDecimals(2);
    m_budget->setSingleStep(0.05);
    m_budget->setValue(4.5);
    m_budget->setAccessibleName(tr("Budget in bits per weight"));
    m_budget->setToolTip(tr("Mean bits per weight of the layers' linears, scales included"));
    row->addWidget(m_budget);
    row->addWidget(
        makeLabel(tr("bits per weight"), &plots::Tokens::text3, plots::captionFont(), box));
    m_suggest = new QPushButton(tr("Suggest"), box);
    m_suggest->setToolTip(tr("Raise where a bit takes away the most error, until the budget is "
                             "used"));
    m_reset = new QPushButton(tr("Reset"), box);
    m_reset->setToolTip(tr("Back to the precision the what-if started from"));
    m_apply = new QPushButton(tr("Apply"), box);
    m_apply->setToolTip(tr("Write this precision into the what-if"));
    for (QPushButton *button : { m_suggest, m_reset, m_apply }) {
        button->setAccessibleName(button->text());
        button->setFixedHeight(plots::px(24));
        row->addWidget(button);
    }
    row->addStretch(1);
    rows->addLayout(row);
    m_state = new ElidedLabel(box);
    m_state->setFont(plots::tableFont());
    keepColors(m_state, { { QPalette::WindowText, &plots::Tokens::text2 } });
    rows->addWidget(m_state);
    connect(m_suggest, &QPushButton::clicked, this, &FallbackPanel::suggest);
    connect(m_reset, &QPushButton::clicked, m_fallback, &FallbackModel::reset);
    connect(m_apply, &QPushButton::clicked, this, &FallbackPanel::apply);
    return box;
}

QString FallbackPanel::state() const { return m_state->text(); }

void FallbackPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        rebuild();
}

void FallbackPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The precisions need the room; shares order the suggestion anyway (design 5).
    m_view->setColumnHidden(FallbackModel::Share, width() < plots::px(620));
}

void FallbackPanel::rebuild()
{
    m_stale = false;
    const WhatIfBase *base = m_model->base();
    if (!base) {
        m_fallback->clear(tr("Nothing to start from."));
        return;
    }
    m_fallback->setSource(m_document->artifacts(), ss(base->variant), base->spec,
                          m_model->current() ? *m_model->current() : base->spec);
}

void FallbackPanel::suggest()
{
    if (m_suggest->isEnabled()) // something was measured
        m_fallback->suggest(m_budget->value());
}

void FallbackPanel::apply()
{
    m_model->edit({ { "precision.overrides", m_fallback->overrides() } },
                  tr("Precision: %1 bits per weight").arg(number(m_fallback->point().bits, 2)));
}

void FallbackPanel::update()
{
    if (m_fallback->isEmpty()) {
        m_frame->setEmpty(m_fallback->reason());
        m_pareto->setEmpty(m_fallback->reason());
        return;
    }
    m_frame->setReady();
    const FallbackPoint now = m_fallback->point();
    const bool known = !m_fallback->basis().isEmpty();
    m_frame->setSubtitle(tr("weights and the numbers entering them"));
    const bool waits = m_fallback->hasUnapplied();
    m_apply->setEnabled(waits);
    QStringList state { tr("%1 bits per weight").arg(number(now.bits, 3)),
                        tr("%1 of linears").arg(bytes(weightBytes(m_fallback->units()))) };
    state.append(known ? tr("suggestions rest on the %1").arg(m_fallback->basis())
                       : tr("no measured error yet: nothing to suggest from"));
    if (waits)
        state.prepend(tr("not applied yet"));
    m_state->setText(state.join(QStringLiteral(" · ")));
    m_suggest->setEnabled(known);
    if (!known) {
        m_pareto->setEmpty(tr("No measured error of this variant yet."));
        return;
    }
    plots::Series path, present;
    path.id = QStringLiteral("greedy");
    path.name = tr("greedy");
    path.family = QStringLiteral("bat");
    for (const FallbackPoint &point : m_fallback->greedyPath()) {
        if (!path.x.empty() && point.bits <= path.x.back())
            continue;
        path.x.push_back(point.bits);
        path.y.push_back(100 * point.error / std::max<std::size_t>(1, m_fallback->units().size()));
    }
    present.id = QStringLiteral("present");
    present.name = tr("as set");
    present.family = QStringLiteral("none");
    present.filled = present.emphasised = true;
    present.x = { now.bits };
    present.y = { 100 * now.error / std::max<std::size_t>(1, m_fallback->units().size()) };
    m_pareto->setReady();
    m_pareto->setSubtitle(tr("estimated: a bit of mantissa quarters the error's power"));
    m_pareto->setSeries(
        { path, present },
        { tr("Bits per weight"), tr("Estimated error, % a site"), tr("bits"), tr("%") });
}

} // namespace batlab::views
