// SPDX-License-Identifier: Apache-2.0
#include "core/stats/pyramid.h"

#include <cmath>
#include <limits>

namespace batlab {

LodPyramid LodPyramid::build(std::span<const float> data, std::int64_t rows, std::int64_t cols)
{
    LodPyramid out;
    if (rows <= 0 || cols <= 0
        || data.size() / static_cast<std::size_t>(cols) != static_cast<std::size_t>(rows)
        || data.size() % static_cast<std::size_t>(cols) != 0)
        return out;
    Level base;
    base.rows = rows;
    base.cols = cols;
    base.max.assign(data.begin(), data.end());
    out.levels.push_back(std::move(base));

    // Sums and counts travel along, so that a mean weighs every cell of the data the same at ragged
    // borders.
    std::vector<double> sum(data.size());
    std::vector<std::int64_t> count(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
        count[i] = std::isnan(data[i]) ? 0 : 1;
        sum[i] = count[i] ? data[i] : 0.0;
    }
    while (out.levels.back().rows > 1 || out.levels.back().cols > 1) {
        const Level &fine = out.levels.back();
        const std::vector<float> &fineMin = fine.min.empty() ? fine.max : fine.min;
        Level coarse;
        coarse.rows = (fine.rows + 1) / 2;
        coarse.cols = (fine.cols + 1) / 2;
        const auto size = static_cast<std::size_t>(coarse.rows * coarse.cols);
        coarse.max.assign(size, std::numeric_limits<float>::quiet_NaN());
        coarse.min = coarse.mean = coarse.max;
        std::vector<double> coarseSum(size, 0.0);
        std::vector<std::int64_t> coarseCount(size, 0);
        for (std::int64_t r = 0; r < fine.rows; ++r) {
            for (std::int64_t c = 0; c < fine.cols; ++c) {
                const auto from = static_cast<std::size_t>(r * fine.cols + c);
                if (count[from] == 0)
                    continue;
                const auto to = static_cast<std::size_t>((r / 2) * coarse.cols + c / 2);
                coarse.max[to] = std::fmax(coarse.max[to], fine.max[from]); // fmax drops the NaN
                coarse.min[to] = std::fmin(coarse.min[to], fineMin[from]);
                coarseSum[to] += sum[from];
                coarseCount[to] += count[from];
            }
        }
        for (std::size_t i = 0; i < size; ++i)
            if (coarseCount[i] > 0)
                coarse.mean[i] =
                    static_cast<float>(coarseSum[i] / static_cast<double>(coarseCount[i]));
        sum = std::move(coarseSum);
        count = std::move(coarseCount);
        out.levels.push_back(std::move(coarse));
    }
    return out;
}

} // namespace batlab
