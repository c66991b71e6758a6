// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/compare_page.h"

#include "core/stats/pyramid.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/method_icon.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/link_group.h"
#include "views/plots/series_plot.h"
#include "views/plots/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QGridLayout>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

constexpr int kCoalesceMs = 200;
constexpr int kMaxColumns = 5;

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
    , m_frame(new PanelFrame(tr("Energy entering the quantizer"), this))
    , m_sheet(new QWidget(m_frame))
    , m_grid(new QGridLayout(m_sheet))
    , m_identical(new QCheckBox(tr("Identical limits"), this))
    , m_linked(new QCheckBox(tr("Linked zoom"), this))
    , m_scale(std::make_shared<plots::ColorScale>())
    , m_linkX(new plots::LinkGroup(this))
    , m_linkY(new plots::LinkGroup(this))
    , m_sqnr(new plots::SeriesPlot(tr("Output SQNR by layer"), this))
    , m_tokens(new plots::HeatmapPlot(tr("Energy by token"), this))
{
    for (QCheckBox *box : { m_identical, m_linked }) {
        box->setChecked(true);
        box->setFont(plots::tableFont());
        box->setAccessibleName(box->text());
        m_frame->addHeaderWidget(box);
    }
    m_identical->setToolTip(tr("All maps share one colour scale"));
    m_linked->setToolTip(tr("All maps show the same cells"));
    m_grid->setContentsMargins(plots::px(8), 0, plots::px(8), plots::px(4));
    m_grid->setSpacing(plots::px(4));
    m_frame->setContent(m_sheet);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *rows = splitter(Qt::Vertical, this);
    auto *lower = splitter(Qt::Horizontal, rows);
    lower->addWidget(m_sqnr);
    lower->addWidget(m_tokens);
    lower->setSizes({ 550, 450 });
    rows->addWidget(m_frame);
    rows->addWidget(lower);
    rows->setSizes({ 560, 340 });
    column->addWidget(rows);

    m_timer.setSingleShot(true);
    m_timer.setInterval(kCoalesceMs);
    connect(&m_timer, &QTimer::timeout, this, &ComparePage::flush);
    connect(document, &WorkbenchDocument::documentReset, this, &ComparePage::flush);
    connect(document, &WorkbenchDocument::artifactsAdded, this, [this] {
        if (isVisible() && !m_timer.isActive())
            m_timer.start();
    });
    connect(selection, &SelectionContext::changed, this,
            [this](const Selection &now, const Selection &before) {
                if (!isVisible())
                    return; // the next show brings everything up to date
                if (now.site != before.site) {
                    flush();
                    return;
                }
                if (now.layer != before.layer || now.variant != before.variant)
                    rebuildTokens();
                showSelection();
            });
    connect(m_identical, &QCheckBox::toggled, this, &ComparePage::rebuildMaps);
    connect(m_linked, &QCheckBox::toggled, this, [this] {
        for (Multiple &m : m_multiples) // links cannot be undone in place: make the plots anew
            m.box->deleteLater();
        m_multiples.clear();
        m_columns = 0;
        flush();
    });
    for (plots::PlotWidget *plot :
         { static_cast<plots::PlotWidget *>(m_sqnr), static_cast<plots::PlotWidget *>(m_tokens) })
        connect(plot, &plots::PlotWidget::readout, this, &ComparePage::readout);
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

std::vector<plots::HeatmapPlot *> ComparePage::maps() const
{
    std::vector<plots::HeatmapPlot *> out;
    for (const Multiple &m : m_multiples)
        out.push_back(m.map);
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

void ComparePage::syncMultiples()
{
    const std::vector<std::string> wanted = shownVariants();
    bool same = wanted.size() == m_multiples.size();
    for (std::size_t i = 0; same && i < wanted.size(); ++i)
        same = wanted[i] == m_multiples[i].variant;
    if (same)
        return;
    for (std::size_t i = m_multiples.size(); i-- > 0;) {
        if (std::find(wanted.begin(), wanted.end(), m_multiples[i].variant) == wanted.end()) {
            m_multiples[i].box->deleteLater();
            m_multiples.erase(m_multiples.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    std::vector<Multiple> next;
    for (const std::string &id : wanted) {
        const auto have = std::find_if(m_multiples.begin(), m_multiples.end(),
                                       [&](const Multiple &m) { return m.variant == id; });
        if (have != m_multiples.end()) {
            next.push_back(*have);
            continue;
        }
        Multiple m;
        m.variant = id;
        m.box = new QWidget(m_sheet);
        auto *column = new QVBoxLayout(m.box);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        m.caption = new ElidedLabel(m.box);
        m.caption->setFont(plots::tableFont());
        m.caption->setFixedHeight(plots::px(20));
        column->addWidget(m.caption);
        m.map = new plots::HeatmapPlot(m_document->variantTitle(qs(id)), m.box);
        m.map->setHeaderVisible(false);
        m.map->setProfilesVisible(false);
        m.map->setAccessibleName(m_document->variantTitle(qs(id)));
        column->addWidget(m.map, 3);
        m.histogram = new plots::HistogramPlot(
            tr("Values ÷ block scale of %1").arg(m_document->variantTitle(qs(id))), m.box);
        m.histogram->setHeaderVisible(false);
        m.histogram->setMinimumHeight(plots::px(110));
        column->addWidget(m.histogram, 2);
        connect(m.histogram, &plots::PlotWidget::readout, this, &ComparePage::readout);
        if (m_linked->isChecked()) {
            m.map->linkX(m_linkX);
            m.map->linkY(m_linkY);
        }
        connect(m.map, &plots::HeatmapPlot::cellSelected, this, [this, id](int layer, int block) {
            Selection s = m_selection->current();
            s.variant = qs(id);
            s.layer = layer;
            s.block = block;
            m_selection->set(s);
        });
        connect(m.map, &plots::HeatmapPlot::cellActivated, this, &ComparePage::inspectRequested);
        connect(m.map, &plots::PlotWidget::readout, this, [this, id](const QString &text) {
            Q_EMIT readout(text.isEmpty() ? text
                                          : QString(m_document->variantTitle(qs(id))
                                                    + QStringLiteral(" · ") + text));
        });
        m.box->show();
        next.push_back(m);
    }
    m_multiples = std::move(next);
    m_columns = 0;
    arrange();
}

void ComparePage::arrange()
{
    if (m_multiples.empty())
        return;
    const int n = static_cast<int>(m_multiples.size());
    const int fits = std::clamp(width() / plots::px(210), 1, kMaxColumns);
    const int rows = (n + fits - 1) / fits;
    const int columns = (n + rows - 1) / rows; // 5 in a row, or 3 + 2
    if (columns == m_columns)
        return;
    m_columns = columns;
    for (int i = 0; i < n; ++i) {
        m_grid->removeWidget(m_multiples[static_cast<std::size_t>(i)].box);
        m_grid->addWidget(m_multiples[static_cast<std::size_t>(i)].box, i / columns, i % columns);
    }
    for (int c = 0; c < m_grid->columnCount(); ++c)
        m_grid->setColumnStretch(c, c < columns ? 1 : 0);
    for (int r = 0; r < m_grid->rowCount(); ++r)
        m_grid->setRowStretch(r, r < rows ? 1 : 0);
}

void ComparePage::flush()
{
    m_timer.stop();
    syncMultiples();
    rebuildMaps();
    rebuildSqnr();
    rebuildTokens();
    showSelection();
}

void ComparePage::rebuildMaps()
{
    const Site site = m_selection->current().site;
    if (m_multiples.empty()) {
        m_frame->setEmpty(m_document->isEmpty()
                              ? tr("No session.")
                              : tr("No variant has statistics of this site yet."));
        return;
    }
    m_frame->setReady();
    showSubtitle();
    std::vector<EnergyMap> maps;
    for (const Multiple &m : m_multiples)
        maps.push_back(energyMap(m_document->artifacts(), m.variant, site));
    std::vector<std::span<const float>> values;
    for (const EnergyMap &map : maps)
        values.emplace_back(map.cells);
    m_scale->setValues(values);
    for (std::size_t i = 0; i < maps.size(); ++i) {
        const EnergyMap &map = maps[i];
        const Multiple &m = m_multiples[i];
        if (m_identical->isChecked()) {
            m.map->setColorScale(m_scale);
        } else if (m.map->colorScale() == m_scale) {
            auto own = std::make_shared<plots::ColorScale>();
            own->setValues({ std::span<const float>(map.cells) });
            m.map->setColorScale(own);
        }
        m.map->setReady();
        m.map->setData(std::make_shared<const LodPyramid>(
                           LodPyramid::build(map.cells, map.layers, map.blocks)),
                       mapText(tr("Layer"), tr("layer")));
        float peak = 0;
        for (const float v : map.cells)
            peak = std::isnan(v) ? peak : std::max(peak, v);
        m.caption->setText(
            tr("%1 · max %2")
                .arg(m_document->variantTitle(qs(m.variant)), number(peak, peak < 10 ? 2 : 1)));
    }
    if (m_identical->isChecked())
        m_scale->setValues(values); // after the maps brought their own values
}

void ComparePage::showSubtitle()
{
    const Selection &s = m_selection->current();
    m_frame->setSubtitle(tr("%1 %2, mean x² per block of 32, layer by layer; below: values ÷ scale "
                            "of layer %3, block %4")
                             .arg(qs(name(s.site)), qs(title(s.site)))
                             .arg(s.layer)
                             .arg(s.block));
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
    for (const Multiple &m : m_multiples)
        m.map->setSelectedCell({ s.layer, s.block });
    if (!m_multiples.empty())
        showSubtitle();
    m_tokens->setSelectedCell({ s.token, s.block });
    m_sqnr->setCursor(s.layer);
    showHistograms();
}

void ComparePage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ComparePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    flush(); // hidden pages do not follow artifacts
}

void ComparePage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_sqnr)
        rebuildSqnr();
}

} // namespace batlab::views
