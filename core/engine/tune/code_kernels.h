// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace batlab::tune {

/// Offset of one grid step.
inline constexpr int kCodeStep = 16384;
/// Largest place on the E2M1 grid: places -7..7 are its values in order.
inline constexpr int kTopPlace = 7;

/// The place of a code with its offset: at half a step it moves to the neighbour.
[[nodiscard]] inline int placeOf(int start, int offset)
{
    const int place = start + (offset >= kCodeStep / 2 ? 1 : offset <= -kCodeStep / 2 ? -1 : 0);
    return place > kTopPlace ? kTopPlace : place < -kTopPlace ? -kTopPlace : place;
}

/// Codes of a weight in blocks of 16 or 32 with all that a step of them reads and writes.
struct CodeBlocks
{
    std::int64_t block = 32;
    const std::int8_t *start = nullptr; ///< places of the starting codes
    const float *scales = nullptr; ///< one a block
    std::int16_t *offset = nullptr; ///< in 1/kCodeStep of a grid step, at most one step each way
    std::uint16_t *mean = nullptr; ///< bf16: Adam's first moment
    float *square = nullptr; ///< one a block: its second moment
    std::uint16_t *weight16 = nullptr; ///< bf16 values of the moment; one of the two is set
    float *weight32 = nullptr;
    const std::uint16_t *gradient16 = nullptr; ///< bf16; one of the two is set for a step
    const float *gradient32 = nullptr;
    float beta1 = 0.9F;
    double beta2 = 0.95;
    double unit = 0; ///< of an offset for a mean as large as the spread, bias corrected
    double correction2 = 1;
};

/// For one instruction set; blocks [begin, end).
struct CodeKernels
{
    void (*refresh)(const CodeBlocks &, std::int64_t begin, std::int64_t end); ///< weights only
    void (*step)(const CodeBlocks &, std::int64_t begin, std::int64_t end);
};

/// The table for this CPU (kernels::detectCpuLevel).
[[nodiscard]] const CodeKernels &codeKernels();

namespace baseline {
extern const CodeKernels kCodeTable;
}
namespace v3 {
extern const CodeKernels kCodeTable;
}
namespace v4 {
extern const CodeKernels kCodeTable;
}

} // namespace batlab::tune
