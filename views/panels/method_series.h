// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/series_plot.h"
#include "views/plots/small_multiples.h"

#include <string>
#include <vector>

namespace batlab::views {

class WorkbenchDocument;

/// A line in a variant's name, colour and marker; the selected one is emphasised, the pinned one
/// says so.
[[nodiscard]] plots::Series methodSeries(const WorkbenchDocument &document,
                                         const std::string &variant, const QString &selected);

/// A map in a variant's name, colour and marker, without data.
[[nodiscard]] plots::MapItem methodMap(const WorkbenchDocument &document,
                                       const std::string &variant);

/// Relative error of the residual stream after each layer, %, by variant; dashed, of the first
/// token alone for the selected variant. Empty without finished layers.
[[nodiscard]] std::vector<plots::Series> errorSeries(const WorkbenchDocument &document,
                                                     const std::vector<std::string> &variants,
                                                     const QString &selected);

/// Fills a plot of them, with its threshold, or says why there is nothing.
void showErrors(plots::SeriesPlot &plot, const WorkbenchDocument &document,
                const std::vector<std::string> &variants, const QString &selected);
/// A plot for showErrors: log axis, threshold of 5 % that can be dragged.
[[nodiscard]] plots::SeriesPlot *makeErrorPlot(QWidget *parent);

} // namespace batlab::views
