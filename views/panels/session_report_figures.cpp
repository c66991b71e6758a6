// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a session's report that lay several variants beside each other.
#include "views/models/text.h"
#include "views/panels/compare_notes.h"
#include "views/panels/method_panels.h"
#include "views/panels/method_series.h"
#include "views/panels/session_report.h"
#include "views/panels/training_plot.h"
#include "views/plots/small_multiples.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

QString siteText(Site site) { return qs(name(site)) + QLatin1Char(' ') + qs(title(site)); }

/// Of maps that stand in one row, or in two.
QSize sizeOf(std::size_t maps)
{
    constexpr std::size_t kMostInARow = 5;
    return { 960, maps <= kMostInARow ? 340 : 600 };
}

double largest(const std::vector<float> &values)
{
    float peak = 0;
    for (const float v : values)
        peak = std::isfinite(v) ? std::max(peak, v) : peak;
    return double(peak);
}

} // namespace

void SessionReport::afterFigure()
{
    std::vector<plots::MapItem> items;
    for (const std::string &id : variants()) {
        const EnergyMap map = energyMap(m_document->artifacts(), id, m_at.site);
        if (map.present == 0 || map.blocks == 0)
            continue;
        plots::MapItem item = methodMap(*m_document, id);
        item.note = energyNote(largest(map.cells));
        item.data = std::make_shared<const LodPyramid>(
            LodPyramid::build(map.cells, map.layers, map.blocks));
        items.push_back(std::move(item));
    }
    if (items.empty())
        return;
    plots::HeatmapText text;
    text.rowAxis = tr("Layer");
    text.columnAxis = tr("Block (32 channels each)");
    text.row = tr("layer");
    text.column = tr("block");
    text.value = QStringLiteral("E");
    text.unit = tr("activation²");
    const QSize size = sizeOf(items.size());
    auto plot = std::make_unique<plots::SmallMultiplesHeatmap>(QString());
    plot->setReady();
    plot->setMaps(std::move(items), text);
    begin(std::move(plot), size, tr("Energy entering the quantizer at %1").arg(siteText(m_at.site)),
          tr("Mean x² per block after the transforms of each variant, identical limits"));
}

void SessionReport::flowFigure()
{
    auto plot = std::make_unique<plots::SmallMultiplesHeatmap>(QString());
    prepareFlow(*plot);
    const std::vector<std::string> ids = variants();
    showFlow(*plot, *m_document, ids, m_at.layer, m_at.site);
    if (plot->state() != plots::PanelState::ready)
        return;
    const auto maps = std::count_if(ids.begin(), ids.end(), [this](const std::string &id) {
        return m_document->artifacts().siteFlow(id, { Branch::text, m_at.layer }, m_at.site);
    });
    const QString caption = plot->subtitle();
    begin(std::move(plot), sizeOf(static_cast<std::size_t>(maps)),
          tr("Block energy flow of layer %1 at %2").arg(m_at.layer).arg(siteText(m_at.site)),
          caption);
}

void SessionReport::trainingFigure(LayerId layer)
{
    std::vector<plots::Series> all;
    for (const std::string &id : variants())
        for (plots::Series &line : trainingSeries(*m_document, id, layer, {}))
            all.push_back(std::move(line));
    if (all.empty())
        return;
    auto plot = std::make_unique<plots::SeriesPlot>(QString());
    plot->setReady();
    plot->setLogY(true);
    plot->setSeries(std::move(all), { tr("Step"), tr("Loss ÷ first"), tr("step"), {} });
    begin(std::move(plot), kWide,
          layer == kWholeModel ? tr("Training of the whole model")
                               : tr("Training of layer %1").arg(layer.index),
          tr("Loss over that of the first step; dashed: a further training of the same variant"));
}

} // namespace batlab::views
