// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QString>

#include <string>
#include <vector>

namespace batlab::plots {
class PairedPlot;
class SmallMultiplesHeatmap;
} // namespace batlab::plots

/// Pictures of several variants that Compare and a session's report have in common.
namespace batlab::views {

class WorkbenchDocument;
struct PairedTable;

/// "what; Δ: to BAT": names the pinned baseline.
[[nodiscard]] QString comparedText(const WorkbenchDocument &document, const QString &what);

/// Colours and limits of shares of energy, for showFlow.
void prepareFlow(plots::SmallMultiplesHeatmap &plot);
/// Where the online transform of a layer's site sends the energy of each block, a map a variant, or
/// that there is none.
void showFlow(plots::SmallMultiplesHeatmap &plot, const WorkbenchDocument &document,
              const std::vector<std::string> &variants, int layer, Site site);

/// Differences of output SQNR, dB, to the table's baseline; its title names that.
void showDifferences(plots::PairedPlot &plot, const WorkbenchDocument &document,
                     const PairedTable &table);

} // namespace batlab::views
