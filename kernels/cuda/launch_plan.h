// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Launch configurations as pure functions of shapes and device limits, so that they are tested
/// where there is no GPU.
namespace batlab::kernels::cuda {

/// What a configuration may depend on. Results never do: reductions are split by shape alone.
struct DeviceLimits
{
    int multiprocessors = 16;
    std::size_t sharedPerBlock = 99 * 1024; ///< bytes a block may opt in to (sm_89, sm_120: 99 KB)
    int capability = 80; ///< major*10 + minor
};

inline constexpr std::uint32_t maxGridX = 0x7fffffffU;
inline constexpr std::uint32_t maxGridY = 65535U;
inline constexpr std::size_t sharedWithoutAsking = 48 * 1024;

struct LaunchPlan
{
    std::uint32_t gridX = 0; ///< 0: nothing to do, do not launch
    std::uint32_t gridY = 1;
    std::uint32_t blockX = 1;
    std::uint32_t blockY = 1;
    std::size_t sharedBytes = 0; ///< dynamic
    [[nodiscard]] bool empty() const { return gridX == 0 || gridY == 0; }
};

/// Rows of items, one item a thread: threads of a warp take neighbouring items of one row (or of
/// several short rows), and step through the rows by rowsPerStep(plan). `items` is what one row
/// holds; `group` neighbouring items (a power of two up to 32) always lie in one warp.
[[nodiscard]] LaunchPlan planRows(std::int64_t rows, std::int64_t items, int group,
                                  const DeviceLimits &device);
[[nodiscard]] inline std::int64_t rowsPerStep(const LaunchPlan &plan)
{
    return static_cast<std::int64_t>(plan.gridY) * plan.blockY;
}

/// Block statistics: a warp per (32-column block, chunk of rows), gridY chunks.
inline constexpr int statsWarps = 4;
struct StatsPlan
{
    LaunchPlan launch;
    bool sharedBins = false; ///< the histogram's counters lie in shared memory
};
[[nodiscard]] StatsPlan planStats(std::int64_t rows, std::int64_t cols, int bins);

/// GPTQ: a thread a row; `slab`: columns and factor in shared memory, else in place.
struct GptqPlan
{
    LaunchPlan launch;
    bool slab = false;
};
[[nodiscard]] GptqPlan planGptq(std::int64_t rows, std::int64_t columns,
                                const DeviceLimits &device);

} // namespace batlab::kernels::cuda
