// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"

/// bf16 numbers, one in a uint16_t or two in a uint32_t (element 2j in the low half), and the
/// packed instructions of sm_80 and newer with their host twins. No CUDA header is needed.
namespace batlab::kernels::cuda {

/// A quiet NaN as the scalar oracle writes it.
inline constexpr std::uint32_t nanBits = 0x7fc00000U;
inline constexpr std::uint32_t nanBf16x2 = 0x7fc07fc0U;

BATLAB_HD_INLINE float lowOf(std::uint32_t pair) { return floatOf(pair << 16); }
BATLAB_HD_INLINE float highOf(std::uint32_t pair) { return floatOf(pair & 0xffff0000U); }
BATLAB_HD_INLINE float fromBf16(std::uint16_t x)
{
    return floatOf(static_cast<std::uint32_t>(x) << 16);
}

/// Round to nearest even; a NaN stays one (its bits may differ between host and device).
BATLAB_HD_INLINE std::uint32_t toBf16x2(float low, float high)
{
#if defined(__CUDA_ARCH__)
    std::uint32_t pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
#else
    const auto round = [](float x) {
        const std::uint32_t u = bitsOf(x);
        return (u & 0x7fffffffU) > 0x7f800000U ? (u >> 16) | 0x40U
                                               : (u + 0x7fffU + ((u >> 16) & 1U)) >> 16;
    };
    return round(low) | (round(high) << 16);
#endif
}

BATLAB_HD_INLINE std::uint16_t toBf16(float x)
{
    return static_cast<std::uint16_t>(toBf16x2(x, 0.0F));
}

#if !defined(__CUDA_ARCH__)
namespace host {

/// `op` on both halves as floats, rounded back to bf16.
template<class Op>
std::uint32_t halves(std::uint32_t a, std::uint32_t b, const Op &op)
{
    return toBf16x2(op(lowOf(a), lowOf(b)), op(highOf(a), highOf(b)));
}

/// a*b + c rounded once to bf16: the product of two bf16 is exact in double, the sum is rounded to
/// odd there, so that the second rounding sees whether anything was lost.
inline float fmaToBf16(float a, float b, float c)
{
    const double product = static_cast<double>(a) * static_cast<double>(b);
    const double addend = static_cast<double>(c);
    const double sum = product + addend;
    const double part = sum - product;
    const double lost = (product - (sum - part)) + (addend - part);
    std::uint64_t bits = 0;
    std::memcpy(&bits, &sum, sizeof bits);
    if (lost != 0.0 && (bits & 1U) == 0) {
        bits += (lost > 0.0) == (sum > 0.0) ? 1U : ~std::uint64_t { 0 };
    }
    // To 8 significant bits by hand: a detour over float would round twice.
    if ((bits & 0x7ff0000000000000U) == 0x7ff0000000000000U || (bits << 1) == 0) {
        return static_cast<float>(sum);
    }
    const std::int64_t exponent = static_cast<std::int64_t>((bits >> 52) & 0x7ffU) - 1023;
    const int drop = exponent >= -126
        ? 45
        : static_cast<int>(
            lesser<std::int64_t>(45 + (-126 - exponent), 63)); // subnormal bf16 keeps fewer bits
    const std::uint64_t mantissa = (bits & 0xfffffffffffffU) | 0x10000000000000U;
    const std::uint64_t half = std::uint64_t { 1 } << (drop - 1);
    const std::uint64_t odd = (mantissa >> drop) & 1U;
    const std::uint64_t kept = (mantissa + half - 1 + odd) >> drop;
    const double value =
        __builtin_ldexp(static_cast<double>(kept), static_cast<int>(exponent) - 52 + drop);
    return static_cast<float>((bits >> 63) != 0 ? -value : value);
}

} // namespace host
#endif

/// a*b + c in each half, rounded once to bf16; subnormals are kept.
BATLAB_HD_INLINE std::uint32_t fmaBf16x2(std::uint32_t a, std::uint32_t b, std::uint32_t c)
{
#if defined(__CUDA_ARCH__)
    std::uint32_t d;
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
    return d;
#else
    return toBf16x2(host::fmaToBf16(lowOf(a), lowOf(b), lowOf(c)),
                    host::fmaToBf16(highOf(a), highOf(b), highOf(c)));
#endif
}

/// a*b in each half: a*b + (-0) keeps the sign of a zero product.
BATLAB_HD_INLINE std::uint32_t mulBf16x2(std::uint32_t a, std::uint32_t b)
{
    return fmaBf16x2(a, b, 0x80008000U);
}

BATLAB_HD_INLINE std::uint32_t absBf16x2(std::uint32_t a) { return a & 0x7fff7fffU; }

/// Larger half by half (no NaN in the operands).
BATLAB_HD_INLINE std::uint32_t maxBf16x2(std::uint32_t a, std::uint32_t b)
{
#if defined(__CUDA_ARCH__)
    std::uint32_t d;
    asm("max.bf16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
    return d;
#else
    return host::halves(a, b, [](float x, float y) { return y > x ? y : x; });
#endif
}

BATLAB_HD_INLINE std::uint32_t minBf16x2(std::uint32_t a, std::uint32_t b)
{
#if defined(__CUDA_ARCH__)
    std::uint32_t d;
    asm("min.bf16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
    return d;
#else
    return host::halves(a, b, [](float x, float y) { return y < x ? y : x; });
#endif
}

/// Larger half by half of two pairs without signs; a NaN in either half wins.
BATLAB_HD_INLINE std::uint32_t maxNanBf16x2(std::uint32_t a, std::uint32_t b)
{
#if defined(__CUDA_ARCH__)
    std::uint32_t d;
    asm("max.NaN.bf16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
    return d;
#else // without signs the order of the bits is the order of the values, NaN above all
    const std::uint32_t low = greater(a & 0xffffU, b & 0xffffU);
    const std::uint32_t high = greater(a >> 16, b >> 16);
    return low | (high << 16);
#endif
}

/// Larger magnitude half by half; a NaN in either half wins. The signs of the result mean nothing:
/// absBf16x2() ends a chain of these.
BATLAB_HD_INLINE std::uint32_t maxMagnitudeBf16x2(std::uint32_t a, std::uint32_t b)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 890 // no masks on the way
    std::uint32_t d;
    asm("max.NaN.xorsign.abs.bf16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
    return d;
#else
    return maxNanBf16x2(absBf16x2(a), absBf16x2(b));
#endif
}

} // namespace batlab::kernels::cuda
