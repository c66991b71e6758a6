// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/view_state.h"

#include "views/models/text.h"
#include "views/panels/facts_view.h"
#include "views/panels/selection_bar.h"
#include "views/panels/ui_kit.h"
#include "views/panels/variant_chooser.h"
#include "views/plots/color_scale.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QSplitter>
#include <QTabBar>
#include <QTableView>
#include <QTreeView>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace batlab::app {

namespace {

using views::qs;
using views::ss;

std::string base64(const QByteArray &bytes) { return bytes.toBase64().toStdString(); }

QByteArray fromBase64(const Json &value)
{
    return value.is_string()
        ? QByteArray::fromBase64(QByteArray::fromStdString(value.get<std::string>()))
        : QByteArray();
}

std::shared_ptr<plots::ColorScale> scaleOf(const plots::PlotWidget *plot)
{
    if (const auto *map = qobject_cast<const plots::HeatmapPlot *>(plot))
        return map->colorScale();
    if (const auto *maps = qobject_cast<const plots::SmallMultiplesHeatmap *>(plot))
        return maps->colorScale();
    return nullptr;
}

Json plotState(const plots::PlotWidget &plot)
{
    Json out = Json::object();
    if (const std::vector<double> limits = plot.limitValues(); !limits.empty())
        out["limits"] = limits;
    if (plot.isTableShown())
        out["table"] = true;
    if (const auto scale = scaleOf(&plot)) {
        out["colors"] = { { "map", static_cast<int>(scale->map()) },
                          { "mode", static_cast<int>(scale->mode()) } };
        if (scale->isLocked())
            out["colors"]["limits"] = { scale->lower(), scale->upper() };
    }
    if (const auto *map = qobject_cast<const plots::HeatmapPlot *>(&plot)) {
        if (map->pooling() != plots::Pooling::max)
            out["pooling"] = static_cast<int>(map->pooling());
        if (const plots::HeatRegion &r = map->keptRegion(); !r.isEmpty())
            out["region"] = { r.row0, r.row1, r.column0, r.column1 };
    }
    if (const auto *series = qobject_cast<const plots::SeriesPlot *>(&plot);
        series && series->threshold())
        out["threshold"] = *series->threshold();
    return out;
}

void setMapState(plots::HeatmapPlot &map, const Json &state)
{
    const Json pooling = state.value("pooling", Json(static_cast<int>(plots::Pooling::max)));
    if (const int how = pooling.is_number_integer() ? pooling.get<int>() : -1;
        how >= 0 && how <= static_cast<int>(plots::Pooling::min))
        map.setPooling(static_cast<plots::Pooling>(how));
    const Json region = state.value("region", Json::array());
    const bool four = region.is_array() && region.size() == 4
        && std::all_of(region.begin(), region.end(),
                       [](const Json &v) { return v.is_number_integer() && v.get<int>() >= 0; });
    map.setRegion({});
    map.restoreRegion(four ? plots::HeatRegion { region[0].get<int>(), region[1].get<int>(),
                                                 region[2].get<int>(), region[3].get<int>() }
                           : plots::HeatRegion {});
}

void setPlotState(plots::PlotWidget &plot, const Json &state)
{
    if (!state.is_object())
        return;
    if (const auto scale = scaleOf(&plot); scale && state.contains("colors")) {
        const Json &colors = state["colors"];
        if (colors.contains("map") && colors["map"].is_number_integer())
            scale->setMap(static_cast<plots::ColorMap>(colors["map"].get<int>()));
        if (colors.contains("mode") && colors["mode"].is_number_integer())
            scale->setMode(static_cast<plots::ScaleMode>(colors["mode"].get<int>()));
        if (colors.contains("limits") && colors["limits"].is_array() && colors["limits"].size() == 2
            && colors["limits"][0].is_number() && colors["limits"][1].is_number())
            scale->setLimits(colors["limits"][0].get<double>(), colors["limits"][1].get<double>());
        else
            scale->setLocked(false);
    }
    std::vector<double> limits;
    if (state.contains("limits") && state["limits"].is_array()) {
        for (const Json &v : state["limits"])
            limits.push_back(v.is_number() ? v.get<double>() : 0.0);
    }
    if (auto *map = qobject_cast<plots::HeatmapPlot *>(&plot))
        setMapState(*map, state);
    if (auto *series = qobject_cast<plots::SeriesPlot *>(&plot);
        series && state.contains("threshold") && state["threshold"].is_number())
        series->moveThreshold(state["threshold"].get<double>());
    plot.restoreLimits(std::move(limits));
    plot.setTableShown(state.contains("table"));
}

/// A widget whose state is kept: how to read and how to write it.
struct Kept
{
    std::function<Json()> get;
    std::function<void(const Json &)> set;
};

/// Columns that somebody arranges. Those of a table with a column that takes what is left follow
/// from the panel's width and its data, unless rows are sorted by them.
template<class View>
bool isArranged(const View &view, const QHeaderView &header)
{
    if (view.isSortingEnabled())
        return true;
    for (int section = 0; section < header.count(); ++section)
        if (header.sectionResizeMode(section) == QHeaderView::Stretch)
            return false;
    return true;
}

template<class View>
Kept keepHeader(View *view, QHeaderView *header)
{
    return { [header] { return Json(base64(header->saveState())); },
             [view, header](const Json &v) {
                 // Hidden columns belong to the width of the page, not to the user.
                 if (header->restoreState(fromBase64(v)) && view->isSortingEnabled())
                     view->sortByColumn(header->sortIndicatorSection(),
                                        header->sortIndicatorOrder());
             } };
}

Kept keep(QWidget *w)
{
    if (auto *plot = qobject_cast<plots::PlotWidget *>(w))
        return { [plot] { return plotState(*plot); },
                 [plot](const Json &v) { setPlotState(*plot, v); } };
    if (auto *split = qobject_cast<QSplitter *>(w))
        return { [split] {
                    const QList<int> sizes = split->sizes(); // none before the first layout
                    return std::accumulate(sizes.begin(), sizes.end(), 0) > 0
                        ? Json(base64(split->saveState()))
                        : Json();
                },
                 [split](const Json &v) { split->restoreState(fromBase64(v)); } };
    if (auto *table = qobject_cast<QTableView *>(w);
        table && isArranged(*table, *table->horizontalHeader()))
        return keepHeader(table, table->horizontalHeader());
    if (qobject_cast<views::FactsView *>(w))
        return {}; // its second column takes what is left
    if (auto *tree = qobject_cast<QTreeView *>(w); tree && isArranged(*tree, *tree->header()))
        return keepHeader(tree, tree->header());
    if (auto *combo = qobject_cast<QComboBox *>(w))
        return { [combo] {
                    const QVariant data = combo->currentData();
                    return data.typeId() == QMetaType::Int    ? Json(data.toInt())
                        : data.typeId() == QMetaType::QString ? Json(ss(data.toString()))
                                                              : Json(ss(combo->currentText()));
                },
                 [combo](const Json &v) {
                     int at = v.is_number_integer() ? combo->findData(v.get<int>()) : -1;
                     if (v.is_string()) {
                         const QString text = qs(v.get<std::string>());
                         at = std::max(combo->findData(text), combo->findText(text));
                     }
                     if (at < 0 || at == combo->currentIndex())
                         return;
                     combo->setCurrentIndex(at);
                     Q_EMIT combo->activated(at); // as if chosen
                     Q_EMIT combo->textActivated(combo->currentText());
                 } };
    if (auto *segments = qobject_cast<views::SegmentBar *>(w))
        return { [segments] { return Json(segments->current()); },
                 [segments](const Json &v) {
                     if (!v.is_number_integer() || v.get<int>() == segments->current())
                         return;
                     segments->setCurrent(v.get<int>());
                     Q_EMIT segments->chosen(v.get<int>());
                 } };
    if (auto *tabs = qobject_cast<QTabBar *>(w))
        return { [tabs] { return Json(tabs->currentIndex()); },
                 [tabs](const Json &v) {
                     const int at = v.is_number_integer() ? v.get<int>() : -1;
                     if (at >= 0 && at < tabs->count() && tabs->isTabVisible(at))
                         tabs->setCurrentIndex(at);
                 } };
    if (auto *chooser = qobject_cast<views::VariantChooser *>(w))
        return { [chooser] {
                    Json hidden = Json::array();
                    for (const QString &id : chooser->hidden())
                        hidden.push_back(ss(id));
                    return hidden;
                },
                 [chooser](const Json &v) {
                     QStringList hidden;
                     for (const Json &id : v)
                         if (id.is_string())
                             hidden.append(qs(id.get<std::string>()));
                     chooser->setHidden(hidden);
                 } };
    if (auto *edit = qobject_cast<QLineEdit *>(w))
        return { [edit] { return Json(ss(edit->text())); },
                 [edit](const Json &v) {
                     if (v.is_string())
                         edit->setText(qs(v.get<std::string>()));
                 } };
    if (auto *button = qobject_cast<QAbstractButton *>(w); button && button->isCheckable())
        return { [button] { return Json(button->isChecked()); },
                 [button](const Json &v) {
                     if (v.is_boolean() && v.get<bool>() != button->isChecked())
                         button->click();
                 } };
    return {};
}

/// What a page put into the header of a plot; the plot's own tools and table are its state.
bool isChoice(const QWidget *w)
{
    return qobject_cast<const views::SegmentBar *>(w)
        || qobject_cast<const views::VariantChooser *>(w) || qobject_cast<const QCheckBox *>(w);
}

bool isInner(const QWidget *w, const QWidget *root)
{
    const bool choice = isChoice(w);
    for (const QWidget *p = w->parentWidget(); p && p != root; p = p->parentWidget()) {
        if (p->inherits("batlab::views::InspectMap"))
            return !qobject_cast<const plots::PlotWidget *>(w); // it keeps a state of its own
        if (p->inherits("QComboBox") || p->inherits("QAbstractSpinBox")
            || p->inherits("QAbstractItemView") || p->inherits("QMenu")
            || (!choice && qobject_cast<const plots::PlotWidget *>(p))
            || qobject_cast<const views::SegmentBar *>(p)
            || qobject_cast<const views::SelectionBar *>(p))
            return true;
    }
    return false;
}

/// Values of a form are no view: they belong to the document and its undo history.
bool isParameter(const QWidget *w, const QWidget *root)
{
    if (w->inherits("QSplitter") || w->inherits("QAbstractItemView")
        || qobject_cast<const plots::PlotWidget *>(w))
        return false;
    for (const QWidget *p = w->parentWidget(); p && p != root; p = p->parentWidget()) {
        for (const char *form : { "batlab::views::WhatIfForm", "batlab::views::FactorRow",
                                  "batlab::views::FallbackPanel", "batlab::views::SweepPanel",
                                  "batlab::views::FieldEditor" })
            if (p->inherits(form))
                return true;
    }
    return false;
}

/// The panel a widget belongs to: the nearest ancestor of our own.
std::string panelOf(const QWidget *w, const QWidget *root)
{
    const QWidget *p = w->parentWidget();
    while (p && p != root && qstrncmp(p->metaObject()->className(), "batlab::", 8) != 0)
        p = p->parentWidget();
    return p ? p->metaObject()->className() : std::string();
}

/// Every kept widget below `root` by its key, in a stable order. Keys hold no text that is shown:
/// it depends on the language and on the data.
std::map<std::string, QWidget *> keyed(const QWidget &root)
{
    std::map<std::string, QWidget *> out;
    std::map<std::string, int> seen;
    for (QWidget *w : root.findChildren<QWidget *>()) {
        if (isInner(w, &root) || isParameter(w, &root) || !keep(w).get)
            continue;
        // Qt gives parts of its own widgets one name each: not theirs alone.
        const QString object = w->objectName();
        const std::string own = !object.isEmpty() && !object.startsWith(QLatin1String("qt_"))
            ? ss(object)
            : panelOf(w, &root);
        const std::string name = std::string(w->metaObject()->className()) + ' ' + own;
        const int count = seen[name]++;
        out.emplace(count == 0 ? name : name + ' ' + std::to_string(count), w);
    }
    return out;
}

} // namespace

Json captureWidgets(const QWidget &root)
{
    Json out = Json::object();
    for (const auto &[key, widget] : keyed(root)) {
        if (Json state = keep(widget).get(); !state.is_null() && state != Json::object())
            out[key] = std::move(state);
    }
    return out;
}

void restoreWidgets(QWidget &root, const Json &state)
{
    if (!state.is_object())
        return;
    for (const auto &[key, widget] : keyed(root)) {
        if (const auto at = state.find(key); at != state.end())
            keep(widget).set(*at);
    }
}

} // namespace batlab::app
