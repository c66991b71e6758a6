// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/compare_page.h"

#include "views/models/method_activations.h"
#include "views/models/selection_context.h"
#include "views/models/spec_table.h"
#include "views/models/workbench_document.h"
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
#include <QTableView>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 200;

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
