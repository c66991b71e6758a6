// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"

/// Where the scale byte of (row, block) lies.
namespace batlab::kernels::cuda {

enum class ScaleLayout : std::uint8_t {
    linear, ///< [rows, blocks]
    swizzled ///< cuBLAS's and CUTLASS's 128x4 tiles: what block-scaled matrix products read
};

/// Bytes of a scale tensor; swizzled ones are padded to whole tiles (padding must be zeroed by the
/// caller once).
[[nodiscard]] BATLAB_HD constexpr std::int64_t scaleBytes(ScaleLayout layout, std::int64_t rows,
                                                          std::int64_t blocks)
{
    return layout == ScaleLayout::linear ? rows * blocks
                                         : (rows + 127) / 128 * ((blocks + 3) / 4) * 512;
}

/// A swizzled tile holds 128 rows x 4 blocks in 512 bytes: row r at (r mod 32) * 16 + (r / 32) * 4.
template<class Row> // any integer: kernels with 32-bit rows get short divisions
[[nodiscard]] BATLAB_HD constexpr std::int64_t scaleOffset(ScaleLayout layout, Row row,
                                                           std::int64_t block, std::int64_t blocks)
{
    if (layout == ScaleLayout::linear) {
        return row * blocks + block;
    }
    const std::int64_t tile = row / 128 * ((blocks + 3) / 4) + block / 4;
    return tile * 512 + row % 32 * 16 + row % 128 / 32 * 4 + block % 4;
}

} // namespace batlab::kernels::cuda
