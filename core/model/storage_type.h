// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace batlab {

/// How numbers lie in a file: blocks of `blockSize` values in `blockBytes` bytes.
/// `decode` turns `blocks` consecutive blocks into blocks * blockSize floats; null when the
/// program only lists tensors of this type (integers).
struct StorageType
{
    std::string_view name; ///< "F32", "Q4_1", ...
    std::int32_t ggmlId = -1; ///< GGUF type number, -1 if GGUF has none
    std::int32_t blockSize = 1;
    std::int32_t blockBytes = 4;
    void (*decode)(const std::uint8_t *in, std::int64_t blocks, float *out) = nullptr;
};

/// The type with this GGUF number, or null (export-formats.md 5.2).
[[nodiscard]] const StorageType *ggmlStorage(std::int32_t id);
/// The type with this safetensors dtype name ("BF16", "F32", ...), or null (export-formats.md 6.1).
[[nodiscard]] const StorageType *safetensorsStorage(std::string_view dtype);

/// IEEE binary16 bits to float, exact, subnormals, infinities and NaN included.
[[nodiscard]] float halfToFloat(std::uint16_t bits);
/// bfloat16 bits to float.
[[nodiscard]] float bfloatToFloat(std::uint16_t bits);

} // namespace batlab
