// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/place_filter.h"

#include "views/models/text.h"

#include <algorithm>

namespace batlab::views {

bool PlaceTerm::names(int layer, Site at) const
{
    return (!hasLayers() || (layer >= firstLayer && layer <= lastLayer)) && (!site || *site == at);
}

bool Places::accept(int layer, Site site) const
{
    return std::all_of(terms.begin(), terms.end(),
                       [&](const PlaceTerm &term) { return term.names(layer, site) == term.keep; });
}

bool Places::acceptLayer(int layer) const
{
    return std::any_of(kSites.begin(), kSites.end(),
                       [&](Site site) { return accept(layer, site); });
}

QString PlaceFilter::text(const PlaceTerm &term)
{
    QString place;
    if (term.hasLayers())
        place = term.firstLayer == term.lastLayer
            ? tr("layer %1").arg(term.firstLayer)
            : tr("layers %1–%2").arg(term.firstLayer).arg(term.lastLayer);
    if (term.site)
        place += (place.isEmpty() ? QString() : QStringLiteral(" ")) + qs(name(*term.site));
    return term.keep ? tr("only %1").arg(place) : tr("without %1").arg(place);
}

void PlaceFilter::set(Places places)
{
    if (places == m_places)
        return;
    m_places = std::move(places);
    Q_EMIT changed();
}

void PlaceFilter::push(const PlaceTerm &term)
{
    if (!term.hasLayers() && !term.site)
        return; // it names everything
    Places next = m_places;
    if (std::find(next.terms.begin(), next.terms.end(), term) == next.terms.end())
        next.terms.push_back(term);
    set(std::move(next));
}

void PlaceFilter::pop()
{
    if (!isEmpty())
        remove(PlaceTerm(m_places.terms.back()));
}

void PlaceFilter::remove(const PlaceTerm &term)
{
    Places next = m_places;
    std::erase(next.terms, term);
    set(std::move(next));
}

void PlaceFilter::reset() { set({}); }

Json PlaceFilter::viewState() const
{
    Json out = Json::array();
    for (const PlaceTerm &term : m_places.terms) {
        Json one = { { "keep", term.keep } };
        if (term.hasLayers())
            one["layers"] = { term.firstLayer, term.lastLayer };
        if (term.site)
            one["site"] = std::string(name(*term.site));
        out.push_back(std::move(one));
    }
    return out;
}

void PlaceFilter::restoreViewState(const Json &state)
{
    Places places;
    for (const Json &one : state.is_array() ? state : Json::array()) {
        if (!one.is_object() || !one.contains("keep") || !one["keep"].is_boolean())
            continue;
        PlaceTerm term;
        term.keep = one["keep"].get<bool>();
        if (const Json range = one.value("layers", Json()); range.is_array() && range.size() == 2
            && range[0].is_number_integer() && range[1].is_number_integer()) {
            term.firstLayer = range[0].get<int>();
            term.lastLayer = range[1].get<int>();
        }
        if (const Json site = one.value("site", Json()); site.is_string())
            term.site = siteFromName(site.get<std::string>());
        // Half of a step would name more than it did.
        const bool whole = one.contains("layers") == term.hasLayers()
            && one.contains("site") == term.site.has_value();
        if (whole && (term.hasLayers() || term.site))
            places.terms.push_back(term);
    }
    set(std::move(places));
}

} // namespace batlab::views
