// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/inspect_page.h"

#include "core/stats/pyramid.h"
#include "views/models/bimodality_model.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/cell_delegates.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/theme.h"

#include <QHeaderView>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 120; ///< artifacts of a layer come together

LayerId textLayer(int index) { return { Branch::text, index }; }

QSplitter *splitter(Qt::Orientation orientation, QWidget *parent)
{
    auto *s = new QSplitter(orientation, parent);
    s->setHandleWidth(1);
    s->setChildrenCollapsible(false);
    return s;
}

} // namespace

InspectPage::InspectPage(WorkbenchDocument *document, SelectionContext *selection, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_selection(selection)
    , m_map(new plots::HeatmapPlot(tr("Block outlier energy"), this))
    , m_histogram(new plots::HistogramPlot(tr("Values ÷ block scale"), this))
    , m_ranking(new BimodalityModel(this))
    , m_rankingFrame(new PanelFrame(tr("Bimodality"), this))
    , m_table(new QTableView(this))
    , m_sites(new SegmentBar(this))
    , m_rows(splitter(Qt::Vertical, this))
{
    for (const Site site : kLinearSites)
        m_sites->addSegment(qs(name(site)),
                            QStringLiteral("%1 %2").arg(qs(name(site)), qs(title(site))),
                            static_cast<int>(site));
    m_map->addHeaderWidget(m_sites);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *lower = splitter(Qt::Horizontal, m_rows);
    lower->addWidget(buildRanking());
    lower->addWidget(m_histogram);
    lower->setStretchFactor(0, 55);
    lower->setStretchFactor(1, 45);
    m_rows->addWidget(m_map);
    m_rows->addWidget(lower);
    m_rows->setStretchFactor(0, 6);
    m_rows->setStretchFactor(1, 4);
    m_rows->setSizes({ 600, 400 });
    lower->setSizes({ 550, 450 });
    column->addWidget(m_rows);

    m_mapTimer.setSingleShot(true);
    m_mapTimer.setInterval(kCoalesceMs);
    m_rankingTimer.setSingleShot(true);
    m_rankingTimer.setInterval(3 * kCoalesceMs);
    connect(&m_mapTimer, &QTimer::timeout, this, &InspectPage::rebuildMap);
    connect(&m_rankingTimer, &QTimer::timeout, this, &InspectPage::rebuildRanking);
    connect(document, &WorkbenchDocument::documentReset, this, &InspectPage::flush);
    connect(document, &WorkbenchDocument::artifactsAdded, this,
            [this](const std::vector<ArtifactPtr> &artifacts) {
                for (const ArtifactPtr &a : artifacts) {
                    const auto *stats = std::get_if<SiteStats>(a.get());
                    if (std::holds_alternative<ModelSummary>(*a)
                        || (stats && stats->variant == variant())) {
                        if (!m_mapTimer.isActive())
                            m_mapTimer.start();
                        if (!m_rankingTimer.isActive())
                            m_rankingTimer.start();
                        return;
                    }
                }
            });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (now.variant != before.variant) {
                    rebuildMap();
                    rebuildRanking();
                } else if (now.site != before.site) {
                    rebuildMap();
                }
                showSelection();
            });
    connect(m_sites, &SegmentBar::chosen, this,
            [this](int site) { m_selection->setSite(static_cast<Site>(site)); });
    connect(m_map, &plots::HeatmapPlot::cellSelected, this,
            [this](int layer, int block) { m_selection->setCell(layer, block); });
    connect(m_map, &plots::PlotWidget::readout, this, &InspectPage::readout);
    connect(m_histogram, &plots::PlotWidget::readout, this, &InspectPage::readout);
    connect(m_map, &plots::PlotWidget::pinRequested, this,
            [this] { m_document->pinBaseline(m_selection->current().variant); });
    flush();
}

QWidget *InspectPage::buildRanking()
{
    m_table->setModel(m_ranking);
    m_table->setAccessibleName(tr("Blocks ranked by bimodality"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setTabKeyNavigation(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(BimodalityModel::Coefficient,
                                                  Qt::DescendingOrder);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(plots::px(22));
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *header = m_table->horizontalHeader();
    header->setFixedHeight(plots::px(24));
    header->setHighlightSections(false);
    header->setMinimumSectionSize(plots::px(28));
    m_table->setItemDelegate(new TextCellDelegate(m_table));
    m_table->setItemDelegateForColumn(
        BimodalityModel::Spark,
        new SparkCellDelegate(BimodalityModel::ValueRole, SparkCellDelegate::bars, m_table));
    m_table->setItemDelegateForColumn(
        BimodalityModel::Coefficient,
        new BarCellDelegate(BimodalityModel::ValueRole, 1.0, m_table));
    m_table->setColumnWidth(BimodalityModel::Rank, plots::px(44));
    m_table->setColumnWidth(BimodalityModel::Place, plots::px(128));
    m_table->setColumnWidth(BimodalityModel::Coefficient, plots::px(92));
    for (const int column :
         { BimodalityModel::Valley, BimodalityModel::PeakMedian, BimodalityModel::Sqnr })
        m_table->setColumnWidth(column, plots::px(78));
    header->setSectionResizeMode(BimodalityModel::Spark, QHeaderView::Stretch);
    m_rankingFrame->setContent(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                if (m_following || !now.isValid())
                    return;
                const BimodalityRow &row = m_ranking->row(now.row());
                m_selection->setCell(row.layer, row.site, row.block);
            });
    return m_rankingFrame;
}

std::string InspectPage::variant() const
{
    const QString chosen = m_selection->current().variant;
    return chosen.isEmpty() ? std::string(kReference) : ss(chosen);
}

void InspectPage::flush()
{
    rebuildMap();
    rebuildRanking();
    showSelection();
}

void InspectPage::rebuildMap()
{
    m_mapTimer.stop();
    const Site site = m_selection->current().site;
    const EnergyMap map = energyMap(m_document->artifacts(), variant(), site);
    if (map.present == 0 || map.blocks == 0) {
        m_map->setData(nullptr, {});
        m_map->setEmpty(m_document->isEmpty()
                            ? tr("No session.")
                            : tr("No statistics of this variant yet. They come layer by layer."));
        return;
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Layer");
    text.columnAxis = tr("Block (32 channels each)");
    text.row = tr("layer");
    text.column = tr("block");
    text.value = QStringLiteral("E");
    text.unit = tr("activation²");
    m_map->setReady();
    m_map->setData(
        std::make_shared<const LodPyramid>(LodPyramid::build(map.cells, map.layers, map.blocks)),
        text);
    std::vector<bool> pending(static_cast<std::size_t>(map.layers), false);
    for (int layer = 0; layer < map.layers; ++layer)
        pending[static_cast<std::size_t>(layer)] = std::isnan(
            map.cells[static_cast<std::size_t>(layer) * static_cast<std::size_t>(map.blocks)]);
    m_map->setPendingRows(std::move(pending));
    const QString stage = variant() == kReference
        ? tr("before any transform")
        : tr("as it enters the quantizer of %1").arg(m_document->variantTitle(qs(variant())));
    m_map->setSubtitle(tr("%1 %2, mean x² per block of 32 over %3 tokens, %4")
                           .arg(qs(name(site)), qs(title(site)), count(map.tokens), stage));
    m_map->setPartial(map.present, map.layers, tr("layers"));
    const Selection &s = m_selection->current();
    m_map->setSelectedCell({ s.layer, s.block });
}

void InspectPage::rebuildRanking()
{
    m_rankingTimer.stop();
    m_ranking->rebuild(m_document->artifacts(), variant());
    const int rows = m_ranking->rowCount();
    if (rows == 0)
        m_rankingFrame->setEmpty(tr("No block statistics yet."));
    else
        m_rankingFrame->setReady();
    m_rankingFrame->setSubtitle(rows == 0
                                    ? QString()
                                    : tr("%1 of %2 blocks with BC > 5/9, worst first")
                                          .arg(count(m_ranking->bimodalCount()), count(rows)));
    showSelection();
}

void InspectPage::showSelection()
{
    const Selection &s = m_selection->current();
    m_sites->setCurrent(static_cast<int>(s.site));
    m_map->setSelectedCell({ s.layer, s.block });
    m_following = true;
    const int row = m_ranking->find(s.layer, s.site, s.block);
    if (row >= 0) {
        m_table->setCurrentIndex(m_ranking->index(row, 0));
        m_table->scrollTo(m_ranking->index(row, 0));
    } else {
        m_table->clearSelection();
    }
    m_following = false;
    showHistogram();
}

void InspectPage::showHistogram()
{
    const Selection &s = m_selection->current();
    const SiteStats *stats =
        m_document->artifacts().siteStats(variant(), textLayer(s.layer), s.site);
    const auto block = static_cast<std::size_t>(s.block);
    if (!stats || stats->bins <= 0
        || (block + 1) * static_cast<std::size_t>(stats->bins) > stats->histogram.size()) {
        m_histogram->setEmpty(tr("No histogram of this block yet."));
        return;
    }
    m_histogram->setReady();
    m_histogram->setData(plots::HistogramData::fromStats(*stats, s.block));
    m_histogram->setSubtitle(
        tr("L%1 %2 block %3, E2M1 grid, clipped %4 %")
            .arg(s.layer)
            .arg(qs(name(s.site)))
            .arg(s.block)
            .arg(number(block < stats->clipShare.size() ? stats->clipShare[block] * 100.0 : 0.0,
                        2)));
}

QString InspectPage::selectionText() const
{
    const Selection &s = m_selection->current();
    QString text = tr("layer %1 · %2 %3 · block %4")
                       .arg(s.layer)
                       .arg(qs(name(s.site)), qs(title(s.site)))
                       .arg(s.block);
    const SiteStats *stats =
        m_document->artifacts().siteStats(variant(), textLayer(s.layer), s.site);
    const auto block = static_cast<std::size_t>(s.block);
    if (stats && block < stats->energy.size()) {
        text += tr(" · E %1 activation²").arg(number(stats->energy[block], 3));
        std::vector<float> sorted = stats->energy;
        const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
        std::nth_element(sorted.begin(), middle, sorted.end());
        if (*middle > 0)
            text += tr(" · %1 × median").arg(number(stats->energy[block] / *middle, 1));
    }
    return text;
}

void InspectPage::goToWorst()
{
    if (m_ranking->rowCount() == 0)
        return;
    m_table->sortByColumn(BimodalityModel::Coefficient, Qt::DescendingOrder);
    const BimodalityRow &row = m_ranking->row(0);
    m_selection->setCell(row.layer, row.site, row.block);
}

void InspectPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // Secondary columns leave first (design 5).
    m_table->setColumnHidden(BimodalityModel::Sqnr, width() < plots::px(1100));
    m_table->setColumnWidth(BimodalityModel::Coefficient,
                            plots::px(width() < plots::px(1100) ? 60 : 92));
}

} // namespace batlab::views
