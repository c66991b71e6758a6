// SPDX-License-Identifier: Apache-2.0
#include "core/model/storage_type.h"

#include "core/model/storage_decode.h"

#include <array>
#include <bit>
#include <cmath>

static_assert(std::endian::native == std::endian::little, "files are little-endian, as we are");

namespace batlab {

namespace storage {

namespace {

void decodeF32(const std::uint8_t *in, std::int64_t n, float *out)
{
    std::memcpy(out, in, static_cast<std::size_t>(n) * sizeof(float));
}

void decodeF64(const std::uint8_t *in, std::int64_t n, float *out)
{
    for (std::int64_t i = 0; i < n; ++i)
        out[i] = static_cast<float>(load<double>(in + 8 * i));
}

void decodeF16(const std::uint8_t *in, std::int64_t n, float *out)
{
    for (std::int64_t i = 0; i < n; ++i)
        out[i] = loadHalf(in + 2 * i);
}

void decodeBf16(const std::uint8_t *in, std::int64_t n, float *out)
{
    for (std::int64_t i = 0; i < n; ++i)
        out[i] = bfloatToFloat(load<std::uint16_t>(in + 2 * i));
}

void decodeQ40(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 18, out += 32) {
        const float d = loadHalf(in);
        for (int j = 0; j < 16; ++j) {
            out[j] = d * static_cast<float>((in[2 + j] & 15) - 8);
            out[j + 16] = d * static_cast<float>((in[2 + j] >> 4) - 8);
        }
    }
}

void decodeQ41(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 20, out += 32) {
        const float d = loadHalf(in);
        const float m = loadHalf(in + 2);
        for (int j = 0; j < 16; ++j) {
            // Two roundings, as the reference: the build must not fuse them.
            out[j] = d * static_cast<float>(in[4 + j] & 15) + m;
            out[j + 16] = d * static_cast<float>(in[4 + j] >> 4) + m;
        }
    }
}

int fiveBits(const std::uint8_t *qs, std::uint32_t high, int j)
{
    const int low = j < 16 ? qs[j] & 15 : qs[j - 16] >> 4;
    return low | static_cast<int>((high >> j) & 1U) << 4;
}

void decodeQ50(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 22, out += 32) {
        const float d = loadHalf(in);
        const auto high = load<std::uint32_t>(in + 2);
        for (int j = 0; j < 32; ++j)
            out[j] = d * static_cast<float>(fiveBits(in + 6, high, j) - 16);
    }
}

void decodeQ51(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 24, out += 32) {
        const float d = loadHalf(in);
        const float m = loadHalf(in + 2);
        const auto high = load<std::uint32_t>(in + 4);
        for (int j = 0; j < 32; ++j)
            out[j] = d * static_cast<float>(fiveBits(in + 8, high, j)) + m;
    }
}

void decodeQ80(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 34, out += 32) {
        const float d = loadHalf(in);
        for (int j = 0; j < 32; ++j)
            out[j] = d * static_cast<float>(static_cast<std::int8_t>(in[2 + j]));
    }
}

void decodeIq4Nl(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 18, out += 32) {
        const float d = loadHalf(in);
        for (int j = 0; j < 16; ++j) {
            out[j] = d * static_cast<float>(kIq4Values[in[2 + j] & 15]);
            out[j + 16] = d * static_cast<float>(kIq4Values[in[2 + j] >> 4]);
        }
    }
}

constexpr std::int8_t kDoubledE2m1[16] = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
};

void decodeMxfp4(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 17, out += 32) {
        // d = 2^(e-128): half the E8M0 value, because the code values are doubled. E8M0 255 is NaN.
        const std::uint32_t e = in[0];
        const float d = e == 255 ? std::nanf("")
                                 : std::bit_cast<float>(e < 2 ? 0x00200000U << e : (e - 1) << 23);
        for (int j = 0; j < 16; ++j) {
            out[j] = d * static_cast<float>(kDoubledE2m1[in[1 + j] & 15]);
            out[j + 16] = d * static_cast<float>(kDoubledE2m1[in[1 + j] >> 4]);
        }
    }
}

// clang-format off
constexpr std::array kTypes {
    StorageType { "F32", 0, 1, 4, decodeF32 },
    StorageType { "F16", 1, 1, 2, decodeF16 },
    StorageType { "Q4_0", 2, 32, 18, decodeQ40 },
    StorageType { "Q4_1", 3, 32, 20, decodeQ41 },
    StorageType { "Q5_0", 6, 32, 22, decodeQ50 },
    StorageType { "Q5_1", 7, 32, 24, decodeQ51 },
    StorageType { "Q8_0", 8, 32, 34, decodeQ80 },
    StorageType { "Q2_K", 10, 256, 84, decodeQ2K },
    StorageType { "Q3_K", 11, 256, 110, decodeQ3K },
    StorageType { "Q4_K", 12, 256, 144, decodeQ4K },
    StorageType { "Q5_K", 13, 256, 176, decodeQ5K },
    StorageType { "Q6_K", 14, 256, 210, decodeQ6K },
    StorageType { "IQ4_NL", 20, 32, 18, decodeIq4Nl },
    StorageType { "IQ4_XS", 23, 256, 136, decodeIq4Xs },
    StorageType { "I8", 24, 1, 1, nullptr },
    StorageType { "I16", 25, 1, 2, nullptr },
    StorageType { "I32", 26, 1, 4, nullptr },
    StorageType { "I64", 27, 1, 8, nullptr },
    StorageType { "F64", 28, 1, 8, decodeF64 },
    StorageType { "BF16", 30, 1, 2, decodeBf16 },
    StorageType { "MXFP4", 39, 32, 17, decodeMxfp4 },
    StorageType { "BOOL", -1, 1, 1, nullptr },
    StorageType { "U8", -1, 1, 1, nullptr },
    StorageType { "U16", -1, 1, 2, nullptr },
    StorageType { "U32", -1, 1, 4, nullptr },
    StorageType { "U64", -1, 1, 8, nullptr },
    StorageType { "F8_E4M3", -1, 1, 1, nullptr },
    StorageType { "F8_E5M2", -1, 1, 1, nullptr },
    StorageType { "F8_E8M0", -1, 1, 1, nullptr },
};
// clang-format on

} // namespace

} // namespace storage

float bfloatToFloat(std::uint16_t bits)
{
    return std::bit_cast<float>(std::uint32_t { bits } << 16);
}

float halfToFloat(std::uint16_t bits)
{
    const std::uint32_t sign = (bits & 0x8000U) << 16;
    const std::uint32_t exponent = (bits >> 10) & 31U;
    const std::uint32_t mantissa = bits & 0x3FFU;
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
    if (exponent != 0)
        return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign ? -magnitude : magnitude;
}

const StorageType *ggmlStorage(std::int32_t id)
{
    for (const auto &type : storage::kTypes)
        if (type.ggmlId == id && id >= 0)
            return &type;
    return nullptr;
}

const StorageType *safetensorsStorage(std::string_view dtype)
{
    for (const auto &type : storage::kTypes)
        if (type.name == dtype && type.blockSize == 1)
            return &type;
    return nullptr;
}

} // namespace batlab
