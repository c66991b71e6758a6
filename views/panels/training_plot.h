// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "views/plots/series_plot.h"

#include <string>
#include <vector>

namespace batlab::views {

class SegmentBar;
class SelectionContext;
class WorkbenchDocument;

/// Losses by step over that of the first one: of a layer, or of the passes over the whole model
/// (kWholeModel). A variant's further trainings are dashed; `selected` is emphasised.
[[nodiscard]] std::vector<plots::Series> trainingSeries(const WorkbenchDocument &document,
                                                        const std::string &variant, LayerId layer,
                                                        const QString &selected);

/// What the training of variants achieved: loss by step over that of the first one, of the selected
/// layer or of the passes over the whole model. A variant that has several (rounding learned after
/// the transform) has a dashed line for each further one.
class TrainingPlot : public plots::SeriesPlot
{
    Q_OBJECT

public:
    TrainingPlot(WorkbenchDocument *document, SelectionContext *selection,
                 QWidget *parent = nullptr);
    void rebuild(const std::vector<std::string> &variants);

Q_SIGNALS:
    /// Layer or whole model was chosen: rebuild.
    void kindChanged();

private:
    [[nodiscard]] QString emptyText(bool anyCurve) const;

    WorkbenchDocument *m_document;
    SelectionContext *m_selection;
    SegmentBar *m_kind;
};

} // namespace batlab::views
