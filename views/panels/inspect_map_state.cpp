// SPDX-License-Identifier: GPL-3.0-or-later
// What a session keeps of the map: its mode, before or after, and the scales of its quantities.
#include "views/panels/inspect_map.h"

#include "views/plots/heatmap_plot.h"

namespace batlab::views {

namespace {

double numberAt(const Json &object, const char *key, double otherwise)
{
    const auto at = object.find(key);
    return at != object.end() && at->is_number() ? at->get<double>() : otherwise;
}

bool flagAt(const Json &object, const char *key)
{
    const auto at = object.find(key);
    return at != object.end() && at->is_boolean() && at->get<bool>();
}

} // namespace

Json InspectMap::viewState() const
{
    Json scales = Json::array();
    for (const Mode mode : { TokenBlock, TokenBlockError, TokenChannel, LayerBlockDelta }) {
        const plots::ColorScale &scale = *m_scales.at(mode);
        Json saved { { "mode", static_cast<int>(scale.mode()) }, { "locked", scale.isLocked() } };
        if (scale.isLocked()) { // free limits follow the data anyway
            saved["lower"] = scale.lower();
            saved["upper"] = scale.upper();
        }
        scales.push_back(std::move(saved));
    }
    return { { "mode", static_cast<int>(m_mode) }, { "before", m_before }, { "scales", scales } };
}

void InspectMap::restoreViewState(const Json &state)
{
    if (!state.is_object())
        return;
    const auto scales = state.find("scales");
    std::size_t at = 0;
    for (const Mode mode : { TokenBlock, TokenBlockError, TokenChannel, LayerBlockDelta }) {
        if (scales == state.end() || !scales->is_array() || at >= scales->size())
            break;
        const Json &saved = (*scales)[at++];
        if (!saved.is_object())
            continue;
        plots::ColorScale &scale = *m_scales[mode];
        const int how = static_cast<int>(numberAt(saved, "mode", 1));
        if (how >= 0 && how <= 2)
            scale.setMode(static_cast<plots::ScaleMode>(how));
        const double lower = numberAt(saved, "lower", 0), upper = numberAt(saved, "upper", 0);
        if (flagAt(saved, "locked") && upper > lower)
            scale.setLimits(lower, upper);
        else
            scale.setLocked(false);
    }
    setBefore(flagAt(state, "before"));
    const int mode = static_cast<int>(numberAt(state, "mode", 0));
    if (mode >= LayerBlock && mode <= LayerBlockDelta)
        setMode(static_cast<Mode>(mode));
}

} // namespace batlab::views
