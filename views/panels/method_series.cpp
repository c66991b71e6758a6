// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/method_series.h"

#include "views/models/guest_session.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"

#include <QCoreApplication>

namespace batlab::views {

namespace {

constexpr double kThreshold = 5; // %

QString say(const char *text)
{
    return QCoreApplication::translate("batlab::views::FirstWrongLayer", text);
}

} // namespace

plots::Series methodSeries(const WorkbenchDocument &document, const std::string &variant,
                           const QString &selected)
{
    const VariantInfo *info = document.artifacts().variant(variant);
    plots::Series s;
    s.id = qs(variant);
    s.name = document.variantTitle(s.id);
    s.baseline = s.id == document.baseline();
    if (s.baseline)
        s.name =
            say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "%1 baseline")).arg(s.name);
    s.family = info ? qs(info->family) : QString();
    s.filled = info && info->filled;
    s.emphasised = s.id == selected;
    return s;
}

plots::MapItem methodMap(const WorkbenchDocument &document, const std::string &variant)
{
    const VariantInfo *info = document.artifacts().variant(variant);
    plots::MapItem item;
    item.id = qs(variant);
    item.name = document.variantTitle(item.id);
    item.family = info                      ? qs(info->family)
        : ownVariant(variant) == kReference ? QStringLiteral("reference")
                                            : QString();
    item.filled = info && info->filled;
    return item;
}

std::vector<plots::Series> errorSeries(const WorkbenchDocument &document,
                                       const std::vector<std::string> &variants,
                                       const QString &selected)
{
    std::vector<plots::Series> out;
    for (const std::string &id : variants) {
        const std::vector<const LayerDone *> layers = document.artifacts().layersDone(id);
        if (layers.empty())
            continue;
        plots::Series all = methodSeries(document, id, selected);
        plots::Series first = all;
        for (const LayerDone *layer : layers) {
            all.x.push_back(layer->layer.index);
            all.y.push_back(100 * layer->relativeError);
            first.x.push_back(layer->layer.index);
            first.y.push_back(100 * layer->firstTokenError);
        }
        if (all.emphasised) {
            first.id += QStringLiteral("/first");
            first.name =
                say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "first token alone"));
            first.dashed = true;
            first.emphasised = false;
            out.push_back(std::move(first));
        }
        out.push_back(std::move(all));
    }
    return out;
}

void showErrors(plots::SeriesPlot &plot, const WorkbenchDocument &document,
                const std::vector<std::string> &variants, const QString &selected)
{
    std::vector<plots::Series> series = errorSeries(document, variants, selected);
    if (series.empty()) {
        plot.setSeries({}, {});
        plot.setEmpty(say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer",
                                            "No layer of a variant is done yet.")));
        return;
    }
    plot.setReady();
    plot.setSeries(std::move(series),
                   { say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "Layer")),
                     say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "Output error, %")),
                     say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "layer")),
                     QStringLiteral("%") });
}

plots::SeriesPlot *makeErrorPlot(QWidget *parent)
{
    auto *plot = new plots::SeriesPlot(
        say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "First wrong layer")), parent);
    plot->setSubtitle(say(QT_TRANSLATE_NOOP(
        "batlab::views::FirstWrongLayer",
        "|F(X) − Fq(X)|² ÷ |F(X)|², cumulative; circle: first layer above the threshold; dashed: "
        "first token alone")));
    plot->setLogY(true);
    plot->setThreshold(kThreshold,
                       say(QT_TRANSLATE_NOOP("batlab::views::FirstWrongLayer", "threshold %1 %")));
    return plot;
}

} // namespace batlab::views
