// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/mma_layout.h"

#include <cstdint>

/// The tile of the native MXFP4 product (sm_120a): 128 x 128 outputs, 128 codes of the summed axis
/// a stage. Packed rows lie in shared memory as 64 bytes each, their 16-byte chunks swizzled so
/// that neither the copies nor ldmatrix collide.
namespace batlab::kernels::cuda {

struct Mxf4Tile
{
    static constexpr int m = 128, n = 128;
    static constexpr int k = 128; ///< codes a stage: 64 bytes and 4 scales a row
    static constexpr int rowBytes = k / 2;
    static constexpr int stages = 4;
    static constexpr int warpM = 64, warpN = 32; ///< 2 x 4 warps
    static constexpr int threads = 256;
    static constexpr int codesBytes = (m + n) * rowBytes; ///< A, then B
    static constexpr int scalesBytes = (m + n) * 4;
    static constexpr int stageBytes = codesBytes + scalesBytes;
    static constexpr int sharedBytes = stages * stageBytes;
};

/// Whether the current device has machine code of mxf4Gemm: not so where a plug-in without sm_120a
/// code is translated for it.
[[nodiscard]] bool mxf4GemmIsBuilt();

/// Byte offset of 16-byte chunk 0..3 of a packed row.
BATLAB_HD constexpr int mxf4Offset(int row, int chunk)
{
    return row * Mxf4Tile::rowBytes + 16 * (chunk ^ ((row >> 1) & 3));
}

/// ldmatrix.x4 takes the address of one 16-byte row from each lane, lanes 8i .. 8i+7 for matrix i.
/// A of one 16 x 64 step: matrices are (rows 0-7, k 0-31), (rows 8-15, k 0-31), then k 32-63: the
/// registers a0..a3.
BATLAB_HD constexpr int mxf4AddressA(int lane, int row, int kStep)
{
    return mxf4Offset(row + (lane & 15), 2 * kStep + (lane >> 4));
}
/// Two steps of B (8 columns, k 0-63 each): registers b0, b1 of the first, then of the second.
BATLAB_HD constexpr int mxf4AddressB(int lane, int column, int kStep)
{
    return mxf4Offset(column + (lane & 7) + 8 * (lane >> 4), 2 * kStep + ((lane >> 3) & 1));
}

} // namespace batlab::kernels::cuda
