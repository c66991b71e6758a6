// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/storage_type.h"

#include <cstdint>
#include <cstring>

namespace batlab::storage {

/// Little-endian load from any alignment.
template<class T>
T load(const std::uint8_t *p)
{
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

inline float loadHalf(const std::uint8_t *p) { return halfToFloat(load<std::uint16_t>(p)); }

// Super-blocks of 256 (storage_k.cpp), formulas of export-formats.md 5.2.
void decodeQ2K(const std::uint8_t *in, std::int64_t blocks, float *out);
void decodeQ3K(const std::uint8_t *in, std::int64_t blocks, float *out);
void decodeQ4K(const std::uint8_t *in, std::int64_t blocks, float *out);
void decodeQ5K(const std::uint8_t *in, std::int64_t blocks, float *out);
void decodeQ6K(const std::uint8_t *in, std::int64_t blocks, float *out);
void decodeIq4Xs(const std::uint8_t *in, std::int64_t blocks, float *out);

/// The 16 values of IQ4_NL and IQ4_XS codes.
inline constexpr std::int8_t kIq4Values[16] = { -127, -104, -83, -65, -49, -35, -22, -10,
                                                1,    13,   25,  38,  53,  69,  89,  113 };

} // namespace batlab::storage
