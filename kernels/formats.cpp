// SPDX-License-Identifier: Apache-2.0
#include "kernels/formats.h"

#include <array>
#include <cmath>
#include <limits>

namespace batlab::kernels {

const ElementFormat &elementFormat(Format format)
{
    static constexpr std::array<ElementFormat, 7> formats { {
        { 1, 0, 2, 6.0F, 7, 4, false }, // mxfp4
        { 3, -6, 8, 448.0F, 0x7e, 8, false }, // mxfp8E4m3
        { 2, -14, 15, 57344.0F, 0x7b, 8, false }, // mxfp8E5m2
        { 3, 0, 2, 7.5F, 31, 6, false }, // mxfp6E2m3
        { 2, -2, 4, 28.0F, 31, 6, false }, // mxfp6E3m2
        { 7, 1, 0, 127.0F / 64.0F, 127, 8, true }, // mxint8: constant step 2^(1-7)
        { 1, 0, 2, 6.0F, 7, 4, false }, // nvfp4
    } };
    return formats[static_cast<std::size_t>(format)];
}

// One row per rule, one column per format; 0 = not defined (refused), `never` = no bump.
//   floor, ceil  any power-of-two scale.
//   rceil        theta = max/2^emax: the largest element never saturates.
//   even         torchao: 2 - 2^-(m+1), closed (amax rounded to m bits would carry); MXINT8 has
//                m = 6.
//   ctEven       compressed-tensors: only the formats it ships.
//   uos          MXAttention's 7.25/4 for E2M1 and 464/256 for E4M3. The other grids follow its
//                criterion, the threshold of least squared error on Gaussian blocks of uniform
//                phase (swept over 60,000 blocks): E5M2 and E3M2 are flat up to 1.875, the midpoint
//                behind their maximum; E2M3 peaks at 1.953125; MXINT8 gains from no bump at all.
//   logRound     llama.cpp's rint(log2(amax/4)): E2M1 only.
//   prescale     the 3/4 rule: an E2M1 construction.
//   nvfp4        its E4M3 scale is rounded to nearest even whatever `rule` says; only `even` names
//                that.
ScaleThreshold scaleThreshold(Format format, ScaleRule rule)
{
    constexpr double never = 2.0;
    constexpr double root2 = 1.41421356237309504880;
    static constexpr double table[8][7] = {
        // mxfp4  e4m3    e5m2    e2m3    e3m2    int8      nvfp4
        { never, never, never, never, never, never, 0 }, // floor
        { 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0 }, // ceil
        { 1.5, 1.75, 1.75, 1.875, 1.75, 1.984375, 0 }, // rceil
        { 1.75, 1.9375, 1.875, 1.9375, 1.875, 1.9921875, never }, // even
        { 1.75, 1.75, 1.75, 1.9375, 0, 0, 0 }, // ctEven
        { 1.8125, 1.8125, 1.875, 1.953125, 1.875, never, 0 }, // uos
        { root2, 0, 0, 0, 0, 0, 0 }, // logRound
        { never, 0, 0, 0, 0, 0, 0 }, // prescale
    };
    const double theta = table[static_cast<int>(rule)][static_cast<int>(format)];
    const bool closed = rule == ScaleRule::even || rule == ScaleRule::ctEven;
    return { theta, closed, theta != 0.0 };
}

bool isDefined(Format format, ScaleRule rule) { return scaleThreshold(format, rule).defined; }

GridConstants gridConstants(Format format)
{
    const ElementFormat &f = elementFormat(format);
    return { (f.minExponent + 127) << 23,
             ((23 - f.mantissaBits) << 23) | 0x400000,
             (f.mantissaBits + 1) << 23,
             f.mantissaBits,
             f.codeBits,
             f.maxValue };
}

QuantConstants quantConstants(const QuantSpec &spec)
{
    QuantConstants c {};
    c.kind = Kind::miniFloat;
    if (spec.format == Format::nvfp4) {
        c.kind = Kind::nvfp4;
    } else if (spec.rule == ScaleRule::prescale) {
        c.kind = Kind::prescale;
    } else if (spec.format == Format::mxint8) {
        c.kind = Kind::int8;
    } else if (spec.format == Format::mxfp4) {
        c.kind = Kind::e2m1;
    }
    c.away = spec.ties == Ties::away;
    c.zero = spec.ties == Ties::zero;
    c.grid = gridConstants(spec.format);
    c.scaleGrid = gridConstants(Format::mxfp8E4m3);
    c.tensorScale = spec.tensorScale;
    c.emax = c.kind == Kind::prescale ? 0 : elementFormat(spec.format).maxExponent;
    // The smallest 23-bit fraction that bumps; 2^23 minus it carries exactly from there on.
    const ScaleThreshold t = scaleThreshold(spec.format, spec.rule);
    const double fraction = (t.theta - 1.0) * 8388608.0;
    const double first = t.closed ? std::ceil(fraction) : std::floor(fraction) + 1.0;
    c.bump = first >= 8388608.0 ? 0 : 8388608 - static_cast<std::int32_t>(first);
    return c;
}

namespace {

float magnitudeOfCode(int code, const ElementFormat &f)
{
    if (f.twosComplement) {
        return static_cast<float>(code) / 64.0F;
    }
    const int mantissa = code & ((1 << f.mantissaBits) - 1);
    const int field = code >> f.mantissaBits;
    const int hidden = field == 0 ? 0 : 1 << f.mantissaBits;
    const int exponent = (field == 0 ? 0 : field - 1) + f.minExponent - f.mantissaBits;
    return std::ldexp(static_cast<float>(hidden + mantissa), exponent);
}

float valueOfByte(int byte, Format format)
{
    const ElementFormat &f = elementFormat(format);
    if (f.twosComplement) {
        return static_cast<float>(byte < 128 ? byte : byte - 256) / 64.0F;
    }
    const int code = byte & ((1 << (f.codeBits - 1)) - 1);
    const bool negative = ((byte >> (f.codeBits - 1)) & 1) != 0;
    float value = magnitudeOfCode(code, f);
    if (code > f.maxCode) { // E4M3 has one NaN, E5M2 an infinity and NaNs
        value = format == Format::mxfp8E5m2 && code == f.maxCode + 1
            ? std::numeric_limits<float>::infinity()
            : std::numeric_limits<float>::quiet_NaN();
    }
    return negative ? -value : value;
}

struct DecodeTables
{
    std::array<std::array<float, 256>, 7> values {};
    std::array<float, 256> thirds {};
    DecodeTables()
    {
        for (int f = 0; f < 7; ++f) {
            for (int byte = 0; byte < 256; ++byte) {
                values[static_cast<std::size_t>(f)][static_cast<std::size_t>(byte)] =
                    valueOfByte(byte, static_cast<Format>(f));
            }
        }
        for (std::size_t byte = 0; byte < 256; ++byte) {
            thirds[byte] = values[0][byte] / 3.0F;
        }
    }
};

const DecodeTables &decodeTables()
{
    static const DecodeTables tables;
    return tables;
}

} // namespace

const float *decodeTable(Format format, bool prescale)
{
    return prescale ? decodeTables().thirds.data()
                    : decodeTables().values[static_cast<std::size_t>(format)].data();
}

const float *e4m3Table() { return decodeTable(Format::mxfp8E4m3); }

} // namespace batlab::kernels
