// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"
#include "kernels/reduce.h"

/// Sums of clip gradients over the rows and blocks that share a ratio: chunks of 64 rows first,
/// then the chunks in order, all in fp64. The split depends on the shape alone.
namespace batlab::kernels::cuda {

inline constexpr std::int64_t clipChunkRows = 64;

struct ClipSums
{
    double lo = 0.0;
    double hi = 0.0;
};

struct ClipReduce
{
    static constexpr int residentBlocks = 2;
    const ClipShare *shares; ///< [rows, blocks]
    ClipSums *partial; ///< [chunks, groups]; unused with one chunk
    std::int64_t rows, blocks;
    Clip clip;
    ClipGrad gradient;

    [[nodiscard]] BATLAB_HD_INLINE std::int64_t blockGroups() const
    {
        return clip.blockStride == 0 ? 1 : blocks;
    }
    /// Ratios: groups of rows times groups of blocks.
    [[nodiscard]] BATLAB_HD_INLINE std::int64_t groups() const
    {
        return (clip.rowStride == 0 ? 1 : rows) * blockGroups();
    }
    [[nodiscard]] BATLAB_HD_INLINE std::int64_t chunks() const
    {
        return clip.rowStride == 0 ? (rows + clipChunkRows - 1) / clipChunkRows : 1;
    }

    [[nodiscard]] BATLAB_HD_INLINE ClipSums chunkSum(std::int64_t group, std::int64_t chunk) const
    {
        const std::int64_t across = blockGroups();
        const std::int64_t row = clip.rowStride == 0 ? chunk * clipChunkRows : group / across;
        const std::int64_t last = clip.rowStride == 0 ? lesser(row + clipChunkRows, rows) : row + 1;
        const std::int64_t block = clip.blockStride == 0 ? 0 : group % across;
        const std::int64_t width = clip.blockStride == 0 ? blocks : 1;
        ClipSums sum;
        for (std::int64_t r = row; r < last; ++r) {
            for (std::int64_t b = block; b < block + width; ++b) {
                const ClipShare share = shares[r * blocks + b];
                sum.lo += static_cast<double>(share.lo);
                sum.hi += static_cast<double>(share.hi);
            }
        }
        return sum;
    }

    /// First launch, over (chunk, group); only with several chunks.
    BATLAB_HD_INLINE void run(std::int64_t chunk, std::int64_t group) const
    {
        partial[chunk * groups() + group] = chunkSum(group, chunk);
    }

    /// Second launch, over groups.
    BATLAB_HD_INLINE void finish(std::int64_t group) const
    {
        ClipSums sum;
        if (chunks() == 1) {
            sum = chunkSum(group, 0);
        } else {
            for (std::int64_t chunk = 0; chunk < chunks(); ++chunk) {
                const ClipSums part = partial[chunk * groups() + group];
                sum.lo += part.lo;
                sum.hi += part.hi;
            }
        }
        const std::int64_t across = blockGroups();
        const std::int64_t entry =
            group / across * clip.rowStride + group % across * clip.blockStride;
        if (gradient.lo != nullptr) {
            gradient.lo[entry] += static_cast<float>(sum.lo);
        }
        if (gradient.hi != nullptr) {
            gradient.hi[entry] += static_cast<float>(sum.hi);
        }
    }
};

} // namespace batlab::kernels::cuda
