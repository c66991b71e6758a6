// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/plots/axis_tickers.h"
#include "views/plots/heat_map_plottable.h"
#include "views/plots/profile_plottable.h"
#include "views/plots/small_multiples.h"

namespace batlab::plots {

struct SmallMultiplesHeatmap::Cell
{
    QCPAxisRect *rect = nullptr, *profileRect = nullptr;
    HeatMapPlottable *map = nullptr;
    ProfilePlottable *profile = nullptr;
    QSharedPointer<CellTicker> rowTicker, columnTicker;
};

} // namespace batlab::plots
