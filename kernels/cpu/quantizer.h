// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/simd.h"
#include "kernels/formats.h"

namespace batlab::kernels::BATLAB_LEVEL {

/// A chosen scale, lane by lane.
struct Scale
{
    I byte;
    F toGrid; ///< multiplies x
    F step; ///< multiplies grid values; NaN in a poisoned block
    I poisoned; ///< mask
};

/// The branch-free quantizer for one kind of format; every member is bit-equal to the scalar
/// oracle. `Rne` leaves out the correction of ties.
template<Kind K, bool Rne>
class Quantizer
{
public:
    static constexpr Kind kind = K;
    static constexpr int block = K == Kind::nvfp4 ? 16 : 32;
    /// Whether every dequantized value is exact in bf16 (2 significant bits, >= 2^-128).
    static constexpr bool exactInBf16 = K == Kind::e2m1;

    explicit Quantizer(const QuantConstants &c) : m_c(c) { }

    /// Scale from the bits of the block's largest magnitude (1.2, 1.3).
    __attribute__((always_inline)) Scale scale(I amax) const
    {
        Scale s;
        s.poisoned = amax >= 0x7f800000;
        const F nan = as<F>(splat(0x7fc00000));
        if constexpr (K == Kind::nvfp4) {
            const F wanted = (as<F>(amax) * m_c.tensorScale) / 6.0F;
            I code;
            const F value = round<true>(wanted, m_c.scaleGrid, &code);
            const F largest = splat(3.402823466e+38F);
            const F factor = m_c.tensorScale / value;
            const F step = value / m_c.tensorScale;
            s.toGrid = value == 0.0F ? F {} : select(factor < largest, factor, largest);
            s.step = select(step < largest, step, largest);
            s.step = select(s.poisoned, nan, s.step);
            s.byte = s.poisoned ? splat(0x7f) : code;
            return s;
        }
        I bits = amax;
        if constexpr (K == Kind::int8) { // emax = 0: a subnormal maximum can still reach E = 1
            bits = amax < 0x800000 ? (amax << 1) - 0x800000 : amax;
        }
        I e = ((bits + m_c.bump) >> 23) - emax();
        e = minI(maxI(e, I {}), splat(254));
        s.toGrid = as<F>(maxI((254 - e) << 23, splat(0x400000)));
        s.step = as<F>(maxI(e << 23, splat(0x400000)));
        s.step = select(s.poisoned, nan, s.step);
        s.byte = s.poisoned ? splat(255) : e;
        return s;
    }

    /// x in units of the grid.
    __attribute__((always_inline)) F scaled(F x, const Scale &s) const
    {
        const F y = x * s.toGrid;
        return K == Kind::prescale ? y * 3.0F : y;
    }

    /// Grid value nearest to |y|, unsigned; `code` (if wanted) gets its magnitude code.
    __attribute__((always_inline)) F magnitude(F y, I *code = nullptr) const
    {
        return round<Rne>(absF(y), grid(), code);
    }

    /// Dequantized value of a grid magnitude with the sign of x.
    __attribute__((always_inline)) F value(F grid, F x, const Scale &s) const
    {
        F signedGrid = as<F>(as<I>(grid) | signBits(x));
        if constexpr (K == Kind::int8) {
            signedGrid += 0.0F; // two's complement has no -0
        }
        if constexpr (K == Kind::prescale) {
            signedGrid *= 1.0F / 3.0F; // equals grid/3 on this grid
        }
        return signedGrid * s.step;
    }

    __attribute__((always_inline)) F fakeQuantize(F x, const Scale &s) const
    {
        return value(magnitude(scaled(x, s)), x, s);
    }

    /// Code byte, one per lane; 0 in a poisoned block.
    __attribute__((always_inline)) I code(F x, const Scale &s) const
    {
        I magnitudeCode;
        (void)magnitude(scaled(x, s), &magnitudeCode);
        const I negative = as<I>(x) < 0;
        I result;
        if constexpr (K == Kind::int8) {
            result = (negative ? -magnitudeCode : magnitudeCode) & 255;
        } else {
            result = magnitudeCode | (negative & (1 << (grid().codeBits - 1)));
        }
        return s.poisoned ? I {} : result;
    }

    [[nodiscard]] __attribute__((always_inline)) float maxValue() const { return grid().maxValue; }

private:
    [[nodiscard]] __attribute__((always_inline)) GridConstants grid() const
    {
        if constexpr (K == Kind::e2m1 || K == Kind::prescale || K == Kind::nvfp4) {
            return { 127 << 23, (22 << 23) | 0x400000, 2 << 23, 1, 4, 6.0F };
        }
        return m_c.grid;
    }
    [[nodiscard]] __attribute__((always_inline)) std::int32_t emax() const
    {
        return K == Kind::e2m1 ? 2 : m_c.emax;
    }

    template<bool Even>
    __attribute__((always_inline)) F round(F a, const GridConstants &g, I *code) const
    {
        const F top = splat(g.maxValue);
        a = a < top ? a : top;
        const I exponent = maxI(as<I>(a), splat(g.minNormalBits)) & 0x7f800000;
        const F magic = as<F>(exponent + g.magic);
        F r = (a + magic) - magic;
        if constexpr (!Even) {
            const F half = as<F>(exponent - g.halfShift);
            if (m_c.away) {
                r = select(a - r == half, a + half, r);
            } else if (m_c.zero) {
                r = select(r - a == half, a - half, r);
            }
        }
        if (code != nullptr) {
            const I steps = as<I>(r + magic) - as<I>(magic);
            *code = steps + ((exponent - g.minNormalBits) >> (23 - g.mantissaBits));
        }
        return r;
    }

    QuantConstants m_c;
};

/// Calls f(Quantizer) for the code path of `spec`.
template<class Function>
BATLAB_INLINE void withQuantizer(const QuantSpec &spec, const Function &f)
{
    const QuantConstants c = quantConstants(spec);
    const bool even = !c.away && !c.zero;
    auto both = [&]<Kind K>() { even ? f(Quantizer<K, true>(c)) : f(Quantizer<K, false>(c)); };
    switch (c.kind) {
    case Kind::e2m1: both.template operator()<Kind::e2m1>(); break;
    case Kind::miniFloat: both.template operator()<Kind::miniFloat>(); break;
    case Kind::int8: both.template operator()<Kind::int8>(); break;
    case Kind::prescale: both.template operator()<Kind::prescale>(); break;
    case Kind::nvfp4: both.template operator()<Kind::nvfp4>(); break;
    }
}

} // namespace batlab::kernels::BATLAB_LEVEL
