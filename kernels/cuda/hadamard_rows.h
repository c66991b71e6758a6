// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gpk_unit.h"
#include "kernels/cuda/group.h"
#include "kernels/cuda/numerics.h"

/// Normalised Walsh-Hadamard transform of n = 64 .. 4096 consecutive values (Sylvester order): 32
/// values a thread in registers, five stages at a time, exchanged through shared memory. Stages run
/// in the order of strides 1, 2, .. n/2, then the factor, so the result does not depend on the
/// split and equals the plain loop bit for bit.
namespace batlab::kernels::cuda {

constexpr int hadamardLane = 32; ///< values a thread holds

/// Padding of shared memory: one word every 32, so that neither runs of 32 nor strides of 32
/// collide.
BATLAB_HD constexpr int hadamardSlot(int i) { return i + i / 32; }

BATLAB_HD constexpr int log2Of(int n)
{
    int bits = 0;
    for (; n > 1; n /= 2) {
        ++bits;
    }
    return bits;
}

/// Where value v (0..31) of `thread` lies inside its row in the pass that runs stages [First,
/// First + Count): the low Count bits of v are bits First.. of the position; what is left of v are
/// the bits right below those, and the thread number fills the rest. The fields do not overlap and
/// hadamardSlot is additive over disjoint bits, so v's part is a constant.
template<int First, int Count>
BATLAB_HD constexpr int hadamardThreadPart(int thread)
{
    constexpr int below = First - (5 - Count); // bits under v's fields
    return ((thread >> below) << (First + Count)) | (thread & ((1 << below) - 1));
}
template<int First, int Count>
BATLAB_HD constexpr int hadamardValuePart(int v)
{
    return ((v & ((1 << Count) - 1)) << First) | ((v >> Count) << (First - (5 - Count)));
}

/// Butterflies of `count` (1..5) stages among x[0..31], strides 1, 2, .. in units of v.
template<int Count>
BATLAB_HD void hadamardStages(float (&x)[hadamardLane])
{
    BATLAB_UNROLL
    for (int s = 0; s < Count; ++s) {
        BATLAB_UNROLL
        for (int i = 0; i < hadamardLane; ++i) {
            if ((i & (1 << s)) == 0) {
                const float a = x[i];
                const float b = x[i + (1 << s)];
                x[i] = a + b;
                x[i + (1 << s)] = a - b;
            }
        }
    }
}

/// 1 / sqrt(n), n a power of two.
[[nodiscard]] BATLAB_HD inline float hadamardFactor(int n)
{
    const int bits = log2Of(n);
    const float root = bits % 2 != 0 ? 0.70710678118654752F : 1.0F;
    return root / static_cast<float>(1 << (bits / 2));
}

/// One pass over the thread's row in `tile`.
template<int First, int Count>
BATLAB_HD_INLINE void hadamardPass(float *row, int thread, float factor)
{
    float *const base = row + hadamardSlot(hadamardThreadPart<First, Count>(thread));
    float x[hadamardLane];
    BATLAB_UNROLL
    for (int v = 0; v < hadamardLane; ++v) {
        x[v] = base[hadamardSlot(hadamardValuePart<First, Count>(v))];
    }
    hadamardStages<Count>(x);
    BATLAB_UNROLL
    for (int v = 0; v < hadamardLane; ++v) {
        base[hadamardSlot(hadamardValuePart<First, Count>(v))] = mul(x[v], factor);
    }
}

/// Transforms the rows in `tile` (hadamardSlot layout, 2^stages values each) in place, 2^stages /
/// 32 threads a row.
template<class Group>
BATLAB_HD void hadamardRows(Group &group, float *tile, int stages, float factor)
{
    const int shift = stages - 5; // log2 of the threads of a row
    const auto rowOf = [&](int thread) {
        return tile + (thread >> shift) * hadamardSlot(1 << stages);
    };
    group.each([&](int t) { hadamardPass<0, 5>(rowOf(t), t & ((1 << shift) - 1), 1.0F); });
    group.each([&](int t) {
        float *const row = rowOf(t);
        const int thread = t & ((1 << shift) - 1);
        switch (stages) {
        case 6: hadamardPass<5, 1>(row, thread, factor); break;
        case 7: hadamardPass<5, 2>(row, thread, factor); break;
        case 8: hadamardPass<5, 3>(row, thread, factor); break;
        case 9: hadamardPass<5, 4>(row, thread, factor); break;
        default: hadamardPass<5, 5>(row, thread, stages == 10 ? factor : 1.0F); break;
        }
    });
    if (stages > 10) {
        group.each([&](int t) {
            float *const row = rowOf(t);
            const int thread = t & ((1 << shift) - 1);
            stages == 11 ? hadamardPass<10, 1>(row, thread, factor)
                         : hadamardPass<10, 2>(row, thread, factor);
        });
    }
}

/// Fake-quantizes 32 consecutive values, any format.
template<Kind K>
BATLAB_HD void quantizeRun(const QuantConstants &c, float *x)
{
    const Quantizer<K, false> q { c };
    for (int at = 0; at < 32; at += Quantizer<K, false>::block) {
        std::uint32_t amax = 0;
        for (int i = 0; i < Quantizer<K, false>::block; ++i) {
            amax = greater(amax, bitsOf(x[at + i]) & 0x7fffffffU);
        }
        const Scale s = q.scale(amax);
        for (int i = 0; i < Quantizer<K, false>::block; ++i) {
            x[at + i] = q.fakeQuantize(x[at + i], s);
        }
    }
}

struct HadamardRows
{
    ConstMatrix x;
    Matrix out;
    int stages; ///< log2 of n, 6..12
    float factor;
    bool quantized;
    QuantConstants constants;
};
constexpr int hadamardThreads = 128;
constexpr int hadamardMostRows = hadamardThreads / 2;

/// Pieces [first, first + threads * 32 / n) of n columns: load, transform, quantize, store. `at`:
/// hadamardMostRows pairs of shared offsets.
template<class Group>
BATLAB_HD void hadamardTile(Group &group, const HadamardRows &op, std::int64_t first, float *tile,
                            std::int64_t (*at)[2])
{
    const int stages = op.stages;
    const int n = 1 << stages;
    const int threads = group.size();
    group.each([&](int thread) { // one division a piece, not one an element
        const std::int64_t across = op.x.cols >> stages;
        const std::int64_t piece = first + thread;
        if (thread < threads * hadamardLane >> stages) {
            const std::int64_t row = piece / across;
            const std::int64_t col = piece % across << stages;
            const bool inside = row < op.x.rows;
            at[thread][0] = inside ? row * op.x.rowStride + col : -1;
            at[thread][1] = row * op.out.rowStride + col;
        }
    });
    const auto slot = [&](int i) {
        return (i >> stages) * hadamardSlot(n) + hadamardSlot(i & (n - 1));
    };
    group.each([&](int thread) {
        BATLAB_UNROLL_BY(8)
        for (int v = 0; v < hadamardLane; ++v) {
            const int i = v * threads + thread;
            const std::int64_t base = at[i >> stages][0];
            tile[slot(i)] = base >= 0 ? loadElement(op.x, 0, base + (i & (n - 1))) : 0.0F;
        }
    });
    hadamardRows(group, tile, stages, op.factor);
    if (op.quantized) {
        group.each([&](int thread) {
            float *const run = tile + slot(thread * hadamardLane);
            switch (op.constants.kind) {
            case Kind::e2m1: quantizeRun<Kind::e2m1>(op.constants, run); break;
            case Kind::miniFloat: quantizeRun<Kind::miniFloat>(op.constants, run); break;
            case Kind::int8: quantizeRun<Kind::int8>(op.constants, run); break;
            case Kind::prescale: quantizeRun<Kind::prescale>(op.constants, run); break;
            case Kind::nvfp4: quantizeRun<Kind::nvfp4>(op.constants, run); break;
            }
        });
    }
    group.each([&](int thread) {
        BATLAB_UNROLL_BY(8)
        for (int v = 0; v < hadamardLane; ++v) {
            const int i = v * threads + thread;
            if (at[i >> stages][0] >= 0) {
                storeElement(op.out, 0, at[i >> stages][1] + (i & (n - 1)), tile[slot(i)]);
            }
        }
    });
}

} // namespace batlab::kernels::cuda
