// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set; BATLAB_LINEAR_ISA is the namespace. Columns are
// independent of each other, so that the compiler vectorises every inner loop.
#include "core/engine/tune/linear_kernels.h"

#include <algorithm>
#include <bit>

namespace batlab::tune::BATLAB_LINEAR_ISA {

namespace {

inline float number(std::uint16_t bf16)
{
    return std::bit_cast<float>(std::uint32_t { bf16 } << 16);
}
inline float number(float x) { return x; }

inline void put(std::uint16_t &out, float x)
{
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    out = static_cast<std::uint16_t>(x != x ? 0x7FC0 : rounded);
}
inline void put(float &out, float x) { out = x; }

template<class Out>
void forwardRow(const LinearEpilogue &e, std::int64_t row, Out *__restrict out)
{
    const std::uint16_t *product = e.product + row * e.cols;
    const float factor = e.factor;
    const float *gain = e.gain;
    const float *bias = e.bias;
    if (bias == nullptr)
        for (std::int64_t c = 0; c < e.cols; ++c)
            put(out[c], number(product[c]) * factor * gain[c]);
    else
        for (std::int64_t c = 0; c < e.cols; ++c)
            put(out[c], number(product[c]) * factor * gain[c] + bias[c]);
}

void forward(const LinearEpilogue &e, std::int64_t begin, std::int64_t end)
{
    for (std::int64_t row = begin; row < end; ++row)
        if (e.out16 != nullptr)
            forwardRow(e, row, e.out16 + row * e.cols);
        else
            forwardRow(e, row, e.out32 + row * e.cols);
}

template<class Gradient>
void backwardRow(const LinearEpilogueBack &b, std::int64_t row, std::int64_t chunk,
                 const Gradient *gradients)
{
    const std::int64_t cols = b.forward.cols;
    const Gradient *gradient = gradients + row * cols;
    std::uint16_t *__restrict out = b.forward.out16 + row * cols;
    const float factor = b.forward.factor;
    const float *gain = b.forward.gain;
    for (std::int64_t c = 0; c < cols; ++c)
        put(out[c], number(gradient[c]) * factor * gain[c]);
    if (b.biasSums != nullptr) {
        float *__restrict sums = b.biasSums + chunk * cols;
        for (std::int64_t c = 0; c < cols; ++c)
            sums[c] += number(gradient[c]);
    }
    if (b.gainSums != nullptr) {
        float *__restrict sums = b.gainSums + chunk * cols;
        const std::uint16_t *product = b.forward.product + row * cols;
        for (std::int64_t c = 0; c < cols; ++c)
            sums[c] += number(gradient[c]) * number(product[c]);
    }
}

void backward(const LinearEpilogueBack &b, std::int64_t begin, std::int64_t end)
{
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
        for (float *sums : { b.biasSums, b.gainSums })
            if (sums != nullptr)
                std::fill_n(sums + chunk * b.forward.cols, b.forward.cols, 0.0F);
        const std::int64_t last = std::min(b.forward.rows, (chunk + 1) * kRowsPerSum);
        for (std::int64_t row = chunk * kRowsPerSum; row < last; ++row)
            if (b.gradient16 != nullptr)
                backwardRow(b, row, chunk, b.gradient16);
            else
                backwardRow(b, row, chunk, b.gradient32);
    }
}

} // namespace

const LinearKernels kLinearTable { &forward, &backward };

} // namespace batlab::tune::BATLAB_LINEAR_ISA
