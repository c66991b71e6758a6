// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/training_plot.h"

#include "views/models/selection_context.h"
#include "views/models/text.h"
#include "views/models/workbench_document.h"
#include "views/panels/method_series.h"
#include "views/panels/ui_kit.h"

#include <algorithm>
#include <cmath>

namespace batlab::views {

namespace {

enum Kind { layer, model };

/// What a loss measures, in words; unknown ones by their name.
QString objectiveText(const std::string &objective)
{
    if (objective == "layer-mse")
        return TrainingPlot::tr("transform");
    if (objective == "rounding-mse")
        return TrainingPlot::tr("rounding");
    if (objective == "end-to-end-kl")
        return TrainingPlot::tr("divergence");
    if (objective == "rotation-kl" || objective == "rotation-next-token")
        return TrainingPlot::tr("rotation");
    return qs(objective);
}

} // namespace

TrainingPlot::TrainingPlot(WorkbenchDocument *document, SelectionContext *selection,
                           QWidget *parent)
    : SeriesPlot(tr("Training"), parent)
    , m_document(document)
    , m_selection(selection)
    , m_kind(new SegmentBar(this))
{
    m_kind->addSegment(tr("Layer"), tr("Losses of the selected layer's training"), layer);
    m_kind->addSegment(tr("Model"), tr("Losses of the passes over the whole model"), model);
    m_kind->setCurrent(layer);
    addHeaderWidget(m_kind);
    setLogY(true);
    connect(m_kind, &SegmentBar::chosen, this, &TrainingPlot::kindChanged);
}

std::vector<plots::Series> trainingSeries(const WorkbenchDocument &document,
                                          const std::string &variant, LayerId layer,
                                          const QString &selected)
{
    std::vector<plots::Series> out;
    for (const LossCurve *curve : document.artifacts().lossCurves(variant)) {
        if (curve->layer != layer || curve->loss.empty() || !(curve->loss.front() > 0))
            continue;
        plots::Series line = methodSeries(document, variant, selected);
        if (!out.empty()) {
            line.id += QLatin1Char('/') + qs(curve->objective);
            line.name = QStringLiteral("%1, %2").arg(document.variantTitle(qs(variant)),
                                                     objectiveText(curve->objective));
            line.dashed = true;
            line.emphasised = false;
        }
        for (std::size_t i = 0; i < curve->loss.size(); ++i) {
            line.x.push_back(static_cast<double>(i + 1));
            line.y.push_back(static_cast<double>(curve->loss[i]) / curve->loss.front());
        }
        out.push_back(std::move(line));
    }
    return out;
}

QString TrainingPlot::emptyText(bool anyCurve) const
{
    if (!anyCurve)
        return tr("Nothing shown here was trained: the stages train, tune, learn-rotation and a "
                  "learned round leave their losses.");
    return m_kind->current() == model
        ? tr("No pass over the whole model yet (tune, learn-rotation).")
        : tr("Layer %1 has not been trained yet.").arg(m_selection->current().layer);
}

void TrainingPlot::rebuild(const std::vector<std::string> &variants)
{
    const Selection &selected = m_selection->current();
    const LayerId wanted =
        m_kind->current() == model ? kWholeModel : LayerId { Branch::text, selected.layer };
    std::vector<plots::Series> series;
    bool anyCurve = false;
    for (const std::string &id : variants) {
        anyCurve = anyCurve || !m_document->artifacts().lossCurves(id).empty();
        for (plots::Series &line : trainingSeries(*m_document, id, wanted, selected.variant))
            series.push_back(std::move(line));
    }
    if (series.empty()) {
        setSubtitle({});
        setSeries({}, {});
        setEmpty(emptyText(anyCurve));
        return;
    }
    setSubtitle(
        m_kind->current() == model
            ? tr("passes over the model, loss ÷ that of the first step")
            : tr("layer %1, loss ÷ that of the first step").arg(m_selection->current().layer));
    setReady();
    setSeries(std::move(series), { tr("Step"), tr("Loss ÷ first"), tr("step"), {} });
}

} // namespace batlab::views
