// SPDX-License-Identifier: GPL-3.0-or-later
// Maps of Inspect that are made of what the session holds: tokens of a layer, difference to the
// baseline.
#include "core/stats/pyramid.h"
#include "views/models/selection_context.h"
#include "views/models/site_texts.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/inspect_map.h"
#include "views/plots/heatmap_plot.h"

#include <cmath>
#include <limits>

namespace batlab::views {

void InspectMap::rebuildTokens()
{
    const QString heading = tr("Energy by token");
    const Selection &s = m_selection->current();
    const TokenEnergyMap *map =
        m_document->artifacts().tokenMap(shownVariant(), { Branch::text, s.layer }, s.site);
    if (!map || map->tokens <= 0 || map->blocks <= 0
        || map->energy.size() != static_cast<std::size_t>(map->tokens * map->blocks)) {
        showNothing(
            heading,
            missing(shownVariant(), tr("No energies by token of layer %1 yet.").arg(s.layer)));
        return;
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Token");
    text.columnAxis = tr("Block (32 channels each)");
    text.row = tr("token");
    text.column = tr("block");
    text.value = QStringLiteral("E");
    text.unit = tr("activation²");
    text.note = [this](int row, int) { return pieceText(row); };
    showMap(std::make_shared<const LodPyramid>(
                LodPyramid::build(map->energy, map->tokens, map->blocks)),
            text, heading,
            tr("layer %1, %2 %3, mean x² per block of 32 of each of %4 sample tokens, %5")
                .arg(s.layer)
                .arg(qs(name(s.site)), qs(title(s.site)), count(map->tokens), stageText()));
}

void InspectMap::rebuildDifference()
{
    const QString heading = tr("Block energy against the baseline");
    const Site site = m_selection->current().site;
    const std::string shown = shownVariant(), pin = ss(m_document->baseline());
    if (shown == pin) {
        showNothing(heading,
                    tr("The shown variant is the baseline. Select another one, or pin another "
                       "baseline."));
        return;
    }
    const PlaceFilter *filter = m_selection->filter();
    const EnergyMap map = energyMap(m_document->artifacts(), shown, site, filter),
                    base = energyMap(m_document->artifacts(), pin, site, filter);
    if (map.present == 0 || base.present == 0 || map.cells.size() != base.cells.size()) {
        showNothing(heading,
                    missing(map.present == 0 ? shown : pin,
                            tr("No statistics of both variants yet. They come layer by layer.")));
        return;
    }
    std::vector<float> cells(map.cells.size(), std::numeric_limits<float>::quiet_NaN());
    std::vector<bool> pending(static_cast<std::size_t>(map.layers), true);
    const ArtifactIndex &index = m_document->artifacts();
    for (int layer = 0; layer < map.layers; ++layer)
        pending[static_cast<std::size_t>(layer)] =
            statisticsPending(index, shown, textLayer(layer), site)
            || statisticsPending(index, pin, textLayer(layer), site);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!(map.cells[i] > 0) || !(base.cells[i] > 0))
            continue;
        cells[i] = 10 * std::log10(map.cells[i] / base.cells[i]);
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Layer");
    text.columnAxis = tr("Block (32 channels each)");
    text.row = tr("layer");
    text.column = tr("block");
    text.value = QStringLiteral("ΔE");
    text.unit = tr("dB");
    showMap(
        std::make_shared<const LodPyramid>(LodPyramid::build(cells, map.layers, map.blocks)), text,
        heading,
        tr("%1 %2, energy of a block over that of %3, dB, %4")
            .arg(qs(name(site)), qs(title(site)), m_document->variantTitle(qs(pin)), stageText()));
    showPending(std::move(pending));
}

} // namespace batlab::views
