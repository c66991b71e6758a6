// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/launch_plan.h"

#include "kernels/cuda/gptq_row.h"
#include "kernels/cuda/stats_op.h"

#include <algorithm>

namespace batlab::kernels::cuda {

namespace {

constexpr std::int64_t threads = 256;
/// Blocks of 256 threads that keep one multiprocessor busy, a few waves over so that no tail idles.
constexpr std::int64_t blocksPerMultiprocessor = 8 * 4;

std::int64_t over(std::int64_t n, std::int64_t by) { return (n + by - 1) / by; }

} // namespace

LaunchPlan planRows(std::int64_t rows, std::int64_t items, int group, const DeviceLimits &device)
{
    LaunchPlan plan;
    if (rows <= 0 || items <= 0) {
        return plan;
    }
    std::int64_t width = group;
    while (width < items && width < threads) {
        width *= 2;
    }
    plan.blockX = static_cast<std::uint32_t>(width);
    plan.blockY = static_cast<std::uint32_t>(threads / width);
    const std::int64_t across = over(items, width);
    const std::int64_t down = over(rows, plan.blockY);
    const std::int64_t enough = over(device.multiprocessors * blocksPerMultiprocessor, across);
    plan.gridX = static_cast<std::uint32_t>(std::min<std::int64_t>(across, maxGridX));
    plan.gridY = static_cast<std::uint32_t>(
        std::min({ down, std::max<std::int64_t>(enough, 1), std::int64_t { maxGridY } }));
    return plan;
}

StatsPlan planStats(std::int64_t rows, std::int64_t cols, int bins)
{
    StatsPlan plan;
    if (rows <= 0 || cols <= 0) {
        return plan;
    }
    const auto counters = [](int n) {
        return static_cast<std::size_t>(statsWarps) * static_cast<std::size_t>(16 + n)
            * sizeof(std::uint32_t);
    };
    plan.sharedBins = bins > 0 && counters(bins) <= sharedWithoutAsking / 2; // two blocks and more
    plan.launch.gridX = static_cast<std::uint32_t>(over(over(cols, 32), statsWarps));
    plan.launch.gridY = static_cast<std::uint32_t>(over(rows, statsChunkRows(rows)));
    plan.launch.blockX = statsWarps * 32;
    plan.launch.sharedBytes = counters(plan.sharedBins ? bins : 0);
    return plan;
}

GptqPlan planGptq(std::int64_t rows, std::int64_t columns, const DeviceLimits &device)
{
    GptqPlan plan;
    if (rows <= 0 || columns <= 0) {
        return plan;
    }
    plan.launch.blockX = 32;
    if (columns <= gptqMaxColumns) {
        const auto bytes = [&](std::int64_t rowsHere) {
            const std::int64_t factor = columns * TileFactor::stride(static_cast<int>(columns));
            return static_cast<std::size_t>(factor + columns * (rowsHere + 1)) * sizeof(float);
        };
        // More rows share a tile as long as every multiprocessor gets some.
        for (const std::int64_t rowsHere : { 128, 64, 32 }) {
            const bool enough = over(rows, rowsHere) >= device.multiprocessors || rowsHere == 32;
            if (enough && bytes(rowsHere) <= device.sharedPerBlock) {
                plan.slab = true;
                plan.launch.blockX = static_cast<std::uint32_t>(rowsHere);
                plan.launch.sharedBytes = bytes(rowsHere);
                break;
            }
        }
    }
    plan.launch.gridX = static_cast<std::uint32_t>(over(rows, plan.launch.blockX));
    return plan;
}

} // namespace batlab::kernels::cuda
