// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace batlab::plots {

class PlotWidget;
struct PlotTable;

/// The files a plot can be written to.
enum class PlotFormat { png, png2, svg, pdf, csv };
inline constexpr PlotFormat kPlotFormats[] = { PlotFormat::png, PlotFormat::png2, PlotFormat::svg,
                                               PlotFormat::pdf, PlotFormat::csv };

/// What follows the title: ".png", "@2x.png", ".svg".
[[nodiscard]] QString suffixOf(PlotFormat format);
/// A title as a part of a file name: "Block energy, T4" is "block-energy-t4".
[[nodiscard]] QString fileTitle(const QString &title);
/// False: it could not be written.
[[nodiscard]] bool writePlot(const PlotWidget &plot, PlotFormat format, const QString &path);
/// False: it could not be written.
[[nodiscard]] bool writeCsv(const PlotTable &table, const QString &path);
/// To the clipboard, as text and as TSV.
void copyTable(const PlotTable &table);

} // namespace batlab::plots
