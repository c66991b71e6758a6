// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <type_traits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Vectors of the level this file is compiled for, in GCC vector extensions. Compiled once per
/// level: BATLAB_LEVEL names its namespace, BATLAB_WIDTH its floats per register. Nothing here may
/// be a standard-library inline function: the linker could keep the copy of a higher level for all
/// of them.
#define BATLAB_INLINE static inline __attribute__((always_inline))

namespace batlab::kernels::BATLAB_LEVEL {

constexpr int W = BATLAB_WIDTH;
constexpr int blockVectors = 32 / W;

typedef float F __attribute__((vector_size(W * 4)));
typedef std::int32_t I __attribute__((vector_size(W * 4)));
typedef std::uint32_t U __attribute__((vector_size(W * 4)));
typedef std::uint16_t U16 __attribute__((vector_size(W * 2)));
typedef std::uint8_t U8 __attribute__((vector_size(W)));
typedef float HalfF __attribute__((vector_size(W * 2))); // W/2 floats
typedef double D __attribute__((vector_size(W * 4))); // W/2 doubles

template<class To, class From>
BATLAB_INLINE To as(From v)
{
    return __builtin_bit_cast(To, v);
}
BATLAB_INLINE F splat(float v) { return as<F>(I {} + as<std::int32_t>(v)); }
BATLAB_INLINE I splat(std::int32_t v) { return I {} + v; }

template<class V, class T>
BATLAB_INLINE V load(const T *p)
{
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
template<class V, class T>
BATLAB_INLINE void store(T *p, V v)
{
    __builtin_memcpy(p, &v, sizeof v);
}

BATLAB_INLINE I maxI(I a, I b) { return a > b ? a : b; }
BATLAB_INLINE I minI(I a, I b) { return a < b ? a : b; }
BATLAB_INLINE F select(I mask, F a, F b) { return mask ? a : b; }
BATLAB_INLINE F absF(F v) { return as<F>(as<I>(v) & 0x7fffffff); }
BATLAB_INLINE I signBits(F v) { return as<I>(v) & static_cast<std::int32_t>(0x80000000U); }

/// Lane i of the result is lane i ^ Stride.
template<int Stride, class V>
BATLAB_INLINE V swapLanes(V v)
{
    I index {};
    for (int i = 0; i < W; ++i) {
        index[i] = i ^ Stride;
    }
    return __builtin_shuffle(v, index);
}

/// Largest lane, in every lane.
BATLAB_INLINE I reduceMax(I v)
{
    if constexpr (W > 8) {
        v = maxI(v, swapLanes<8>(v));
    }
    if constexpr (W > 4) {
        v = maxI(v, swapLanes<4>(v));
    }
    v = maxI(v, swapLanes<2>(v));
    return maxI(v, swapLanes<1>(v));
}

/// Combines all lanes by `op` in the tree of strides W/2 .. 1; the result is in every lane.
template<class Op>
BATLAB_INLINE F reduceTree(F v, Op op)
{
    if constexpr (W > 8) {
        v = op(v, swapLanes<8>(v));
    }
    if constexpr (W > 4) {
        v = op(v, swapLanes<4>(v));
    }
    v = op(v, swapLanes<2>(v));
    return op(v, swapLanes<1>(v));
}

// Widening and narrowing of lanes: GCC 12 splits 512-bit conversions in halves, hence the
// intrinsics.
BATLAB_INLINE U widen(U16 v)
{
#if BATLAB_WIDTH == 16
    return as<U>(_mm512_cvtepu16_epi32(as<__m256i>(v)));
#else
    return __builtin_convertvector(v, U);
#endif
}
BATLAB_INLINE U widen8(U8 v)
{
#if BATLAB_WIDTH == 16
    return as<U>(_mm512_cvtepu8_epi32(as<__m128i>(v)));
#else
    return __builtin_convertvector(v, U);
#endif
}
BATLAB_INLINE U16 narrow16(U v)
{
#if BATLAB_WIDTH == 16
    return as<U16>(_mm512_cvtepi32_epi16(as<__m512i>(v)));
#else
    return __builtin_convertvector(v, U16);
#endif
}
BATLAB_INLINE U8 narrow8(U v)
{
#if BATLAB_WIDTH == 16
    return as<U8>(_mm512_cvtepi32_epi8(as<__m512i>(v)));
#else
    return __builtin_convertvector(v, U8);
#endif
}

BATLAB_INLINE F fromBf16(U16 v) { return as<F>(widen(v) << 16); }
/// Round to nearest even; NaNs stay NaN.
BATLAB_INLINE U16 toBf16(F v)
{
    const U bits = as<U>(v);
    const U rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    const U quiet = (bits >> 16) | 0x40;
    const I isNan = as<I>(bits & 0x7fffffff) > 0x7f800000;
    return narrow16(as<U>(isNan ? as<I>(quiet) : as<I>(rounded)));
}
/// For values that bf16 holds exactly.
BATLAB_INLINE U16 toBf16Exact(F v) { return narrow16(as<U>(v) >> 16); }

/// Stores past the caches; p must be aligned to the vector.
template<class V, class T>
BATLAB_INLINE void streamStore(T *p, V v)
{
#if defined(__AVX512F__)
    if constexpr (sizeof v == 64) {
        _mm512_stream_si512(reinterpret_cast<__m512i *>(p), as<__m512i>(v));
        return;
    }
#endif
#if defined(__AVX__)
    if constexpr (sizeof v == 32) {
        _mm256_stream_si256(reinterpret_cast<__m256i *>(p), as<__m256i>(v));
        return;
    }
#endif
#if defined(__x86_64__)
    if constexpr (sizeof v == 16) {
        _mm_stream_si128(reinterpret_cast<__m128i *>(p), as<__m128i>(v));
        return;
    } else if constexpr (sizeof v == 8) {
        _mm_stream_si64(reinterpret_cast<long long *>(p), as<long long>(v));
        return;
    }
#endif
    store(p, v);
}
BATLAB_INLINE void streamFence()
{
#if defined(__x86_64__)
    _mm_sfence();
#endif
}

/// In place transpose of W x W lanes.
template<int Stride = W / 2>
BATLAB_INLINE void transpose(F *r)
{
    I low {};
    I high {};
    for (int i = 0; i < W; ++i) {
        low[i] = (i & Stride) == 0 ? i : W + i - Stride;
        high[i] = (i & Stride) == 0 ? i + Stride : W + i;
    }
    for (int i = 0; i < W; ++i) {
        if ((i & Stride) == 0) {
            const F a = r[i];
            const F b = r[i + Stride];
            r[i] = __builtin_shuffle(a, b, low);
            r[i + Stride] = __builtin_shuffle(a, b, high);
        }
    }
    if constexpr (Stride > 1) {
        transpose<Stride / 2>(r);
    }
}

} // namespace batlab::kernels::BATLAB_LEVEL
