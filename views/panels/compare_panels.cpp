// SPDX-License-Identifier: GPL-3.0-or-later
// What the panels of ComparePage show.
#include "views/models/method_activations.h"
#include "views/models/off_thread.h"
#include "views/models/selection_context.h"
#include "views/models/site_texts.h"
#include "views/models/spec_table.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/compare_page.h"
#include "views/panels/method_panels.h"
#include "views/panels/method_series.h"
#include "views/panels/panel_frame.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/histogram_plot.h"
#include "views/plots/paired_plot.h"
#include "views/plots/ridge_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QHeaderView>
#include <QTableView>

#include <algorithm>
#include <cmath>
#include <limits>

namespace batlab::views {

namespace {

QString siteText(Site site) { return qs(name(site)) + QLatin1Char(' ') + qs(title(site)); }

} // namespace

std::vector<plots::HistogramPlot *> ComparePage::histograms() const
{
    std::vector<plots::HistogramPlot *> out;
    for (const Multiple &m : m_multiples)
        out.push_back(m.histogram);
    return out;
}

std::vector<std::string> ComparePage::variantsAtSite() const
{
    std::vector<std::string> out;
    const Site site = m_selection->current().site;
    for (const std::string &id : m_chooser->shown())
        if (!m_document->artifacts().allSiteStats(id, site).empty())
            out.push_back(id);
    return out;
}

QString ComparePage::missing(const QString &otherwise) const
{
    const Selection &s = m_selection->current();
    const QString why =
        whyNoStatistics(m_document->artifacts(),
                        s.variant.isEmpty() ? std::string(kReference) : ss(s.variant), s.site);
    return why.isEmpty() ? otherwise : why;
}

QString ComparePage::filtered(const QString &otherwise) const
{
    return m_selection->filter()->isEmpty()
        ? otherwise
        : tr("Nothing of this in the places that the filter shows.");
}

QString ComparePage::toBaseline(const QString &what, bool compared) const
{
    return compared ? comparedText(*m_document, what) : what;
}

void ComparePage::rebuildSqnr()
{
    const ArtifactIndex &index = m_document->artifacts();
    const Selection &s = m_selection->current();
    const bool mse = m_layerKind->current() == 1;
    std::vector<plots::Series> series;
    for (const std::string &id : m_chooser->shown()) {
        std::vector<double> values =
            mse ? index.mseByLayer(id, s.site) : index.sqnrByLayer(id, s.site);
        for (std::size_t layer = 0; layer < values.size(); ++layer)
            if (!m_selection->filter()->accepts(static_cast<int>(layer), s.site))
                values[layer] = std::numeric_limits<double>::quiet_NaN();
        if (std::none_of(values.begin(), values.end(), [](double v) { return !std::isnan(v); }))
            continue;
        plots::Series line = methodSeries(*m_document, id, s.variant);
        for (std::size_t layer = 0; layer < values.size(); ++layer) {
            line.x.push_back(static_cast<double>(layer));
            line.y.push_back(values[layer]);
        }
        series.push_back(std::move(line));
    }
    m_sqnr->setTitle(mse ? tr("Output MSE by layer") : tr("Output SQNR by layer"));
    m_sqnr->setSubtitle(mse ? tr("%1, lower is better").arg(siteText(s.site))
                            : tr("%1, higher is better").arg(siteText(s.site)));
    if (series.empty()) {
        const QString why = notOfLinears(s.site);
        m_sqnr->setSeries({}, {});
        m_sqnr->setEmpty(why.isEmpty() ? filtered(tr("No layer of a variant is done yet.")) : why);
        return;
    }
    m_sqnr->setReady();
    m_sqnr->setLogY(mse);
    m_sqnr->setSeries(std::move(series),
                      { tr("Layer"), mse ? tr("Output MSE") : tr("Output SQNR, dB"), tr("layer"),
                        mse ? QString() : tr("dB") });
}

void ComparePage::rebuildRidges()
{
    const Site site = m_selection->current().site;
    std::vector<plots::Ridge> ridges;
    double limit = 8;
    for (const std::string &id : variantsAtSite()) {
        const plots::MapItem style = methodMap(*m_document, id);
        plots::Ridge ridge { style.id, style.name, style.family, style.filled, {} };
        for (const SiteStats *stats : m_document->artifacts().allSiteStats(id, site)) {
            if (stats->bins <= 0 || !m_selection->filter()->accepts(stats->layer.index, site))
                continue;
            const plots::HistogramData values = plots::HistogramData::fromStats(*stats, -1);
            const double total = values.total();
            const double width = 2 * values.limit / static_cast<double>(values.counts.size());
            limit = values.limit;
            plots::Ridge::Layer layer { stats->layer.index, {} };
            for (const double count : values.counts)
                layer.density.push_back(static_cast<float>(total > 0 ? count / total / width : 0));
            ridge.layers.push_back(std::move(layer));
        }
        ridges.push_back(std::move(ridge));
    }
    m_ridges->setSubtitle(tr("%1, all blocks, density of values ÷ block scale, last layer on top")
                              .arg(siteText(site)));
    const bool none = std::all_of(ridges.begin(), ridges.end(),
                                  [](const plots::Ridge &r) { return r.layers.empty(); });
    m_ridges->setRidges(std::move(ridges), limit, tr("Value ÷ scale"));
    if (none)
        m_ridges->setEmpty(missing(filtered(tr("No histogram of this site yet."))));
    else
        m_ridges->setReady();
}

void ComparePage::rebuildFlow()
{
    const Selection &s = m_selection->current();
    showFlow(*m_flow, *m_document, m_chooser->shown(), s.layer, s.site);
}

void ComparePage::rebuildTokens()
{
    const Selection &s = m_selection->current();
    const std::string variant = s.variant.isEmpty() ? std::string(kReference) : ss(s.variant);
    const TokenEnergyMap *map =
        m_document->artifacts().tokenMap(variant, textLayer(s.layer), s.site);
    m_tokens->setSubtitle(
        tr("L%1 %2, %3").arg(s.layer).arg(siteText(s.site), m_document->variantTitle(qs(variant))));
    if (!map || map->tokens <= 0 || map->blocks <= 0) {
        m_tokens->setData(nullptr, {});
        m_tokens->setEmpty(missing(tr("No token map of this layer yet.")));
        return;
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Token");
    text.columnAxis = tr("Block");
    text.row = tr("token");
    text.column = tr("block");
    text.value = QStringLiteral("E");
    text.unit = tr("activation²");
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

void ComparePage::rebuildPaired()
{
    const PairedInput input =
        pairedInput(m_document->artifacts(), m_chooser->shown(), ss(m_document->baseline()));
    if (input.variants.empty()) {
        m_pairedShown = ++m_pairedRound;
        m_paired->setStrips({}, {});
        m_paired->setEmpty(tr("Two variants with finished layers are needed."));
        return;
    }
    offThread(
        this, [input] { return views::pairedTable(input); },
        [this, round = ++m_pairedRound](const PairedTable &table) {
            if (round != m_pairedRound)
                return;
            m_pairedShown = round;
            showPaired(table);
        });
}

void ComparePage::showPaired(const PairedTable &table)
{
    m_pairedTable = table;
    showDifferences(*m_paired, *m_document, table);
    showSelection();
}

void ComparePage::rebuildSpecs()
{
    m_specs->show(*m_document, m_chooser->shown(), ss(m_document->baseline()));
    if (m_specs->columnCount() < 3) {
        m_specFrame->setSubtitle({});
        m_specFrame->setEmpty(tr("Two quantized variants are needed."));
        return;
    }
    if (m_specs->rowCount() == 0) {
        m_specFrame->setSubtitle({});
        m_specFrame->setEmpty(tr("The shown variants have the same spec."));
        return;
    }
    m_specFrame->setReady();
    m_specFrame->setSubtitle(
        tr("%1 parameters, differences only; bold: not the baseline's").arg(m_specs->rowCount()));
    QHeaderView *header = m_specView->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Interactive);
    const int room = std::max(m_specView->width() - 20, width() / 2); // less a scroll bar
    header->resizeSection(0, std::min(room / 3, 260));
    for (int c = 1; c < m_specs->columnCount(); ++c)
        header->resizeSection(
            c, std::max(110, (room - header->sectionSize(0)) / (m_specs->columnCount() - 1)));
}

void ComparePage::showSelection()
{
    const Selection &s = m_selection->current();
    if (m_activations)
        m_maps->setSelectedCell({ std::min(s.token, MethodActivations::kTokens - 1), s.channel });
    else
        m_maps->setSelectedCell({ s.layer, s.block });
    m_flow->setSelectedCell({ s.block, s.block });
    m_tokens->setSelectedCell({ s.token, s.block });
    m_sqnr->setCursor(s.layer);
    m_wrong->setCursor(s.layer);
    m_ridges->setSelectedLayer(s.layer);
    const auto site = std::find(kLinearSites.begin(), kLinearSites.end(), s.site);
    m_paired->setSelected(
        site == kLinearSites.end() ? -1 : static_cast<int>(site - kLinearSites.begin()), s.layer);
    if (m_frame->isVisible())
        showHistograms();
}

} // namespace batlab::views
