// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/group.h"

#include <cstdint>

/// The last step of a backward pass: partial sums of token chunks become dA and dB, in fp64 and in
/// an order that depends on shapes alone.
namespace batlab::kernels::cuda {

struct FactorSums
{
    const double *sums; ///< [units][chunks][slot]; a slot is [parts][sizeA + sizeB]
    std::int64_t chunks;
    std::int64_t slot;
    std::int64_t k; ///< transform blocks
    int parts; ///< of a unit
    int sizeA, sizeB; ///< g1*g1, g2*g2
    float *dA; ///< [sizeA]; may be null
    float *dB; ///< [k, sizeB]; may be null
};

/// Sums to make: all of dA, then dB.
[[nodiscard]] BATLAB_HD inline std::int64_t factorOutputs(const FactorSums &op)
{
    return op.sizeA + op.k * op.sizeB;
}

/// One entry of dA (over all blocks and chunks) or dB (over chunks), by a warp: lane l adds terms
/// l, l + 32, ..; lane sums are added in order. `partial`: 32 shared doubles.
template<class Group>
BATLAB_HD void sumFactor(Group &group, const FactorSums &op, std::int64_t output, double *partial)
{
    const bool inA = output < op.sizeA;
    if ((inA ? op.dA : op.dB) == nullptr) {
        return;
    }
    const std::int64_t entry = inA ? output : (output - op.sizeA) % op.sizeB + op.sizeA;
    const std::int64_t firstBlock = inA ? 0 : (output - op.sizeA) / op.sizeB;
    const std::int64_t terms = (inA ? op.k : 1) * op.chunks;
    group.each([&](int lane) {
        double sum = 0.0;
        for (std::int64_t i = lane; i < terms; i += 32) {
            const std::int64_t block = firstBlock + i / op.chunks;
            const std::int64_t slot = block / op.parts * op.chunks + i % op.chunks;
            sum += op.sums[slot * op.slot + block % op.parts * (op.sizeA + op.sizeB) + entry];
        }
        partial[lane] = sum;
    });
    group.each([&](int lane) {
        if (lane != 0) {
            return;
        }
        double sum = 0.0;
        for (int i = 0; i < 32; ++i) {
            sum += partial[i];
        }
        (inA ? op.dA[output] : op.dB[output - op.sizeA]) = static_cast<float>(sum);
    });
}

} // namespace batlab::kernels::cuda
