// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <QObject>
#include <QString>

#include <optional>
#include <vector>

namespace batlab::views {

/// One step of a filter: the places it names are all that stays, or what goes.
struct PlaceTerm
{
    bool keep = true; ///< false: leave these places out
    int firstLayer = 0, lastLayer = -1; ///< ends included; empty range: every layer
    std::optional<Site> site; ///< none: every site
    bool operator==(const PlaceTerm &) const = default;

    [[nodiscard]] bool hasLayers() const { return lastLayer >= firstLayer; }
    [[nodiscard]] bool names(int layer, Site at) const;
};

/// Steps that must all hold. A value: work on other threads takes a copy.
struct Places
{
    std::vector<PlaceTerm> terms;
    bool operator==(const Places &) const = default;
    [[nodiscard]] bool accept(int layer, Site site) const;
    [[nodiscard]] bool acceptLayer(int layer) const; ///< some linear site of it
};

/// Which layers and sites a window shows: a stack of steps that must all hold. Tables leave other
/// rows out, maps hatch them, curves have gaps; colour limits follow what is left. Nothing is
/// changed in the session.
class PlaceFilter : public QObject
{
    Q_OBJECT

public:
    explicit PlaceFilter(QObject *parent = nullptr) : QObject(parent) { }

    [[nodiscard]] bool isEmpty() const { return m_places.terms.empty(); }
    [[nodiscard]] const Places &places() const { return m_places; }
    [[nodiscard]] bool accepts(int layer, Site site) const { return m_places.accept(layer, site); }
    /// "only layers 3–7", "without T4".
    [[nodiscard]] static QString text(const PlaceTerm &term);

    void push(const PlaceTerm &term); ///< one that is there already, or names all, is not added
    void pop(); ///< the last step is undone
    void remove(const PlaceTerm &term);
    void reset();

    [[nodiscard]] Json viewState() const;
    void restoreViewState(const Json &state); ///< what is no filter is left out

Q_SIGNALS:
    void changed();

private:
    void set(Places places);

    Places m_places;
};

} // namespace batlab::views
