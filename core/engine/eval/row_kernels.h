// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace batlab::eval {

/// Elements per partial sum. Sums within a part are fp32 (64 lanes), parts are added in double, in
/// order.
inline constexpr std::int64_t kRowPart = 1024;

/// Reductions over one row of logits, vectorised for one instruction set. Every sum runs in an
/// order that depends on the length only. bf16 numbers are passed as their 16 bits.
struct RowKernels
{
    /// The largest value and its first index; NaN if any value is NaN.
    void (*maxF32)(const float *row, std::int64_t n, float *max, std::int32_t *argmax);
    void (*maxBf16)(const std::uint16_t *row, std::int64_t n, float *max, std::int32_t *argmax);
    /// exps[i] = exp(scale * (row[i] - max)) (relative error 5e-7 of the fp32 argument; below e^-87
    /// it is e^-87), partSums[i / kRowPart] their sums. exps may be null.
    void (*expF32)(const float *row, std::int64_t n, float max, float scale, float *exps,
                   double *partSums);
    void (*expBf16)(const std::uint16_t *row, std::int64_t n, float max, float scale, float *exps,
                    double *partSums);
    /// sum weight[i] * (a[i] - b[i])
    double (*differenceF32)(const float *weight, const float *a, const float *b, std::int64_t n);
    double (*differenceBf16)(const float *weight, const std::uint16_t *a, const std::uint16_t *b,
                             std::int64_t n);
};

/// The table for this CPU (kernels::detectCpuLevel).
[[nodiscard]] const RowKernels &rowKernels();

namespace baseline {
extern const RowKernels kTable;
}
namespace v3 {
extern const RowKernels kTable;
}
namespace v4 {
extern const RowKernels kTable;
}

} // namespace batlab::eval
