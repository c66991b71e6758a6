// SPDX-License-Identifier: GPL-3.0-or-later
// The page's panels: their controls, where they stand, and what they tell the selection.
#include "views/panels/compare_page.h"

#include "views/models/method_activations.h"
#include "views/models/selection_context.h"
#include "views/models/spec_table.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/filter_bar.h"
#include "views/panels/method_panels.h"
#include "views/panels/panel_frame.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/table_copy.h"
#include "views/panels/training_plot.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <cmath>

namespace batlab::views {

void ComparePage::buildControls()
{
    m_mapKind->addSegment(tr("Activations"), tr("|x| of sample tokens, channel by channel"), 0);
    m_mapKind->addSegment(tr("Energy"),
                          tr("Mean x² of each block over all calibration tokens, "
                             "layer by layer"),
                          1);
    m_mapKind->setCurrent(0);
    m_normalise->setFont(plots::tableFont());
    m_normalise->setToolTip(tr("Divide each map by its own maximum: shapes instead of sizes"));
    m_retry->hide();
    m_maps->addHeaderWidget(m_retry);
    m_maps->addHeaderWidget(m_mapKind);
    m_maps->addHeaderWidget(m_normalise);
    m_maps->addHeaderWidget(m_chooser);
    m_layerKind->addSegment(tr("SQNR"),
                            tr("Signal over quantization noise of the linears' "
                               "outputs, dB"),
                            0);
    m_layerKind->addSegment(tr("MSE"), tr("Mean square error of the linears' outputs"), 1);
    m_layerKind->setCurrent(0);
    m_sqnr->addHeaderWidget(m_layerKind);
    m_pairedPart->addSegment(tr("Differences"), tr("Each layer and site"), 0);
    m_pairedPart->addSegment(tr("Summary"), tr("Mean, interval, wins and p"), 1);
    m_pairedPart->setCurrent(0);
    m_pairedPart->hide();
    m_paired->addHeaderWidget(m_pairedPart);
    prepareFlow(*m_flow);
    m_flow->setColumnFrame(true);
    connect(m_mapKind, &SegmentBar::chosen, this, [this] { invalidate(Maps); });
    connect(m_normalise, &QCheckBox::toggled, this, [this] { invalidate(Maps); });
    connect(m_retry, &QToolButton::clicked, m_source, &MethodActivations::retry);
    connect(m_maps, &plots::PlotWidget::cancelRequested, m_source, &MethodActivations::stop);
    connect(m_layerKind, &SegmentBar::chosen, this, [this] { invalidate(Sqnr); });
    connect(m_pairedPart, &SegmentBar::chosen, this, &ComparePage::fold);
}

void ComparePage::buildLayout()
{
    auto *sheet = new QHBoxLayout(m_sheet);
    sheet->setContentsMargins(plots::px(8), 0, plots::px(8), plots::px(4));
    sheet->setSpacing(plots::px(4));
    auto *scroll = new QScrollArea(m_frame); // many variants: histograms keep a size to read
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    m_sheet->setAutoFillBackground(false);
    scroll->setWidget(m_sheet);
    m_frame->setContent(scroll);
    m_specView->setModel(m_specs);
    m_specView->setItemDelegate(new TextCellDelegate(m_specView));
    m_specView->setAccessibleName(tr("Spec differences"));
    m_specView->setFrameShape(QFrame::NoFrame);
    m_specView->setShowGrid(false);
    m_specView->setAlternatingRowColors(true);
    m_specView->setTabKeyNavigation(false);
    m_specView->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_specView->verticalHeader()->hide();
    m_specView->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_specView->horizontalHeader()->setFixedHeight(plots::px(24));
    m_specView->horizontalHeader()->setHighlightSections(false);
    m_specView->horizontalHeader()->setMinimumSectionSize(plots::px(80));
    new TableCopy(m_specView);
    m_specFrame->setContent(m_specView);
    m_byLayer->add(tr("Error by layer"), tr("Output error of the linears at the site"), m_sqnr);
    m_byLayer->add(tr("First wrong layer"),
                   tr("Where the error of the residual stream crosses a "
                      "threshold"),
                   m_wrong);
    m_byLayer->add(tr("Distributions"), tr("Values ÷ block scale, layer above layer"), m_ridges);
    m_byLayer->add(tr("Training"), tr("Losses of training by step"), m_training);
    m_byBlock->add(tr("Energy flow"), tr("Which blocks a transform sends energy to"), m_flow);
    m_byBlock->add(tr("Block histogram"), tr("The selected block under each variant"), m_frame);
    m_byBlock->add(tr("By token"), tr("Energy of each sample token's blocks"), m_tokens);
    m_differences->add(tr("Paired differences"), tr("Each layer and site against the baseline"),
                       m_paired);
    m_differences->add(tr("Spec differences"), tr("What the variants' specs differ in"),
                       m_specFrame);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *rows = makeSplitter(Qt::Vertical, QStringLiteral("compareRows"), this);
    auto *middle = makeSplitter(Qt::Horizontal, QStringLiteral("compareColumns"), rows);
    middle->addWidget(m_byLayer);
    middle->addWidget(m_byBlock);
    middle->setSizes({ 500, 500 });
    rows->addWidget(m_maps);
    rows->addWidget(middle);
    rows->addWidget(m_differences);
    rows->setSizes({ 330, 290, 270 });
    column->setSpacing(0);
    column->addWidget(new FilterBar(m_selection->filter(), this));
    column->addWidget(rows, 1);
}

void ComparePage::connectPanels()
{
    for (plots::PlotWidget *plot : std::initializer_list<plots::PlotWidget *> {
             m_maps, m_sqnr, m_wrong, m_ridges, m_training, m_flow, m_tokens, m_paired })
        connect(plot, &plots::PlotWidget::readout, this, &ComparePage::readout);
    for (PanelTabs *tabs : { m_byLayer, m_byBlock, m_differences })
        connect(tabs, &PanelTabs::currentChanged, this, [this] { invalidate(0); });
    const auto choose = [this](auto change) {
        Selection s = m_selection->current();
        change(s);
        m_selection->set(s);
    };
    connect(m_maps, &plots::SmallMultiplesHeatmap::cellSelected, this,
            [this, choose](const QString &id, int row, int column) {
                choose([&](Selection &s) {
                    s.variant = id;
                    if (m_activations) {
                        s.token = row;
                        s.block = column / 32;
                        s.channel = column;
                    } else {
                        s.layer = row;
                        s.block = column;
                        s.channel = 32 * column;
                    }
                });
            });
    connect(m_flow, &plots::SmallMultiplesHeatmap::cellSelected, this,
            [choose](const QString &id, int, int from) {
                choose([&](Selection &s) {
                    s.variant = id;
                    s.block = from;
                });
            });
    connect(m_tokens, &plots::HeatmapPlot::cellSelected, this, [choose](int token, int block) {
        choose([&](Selection &s) {
            s.token = token;
            s.block = block;
        });
    });
    connect(m_tokens, &plots::HeatmapPlot::cellActivated, this, &ComparePage::inspectRequested);
    for (plots::SmallMultiplesHeatmap *maps : { m_maps, m_flow })
        connect(maps, &plots::SmallMultiplesHeatmap::cellActivated, this,
                &ComparePage::inspectRequested);
    for (plots::SeriesPlot *plot : { m_sqnr, m_wrong })
        connect(plot, &plots::SeriesPlot::pointSelected, this,
                [choose](const QString &id, double x) {
                    choose([&](Selection &s) {
                        s.variant = id.section(QLatin1Char('/'), 0, 0);
                        s.layer = static_cast<int>(std::lround(x));
                    });
                });
    connect(m_training, &TrainingPlot::kindChanged, this, [this] { invalidate(Training); });
    connect(m_training, &plots::SeriesPlot::pointSelected, this, [choose](const QString &id) {
        choose([&](Selection &s) { s.variant = id.section(QLatin1Char('/'), 0, 0); });
    });
    connect(m_ridges, &plots::RidgePlot::layerSelected, this,
            [choose](const QString &id, int layer) {
                choose([&](Selection &s) {
                    s.variant = id;
                    s.layer = layer;
                });
            });
    connect(m_paired, &plots::PairedPlot::cellSelected, this,
            [choose](const QString &id, int site, int layer) {
                choose([&](Selection &s) {
                    s.variant = id;
                    s.site = kLinearSites[static_cast<std::size_t>(site)];
                    s.layer = layer;
                });
            });
    connect(m_paired, &plots::PlotWidget::pinRequested, this,
            [this] { m_document->pinBaseline(m_selection->current().variant); });
    connect(m_sqnr, &plots::PlotWidget::pinRequested, this,
            [this] { m_document->pinBaseline(m_selection->current().variant); });
}

} // namespace batlab::views
