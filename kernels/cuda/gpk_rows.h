// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/fast_ops.h"

/// Weights under training: fp32 rows, P_i = B_i (x) A with A 8 x 8 and B_i 4 x 4, MXFP4 with ties
/// to even, whole aligned blocks. A thread keeps one block of 32 columns and walks down the rows; A
/// comes from shared memory, B_i from the L1 cache when the row itself is done with. The products
/// run in the oracle's order, so values equal kernels/scalar bit for bit.
namespace batlab::kernels::cuda {

inline constexpr int rowsA = 8; ///< order of A
inline constexpr int rowsB = 4; ///< of B_i

/// Whether these rows serve a call of gpkFakeQuantize.
[[nodiscard]] inline bool takesRows(const ConstMatrix &x, const Gpk &p, const QuantSpec &spec,
                                    const ConstMatrix &out)
{
    const QuantConstants c = quantConstants(spec);
    return p.g1 == rowsA && p.g2 == rowsB && c.kind == Kind::e2m1 && !c.away && !c.zero
        && x.dtype == DType::f32 && isFast(viewOf(x), x.rows) && isFast(viewOf(out), x.rows)
        && viewOf(p.b, DType::f32, rowsB * rowsB, rowsB * rowsB).aligned;
}

template<bool OutBf16, bool Clips>
struct GpkRows
{
    Quantizer<Kind::e2m1, true> q;
    FastView in, out;
    Clip clip;
    const float *a; ///< the caller's; 16-byte aligned in what at() gives
    const float *b; ///< B_i of the thread's block in what at() gives
    std::uint32_t block = 0; ///< the thread's

    /// The block of a thread, with A where all threads find it.
    [[nodiscard]] BATLAB_HD_INLINE GpkRows at(std::uint32_t item, const float *sharedA) const
    {
        return { q,
                 in.moved(item * 32, 4),
                 out.moved(item * 32, OutBf16 ? 2 : 4),
                 clip,
                 sharedA,
                 b + static_cast<std::uint64_t>(item) * (rowsB * rowsB),
                 item };
    }

    BATLAB_HD_INLINE void run(std::uint32_t row) const
    {
        float y[32];
        transform(row, y);
        unsigned char *const p = out.at(row);
        ClipLimits limits;
        std::uint32_t amax = 0;
        if constexpr (Clips) {
            const Extremes all = extremesOf<32>(y);
            limits = clipLimits(clip, all, row, block);
            amax = clippedLargest(all, limits);
        } else {
            amax = largestOf<32>(y);
        }
        const FastScale fast = fastScale(amax, q.c.bump);
        if (fast.usable()) {
            BATLAB_UNROLL
            for (int i = 0; i < 32; ++i) {
                y[i] = fakeQuantizeE2m1(Clips ? limits.bound(y[i]) : y[i], fast, y[i]);
            }
        } else {
            const Scale scale = q.scale(amax);
            if (OutBf16 && scale.poisoned) {
                BATLAB_UNROLL
                for (int i = 0; i < 4; ++i) {
                    storeWords(p + 16 * i, { nanBf16x2, nanBf16x2, nanBf16x2, nanBf16x2 });
                }
                return;
            }
            BATLAB_UNROLL
            for (int i = 0; i < 32; ++i) {
                y[i] = q.fakeQuantize(Clips ? limits.clamp(y[i]) : y[i], scale);
            }
        }
        BATLAB_UNROLL
        for (int i = 0; i < (OutBf16 ? 4 : 8); ++i) {
            if constexpr (OutBf16) {
                storeWords(p + 16 * i, packOctet(y + octetSize * i));
            } else {
                storeWords(p + 16 * i,
                           { bitsOf(y[4 * i]), bitsOf(y[4 * i + 1]), bitsOf(y[4 * i + 2]),
                             bitsOf(y[4 * i + 3]) });
            }
        }
    }

private:
    /// y = B^T (X A) of the block in `row`; sums over i ascending, every product and sum rounded.
    BATLAB_HD_INLINE void transform(std::uint32_t row, float *y) const
    {
        const unsigned char *const p = in.at(row);
        float x[32];
        BATLAB_UNROLL
        for (int i = 0; i < 8; ++i) {
            const Words4 w = loadWords(p + 16 * i);
            x[4 * i] = floatOf(w.a);
            x[4 * i + 1] = floatOf(w.b);
            x[4 * i + 2] = floatOf(w.c);
            x[4 * i + 3] = floatOf(w.d);
        }
        BATLAB_UNROLL
        for (int i = 0; i < rowsA; ++i) { // y = X A first
            const Words4 low = loadWords(a + rowsA * i);
            const Words4 high = loadWords(a + rowsA * i + 4);
            const float line[rowsA] { floatOf(low.a),  floatOf(low.b),  floatOf(low.c),
                                      floatOf(low.d),  floatOf(high.a), floatOf(high.b),
                                      floatOf(high.c), floatOf(high.d) };
            BATLAB_UNROLL
            for (int r = 0; r < rowsB; ++r) {
                BATLAB_UNROLL
                for (int c = 0; c < rowsA; ++c) {
                    const float product = mul(x[rowsA * r + i], line[c]);
                    float &sum = y[rowsA * r + c];
                    sum = i == 0 ? product : add(sum, product);
                }
            }
        }
        float own[rowsB * rowsB];
        BATLAB_UNROLL
        for (int i = 0; i < rowsB; ++i) {
            const Words4 w = loadWords(b + rowsB * i);
            own[rowsB * i] = floatOf(w.a);
            own[rowsB * i + 1] = floatOf(w.b);
            own[rowsB * i + 2] = floatOf(w.c);
            own[rowsB * i + 3] = floatOf(w.d);
        }
        BATLAB_UNROLL
        for (int c = 0; c < rowsA; ++c) { // then B^T of each column in place
            float z[rowsB];
            BATLAB_UNROLL
            for (int i = 0; i < rowsB; ++i) {
                z[i] = y[rowsA * i + c];
            }
            BATLAB_UNROLL
            for (int r = 0; r < rowsB; ++r) {
                float sum = mul(own[r], z[0]);
                BATLAB_UNROLL
                for (int i = 1; i < rowsB; ++i) {
                    sum = add(sum, mul(own[rowsB * i + r], z[i]));
                }
                y[rowsA * r + c] = sum;
            }
        }
    }
};

} // namespace batlab::kernels::cuda
