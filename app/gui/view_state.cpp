// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/view_state.h"

#include "views/models/text.h"
#include "views/panels/selection_bar.h"
#include "views/panels/ui_kit.h"
#include "views/plots/color_scale.h"
#include "views/plots/heatmap_plot.h"
#include "views/plots/small_multiples.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QSplitter>
#include <QTableView>
#include <QTreeView>

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
    return out;
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
    plot.restoreLimits(std::move(limits));
    plot.setTableShown(state.contains("table"));
}

/// A widget whose state is kept: how to read and how to write it.
struct Kept
{
    std::function<Json()> get;
    std::function<void(const Json &)> set;
};

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
    if (auto *table = qobject_cast<QTableView *>(w))
        return keepHeader(table, table->horizontalHeader());
    if (auto *tree = qobject_cast<QTreeView *>(w))
        return keepHeader(tree, tree->header());
    if (auto *combo = qobject_cast<QComboBox *>(w))
        return { [combo] { return Json(ss(combo->currentText())); },
                 [combo](const Json &v) {
                     const int at = v.is_string() ? combo->findText(qs(v.get<std::string>())) : -1;
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

bool isInner(const QWidget *w, const QWidget *root)
{
    for (const QWidget *p = w->parentWidget(); p && p != root; p = p->parentWidget()) {
        if (p->inherits("QComboBox") || p->inherits("QAbstractSpinBox")
            || p->inherits("QAbstractItemView") || p->inherits("QMenu")
            || qobject_cast<const plots::PlotWidget *>(p)
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

/// Every kept widget below `root` by its key, in a stable order.
std::map<std::string, QWidget *> keyed(const QWidget &root)
{
    std::map<std::string, QWidget *> out;
    std::map<std::string, int> seen;
    for (QWidget *w : root.findChildren<QWidget *>()) {
        if (isInner(w, &root) || isParameter(w, &root) || !keep(w).get)
            continue;
        const auto *plot = qobject_cast<const plots::PlotWidget *>(w);
        const QString own = !w->objectName().isEmpty() ? w->objectName()
            : plot                                     ? plot->title()
                                                       : w->accessibleName();
        const std::string name = std::string(w->metaObject()->className()) + ' ' + ss(own);
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
