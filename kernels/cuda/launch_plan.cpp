// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/launch_plan.h"

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

} // namespace batlab::kernels::cuda
