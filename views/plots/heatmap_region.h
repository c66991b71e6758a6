// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace batlab {
struct LodPyramid;
}

namespace batlab::plots {

/// A rectangle of cells, ends included.
struct HeatRegion
{
    int row0 = 0, row1 = -1, column0 = 0, column1 = -1;
    bool operator==(const HeatRegion &) const = default;
    [[nodiscard]] bool isEmpty() const { return row1 < row0 || column1 < column0; }
};

/// Of the finite cells of a region.
struct RegionStatistics
{
    std::int64_t n = 0;
    double mean = 0, min = 0, max = 0;
    double above = -1; ///< mean share above the largest code's value; -1: not known of this map
};

/// `above` gives a cell's share above the E2M1 limit, NaN where it is not known; may be null.
[[nodiscard]] RegionStatistics
regionStatistics(const LodPyramid &data, const HeatRegion &region,
                 const std::function<double(int row, int column)> &above);

} // namespace batlab::plots
