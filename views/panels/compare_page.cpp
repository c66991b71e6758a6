// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/compare_page.h"

#include "core/stats/pyramid.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"
#include "views/plots/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 200;

LayerId textLayer(int index) { return { Branch::text, index }; }

plots::HeatmapText mapText(const QString &rowAxis, const QString &row)
{
    plots::HeatmapText text;
    text.rowAxis = rowAxis;
    text.columnAxis = ComparePage::tr("Block");
    text.row = row;
    text.column = ComparePage::tr("block");
    text.value = QStringLiteral("E");
    text.unit = ComparePage::tr("activation²");
    return text;
}

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
    , m_maps(new plots::SmallMultiplesHeatmap(tr("Energy entering the quantizer"), this))
    , m_frame(new PanelFrame(tr("Values ÷ block scale"), this))
    , m_sheet(new QWidget(m_frame))
    , m_sqnr(new plots::SeriesPlot(tr("Output SQNR by layer"), this))
    , m_tokens(new plots::HeatmapPlot(tr("Energy by token"), this))
{
    auto *sheet = new QHBoxLayout(m_sheet);
    sheet->setContentsMargins(plots::px(8), 0, plots::px(8), plots::px(4));
    sheet->setSpacing(plots::px(4));
    m_frame->setContent(m_sheet);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *rows = splitter(Qt::Vertical, this);
    auto *lower = splitter(Qt::Horizontal, rows);
    lower->addWidget(m_sqnr);
    lower->addWidget(m_tokens);
    lower->setSizes({ 550, 450 });
    rows->addWidget(m_maps);
    rows->addWidget(m_frame);
    rows->addWidget(lower);
    rows->setSizes({ 340, 210, 330 });
    column->addWidget(rows);

    m_timer.setSingleShot(true);
    m_timer.setInterval(kCoalesceMs);
    connect(&m_timer, &QTimer::timeout, this, &ComparePage::refresh);
    m_stepTimer.setInterval(0);
    connect(&m_stepTimer, &QTimer::timeout, this, &ComparePage::step);
    connect(document, &WorkbenchDocument::documentReset, this, &ComparePage::flush);
    connect(document, &WorkbenchDocument::artifactsAdded, this, [this] {
        m_stale = true;
        if (isVisible() && !m_timer.isActive())
            m_timer.start();
    });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (!isVisible()) {
                    m_stale = true; // the next show brings everything up to date
                    return;
                }
                if (now.site != before.site) {
                    refresh();
                    return;
                }
                if (now.layer != before.layer || now.variant != before.variant)
                    rebuildTokens();
                showSelection();
            });
    for (plots::PlotWidget *plot :
         { static_cast<plots::PlotWidget *>(m_maps), static_cast<plots::PlotWidget *>(m_sqnr),
           static_cast<plots::PlotWidget *>(m_tokens) })
        connect(plot, &plots::PlotWidget::readout, this, &ComparePage::readout);
    connect(m_maps, &plots::SmallMultiplesHeatmap::cellSelected, this,
            [this](const QString &id, int layer, int block) {
                Selection s = m_selection->current();
                s.variant = id;
                s.layer = layer;
                s.block = block;
                m_selection->set(s);
            });
    connect(m_tokens, &plots::HeatmapPlot::cellSelected, this, [this](int token, int block) {
        Selection s = m_selection->current();
        s.token = token;
        s.block = block;
        m_selection->set(s);
    });
    connect(m_tokens, &plots::HeatmapPlot::cellActivated, this, &ComparePage::inspectRequested);
    connect(m_sqnr, &plots::SeriesPlot::pointSelected, this, [this](const QString &id, double x) {
        Selection s = m_selection->current();
        s.variant = id;
        s.layer = static_cast<int>(std::lround(x));
        m_selection->set(s);
    });
    flush();
}

std::vector<plots::HistogramPlot *> ComparePage::histograms() const
{
    std::vector<plots::HistogramPlot *> out;
    for (const Multiple &m : m_multiples)
        out.push_back(m.histogram);
    return out;
}

std::vector<std::string> ComparePage::shownVariants() const
{
    std::vector<std::string> out;
    const Site site = m_selection->current().site;
    for (const VariantInfo *info : m_document->artifacts().variants()) {
        for (const SiteStats *stats : m_document->artifacts().allSiteStats(info->id)) {
            if (stats->site == site) {
                out.push_back(info->id);
                break;
            }
        }
    }
    return out;
}

void ComparePage::syncHistograms()
{
    const std::vector<std::string> wanted = shownVariants();
    bool same = wanted.size() == m_multiples.size();
    for (std::size_t i = 0; same && i < wanted.size(); ++i)
        same = wanted[i] == m_multiples[i].variant;
    if (same)
        return;
    for (const Multiple &m : m_multiples)
        m.box->deleteLater();
    m_multiples.clear();
    for (const std::string &id : wanted) {
        const QString title = m_document->variantTitle(qs(id));
        Multiple m;
        m.variant = id;
        m.box = new QWidget(m_sheet);
        auto *column = new QVBoxLayout(m.box);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        m.caption = new ElidedLabel(m.box);
        m.caption->setFont(plots::tableFont());
        m.caption->setText(title);
        m.caption->setFixedHeight(plots::px(18));
        column->addWidget(m.caption);
        m.histogram = new plots::HistogramPlot(tr("Values ÷ block scale of %1").arg(title), m.box);
        m.histogram->setHeaderVisible(false);
        m.histogram->setMinimumSize(plots::px(120), plots::px(100));
        column->addWidget(m.histogram, 1);
        connect(m.histogram, &plots::PlotWidget::readout, this, &ComparePage::readout);
        m_sheet->layout()->addWidget(m.box);
        m_multiples.push_back(m);
    }
}

void ComparePage::flush()
{
    refresh();
    while (m_stepTimer.isActive())
        step();
}

void ComparePage::refresh()
{
    m_timer.stop();
    m_stale = false;
    m_step = 0;
    m_stepTimer.start();
}

void ComparePage::step()
{
    switch (m_step++) {
    case 0: syncHistograms(); break;
    case 1: rebuildMaps(); break;
    case 2: rebuildSqnr(); break;
    case 3: rebuildTokens(); break;
    default: m_stepTimer.stop(); showSelection();
    }
}

void ComparePage::rebuildMaps()
{
    const Site site = m_selection->current().site;
    if (m_multiples.empty()) {
        const QString text = m_document->isEmpty()
            ? tr("No session.")
            : tr("No variant has statistics of this site yet.");
        m_maps->setMaps({}, {});
        m_maps->setEmpty(text);
        m_frame->setEmpty(text);
        return;
    }
    m_frame->setReady();
    m_maps->setReady();
    m_maps->setSubtitle(tr("%1 %2, mean x² per block of 32, layer by layer, identical limits")
                            .arg(qs(name(site)), qs(title(site))));
    std::vector<plots::MapItem> items;
    for (const Multiple &m : m_multiples) {
        const EnergyMap map = energyMap(m_document->artifacts(), m.variant, site);
        const VariantInfo *info = m_document->artifacts().variant(m.variant);
        plots::MapItem item;
        item.id = qs(m.variant);
        item.name = m_document->variantTitle(item.id);
        item.family = info ? qs(info->family) : QString();
        item.filled = info && info->filled;
        float peak = 0;
        for (const float v : map.cells)
            peak = std::isnan(v) ? peak : std::max(peak, v);
        item.note = tr("max %1").arg(number(peak, peak < 10 ? 2 : 1));
        item.data = std::make_shared<const LodPyramid>(
            LodPyramid::build(map.cells, map.layers, map.blocks));
        items.push_back(std::move(item));
    }
    m_maps->setMaps(std::move(items), mapText(tr("Layer"), tr("layer")));
}

void ComparePage::rebuildSqnr()
{
    const ArtifactIndex &index = m_document->artifacts();
    const Site site = m_selection->current().site;
    std::vector<plots::Series> series;
    for (const VariantInfo *info : index.variants()) {
        if (info->family == "reference")
            continue;
        const std::vector<double> values = index.sqnrByLayer(info->id, site);
        if (std::none_of(values.begin(), values.end(), [](double v) { return !std::isnan(v); }))
            continue;
        plots::Series s;
        s.id = qs(info->id);
        s.name = m_document->variantTitle(qs(info->id));
        s.family = qs(info->family);
        s.filled = info->filled;
        for (std::size_t layer = 0; layer < values.size(); ++layer) {
            s.x.push_back(static_cast<double>(layer));
            s.y.push_back(values[layer]);
        }
        series.push_back(std::move(s));
    }
    m_sqnr->setSubtitle(tr("%1 %2, higher is better").arg(qs(name(site)), qs(title(site))));
    if (series.empty()) {
        m_sqnr->setEmpty(tr("No layer of a variant is done yet."));
        return;
    }
    m_sqnr->setReady();
    m_sqnr->setSeries(std::move(series),
                      { tr("Layer"), tr("Output SQNR, dB"), tr("layer"), tr("dB") });
}

void ComparePage::rebuildTokens()
{
    const Selection &s = m_selection->current();
    const std::string variant = s.variant.isEmpty() ? std::string(kReference) : ss(s.variant);
    const TokenEnergyMap *map =
        m_document->artifacts().tokenMap(variant, textLayer(s.layer), s.site);
    m_tokens->setSubtitle(
        tr("L%1 %2, %3").arg(s.layer).arg(qs(name(s.site)), m_document->variantTitle(qs(variant))));
    if (!map || map->tokens <= 0 || map->blocks <= 0) {
        m_tokens->setData(nullptr, {});
        m_tokens->setEmpty(tr("No token map of this layer yet."));
        return;
    }
    plots::HeatmapText text = mapText(tr("Token"), tr("token"));
    if (const SampleTokens *sample = m_document->artifacts().sampleTokens()) {
        text.note = [pieces = sample->pieces](int row, int) {
            const auto at = static_cast<std::size_t>(row);
            return at < pieces.size() ? QStringLiteral("“%1”").arg(qs(pieces[at])) : QString();
        };
    }
    m_tokens->setReady();
    m_tokens->setData(std::make_shared<const LodPyramid>(
                          LodPyramid::build(map->energy, map->tokens, map->blocks)),
                      text);
}

void ComparePage::showHistograms()
{
    const Selection &s = m_selection->current();
    for (const Multiple &m : m_multiples) {
        const SiteStats *stats =
            m_document->artifacts().siteStats(m.variant, textLayer(s.layer), s.site);
        if (!stats || stats->bins <= 0 || s.block >= stats->blocks) {
            m.histogram->setEmpty(tr("No histogram yet."));
            continue;
        }
        m.histogram->setReady();
        m.histogram->setData(plots::HistogramData::fromStats(*stats, s.block));
    }
}

void ComparePage::showSelection()
{
    const Selection &s = m_selection->current();
    m_maps->setSelectedCell({ s.layer, s.block });
    m_tokens->setSelectedCell({ s.token, s.block });
    m_sqnr->setCursor(s.layer);
    if (!m_multiples.empty())
        m_frame->setSubtitle(tr("layer %1, %2 %3, block %4 under each method")
                                 .arg(s.layer)
                                 .arg(qs(name(s.site)), qs(title(s.site)))
                                 .arg(s.block));
    showHistograms();
}

void ComparePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale) // hidden pages do not follow artifacts
        refresh();
}

void ComparePage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_sqnr)
        rebuildSqnr();
}

} // namespace batlab::views
