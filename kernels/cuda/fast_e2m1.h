// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/numerics.h"
#include "kernels/cuda/octet.h"

/// E2M1 with ties to even where every step of the way is exact (performance.md 3.3): scales from
/// 2^-126 to 2^101. Values are rounded in place, in units of x: with e = 2^floor(log2 max(|x|, s)),
/// the sum 1.5*2^22*e + x has an ulp of one grid step. One FMA makes that sum (its product is
/// exact), one takes it back. In bf16 the factor is 1.5*2^6, and one instruction does two elements.
namespace batlab::kernels::cuda {

/// A block's scale as bits of a float; usable() is false for the rare rest (zero blocks, NaN,
/// extreme magnitudes), which goes to the Quantizer.
struct FastScale
{
    std::uint32_t bits = 0;
    [[nodiscard]] BATLAB_HD_INLINE bool usable() const
    {
        return bits - (1U << 23) <= (227U << 23); // bytes 1..228; a wrapped difference is large
    }
    [[nodiscard]] BATLAB_HD_INLINE std::uint32_t byte() const { return bits >> 23; }
    [[nodiscard]] BATLAB_HD_INLINE float step() const { return floatOf(bits); }
    [[nodiscard]] BATLAB_HD_INLINE float top() const
    {
        return floatOf(bits + 0x01400000U);
    } ///< 6 s
    /// s, 1/s and 6 s in both halves.
    [[nodiscard]] BATLAB_HD_INLINE std::uint32_t step2() const { return bits | (bits >> 16); }
    [[nodiscard]] BATLAB_HD_INLINE std::uint32_t top2() const { return step2() + 0x01400140U; }
    [[nodiscard]] BATLAB_HD_INLINE std::uint32_t toGrid2() const { return 0x7f007f00U - step2(); }
    [[nodiscard]] BATLAB_HD_INLINE float toGrid() const { return floatOf(0x7f000000U - bits); }
};

BATLAB_HD_INLINE FastScale fastScale(std::uint32_t amax, std::int32_t bump)
{
    const std::uint32_t exponent = (amax + static_cast<std::uint32_t>(bump)) & 0x7f800000U;
    return { exponent - (2U << 23) };
}

/// `sign` gives the result's sign: x itself, or what x was before it was clipped (clipping keeps
/// it).
BATLAB_HD_INLINE float fakeQuantizeE2m1(float x, const FastScale &s, float sign)
{
    // |x| stays below 8 s: the binade of 6 s is the last one, clamped or not.
    const float e = floatOf(bitsOf(larger(absolute(x), s.step())) & 0x7f800000U);
    const float lifted = fma(e, 6291456.0F, smaller(absolute(x), s.top()));
    const std::uint32_t magnitude = bitsOf(fma(e, -6291456.0F, lifted)); // no sign to clear
    return floatOf(magnitude | (bitsOf(sign) & 0x80000000U));
}

BATLAB_HD_INLINE float fakeQuantizeE2m1(float x, const FastScale &s)
{
    return fakeQuantizeE2m1(x, s, x);
}

/// Two bf16 at once.
BATLAB_HD_INLINE std::uint32_t fakeQuantizeE2m1x2(std::uint32_t x, std::uint32_t step2,
                                                  std::uint32_t top2)
{
    constexpr std::uint32_t up = 0x42c042c0U; // 96 = 1.5 * 2^6
    constexpr std::uint32_t down = 0xc2c0c2c0U;
    const std::uint32_t magnitude = absBf16x2(x);
    const std::uint32_t e = maxBf16x2(magnitude, step2) & 0x7f807f80U;
    const std::uint32_t lifted = fmaBf16x2(e, up, minBf16x2(magnitude, top2));
    return selectBits(0x80008000U, x, fmaBf16x2(e, down, lifted));
}

/// Largest magnitudes of the low and of the high halves; NaNs win. With masks, which rounding in
/// place needs anyway.
BATLAB_HD_INLINE std::uint32_t largestPair(const Words4 &w)
{
    return maxNanBf16x2(maxNanBf16x2(absBf16x2(w.a), absBf16x2(w.b)),
                        maxNanBf16x2(absBf16x2(w.c), absBf16x2(w.d)));
}
/// The same but for signs, which mean nothing.
BATLAB_HD_INLINE std::uint32_t largestSignedPair(const Words4 &w)
{
    return maxMagnitudeBf16x2(maxMagnitudeBf16x2(w.a, w.b), maxMagnitudeBf16x2(w.c, w.d));
}

/// Bits of the larger of two magnitudes.
BATLAB_HD_INLINE std::uint32_t largerHalf(std::uint32_t pair)
{
    return greater(pair << 16, pair & 0xffff0000U);
}

/// Eight magnitude codes from eight bf16 in units of the grid: y is |x|/s at most 6. The ulp of
/// 2^6*e + y is one step, so its low bits count steps within the binade; two codes a binade follow
/// from the exponent. Element 2j goes to the low nibble of byte j; bit 3 of a nibble is the sign.
BATLAB_HD_INLINE std::uint32_t nibblesOfOctet(const Words4 &x, std::uint32_t toGrid2)
{
    const std::uint32_t word[4] { x.a, x.b, x.c, x.d };
    std::uint32_t code[4];
    BATLAB_UNROLL
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t y = minBf16x2(absBf16x2(mulBf16x2(word[i], toGrid2)), 0x40c040c0U);
        const std::uint32_t e = maxBf16x2(y, 0x3f803f80U) & 0x7f807f80U;
        const std::uint32_t lifted = fmaBf16x2(e, 0x42804280U, y); // 64 e + y
        // Low bits: steps, and two times the binade: (133 + E) * 2 = 2 E + 2 (mod 8) one bit above
        // the exponent's place. What crosses from the upper half stays above the three kept bits.
        code[i] = (lifted + (lifted >> 6) + 0x00060006U) & 0x00070007U;
    }
    const std::uint32_t left = code[0] + (code[1] << 8);
    const std::uint32_t right = code[2] + (code[3] << 8);
    const std::uint32_t even = permuteBytes(left, right, 0x5410);
    const std::uint32_t odd = permuteBytes(left, right, 0x7632);
    // The top bytes of all halves, in the same order: their bit 7 is the sign.
    const std::uint32_t leftTop = permuteBytes(word[0], word[1], 0x7351);
    const std::uint32_t rightTop = permuteBytes(word[2], word[3], 0x7351);
    const std::uint32_t evenTop = permuteBytes(leftTop, rightTop, 0x5410);
    const std::uint32_t oddTop = permuteBytes(leftTop, rightTop, 0x7632);
    return (even + (odd << 4)) | ((evenTop >> 4) & 0x08080808U) | (oddTop & 0x80808080U);
}

/// Whether this device rounds to E2M1 in hardware (sm_100a, sm_120a).
#if defined(__CUDA_ARCH_FEAT_SM100_ALL) || defined(__CUDA_ARCH_FEAT_SM120_ALL)
#define BATLAB_E2M1_CONVERSION 1
/// Nibbles of eight values in units of the grid, by cvt.rn.satfinite.e2m1x2.
__device__ __forceinline__ std::uint32_t convertEight(const float (&y)[8])
{
    std::uint32_t nibbles;
    asm("{\n"
        ".reg .b8 b0, b1, b2, b3;\n"
        "cvt.rn.satfinite.e2m1x2.f32 b0, %2, %1;\n"
        "cvt.rn.satfinite.e2m1x2.f32 b1, %4, %3;\n"
        "cvt.rn.satfinite.e2m1x2.f32 b2, %6, %5;\n"
        "cvt.rn.satfinite.e2m1x2.f32 b3, %8, %7;\n"
        "mov.b32 %0, {b0, b1, b2, b3};\n"
        "}"
        : "=r"(nibbles)
        : "f"(y[0]), "f"(y[1]), "f"(y[2]), "f"(y[3]), "f"(y[4]), "f"(y[5]), "f"(y[6]), "f"(y[7]));
    return nibbles;
}
/// As nibblesOfOctet.
__device__ __forceinline__ std::uint32_t convertOctet(const Words4 &x, std::uint32_t toGrid2)
{
    float y[8];
    unpackOctet({ mulBf16x2(x.a, toGrid2), mulBf16x2(x.b, toGrid2), mulBf16x2(x.c, toGrid2),
                  mulBf16x2(x.d, toGrid2) },
                y);
    return convertEight(y);
}
#endif

/// The best way this device has.
BATLAB_HD_INLINE std::uint32_t packOctetE2m1(const Words4 &x, std::uint32_t toGrid2)
{
#if defined(BATLAB_E2M1_CONVERSION)
    return convertOctet(x, toGrid2);
#else
    return nibblesOfOctet(x, toGrid2);
#endif
}

/// The same of fp32 values: rounded to the grid first, which bf16 holds exactly.
BATLAB_HD_INLINE std::uint32_t packEightE2m1(const float (&x)[8], const FastScale &s)
{
    float y[8];
    BATLAB_UNROLL
    for (int i = 0; i < 8; ++i) {
#if defined(BATLAB_E2M1_CONVERSION)
        y[i] = mul(x[i], s.toGrid());
#else
        y[i] = fakeQuantizeE2m1(x[i], s);
#endif
    }
#if defined(BATLAB_E2M1_CONVERSION)
    return convertEight(y);
#else
    return nibblesOfOctet(packOctet(y), s.toGrid2());
#endif
}

} // namespace batlab::kernels::cuda
