// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/quantizer.h"
#include "kernels/parallel.h"

namespace batlab::kernels::BATLAB_LEVEL {

// Rows of a matrix as typed pointers; kept free of std:: (see simd.h).
BATLAB_INLINE std::int64_t elementSize(DType t) { return t == DType::f32 ? 4 : 2; }
BATLAB_INLINE const char *at(const ConstMatrix &m, std::int64_t row, std::int64_t col)
{
    return static_cast<const char *>(m.data) + (row * m.rowStride + col) * elementSize(m.dtype);
}
BATLAB_INLINE char *at(const Matrix &m, std::int64_t row, std::int64_t col)
{
    return static_cast<char *>(m.data) + (row * m.rowStride + col) * elementSize(m.dtype);
}

template<DType T>
BATLAB_INLINE F loadAs(const char *p)
{
    if constexpr (T == DType::f32) {
        return load<F>(p);
    } else {
        return fromBf16(load<U16>(p));
    }
}

/// Exact: the values are known to be exact in bf16. Stream: past the caches, p aligned.
template<DType T, bool Exact, bool Stream>
BATLAB_INLINE void storeAs(char *p, F v)
{
    if constexpr (T == DType::f32) {
        Stream ? streamStore(p, v) : store(p, v);
    } else {
        const U16 h = Exact ? toBf16Exact(v) : toBf16(v);
        Stream ? streamStore(p, h) : store(p, h);
    }
}

/// Up to n elements into a zeroed fp32 buffer of `width`, and back.
static inline void loadPart(DType type, const char *p, std::int64_t n, int width, float *out)
{
    for (int i = 0; i < width; ++i) {
        if (i >= n) {
            out[i] = 0.0F;
        } else if (type == DType::f32) {
            __builtin_memcpy(out + i, p + 4 * i, 4);
        } else {
            std::uint16_t h;
            __builtin_memcpy(&h, p + 2 * i, 2);
            out[i] = __builtin_bit_cast(float, static_cast<std::uint32_t>(h) << 16);
        }
    }
}
static inline void storePart(DType type, char *p, std::int64_t n, const float *in)
{
    for (std::int64_t i = 0; i < n; ++i) {
        if (type == DType::f32) {
            __builtin_memcpy(p + 4 * i, in + i, 4);
            continue;
        }
        const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, in[i]);
        const bool nan = (bits & 0x7fffffff) > 0x7f800000;
        const auto h = static_cast<std::uint16_t>(nan ? (bits >> 16) | 0x40
                                                      : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
        __builtin_memcpy(p + 2 * i, &h, 2);
    }
}

/// Whether `out` should be written past the caches: larger than L2 and a bit, aligned, not the
/// input.
static inline bool shouldStream(const Matrix &out, const void *input)
{
    const std::int64_t size = elementSize(out.dtype);
    const auto address = reinterpret_cast<std::uintptr_t>(out.data);
    return out.data != input && address % 64 == 0 && (out.rowStride * size) % 64 == 0
        && out.rows * out.cols * size >= (std::int64_t { 8 } << 20);
}

/// f(integral_constant-like tags) for the two element types.
template<DType T>
struct Type
{
    static constexpr DType value = T;
};
template<class Function>
BATLAB_INLINE void withType(DType type, const Function &f)
{
    type == DType::f32 ? f(Type<DType::f32> {}) : f(Type<DType::bf16> {});
}
template<bool B>
struct Flag
{
    static constexpr bool value = B;
};
template<class Function>
BATLAB_INLINE void withFlag(bool flag, const Function &f)
{
    flag ? f(Flag<true> {}) : f(Flag<false> {});
}

// --- one 32-column block, lanes = columns -----------------------------------------------------

/// Bits of the largest magnitude over each quantization block of the 32 columns: one entry, or two
/// for NVFP4.
template<class Q>
BATLAB_INLINE void scalesOf(const Q &q, const F *x, Scale *scales)
{
    constexpr int vectors = Q::block / W;
    for (int part = 0; part < 32 / Q::block; ++part) {
        I m = as<I>(x[part * vectors]) & 0x7fffffff;
        for (int v = 1; v < vectors; ++v) {
            m = maxI(m, as<I>(x[part * vectors + v]) & 0x7fffffff);
        }
        scales[part] = q.scale(reduceMax(m));
    }
}

/// Clamps each quantization block to [lo*min, hi*max]; `lo` and `hi` point at the first block's
/// ratio.
template<class Q>
BATLAB_INLINE void clipBlock(F *x, const float *lo, const float *hi, std::int64_t blockStride)
{
    constexpr int vectors = Q::block / W;
    for (int part = 0; part < 32 / Q::block; ++part) {
        F *const p = x + part * vectors;
        auto smaller = [](F a, F b) { return a < b ? a : b; };
        auto larger = [](F a, F b) { return a > b ? a : b; };
        F low = p[0];
        F high = p[0];
        for (int v = 1; v < vectors; ++v) {
            low = smaller(low, p[v]);
            high = larger(high, p[v]);
        }
        const F lower = reduceTree(low, smaller) * lo[part * blockStride];
        const F upper = reduceTree(high, larger) * hi[part * blockStride];
        for (int v = 0; v < vectors; ++v) {
            p[v] = select(p[v] < lower, lower, p[v]);
            p[v] = select(p[v] > upper, upper, p[v]);
        }
    }
}

} // namespace batlab::kernels::BATLAB_LEVEL
