// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gpk_fragments.h"

/// Tiles that are on their way to shared memory while the warp works on the one before.
namespace batlab::kernels::cuda {

/// Where a warp's next tile waits while it works on the one before: 16 bytes for each lane, row and
/// matrix, x and gy. A lane reads only what it had copied itself.
struct StagedTile
{
    Words4 words[2][2][warpLanes];
};

/// Rows of a token chunk: `tiles` tiles of 16 as far as they exist.
struct ChunkRows
{
    int begin, end;
};
[[nodiscard]] BATLAB_HD_INLINE ChunkRows chunkRows(std::int64_t chunk, std::int64_t tiles, int rows)
{
    const std::int64_t end = (chunk + 1) * tiles * mmaRows;
    return { static_cast<int>(chunk * tiles) * mmaRows,
             static_cast<int>(lesser<std::int64_t>(end, rows)) };
}

/// Starts to copy 16 bytes to shared memory, zeros where the row is not there; needs no register
/// while they are under way.
BATLAB_HD_INLINE void copyAhead(Words4 &to, const unsigned char *from, bool there)
{
#if defined(__CUDA_ARCH__)
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(&to));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(address), "l"(from), "r"(there ? 16 : 0)
                 : "memory");
#else
    to = there ? loadWords(from) : Words4 {};
#endif
}

/// Waits for what this thread began to copy.
BATLAB_HD_INLINE void copiesArrived()
{
#if defined(__CUDA_ARCH__)
    asm volatile("cp.async.wait_all;" : : : "memory");
#endif
}

/// A lane's pairs of one row, as they were sent for.
BATLAB_HD_INLINE void takePairs(const PairSource &s, const LaneColumns &columns,
                                const Words4 &staged, int row0, int lane, std::int64_t unit,
                                std::uint32_t (&pairs)[4])
{
    if (!columns.whole) {
        loadPairs<false>(s, columns, row0, lane, unit, pairs);
        return;
    }
    const Words4 words = staged;
    pairs[0] = words.a;
    pairs[1] = words.b;
    pairs[2] = words.c;
    pairs[3] = words.d;
}

} // namespace batlab::kernels::cuda
