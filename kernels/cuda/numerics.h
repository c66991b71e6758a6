// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"
#include "kernels/cuda/packed_bf16.h"
#include "kernels/formats.h"

/// The block quantizer of every format, rule and tie for the device, bit-equal to kernels/scalar
/// (methods.md 1.1-1.4). Formats differ by code path (Kind), which is a template argument; rules,
/// ties and grids are numbers in QuantConstants, which a kernel finds in its constant bank.
namespace batlab::kernels::cuda {

/// A chosen scale.
struct Scale
{
    std::int32_t byte; ///< E8M0 (NVFP4: E4M3)
    float toGrid; ///< multiplies x
    float step; ///< multiplies grid values
    bool poisoned; ///< a NaN or an infinity came in: every value is NaN, every code 0
};

/// `Rne` leaves out the correction of ties; without it QuantConstants say which ties (any of the
/// three).
template<Kind K, bool Rne>
struct Quantizer
{
    static constexpr Kind kind = K;
    static constexpr bool rne = Rne;
    static constexpr int block = K == Kind::nvfp4 ? 16 : 32;

    QuantConstants c;

    /// Scale of a block from the bits of its largest magnitude (sign bit clear; a NaN above all).
    [[nodiscard]] BATLAB_HD_INLINE Scale scale(std::uint32_t amax) const
    {
        Scale s {};
        s.poisoned = amax >= 0x7f800000U;
        if constexpr (K == Kind::nvfp4) {
            const float wanted = divide(mul(floatOf(amax), c.tensorScale), 6.0F);
            std::int32_t code = 0;
            const float value = round<true>(wanted, c.scaleGrid, &code);
            constexpr float largest = 3.402823466e+38F;
            s.toGrid = value == 0.0F ? 0.0F : smaller(divide(c.tensorScale, value), largest);
            s.step = smaller(divide(value, c.tensorScale), largest);
            s.byte = s.poisoned ? 0x7f : code;
        } else {
            std::uint32_t bits = amax;
            if constexpr (K == Kind::int8) { // emax = 0: a subnormal maximum can still reach E = 1
                bits = amax < 0x800000U ? (amax << 1) - 0x800000U : amax;
            }
            const auto bumped = static_cast<std::int32_t>(bits) + c.bump;
            const std::int32_t e = lesser(greater((bumped >> 23) - emax(), 0), 254);
            s.toGrid = powerOfTwo(254 - e);
            s.step = powerOfTwo(e);
            s.byte = s.poisoned ? 255 : e;
        }
        return s;
    }

    /// Scale from its byte alone, for decoding and rounding on given scales.
    [[nodiscard]] BATLAB_HD_INLINE Scale scaleOfByte(std::int32_t byte) const
    {
        Scale s {};
        s.byte = byte;
        if constexpr (K == Kind::nvfp4) {
            constexpr float largest = 3.402823466e+38F;
            const float value = e4m3Value(byte);
            s.poisoned = (byte & 0x7f) == 0x7f;
            s.toGrid = value == 0.0F ? 0.0F : smaller(divide(c.tensorScale, value), largest);
            s.step = smaller(divide(value, c.tensorScale), largest);
        } else {
            s.poisoned = byte == 255;
            s.toGrid = powerOfTwo(254 - byte);
            s.step = powerOfTwo(byte);
        }
        return s;
    }

    /// x in units of the grid.
    [[nodiscard]] BATLAB_HD_INLINE float scaled(float x, const Scale &s) const
    {
        const float y = mul(x, s.toGrid);
        return K == Kind::prescale ? mul(y, 3.0F) : y;
    }

    /// Grid value nearest to |y|, unsigned; `code` (if wanted) gets its magnitude code.
    [[nodiscard]] BATLAB_HD_INLINE float magnitude(float y, std::int32_t *code = nullptr) const
    {
        return round<Rne>(absolute(y), grid(), code);
    }

    /// Grid value of a magnitude with the sign of x.
    [[nodiscard]] BATLAB_HD_INLINE float signedGrid(float gridValue, float x) const
    {
        const float value = withSign(gridValue, x);
        return K == Kind::int8 ? add(value, 0.0F) : value; // two's complement has no -0
    }

    /// Dequantized value of a grid magnitude with the sign of x.
    [[nodiscard]] BATLAB_HD_INLINE float value(float gridValue, float x, const Scale &s) const
    {
        float v = signedGrid(gridValue, x);
        if constexpr (K == Kind::prescale) {
            v = mul(v, 1.0F / 3.0F); // equals grid/3 on this grid
        }
        return mul(v, s.step);
    }

    /// Dequantized quantize(x); a NaN in a poisoned block.
    [[nodiscard]] BATLAB_HD_INLINE float fakeQuantize(float x, const Scale &s) const
    {
        const float v = value(magnitude(scaled(x, s)), x, s);
        return s.poisoned ? floatOf(nanBits) : v;
    }

    /// Code byte; 0 in a poisoned block.
    [[nodiscard]] BATLAB_HD_INLINE std::uint32_t code(float x, const Scale &s) const
    {
        std::int32_t magnitudeCode = 0;
        (void)magnitude(scaled(x, s), &magnitudeCode);
        const bool negative = (bitsOf(x) >> 31) != 0;
        std::uint32_t result = 0;
        if constexpr (K == Kind::int8) {
            result = static_cast<std::uint32_t>(negative ? -magnitudeCode : magnitudeCode) & 255U;
        } else {
            result = static_cast<std::uint32_t>(magnitudeCode)
                | (negative ? 1U << (grid().codeBits - 1) : 0U);
        }
        return s.poisoned ? 0U : result;
    }

    /// Grid value of a code byte (bits above the format's width are ignored); special codes of E4M3
    /// and E5M2 give what they stand for.
    [[nodiscard]] BATLAB_HD_INLINE float gridOfCode(std::uint32_t code) const
    {
        const GridConstants g = grid();
        if constexpr (K == Kind::int8) {
            return mul(static_cast<float>(static_cast<std::int8_t>(code & 255U)), 1.0F / 64.0F);
        } else {
            const std::uint32_t m = code & ((1U << (g.codeBits - 1)) - 1U);
            // A subnormal code counts steps; a normal one is the top bits of a float.
            const float unit = floatOf(static_cast<std::uint32_t>(
                g.minNormalBits - (g.mantissaBits << 23))); // one step below the smallest normal
            const std::uint32_t hidden = 1U << g.mantissaBits;
            float value = m < hidden ? mul(static_cast<float>(m), unit)
                                     : floatOf(static_cast<std::uint32_t>(g.minNormalBits)
                                               + ((m - hidden) << (23 - g.mantissaBits)));
            if (K == Kind::miniFloat && value > g.maxValue) {
                const bool infinite = g.mantissaBits == 2 && m == 0x7cU; // E5M2 alone has one
                value = floatOf(infinite ? 0x7f800000U : nanBits);
            }
            return ((code >> (g.codeBits - 1)) & 1U) != 0 ? -value : value;
        }
    }

    /// Value of a code under a scale.
    [[nodiscard]] BATLAB_HD_INLINE float decode(std::uint32_t code, const Scale &s) const
    {
        float v = gridOfCode(code);
        if constexpr (K == Kind::prescale) {
            v = mul(v, 1.0F / 3.0F);
        }
        return s.poisoned ? floatOf(nanBits) : mul(v, s.step);
    }

    /// What `value` multiplies grid magnitudes with: s, or s/3 for prescale.
    [[nodiscard]] BATLAB_HD_INLINE float effectiveStep(const Scale &s) const
    {
        return K == Kind::prescale ? divide(s.step, 3.0F) : s.step;
    }

    [[nodiscard]] BATLAB_HD_INLINE GridConstants grid() const
    {
        if constexpr (K == Kind::e2m1 || K == Kind::prescale || K == Kind::nvfp4) {
            return { 127 << 23, (22 << 23) | 0x400000, 2 << 23, 1, 4, 6.0F };
        } else {
            return c.grid;
        }
    }

private:
    [[nodiscard]] BATLAB_HD_INLINE std::int32_t emax() const
    {
        return K == Kind::e2m1 ? 2 : c.emax;
    }

    /// 2^(biased - 127), also the subnormal 2^-127.
    [[nodiscard]] static BATLAB_HD_INLINE float powerOfTwo(std::int32_t biased)
    {
        return floatOf(static_cast<std::uint32_t>(greater(biased << 23, 0x400000)));
    }

    [[nodiscard]] static BATLAB_HD_INLINE float e4m3Value(std::int32_t byte)
    {
        const auto m = static_cast<std::uint32_t>(byte) & 0x7fU;
        const float value = m < 8U ? mul(static_cast<float>(m), 1.0F / 512.0F)
                                   : floatOf((121U << 23) + ((m - 8U) << 20));
        const float finite = m == 0x7fU ? floatOf(nanBits) : value;
        return (byte & 0x80) != 0 ? -finite : finite;
    }

    /// |y| on a grid (performance.md 3.3): magic has an ulp of exactly one grid step.
    template<bool Even>
    [[nodiscard]] static BATLAB_HD_INLINE float roundTo(float a, const GridConstants &g, bool away,
                                                        bool zero, std::int32_t *code)
    {
        a = smaller(a, g.maxValue);
        const std::int32_t exponent =
            greater(static_cast<std::int32_t>(bitsOf(a)), g.minNormalBits) & 0x7f800000;
        const float magic = floatOf(static_cast<std::uint32_t>(exponent + g.magic));
        const float lifted = add(a, magic);
        float r = sub(lifted, magic);
        std::int32_t steps = static_cast<std::int32_t>(bitsOf(lifted) - bitsOf(magic));
        if constexpr (!Even) {
            const float half = floatOf(static_cast<std::uint32_t>(exponent - g.halfShift));
            if (away && sub(a, r) == half) {
                r = add(a, half);
                ++steps;
            } else if (zero && sub(r, a) == half) {
                r = sub(a, half);
                --steps;
            }
        }
        if (code != nullptr) {
            *code = steps + ((exponent - g.minNormalBits) >> (23 - g.mantissaBits));
        }
        return r;
    }

    template<bool Even>
    [[nodiscard]] BATLAB_HD_INLINE float round(float a, const GridConstants &g,
                                               std::int32_t *code) const
    {
        return roundTo<Even>(a, g, c.away, c.zero, code);
    }
};

/// Calls f(Quantizer) for the code path of `spec`, on the host: the one run-time dispatch. Round to
/// even has paths of its own where `Fast`; otherwise one path per kind serves all ties.
template<bool Fast = false, class Function>
void withQuantizer(const QuantSpec &spec, const Function &f)
{
    const QuantConstants c = quantConstants(spec);
    const auto both = [&]<Kind K>() {
        if constexpr (Fast) {
            if (!c.away && !c.zero) {
                f(Quantizer<K, true> { c });
                return;
            }
        }
        f(Quantizer<K, false> { c });
    };
    switch (c.kind) {
    case Kind::e2m1: both.template operator()<Kind::e2m1>(); break;
    case Kind::miniFloat: both.template operator()<Kind::miniFloat>(); break;
    case Kind::int8: both.template operator()<Kind::int8>(); break;
    case Kind::prescale: both.template operator()<Kind::prescale>(); break;
    case Kind::nvfp4: both.template operator()<Kind::nvfp4>(); break;
    }
}

/// Calls f(Quantizer) for the grid of `spec` alone, its scale rule left out: rounding on scales
/// that are given.
template<class Function>
void withGrid(const QuantSpec &spec, const Function &f)
{
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::miniFloat) {
        f(Quantizer<Kind::miniFloat, false> { c });
    } else if (c.kind == Kind::int8) {
        f(Quantizer<Kind::int8, false> { c });
    } else {
        f(Quantizer<Kind::e2m1, false> { c });
    }
}

} // namespace batlab::kernels::cuda
