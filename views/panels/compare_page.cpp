// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/compare_page.h"

#include "views/models/method_activations.h"
#include "views/models/selection_context.h"
#include "views/models/spec_table.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/filter_bar.h"
#include "views/panels/method_series.h"
#include "views/panels/panel_frame.h"
#include "views/panels/panel_tabs.h"
#include "views/panels/training_plot.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
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

namespace {

constexpr int kCoalesceMs = 200;

QSplitter *splitter(Qt::Orientation orientation, QWidget *parent)
{
    auto *s = new QSplitter(orientation, parent);
    s->setHandleWidth(1);
    s->setChildrenCollapsible(false);
    return s;
}

} // namespace

ComparePage::ComparePage(WorkbenchDocument *document, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_source(new MethodActivations(document, this))
    , m_maps(
          new plots::SmallMultiplesHeatmap(tr("Activation magnitude entering the quantizer"), this))
    , m_mapKind(new SegmentBar(this))
    , m_layerKind(new SegmentBar(this))
    , m_pairedPart(new SegmentBar(this))
    , m_normalise(new QCheckBox(tr("Normalise"), this))
    , m_retry(makeLink(tr("Retry"), this))
    , m_chooser(new VariantChooser(document, this))
    , m_frame(new PanelFrame(tr("Values ÷ block scale"), this))
    , m_sheet(new QWidget(m_frame))
    , m_sqnr(new plots::SeriesPlot(tr("Error by layer"), this))
    , m_wrong(makeErrorPlot(this))
    , m_ridges(new plots::RidgePlot(tr("Distributions over layers"), this))
    , m_training(new TrainingPlot(document, selection, this))
    , m_flow(new plots::SmallMultiplesHeatmap(tr("Block energy flow"), this))
    , m_tokens(new plots::HeatmapPlot(tr("Energy by token"), this))
    , m_paired(new plots::PairedPlot(tr("Paired differences"), this))
    , m_specFrame(new PanelFrame(tr("Spec differences"), this))
    , m_specs(new SpecTable(this))
    , m_specView(new QTableView(this))
    , m_byLayer(new PanelTabs(tr("Panels by layer"), this))
    , m_byBlock(new PanelTabs(tr("Panels by block"), this))
    , m_differences(new PanelTabs(tr("Panels of differences"), this))
{
    buildControls();
    buildLayout();
    connectPanels();
    m_timer.setSingleShot(true);
    m_timer.setInterval(kCoalesceMs);
    connect(&m_timer, &QTimer::timeout, this, [this] { invalidate(All); });
    m_stepTimer.setInterval(0);
    connect(&m_stepTimer, &QTimer::timeout, this, &ComparePage::step);
    const auto restart = [this] {
        m_source->clear();
        invalidate(All);
    };
    connect(document, &WorkbenchDocument::documentReset, this, restart);
    connect(selection->filter(), &PlaceFilter::changed, this,
            [this] { invalidate(Maps | Sqnr | Ridges); });
    connect(document, &WorkbenchDocument::guestsChanged, this, restart);
    connect(document, &WorkbenchDocument::baselineChanged, this,
            [this] { invalidate(Maps | Sqnr | Wrong | Training | Flow | Paired | Specs); });
    connect(document, &WorkbenchDocument::artifactsAdded, this, [this] {
        m_dirty = All;
        if (isVisible() && !m_timer.isActive())
            m_timer.start();
    });
    connect(m_chooser, &VariantChooser::changed, this, [this] { invalidate(All); });
    connect(m_chooser, &VariantChooser::addSessionRequested, this,
            &ComparePage::addSessionRequested);
    connect(m_source, &MethodActivations::changed, this, [this] { invalidate(Maps); });
    connect(selection, &SelectionContext::changed, this, &ComparePage::follow);
}

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
    m_flow->setProfilesVisible(false);
    m_flow->setColumnFrame(true);
    m_flow->colorScale()->setMap(plots::ColorMap::cividis);
    m_flow->colorScale()->setZeroIsBlank(true);
    m_flow->colorScale()->setNaturalLimits(0.001, 1); // of a share, whatever the layer
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
    auto *rows = splitter(Qt::Vertical, this);
    auto *middle = splitter(Qt::Horizontal, rows);
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

void ComparePage::setAsk(Ask ask)
{
    m_source->setAsk(std::move(ask));
    invalidate(Maps);
}

bool ComparePage::isWaiting() const
{
    return m_stepTimer.isActive() || m_pairedShown != m_pairedRound
        || (m_mapKind->current() == 0 && m_source->state() == MethodActivations::State::loading);
}

void ComparePage::setCurrentPanel(QWidget *panel)
{
    for (PanelTabs *tabs : { m_byLayer, m_byBlock, m_differences })
        if (tabs->isAncestorOf(panel))
            tabs->setCurrent(panel);
}

void ComparePage::follow(const Selection &now, const Selection &before)
{
    unsigned pieces = 0;
    if (now.site != before.site)
        pieces |= Maps | Histograms | Sqnr | Ridges | Flow | Tokens;
    if (now.layer != before.layer)
        pieces |= Training | Flow | Tokens | (m_mapKind->current() == 0 ? unsigned(Maps) : 0U);
    if (now.variant != before.variant)
        pieces |= Sqnr | Wrong | Training | Tokens;
    invalidate(pieces);
    if (isVisible())
        showSelection();
}

QWidget *ComparePage::widgetOf(Piece piece) const
{
    switch (piece) {
    case Maps: return m_maps;
    case Histograms: return m_frame;
    case Sqnr: return m_sqnr;
    case Wrong: return m_wrong;
    case Ridges: return m_ridges;
    case Training: return m_training;
    case Flow: return m_flow;
    case Tokens: return m_tokens;
    case Paired: return m_paired;
    case Specs: return m_specFrame;
    case All: break;
    }
    return nullptr;
}

void ComparePage::invalidate(unsigned pieces)
{
    m_dirty |= pieces;
    if (isVisible())
        m_stepTimer.start();
}

bool ComparePage::step()
{
    for (unsigned bit = 1; bit < All; bit <<= 1U) {
        const auto piece = static_cast<Piece>(bit);
        if (!(m_dirty & bit) || !widgetOf(piece)->isVisible())
            continue;
        m_dirty &= ~bit;
        rebuild(piece);
        return true;
    }
    m_stepTimer.stop();
    showSelection();
    return false;
}

void ComparePage::flush()
{
    while (step()) { }
}

void ComparePage::rebuild(Piece piece)
{
    const QString selected = m_selection->current().variant;
    switch (piece) {
    case Maps: rebuildMaps(); break;
    case Histograms: syncHistograms(); break;
    case Sqnr: rebuildSqnr(); break;
    case Wrong: showErrors(*m_wrong, *m_document, m_chooser->shown(), selected); break;
    case Ridges: rebuildRidges(); break;
    case Training: m_training->rebuild(m_chooser->shown()); break;
    case Flow: rebuildFlow(); break;
    case Tokens: rebuildTokens(); break;
    case Paired: rebuildPaired(); break;
    case Specs: rebuildSpecs(); break;
    case All: break;
    }
}

void ComparePage::fold()
{
    // Below 1050 the summary stands behind a segment of the differences.
    const bool narrow = m_paired->width() < plots::px(1000);
    m_pairedPart->setVisible(narrow);
    m_paired->setPart(!narrow                            ? plots::PairedPlot::Part::both
                          : m_pairedPart->current() == 1 ? plots::PairedPlot::Part::summary
                                                         : plots::PairedPlot::Part::strips);
}

void ComparePage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fold();
}

void ComparePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    fold();
    invalidate(0); // what changed while the page was hidden
}

} // namespace batlab::views
