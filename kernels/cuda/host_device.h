// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

/// What makes one source run on both sides: nvcc compiles these headers for the device, g++
/// compiles them for the host tests. Arithmetic that decides codes goes through the functions
/// below: they round once and are never contracted into an FMA, whatever the flags.
#if defined(__CUDACC__)
#define BATLAB_HD __host__ __device__
#define BATLAB_HD_INLINE __host__ __device__ __forceinline__
#else
#define BATLAB_HD
#define BATLAB_HD_INLINE inline
#endif

/// Unrolls the loop that follows on the device: register arrays want indices known at compile time.
/// BATLAB_UNROLL_BY and BATLAB_ROLL keep code small where they do not.
#if defined(__CUDA_ARCH__)
#define BATLAB_UNROLL _Pragma("unroll")
#define BATLAB_ROLL _Pragma("unroll 1")
#define BATLAB_PRAGMA(text) _Pragma(#text)
#define BATLAB_UNROLL_BY(n) BATLAB_PRAGMA(unroll n)
#else
#define BATLAB_UNROLL
#define BATLAB_ROLL
#define BATLAB_UNROLL_BY(n)
#endif

namespace batlab::kernels::cuda {

BATLAB_HD_INLINE std::uint32_t bitsOf(float x)
{
#if defined(__CUDA_ARCH__)
    return __float_as_uint(x);
#else
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
#endif
}

BATLAB_HD_INLINE float floatOf(std::uint32_t bits)
{
#if defined(__CUDA_ARCH__)
    return __uint_as_float(bits);
#else
    float x = 0.0F;
    std::memcpy(&x, &bits, sizeof x);
    return x;
#endif
}

BATLAB_HD_INLINE float add(float a, float b)
{
#if defined(__CUDA_ARCH__)
    return __fadd_rn(a, b);
#else
    return a + b;
#endif
}

BATLAB_HD_INLINE float sub(float a, float b)
{
#if defined(__CUDA_ARCH__)
    return __fsub_rn(a, b);
#else
    return a - b;
#endif
}

BATLAB_HD_INLINE float mul(float a, float b)
{
#if defined(__CUDA_ARCH__)
    return __fmul_rn(a, b);
#else
    return a * b;
#endif
}

BATLAB_HD_INLINE float divide(float a, float b)
{
#if defined(__CUDA_ARCH__)
    return __fdiv_rn(a, b);
#else
    return a / b;
#endif
}

/// a*b + c, rounded once.
BATLAB_HD_INLINE float fma(float a, float b, float c)
{
#if defined(__CUDA_ARCH__)
    return __fmaf_rn(a, b, c);
#else
    return __builtin_fmaf(a, b, c);
#endif
}

/// The smaller and the larger one; equal on both sides unless an operand is a NaN.
BATLAB_HD_INLINE float smaller(float a, float b)
{
#if defined(__CUDA_ARCH__)
    return fminf(a, b);
#else
    return b < a ? b : a;
#endif
}

BATLAB_HD_INLINE float larger(float a, float b)
{
#if defined(__CUDA_ARCH__)
    return fmaxf(a, b);
#else
    return b > a ? b : a;
#endif
}

/// Minimum and maximum that pass NaNs on, one instruction each: a NaN anywhere in a block reaches
/// its limits and its largest magnitude, and so poisons it.
[[nodiscard]] BATLAB_HD_INLINE float nanMax(float a, float b)
{
#if defined(__CUDA_ARCH__)
    float r;
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
    return r;
#else
    return a != a ? a : b != b ? b : larger(a, b);
#endif
}
[[nodiscard]] BATLAB_HD_INLINE float nanMin(float a, float b)
{
#if defined(__CUDA_ARCH__)
    float r;
    asm("min.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b));
    return r;
#else
    return a != a ? a : b != b ? b : smaller(a, b);
#endif
}

BATLAB_HD_INLINE float absolute(float x)
{
#if defined(__CUDA_ARCH__) // becomes a modifier of the next instruction
    return fabsf(x);
#else
    return floatOf(bitsOf(x) & 0x7fffffffU);
#endif
}

template<class T>
BATLAB_HD_INLINE T lesser(T a, T b)
{
    return b < a ? b : a;
}

template<class T>
BATLAB_HD_INLINE T greater(T a, T b)
{
    return b > a ? b : a;
}

/// x without its fraction, within uint32: 0 for what is negative, all ones beyond.
BATLAB_HD_INLINE std::uint32_t truncated(float x)
{
#if defined(__CUDA_ARCH__)
    return __float2uint_rz(x);
#else
    return x >= 4294967296.0F ? 0xffffffffU : x > 0.0F ? static_cast<std::uint32_t>(x) : 0U;
#endif
}

/// Four bytes chosen from eight (a's are 0-3, b's 4-7) by the low nibbles of `selector`.
BATLAB_HD_INLINE std::uint32_t permuteBytes(std::uint32_t a, std::uint32_t b,
                                            std::uint32_t selector)
{
#if defined(__CUDA_ARCH__)
    return __byte_perm(a, b, selector);
#else
    const std::uint64_t both = (static_cast<std::uint64_t>(b) << 32) | a;
    std::uint32_t result = 0;
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t from = (selector >> (4 * i)) & 7U;
        result |= static_cast<std::uint32_t>((both >> (8 * from)) & 0xffU) << (8 * i);
    }
    return result;
#endif
}

/// Bits of `a` where mask is set, of `b` elsewhere.
BATLAB_HD_INLINE std::uint32_t selectBits(std::uint32_t mask, std::uint32_t a, std::uint32_t b)
{
#if defined(__CUDA_ARCH__) // one instruction, which the compiler does not find by itself
    std::uint32_t d;
    asm("lop3.b32 %0, %1, %2, %3, 0xe4;" : "=r"(d) : "r"(a), "r"(b), "r"(mask));
    return d;
#else
    return (a & mask) | (b & ~mask);
#endif
}

/// `sign`'s top bit on `magnitude`'s other bits.
BATLAB_HD_INLINE float withSign(float magnitude, float sign)
{
    return floatOf(selectBits(0x80000000U, bitsOf(sign), bitsOf(magnitude)));
}

} // namespace batlab::kernels::cuda
