// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace batlab {

/// Level-of-detail pyramid of a map: level 0 is the data, every next one halves both sides (rounded
/// up) and keeps max, mean and min, so that no outlier vanishes at any zoom (workbench.md 0.1). NaN
/// cells count as missing.
struct LodPyramid
{
    struct Level
    {
        std::int64_t rows = 0, cols = 0;
        std::vector<float> max, mean,
            min; ///< [rows, cols]; at level 0 all three share the data: mean and min are empty
    };
    std::vector<Level> levels;

    [[nodiscard]] static LodPyramid build(std::span<const float> data, std::int64_t rows,
                                          std::int64_t cols);
};

} // namespace batlab
