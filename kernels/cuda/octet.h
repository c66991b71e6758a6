// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/numerics.h"

/// Eight neighbouring columns of one row: what a thread of the elementwise kernels holds. A
/// 32-block is 4 octets, one of NVFP4's 2; columns beyond the matrix read as zeros and are not
/// written.
namespace batlab::kernels::cuda {

inline constexpr int octetSize = 8;

struct alignas(16) Words4
{
    std::uint32_t a, b, c, d;
};
struct alignas(8) Words2
{
    std::uint32_t a, b;
};

BATLAB_HD_INLINE Words4 loadWords(const void *p) { return *static_cast<const Words4 *>(p); }
BATLAB_HD_INLINE void storeWords(void *p, const Words4 &w) { *static_cast<Words4 *>(p) = w; }

/// A matrix as kernels see it.
struct View
{
    unsigned char *data = nullptr;
    std::int64_t cols = 0;
    std::int64_t strideBytes = 0;
    bool bf16 = false;
    bool aligned = false; ///< every octet starts at a multiple of 16 bytes

    [[nodiscard]] BATLAB_HD_INLINE unsigned char *at(std::int64_t row, std::int64_t col) const
    {
        return data + row * strideBytes + col * (bf16 ? 2 : 4);
    }
    /// Whether columns [col, col + n) are there and may be moved 16 bytes at a time.
    [[nodiscard]] BATLAB_HD_INLINE bool isWhole(std::int64_t col, int n) const
    {
        return aligned && col + n <= cols;
    }
};

[[nodiscard]] inline View viewOf(const void *data, DType dtype, std::int64_t cols,
                                 std::int64_t rowStride)
{
    View v;
    v.data = static_cast<unsigned char *>(const_cast<void *>(data));
    v.cols = cols;
    v.bf16 = dtype == DType::bf16;
    v.strideBytes = rowStride * (v.bf16 ? 2 : 4);
    v.aligned = reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && v.strideBytes % 16 == 0;
    return v;
}
[[nodiscard]] inline View viewOf(const ConstMatrix &m)
{
    return viewOf(m.data, m.dtype, m.cols, m.rowStride);
}

BATLAB_HD_INLINE void unpackOctet(const Words4 &w, float *x)
{
    x[0] = lowOf(w.a);
    x[1] = highOf(w.a);
    x[2] = lowOf(w.b);
    x[3] = highOf(w.b);
    x[4] = lowOf(w.c);
    x[5] = highOf(w.c);
    x[6] = lowOf(w.d);
    x[7] = highOf(w.d);
}
BATLAB_HD_INLINE Words4 packOctet(const float *x)
{
    return { toBf16x2(x[0], x[1]), toBf16x2(x[2], x[3]), toBf16x2(x[4], x[5]),
             toBf16x2(x[6], x[7]) };
}

BATLAB_HD_INLINE void loadOctet(const View &m, std::int64_t row, std::int64_t col, float *x)
{
    const unsigned char *const p = m.at(row, col);
    if (m.isWhole(col, octetSize)) {
        const Words4 w = loadWords(p);
        if (m.bf16) {
            unpackOctet(w, x);
        } else {
            const Words4 v = loadWords(p + 16);
            const std::uint32_t bits[octetSize] { w.a, w.b, w.c, w.d, v.a, v.b, v.c, v.d };
            BATLAB_UNROLL
            for (int i = 0; i < octetSize; ++i) {
                x[i] = floatOf(bits[i]);
            }
        }
        return;
    }
    BATLAB_UNROLL
    for (int i = 0; i < octetSize; ++i) {
        x[i] = 0.0F;
        if (col + i < m.cols) {
            x[i] = m.bf16 ? fromBf16(reinterpret_cast<const std::uint16_t *>(p)[i])
                          : reinterpret_cast<const float *>(p)[i];
        }
    }
}

/// NaN of a poisoned block keeps the oracle's bits in bf16: callers pass floatOf(nanBits) for it.
BATLAB_HD_INLINE void storeOctet(const View &m, std::int64_t row, std::int64_t col, const float *x)
{
    unsigned char *const p = m.at(row, col);
    if (m.isWhole(col, octetSize)) {
        if (m.bf16) {
            storeWords(p, packOctet(x));
        } else {
            storeWords(p, { bitsOf(x[0]), bitsOf(x[1]), bitsOf(x[2]), bitsOf(x[3]) });
            storeWords(p + 16, { bitsOf(x[4]), bitsOf(x[5]), bitsOf(x[6]), bitsOf(x[7]) });
        }
        return;
    }
    BATLAB_UNROLL
    for (int i = 0; i < octetSize; ++i) {
        if (col + i < m.cols) {
            if (m.bf16) {
                reinterpret_cast<std::uint16_t *>(p)[i] = toBf16(x[i]);
            } else {
                reinterpret_cast<float *>(p)[i] = x[i];
            }
        }
    }
}

/// What lanes of one block tell each other: the largest magnitude's bits (NaN above infinity above
/// all numbers) and, where values are clipped, the extremes.
struct Largest
{
    std::uint32_t amax = 0;
};
struct Extremes
{
    std::uint32_t amax = 0;
    float low = 0.0F;
    float high = 0.0F;
};

BATLAB_HD_INLINE Largest join(const Largest &a, const Largest &b)
{
    return { greater(a.amax, b.amax) };
}
BATLAB_HD_INLINE Extremes join(const Extremes &a, const Extremes &b)
{
    return { greater(a.amax, b.amax), smaller(a.low, b.low), larger(a.high, b.high) };
}

template<int N>
BATLAB_HD_INLINE std::uint32_t largestOf(const float *x)
{
    std::uint32_t amax = 0;
    BATLAB_UNROLL
    for (int i = 0; i < N; ++i) {
        amax = greater(amax, bitsOf(x[i]) & 0x7fffffffU);
    }
    return amax;
}

template<int N>
BATLAB_HD_INLINE Extremes extremesOf(const float *x)
{
    Extremes e { largestOf<N>(x), x[0], x[0] };
    BATLAB_UNROLL
    for (int i = 1; i < N; ++i) {
        e.low = smaller(e.low, x[i]);
        e.high = larger(e.high, x[i]);
    }
    return e;
}

/// Clip limits of one block (backend.h: Clip).
struct ClipLimits
{
    float lo = 1.0F, hi = 1.0F; ///< the ratios
    float lower = 0.0F, upper = 0.0F;

    /// Not for NaN and infinities: their blocks are poisoned anyway.
    [[nodiscard]] BATLAB_HD_INLINE float clamp(float x) const
    {
        const float raised = x < lower ? lower : x;
        return raised > upper ? upper : raised;
    }
    /// The same in two instructions; of zeros it may change the sign.
    [[nodiscard]] BATLAB_HD_INLINE float bound(float x) const
    {
        return smaller(larger(x, lower), upper);
    }
};

BATLAB_HD_INLINE ClipLimits clipLimits(const Clip &clip, const Extremes &e, std::int64_t row,
                                       std::int64_t block)
{
    const std::int64_t entry = row * clip.rowStride + block * clip.blockStride;
    ClipLimits c;
    c.lo = clip.lo[entry];
    c.hi = clip.hi[entry];
    c.lower = mul(c.lo, e.low);
    c.upper = mul(c.hi, e.high);
    return c;
}

/// Largest magnitude after clipping: clamping keeps the order, so an extreme carries it.
BATLAB_HD_INLINE std::uint32_t clippedLargest(const Extremes &e, const ClipLimits &c)
{
    const std::uint32_t low = bitsOf(c.clamp(e.low)) & 0x7fffffffU;
    const std::uint32_t high = bitsOf(c.clamp(e.high)) & 0x7fffffffU;
    return e.amax >= 0x7f800000U ? e.amax : greater(low, high);
}

[[nodiscard]] inline bool isClipping(const Clip &clip)
{
    return clip.lo != nullptr && clip.hi != nullptr;
}

} // namespace batlab::kernels::cuda
