// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/launch_plan.h"

/// Launch configurations of the transforms. Forward results do not depend on the split; backward
/// sums are split by shape alone, so they do not depend on the device.
namespace batlab::kernels::cuda {

/// Whether the tensor core kernels take a transform: 32-wide units (g1*g2 = 16 or 32) of bf16
/// values, and a format with 32-blocks whose grid the quad epilogue knows (all but MXINT8, NVFP4).
[[nodiscard]] bool takesMma(const Gpk &p, DType values, const QuantSpec *spec);

/// gridX groups of 4 neighbouring units (a warp each), gridY token chunks of 16 rows round robin.
[[nodiscard]] LaunchPlan planMmaForward(std::int64_t rows, std::int64_t units,
                                        const DeviceLimits &device);
/// fp32 weights (gpk_rows.h): a block of 32 columns a thread, so that a warp reads 4 KiB of a row;
/// blockY rows at a time, gridY * blockY apart.
[[nodiscard]] LaunchPlan planWeightRows(std::int64_t rows, std::int64_t blocks,
                                        const DeviceLimits &device);
/// A warp a unit and 32 tokens; warps of a block take neighbouring units. blockX = 32, blockY =
/// warps; gridX * blockY warps walk over all (tile, unit) pairs.
[[nodiscard]] LaunchPlan planExactForward(std::int64_t rows, std::int64_t units, int width,
                                          const DeviceLimits &device);

/// Backward: sums of `chunks` token chunks a unit lie in scratch as doubles, `slot` of them each.
struct BackwardPlan
{
    LaunchPlan launch;
    std::int64_t chunks = 0; ///< of tokens, per unit
    std::int64_t slot = 0; ///< doubles of one (unit, chunk): parts * (g1^2 + g2^2)
    std::size_t sumBytes = 0; ///< of all slots
};
/// gridX units, gridY chunks; 4 warps a block take every fourth tile of 16 tokens of the chunk.
[[nodiscard]] BackwardPlan planMmaBackward(std::int64_t rows, std::int64_t units, const Gpk &p);
/// A warp a (unit, chunk) pair: gridX * blockY of them, units first.
[[nodiscard]] BackwardPlan planExactBackward(std::int64_t rows, std::int64_t units, const Gpk &p,
                                             const DeviceLimits &device);

/// Rows of a chunk, so that chunks * rows covers all rows in whole tiles.
[[nodiscard]] std::int64_t chunkTiles(std::int64_t rows, std::int64_t chunks, int tileRows);

/// Rows of the Hadamard kernel a block takes: 128 threads of 32 values. Dynamic shared memory
/// included.
[[nodiscard]] LaunchPlan planHadamard(std::int64_t rows, std::int64_t n,
                                      const DeviceLimits &device);

} // namespace batlab::kernels::cuda
