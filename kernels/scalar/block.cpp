// SPDX-License-Identifier: Apache-2.0
#include "kernels/scalar/block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace batlab::kernels::oracle {

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float largest = std::numeric_limits<float>::max();

float bf16ToFloat(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t floatToBf16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value)) {
        return static_cast<std::uint16_t>((bits >> 16) | 0x40);
    }
    const std::uint32_t discarded = bits & 0xffff;
    std::uint32_t kept = bits >> 16;
    if (discarded > 0x8000 || (discarded == 0x8000 && (kept & 1) != 0)) {
        ++kept;
    }
    return static_cast<std::uint16_t>(kept);
}

/// Grid value of each magnitude code, ascending.
float gridValue(int code, Format format) { return decodeTable(format)[code]; }

float effectiveStep(std::uint8_t byte, const QuantSpec &spec)
{
    if (spec.format == Format::nvfp4) {
        return std::min(e4m3Table()[byte] / spec.tensorScale, largest);
    }
    return std::ldexp(1.0F, byte - 127);
}

float scaledValue(float x, std::uint8_t byte, const QuantSpec &spec)
{
    if (spec.format == Format::nvfp4) {
        const float scale = e4m3Table()[byte];
        return scale == 0.0F ? 0.0F : x * std::min(spec.tensorScale / scale, largest);
    }
    const float y = x / std::ldexp(1.0F, byte - 127);
    return spec.rule == ScaleRule::prescale ? y * 3.0F : y;
}

bool isPoison(std::uint8_t byte, Format format)
{
    return byte == (format == Format::nvfp4 ? 0x7f : 255);
}

} // namespace

int roundToGrid(float magnitude, Format format, Ties ties)
{
    const int last = elementFormat(format).maxCode;
    if (!(magnitude < gridValue(last, format))) {
        return last;
    }
    int below = 0; // largest code whose value is <= magnitude
    for (int span = 128; span > 0; span /= 2) {
        if (below + span <= last && gridValue(below + span, format) <= magnitude) {
            below += span;
        }
    }
    const float middle = (gridValue(below, format) + gridValue(below + 1, format)) / 2.0F;
    if (magnitude != middle) {
        return magnitude < middle ? below : below + 1;
    }
    switch (ties) {
    case Ties::even: return below + (below & 1);
    case Ties::away: return below + 1;
    case Ties::zero: return below;
    }
    return below;
}

std::uint8_t chooseScale(const float *x, int n, const QuantSpec &spec)
{
    float amax = 0.0F;
    for (int i = 0; i < n; ++i) {
        if (!std::isfinite(x[i])) {
            return spec.format == Format::nvfp4 ? 0x7f : 255;
        }
        amax = std::max(amax, std::fabs(x[i]));
    }
    if (spec.format == Format::nvfp4) {
        const float wanted = (amax * spec.tensorScale) / 6.0F;
        return static_cast<std::uint8_t>(roundToGrid(wanted, Format::mxfp8E4m3, Ties::even));
    }
    if (amax == 0.0F) {
        return 0;
    }
    int exponent = 0; // amax = fraction * 2^exponent, fraction in [1/2, 1)
    const double mantissa = 2.0 * std::frexp(static_cast<double>(amax), &exponent);
    int e = exponent - 1;
    if (spec.rule != ScaleRule::prescale) {
        const ScaleThreshold threshold = scaleThreshold(spec.format, spec.rule);
        const bool bump =
            threshold.closed ? mantissa >= threshold.theta : mantissa > threshold.theta;
        e += (bump ? 1 : 0) - elementFormat(spec.format).maxExponent;
    }
    return static_cast<std::uint8_t>(std::clamp(e, -127, 127) + 127);
}

float decode(std::uint8_t code, std::uint8_t scaleByte, const QuantSpec &spec)
{
    if (isPoison(scaleByte, spec.format)) {
        return nan;
    }
    const float *table = decodeTable(spec.format, spec.rule == ScaleRule::prescale);
    return table[code] * effectiveStep(scaleByte, spec);
}

Block quantizeBlock(const float *x, const QuantSpec &spec)
{
    const int n = blockSize(spec.format);
    const ElementFormat &format = elementFormat(spec.format);
    Block block;
    block.scaleByte = chooseScale(x, n, spec);
    block.poisoned = isPoison(block.scaleByte, spec.format);
    block.step = effectiveStep(block.scaleByte, spec);
    if (spec.rule == ScaleRule::prescale && spec.format != Format::nvfp4) {
        block.step /= 3.0F;
    }
    for (int i = 0; i < n; ++i) {
        if (block.poisoned) {
            block.value[static_cast<std::size_t>(i)] = nan;
            continue;
        }
        const auto j = static_cast<std::size_t>(i);
        block.scaled[j] = scaledValue(x[i], block.scaleByte, spec);
        const int magnitude = roundToGrid(std::fabs(block.scaled[j]), spec.format, spec.ties);
        if (format.twosComplement) {
            block.code[j] = static_cast<std::uint8_t>(std::signbit(x[i]) ? -magnitude : magnitude);
        } else {
            const int sign = std::signbit(x[i]) ? 1 << (format.codeBits - 1) : 0;
            block.code[j] = static_cast<std::uint8_t>(magnitude | sign);
        }
        block.value[j] = decode(block.code[j], block.scaleByte, spec);
    }
    return block;
}

Clamp clampOf(const float *x, int n, const Clip &clip, std::int64_t row, std::int64_t block)
{
    Clamp c;
    if (clip.lo == nullptr || clip.hi == nullptr) {
        return c;
    }
    c.active = true;
    c.min = c.max = x[0];
    for (int i = 1; i < n; ++i) {
        c.min = x[i] < c.min ? x[i] : c.min;
        c.max = x[i] > c.max ? x[i] : c.max;
    }
    const std::int64_t entry = row * clip.rowStride + block * clip.blockStride;
    c.lo = clip.lo[entry];
    c.hi = clip.hi[entry];
    c.lower = c.lo * c.min;
    c.upper = c.hi * c.max;
    return c;
}

float clampValue(float x, const Clamp &clamp)
{
    if (!clamp.active || !std::isfinite(x)) {
        return x;
    }
    const float raised = x < clamp.lower ? clamp.lower : x;
    return raised > clamp.upper ? clamp.upper : raised;
}

void loadRow(const ConstMatrix &m, std::int64_t row, std::int64_t col, int n, float *out)
{
    for (int i = 0; i < n; ++i) {
        const std::int64_t at = row * m.rowStride + col + i;
        if (col + i >= m.cols || row >= m.rows) {
            out[i] = 0.0F;
        } else if (m.dtype == DType::f32) {
            out[i] = static_cast<const float *>(m.data)[at];
        } else {
            out[i] = bf16ToFloat(static_cast<const std::uint16_t *>(m.data)[at]);
        }
    }
}

void storeRow(const Matrix &m, std::int64_t row, std::int64_t col, int n, const float *in)
{
    for (int i = 0; i < n && col + i < m.cols; ++i) {
        const std::int64_t at = row * m.rowStride + col + i;
        if (m.dtype == DType::f32) {
            static_cast<float *>(m.data)[at] = in[i];
        } else {
            static_cast<std::uint16_t *>(m.data)[at] = floatToBf16(in[i]);
        }
    }
}

void transformUnit(float *x, int width, std::int64_t col, const Gpk &p, std::int64_t k)
{
    const int g = p.g1 * p.g2;
    for (int at = 0; at < width; at += g) {
        const std::int64_t block = (col + at) / g;
        if (block >= k) {
            continue;
        }
        const float *b = p.b + block * p.g2 * p.g2;
        std::array<float, maxUnit> z {}; // X A, row-major [g2, g1]
        for (int r = 0; r < p.g2; ++r) {
            for (int c = 0; c < p.g1; ++c) {
                float sum = x[at + r * p.g1] * p.a[c];
                for (int i = 1; i < p.g1; ++i) {
                    sum += x[at + r * p.g1 + i] * p.a[i * p.g1 + c];
                }
                const int cell = r * p.g1 + c;
                z[static_cast<std::size_t>(cell)] = sum;
            }
        }
        for (int r = 0; r < p.g2; ++r) { // B^T Z
            for (int c = 0; c < p.g1; ++c) {
                float sum = b[r] * z[static_cast<std::size_t>(c)];
                for (int i = 1; i < p.g2; ++i) {
                    const int cell = i * p.g1 + c;
                    sum += b[i * p.g2 + r] * z[static_cast<std::size_t>(cell)];
                }
                x[at + r * p.g1 + c] = sum;
            }
        }
    }
}

void hadamardBlock(float *x)
{
    for (int stride = 1; stride < 32; stride *= 2) {
        for (int i = 0; i < 32; ++i) {
            if ((i & stride) == 0) {
                const float a = x[i];
                const float b = x[i + stride];
                x[i] = a + b;
                x[i + stride] = a - b;
            }
        }
    }
    for (int i = 0; i < 32; ++i) {
        x[i] *= 0.17677669529663687F; // 1/sqrt(32)
    }
}

} // namespace batlab::kernels::oracle
