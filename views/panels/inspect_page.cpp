// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/inspect_page.h"

#include "views/models/activation_source.h"
#include "views/models/delta_text.h"
#include "views/models/selection_context.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/filter_bar.h"
#include "views/panels/inspect_map.h"
#include "views/panels/ranking_panel.h"
#include "views/panels/token_panel.h"
#include "views/panels/ui_kit.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"

#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace batlab::views {

InspectPage::InspectPage(WorkbenchDocument *document, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_source(new ActivationSource(document, selection, this))
    , m_map(new InspectMap(document, selection, m_source, this))
    , m_ranking(new RankingPanel(document, selection, this))
    , m_tokens(new TokenPanel(document, selection, m_source, this))
    , m_left(new QStackedWidget(this))
    , m_histogram(new plots::HistogramPlot(tr("Values ÷ block scale"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *rows = makeSplitter(Qt::Vertical, QStringLiteral("inspectRows"), this);
    auto *lower = makeSplitter(Qt::Horizontal, QStringLiteral("inspectColumns"), rows);
    for (PanelFrame *panel :
         { static_cast<PanelFrame *>(m_ranking), static_cast<PanelFrame *>(m_tokens) }) {
        auto *choice = new SegmentBar(panel);
        choice->addSegment(tr("Blocks"), tr("Blocks ranked by bimodality"), 0);
        choice->addSegment(tr("Tokens"), tr("The sample's tokens, coloured"), 1);
        choice->setCurrent(panel == m_tokens ? 1 : 0);
        panel->addHeaderWidget(choice);
        connect(choice, &SegmentBar::chosen, this, [this, choice, panel](int tokens) {
            choice->setCurrent(panel == m_tokens ? 1 : 0); // each bar shows its own page
            showTokens(tokens == 1);
        });
        m_left->addWidget(panel);
    }
    lower->addWidget(m_left);
    lower->addWidget(m_histogram);
    lower->setStretchFactor(0, 55);
    lower->setStretchFactor(1, 45);
    rows->addWidget(m_map);
    rows->addWidget(lower);
    rows->setStretchFactor(0, 6);
    rows->setStretchFactor(1, 4);
    rows->setSizes({ 600, 400 });
    lower->setSizes({ 550, 450 });
    column->addWidget(new FilterBar(selection->filter(), this));
    column->addWidget(rows, 1);

    const auto again = [this] {
        if (isVisible())
            showHistogram();
    };
    connect(selection, &SelectionContext::changed, this, again);
    connect(document, &WorkbenchDocument::documentReset, this, again);
    connect(document, &WorkbenchDocument::baselineChanged, this, again);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                const int layer = m_selection->current().layer;
                for (const ArtifactPtr &a : artifacts) {
                    const auto *stats = std::get_if<SiteStats>(a.get());
                    if (isVisible() && stats && stats->layer.index == layer
                        && (stats->variant == variant()
                            || stats->variant == ss(m_document->baseline())))
                        return showHistogram();
                }
            });
    connect(m_map, &InspectMap::readout, this, &InspectPage::readout);
    connect(m_map, &InspectMap::runRequested, this, &InspectPage::runRequested);
    connect(m_map, &InspectMap::beforeChanged, m_tokens, &TokenPanel::setBefore);
    connect(m_tokens, &TokenPanel::readout, this, &InspectPage::readout);
    connect(m_histogram, &plots::PlotWidget::readout, this, &InspectPage::readout);
}

void InspectPage::setAsk(const Ask &ask) { m_source->setAsk(ask); }

plots::HeatmapPlot *InspectPage::map() const { return m_map->plot(); }

BimodalityModel *InspectPage::ranking() const { return m_ranking->model(); }

QTableView *InspectPage::rankingView() const { return m_ranking->view(); }

void InspectPage::showTokens(bool tokens)
{
    m_left->setCurrentWidget(tokens ? static_cast<QWidget *>(m_tokens) : m_ranking);
}

std::string InspectPage::variant() const
{
    const QString chosen = m_selection->current().variant;
    return chosen.isEmpty() ? std::string(kReference) : ss(chosen);
}

void InspectPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    showHistogram();
}

void InspectPage::flush()
{
    m_map->rebuild();
    m_ranking->flush();
    m_tokens->rebuild();
    showHistogram();
}

void InspectPage::goToWorst() { m_ranking->goToWorst(); }

void InspectPage::showHistogram()
{
    const Selection &s = m_selection->current();
    const SiteStats *stats =
        m_document->artifacts().siteStats(variant(), { Branch::text, s.layer }, s.site);
    const auto block = static_cast<std::size_t>(s.block);
    if (!stats || stats->bins <= 0
        || (block + 1) * static_cast<std::size_t>(stats->bins) > stats->histogram.size()) {
        m_histogram->setSubtitle({});
        const QString why = whyNoStatistics(m_document->artifacts(), variant(), s.site);
        m_histogram->setEmpty(why.isEmpty() ? tr("No histogram of this block yet.") : why);
        return;
    }
    m_histogram->setReady();
    m_histogram->setData(plots::HistogramData::fromStats(*stats, s.block));
    const auto clipped = [block](const SiteStats &of) {
        return block < of.clipShare.size() ? of.clipShare[block] * 100.0 : 0.0;
    };
    QString text = tr("L%1 %2 block %3, E2M1 grid, clipped %4 %")
                       .arg(s.layer)
                       .arg(qs(name(s.site)))
                       .arg(s.block)
                       .arg(number(clipped(*stats), 2));
    const std::string baseline = ss(m_document->baseline());
    const SiteStats *pin = baseline == variant()
        ? nullptr
        : m_document->artifacts().siteStats(baseline, stats->layer, s.site);
    if (pin && block < pin->clipShare.size())
        text += tr(", Δ %1 to %2")
                    .arg(deltaText(clipped(*stats) - clipped(*pin), 2),
                         m_document->variantTitle(qs(baseline)));
    m_histogram->setSubtitle(text);
}

QString InspectPage::selectionText() const
{
    const Selection &s = m_selection->current();
    QString text = tr("layer %1 · %2 %3 · block %4")
                       .arg(s.layer)
                       .arg(qs(name(s.site)), qs(title(s.site)))
                       .arg(s.block);
    const SiteStats *stats =
        m_document->artifacts().siteStats(variant(), { Branch::text, s.layer }, s.site);
    const auto block = static_cast<std::size_t>(s.block);
    if (stats && block < stats->energy.size()) {
        text += tr(" · E %1 activation²").arg(number(stats->energy[block], 3));
        std::vector<float> sorted = stats->energy;
        const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
        std::nth_element(sorted.begin(), middle, sorted.end());
        if (*middle > 0)
            text += tr(" · %1 × median").arg(number(stats->energy[block] / *middle, 1));
        const std::string baseline = ss(m_document->baseline());
        const SiteStats *pin = baseline == variant()
            ? nullptr
            : m_document->artifacts().siteStats(baseline, stats->layer, s.site);
        if (pin && block < pin->energy.size())
            text += tr(" · ΔE %1 to %2")
                        .arg(deltaSignificant(stats->energy[block] - pin->energy[block]),
                             m_document->variantTitle(qs(baseline)));
    }
    return text;
}

Json InspectPage::viewState() const
{
    return { { "map", m_map->viewState() },
             { "tokens", m_left->currentWidget() == m_tokens },
             { "kernel", m_histogram->isKernelShown() } };
}

void InspectPage::restoreViewState(const Json &state)
{
    if (!state.is_object())
        return;
    const auto flag = [&](const char *key) {
        const auto at = state.find(key);
        return at != state.end() && at->is_boolean() && at->get<bool>();
    };
    if (state.contains("map"))
        m_map->restoreViewState(state["map"]);
    showTokens(flag("tokens"));
    m_histogram->setKernelShown(flag("kernel"));
}

} // namespace batlab::views
