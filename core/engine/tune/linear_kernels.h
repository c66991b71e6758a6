// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace batlab::tune {

/// Rows of one partial sum over tokens. It fixes the order of additions: within one, fp32; the
/// partial sums, in order, double.
inline constexpr std::int64_t kRowsPerSum = 64;

/// The epilogue of a frozen linear on row-major [rows, cols] matrices without gaps:
/// out = product * factor * gain + bias in fp32, each step rounded, as the deployed model computes
/// it. bf16 numbers are their 16 bits.
struct LinearEpilogue
{
    std::int64_t rows = 0, cols = 0;
    const std::uint16_t *product = nullptr; ///< bf16; backward: may be null where gainSums is
    float factor = 1;
    const float *gain = nullptr; ///< [cols]
    const float *bias = nullptr; ///< [cols], or null
    std::uint16_t *out16 = nullptr; ///< bf16; one of the two
    float *out32 = nullptr;
};

/// Its way back from the gradient in out: that of the product, and sums over each kRowsPerSum rows.
struct LinearEpilogueBack
{
    LinearEpilogue forward; ///< out16 takes the gradient of the product; bias and out32 are unused
    const std::uint16_t *gradient16 = nullptr; ///< bf16; one of the two
    const float *gradient32 = nullptr;
    float *gainSums = nullptr; ///< [ceil(rows / kRowsPerSum), cols]: gradient * product; or null
    float *biasSums = nullptr; ///< the same shape: gradient; or null
};

/// For one instruction set.
struct LinearKernels
{
    /// Rows [begin, end).
    void (*forward)(const LinearEpilogue &, std::int64_t begin, std::int64_t end);
    /// Partial sums [begin, end) and their rows.
    void (*backward)(const LinearEpilogueBack &, std::int64_t begin, std::int64_t end);
};

/// The table for this CPU (kernels::detectCpuLevel).
[[nodiscard]] const LinearKernels &linearKernels();

namespace baseline {
extern const LinearKernels kLinearTable;
}
namespace v3 {
extern const LinearKernels kLinearTable;
}
namespace v4 {
extern const LinearKernels kLinearTable;
}

} // namespace batlab::tune
