// SPDX-License-Identifier: Apache-2.0
// Super-block formats of 256 values (export-formats.md 5.2).
#include "core/model/storage_decode.h"

namespace batlab::storage {

namespace {

/// 6-bit scale and minimum of sub-block j (0..7) of Q4_K and Q5_K, packed in 12 bytes.
struct ScaleMin
{
    int scale = 0;
    int minimum = 0;
};

ScaleMin scaleMin(const std::uint8_t *sc, int j)
{
    if (j < 4)
        return { sc[j] & 63, sc[j + 4] & 63 };
    return { (sc[j + 4] & 15) | (sc[j - 4] >> 6) << 4, (sc[j + 4] >> 4) | (sc[j] >> 6) << 4 };
}

} // namespace

void decodeQ2K(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 84, out += 256) {
        const std::uint8_t *scales = in;
        const std::uint8_t *qs = in + 16;
        const float d = loadHalf(in + 80);
        const float dmin = loadHalf(in + 82);
        for (int i = 0; i < 256; ++i) {
            const int half = i / 128;
            const int chunk = i % 128 / 32;
            const int q = qs[32 * half + i % 32] >> (2 * chunk) & 3;
            const int sc = scales[i / 16];
            const float scale = d * static_cast<float>(sc & 15);
            const float offset = dmin * static_cast<float>(sc >> 4);
            out[i] = scale * static_cast<float>(q) - offset;
        }
    }
}

void decodeQ3K(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 110, out += 256) {
        const std::uint8_t *high = in;
        const std::uint8_t *qs = in + 32;
        const std::uint8_t *sc = in + 96;
        const float d = loadHalf(in + 108);
        for (int g = 0; g < 16; ++g) {
            const int low4 = g < 8 ? sc[g] & 15 : sc[g - 8] >> 4;
            const int high2 = sc[8 + g % 4] >> (2 * (g / 4)) & 3;
            const float scale = d * static_cast<float>((low4 | high2 << 4) - 32);
            for (int l = 0; l < 16; ++l) {
                const int i = 16 * g + l;
                const int low = qs[32 * (i / 128) + i % 32] >> (2 * (i % 128 / 32)) & 3;
                const int bit = high[i % 32] >> (i / 32) & 1;
                out[i] = scale * static_cast<float>(low - (bit ? 0 : 4));
            }
        }
    }
}

void decodeQ4K(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 144, out += 256) {
        const float d = loadHalf(in);
        const float dmin = loadHalf(in + 2);
        const std::uint8_t *qs = in + 16;
        for (int j = 0; j < 8; ++j) {
            const ScaleMin sm = scaleMin(in + 4, j);
            const float scale = d * static_cast<float>(sm.scale);
            const float offset = dmin * static_cast<float>(sm.minimum);
            for (int l = 0; l < 32; ++l) {
                const int q = qs[32 * (j / 2) + l] >> (4 * (j % 2)) & 15;
                out[32 * j + l] = scale * static_cast<float>(q) - offset;
            }
        }
    }
}

void decodeQ5K(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 176, out += 256) {
        const float d = loadHalf(in);
        const float dmin = loadHalf(in + 2);
        const std::uint8_t *high = in + 16;
        const std::uint8_t *qs = in + 48;
        for (int j = 0; j < 8; ++j) {
            const ScaleMin sm = scaleMin(in + 4, j);
            const float scale = d * static_cast<float>(sm.scale);
            const float offset = dmin * static_cast<float>(sm.minimum);
            for (int l = 0; l < 32; ++l) {
                const int low = qs[32 * (j / 2) + l] >> (4 * (j % 2)) & 15;
                const int q = low | (high[l] >> j & 1) << 4;
                out[32 * j + l] = scale * static_cast<float>(q) - offset;
            }
        }
    }
}

void decodeQ6K(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 210, out += 256) {
        const auto *scales = reinterpret_cast<const std::int8_t *>(in + 192);
        const float d = loadHalf(in + 208);
        for (int i = 0; i < 256; ++i) {
            const int half = i / 128;
            const int quarter = i % 128 / 32; // 0..3: which 32 of the half
            const int l = i % 32;
            const std::uint8_t *ql = in + 64 * half + 32 * (quarter % 2);
            const std::uint8_t *qh = in + 128 + 32 * half;
            const int low = ql[l] >> (4 * (quarter / 2)) & 15;
            const int q = (low | (qh[l] >> (2 * quarter) & 3) << 4) - 32;
            const auto group = i / 16;
            out[i] = d * static_cast<float>(scales[group]) * static_cast<float>(q);
        }
    }
}

void decodeIq4Xs(const std::uint8_t *in, std::int64_t blocks, float *out)
{
    for (std::int64_t b = 0; b < blocks; ++b, in += 136, out += 256) {
        const float d = loadHalf(in);
        const int high = load<std::uint16_t>(in + 2);
        const std::uint8_t *low = in + 4;
        const std::uint8_t *qs = in + 8;
        for (int g = 0; g < 8; ++g) {
            const int s = (low[g / 2] >> (4 * (g % 2)) & 15) | (high >> (2 * g) & 3) << 4;
            const float scale = d * static_cast<float>(s - 32);
            for (int j = 0; j < 16; ++j) {
                const int byte = qs[16 * g + j];
                out[32 * g + j] = scale * static_cast<float>(kIq4Values[byte & 15]);
                out[32 * g + j + 16] = scale * static_cast<float>(kIq4Values[byte >> 4]);
            }
        }
    }
}

} // namespace batlab::storage
