// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gpk_plan.h"

#include "kernels/cuda/gpk_exact.h"
#include "kernels/cuda/hadamard_rows.h"

#include <algorithm>

namespace batlab::kernels::cuda {

namespace {

constexpr std::int64_t mmaTile = 16; ///< tokens
constexpr std::int64_t warpsOfBlock = 4;

std::int64_t over(std::int64_t n, std::int64_t by) { return (n + by - 1) / by; }
std::uint32_t u32(std::int64_t n) { return static_cast<std::uint32_t>(n); }

/// Warps of a block whose tiles fit the shared memory, 1 to 4.
std::int64_t warpsThatFit(std::size_t bytesOfWarp, const DeviceLimits &device)
{
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(device.sharedPerBlock / bytesOfWarp),
                                    1, warpsOfBlock);
}

std::int64_t slotOf(const Gpk &p)
{
    const int g = p.g1 * p.g2;
    return std::int64_t { g < 32 ? 32 / g : 1 }
    * (std::int64_t { p.g1 } * p.g1 + std::int64_t { p.g2 } * p.g2);
}

} // namespace

bool takesMma(const Gpk &p, DType values, const QuantSpec *spec)
{
    const int g = p.g1 * p.g2;
    const bool format =
        spec == nullptr || (spec->format != Format::mxint8 && spec->format != Format::nvfp4);
    return (g == 16 || g == 32) && values == DType::bf16 && format;
}

LaunchPlan planMmaForward(std::int64_t rows, std::int64_t units, const DeviceLimits &device)
{
    LaunchPlan plan;
    if (rows <= 0 || units <= 0) {
        return plan;
    }
    // One wave of 5 blocks a multiprocessor, so that a warp builds its fragments once for many
    // tiles.
    const std::int64_t across = over(units, warpsOfBlock);
    const std::int64_t enough = std::max<std::int64_t>(device.multiprocessors * 5 / across, 1);
    plan.gridX = u32(across);
    plan.gridY = u32(std::min({ over(rows, mmaTile), enough, std::int64_t { maxGridY } }));
    plan.blockX = 32;
    plan.blockY = u32(warpsOfBlock);
    return plan;
}

LaunchPlan planWeightRows(std::int64_t rows, std::int64_t blocks, const DeviceLimits &device)
{
    LaunchPlan plan;
    if (rows <= 0 || blocks <= 0) {
        return plan;
    }
    const std::int64_t across = over(blocks, 32);
    const std::int64_t enough = over(std::int64_t { device.multiprocessors } * 24, across);
    plan.gridX = u32(across);
    plan.gridY = u32(std::min({ over(rows, warpsOfBlock), std::max<std::int64_t>(enough, 1),
                                std::int64_t { maxGridY } }));
    plan.blockX = 32;
    plan.blockY = u32(warpsOfBlock);
    return plan;
}

LaunchPlan planExactForward(std::int64_t rows, std::int64_t units, int width,
                            const DeviceLimits &device)
{
    LaunchPlan plan;
    if (rows <= 0 || units <= 0) {
        return plan;
    }
    const auto bytes = static_cast<std::size_t>(exactForwardFloats(width)) * sizeof(float);
    const std::int64_t warps = warpsThatFit(bytes, device);
    const std::int64_t tiles = units * over(rows, tileTokens);
    plan.blockX = 32;
    plan.blockY = u32(warps);
    plan.gridX = u32(std::min<std::int64_t>(over(tiles, warps), device.multiprocessors * 64));
    plan.sharedBytes = bytes * static_cast<std::size_t>(warps);
    return plan;
}

BackwardPlan planMmaBackward(std::int64_t rows, std::int64_t units, const Gpk &p)
{
    BackwardPlan plan;
    if (rows <= 0 || units <= 0) {
        return plan;
    }
    constexpr std::int64_t blocks = 1024; // about two waves of an H200
    plan.chunks =
        std::clamp<std::int64_t>(over(blocks, units), 1, over(rows, mmaTile * warpsOfBlock));
    plan.slot = slotOf(p);
    plan.sumBytes = static_cast<std::size_t>(units * plan.chunks * plan.slot) * sizeof(double);
    plan.launch.gridX = u32(units);
    plan.launch.gridY = u32(plan.chunks);
    plan.launch.blockX = 32;
    plan.launch.blockY = u32(warpsOfBlock);
    return plan;
}

BackwardPlan planExactBackward(std::int64_t rows, std::int64_t units, const Gpk &p,
                               const DeviceLimits &device)
{
    BackwardPlan plan;
    if (rows <= 0 || units <= 0) {
        return plan;
    }
    constexpr std::int64_t wantedWarps = 4096;
    constexpr std::int64_t mostDoubles = 4 << 20; // 32 MiB: (128, 1) has 16,385 sums a slot
    plan.slot = slotOf(p);
    const std::int64_t afford = std::max<std::int64_t>(mostDoubles / (units * plan.slot), 1);
    plan.chunks = std::max<std::int64_t>(
        std::min({ over(wantedWarps, units), over(rows, tileTokens), afford }), 1);
    plan.sumBytes = static_cast<std::size_t>(units * plan.chunks * plan.slot) * sizeof(double);
    const int width = std::max(p.g1 * p.g2, 32);
    const auto bytes = static_cast<std::size_t>(exactBackwardFloats(width)) * sizeof(float);
    const std::int64_t warps = warpsThatFit(bytes, device);
    plan.launch.gridX = u32(over(units * plan.chunks, warps));
    plan.launch.blockX = 32;
    plan.launch.blockY = u32(warps);
    plan.launch.sharedBytes = bytes * static_cast<std::size_t>(warps);
    return plan;
}

std::int64_t chunkTiles(std::int64_t rows, std::int64_t chunks, int tileRows)
{
    return over(over(rows, tileRows), std::max<std::int64_t>(chunks, 1));
}

LaunchPlan planHadamard(std::int64_t rows, std::int64_t n, const DeviceLimits &device)
{
    LaunchPlan plan;
    if (rows <= 0) {
        return plan;
    }
    const std::int64_t threads = n / hadamardLane;
    const std::int64_t together = std::max<std::int64_t>(hadamardThreads / threads, 1);
    plan.blockX = u32(threads * together);
    plan.gridX = u32(std::min<std::int64_t>(over(rows, together), device.multiprocessors * 64));
    plan.sharedBytes =
        static_cast<std::size_t>(hadamardSlot(static_cast<int>(n)) * together) * sizeof(float);
    return plan;
}

} // namespace batlab::kernels::cuda
