// SPDX-License-Identifier: GPL-3.0-or-later
// ComparePage: what enters the quantizer under each variant, from the engine or from the session.
#include "views/models/core_text.h"
#include "views/models/method_activations.h"
#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/compare_notes.h"
#include "views/panels/compare_page.h"
#include "views/panels/method_series.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/small_multiples.h"

#include <QCheckBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

QString siteText(Site site) { return qs(name(site)) + QLatin1Char(' ') + qs(title(site)); }

float largest(const std::vector<float> &values)
{
    float peak = 0;
    for (const float v : values)
        peak = std::isfinite(v) ? std::max(peak, v) : peak;
    return peak;
}

/// The same map in units of its own maximum.
std::shared_ptr<const LodPyramid> normalised(const LodPyramid &map)
{
    const float peak = largest(map.levels.front().max);
    if (!(peak > 0))
        return std::make_shared<const LodPyramid>(map);
    LodPyramid out = map;
    for (LodPyramid::Level &level : out.levels)
        for (std::vector<float> *values : { &level.max, &level.mean, &level.min })
            for (float &v : *values)
                v /= peak;
    return std::make_shared<const LodPyramid>(std::move(out));
}

} // namespace

void ComparePage::rebuildMaps()
{
    const std::vector<std::string> shown = m_chooser->shown();
    const Selection &s = m_selection->current();
    const bool wanted = m_mapKind->current() == 0;
    const auto over = [this] {
        return m_source->state() == MethodActivations::State::failed
            || m_source->state() == MethodActivations::State::stopped;
    };
    m_retry->setVisible(wanted && over());
    if (!wanted) {
        showEnergy({});
        return;
    }
    if (!m_source->canAsk(shown)) {
        showEnergy(tr("activations need an engine and a run of this session"));
        return;
    }
    m_source->request(s.layer, s.site, shown);
    m_retry->setVisible(over());
    switch (m_source->state()) {
    case MethodActivations::State::ready: showActivations(); break;
    case MethodActivations::State::loading:
        if (!m_activations)
            showEnergy(tr("activations are being computed"));
        m_maps->setLoading(-1, tr("Computing activations of layer %1…").arg(s.layer));
        break;
    case MethodActivations::State::failed:
        showEnergy(tr("no activations: %1").arg(coreText(m_source->error())));
        break;
    case MethodActivations::State::stopped:
        showEnergy(tr("the activations were not waited for"));
        break;
    case MethodActivations::State::none:
        showEnergy(tr("layer %1 is not done yet").arg(s.layer));
        break;
    }
}

void ComparePage::showActivations()
{
    const Selection &s = m_selection->current();
    const bool normalise = m_normalise->isChecked();
    std::vector<plots::MapItem> items;
    std::int64_t tokens = 0, channels = 0;
    const std::vector<MethodActivations::Map> &maps = m_source->maps();
    const auto base = std::find_if(maps.begin(), maps.end(), [this](const auto &map) {
        return map.variant == ss(m_document->baseline());
    });
    for (auto map = maps.begin(); map != maps.end(); ++map) {
        plots::MapItem item = methodMap(*m_document, map->variant);
        item.note = base == maps.end() || base == map
            ? magnitudeNote(double(map->maximum), map->crest)
            : magnitudeNote(double(map->maximum), map->crest, double(base->maximum), base->crest);
        item.data = normalise ? normalised(*map->values) : map->values;
        tokens = map->values->levels.front().rows;
        channels = map->values->levels.front().cols;
        items.push_back(std::move(item));
    }
    m_activations = true;
    plots::HeatmapText text;
    text.rowAxis = tr("Token");
    text.columnAxis =
        tr("Channel (%1 blocks of 32), max-pooled to the pixel").arg((channels + 31) / 32);
    text.row = tr("token");
    text.column = tr("channel");
    text.value = normalise ? tr("|x| ÷ max") : QStringLiteral("|x|");
    text.note = [pieces = m_source->pieces()](int row, int) {
        return row < pieces.size() ? QStringLiteral("“%1”").arg(pieces.at(row)) : QString();
    };
    m_maps->setReady();
    m_maps->setTitle(tr("Activation magnitude entering the quantizer"));
    m_maps->setSubtitle(
        toBaseline(tr("layer %1, %2, %3 sample tokens, identical limits; below: block maxima")
                       .arg(s.layer)
                       .arg(siteText(s.site))
                       .arg(tokens),
                   base != maps.end()));
    m_maps->setProfileGroup(32);
    m_maps->setMaps(std::move(items), text);
}

void ComparePage::showEnergy(const QString &why)
{
    const Site site = m_selection->current().site;
    const std::vector<std::string> variants = variantsAtSite();
    m_activations = false;
    m_maps->setTitle(tr("Energy entering the quantizer"));
    m_maps->setProfileGroup(1);
    if (variants.empty()) {
        m_maps->setMaps({}, {});
        m_maps->setSubtitle({});
        m_maps->setEmpty(m_document->isEmpty()
                             ? tr("No session.")
                             : missing(tr("No shown variant has statistics of this site yet.")));
        return;
    }
    const bool normalise = m_normalise->isChecked();
    std::vector<plots::MapItem> items;
    const auto mapOf = [&](const std::string &id) {
        return energyMap(m_document->artifacts(), id, site, m_selection->filter());
    };
    const std::string baseline = ss(m_document->baseline());
    const EnergyMap base = mapOf(baseline);
    for (const std::string &id : variants) {
        const EnergyMap map = mapOf(id);
        plots::MapItem item = methodMap(*m_document, id);
        const auto peak = double(largest(map.cells));
        const bool compared = id != baseline && map.present == base.present; // of the same layers
        item.note = compared ? energyNote(peak, double(largest(base.cells))) : energyNote(peak);
        const LodPyramid pyramid = LodPyramid::build(map.cells, map.layers, map.blocks);
        item.data = normalise ? normalised(pyramid) : std::make_shared<const LodPyramid>(pyramid);
        items.push_back(std::move(item));
    }
    plots::HeatmapText text;
    text.rowAxis = tr("Layer");
    text.columnAxis = tr("Block of 32 channels");
    text.row = tr("layer");
    text.column = tr("block");
    text.value = normalise ? tr("E ÷ max") : QStringLiteral("E");
    text.unit = tr("activation²");
    m_maps->setReady();
    const QString what =
        tr("%1, mean x² per block, layer by layer, identical limits").arg(siteText(site));
    m_maps->setSubtitle(
        toBaseline(why.isEmpty() ? what : tr("%1 (%2)").arg(what, why), base.present > 0));
    m_maps->setMaps(std::move(items), text);
}

} // namespace batlab::views
