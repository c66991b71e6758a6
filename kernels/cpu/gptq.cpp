// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/matrix.h"

#include <cstdlib>

/// GPTQ's column loop with rows in the lanes: a slab of W rows stays in L1 while its columns are
/// rounded one after the other and the error is spread over the rest.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

struct Slab
{
    float *w;
    std::int64_t n, c0, c1;
    const float *u;
    const float *scaleValue;
    std::int64_t scaleRowStride;
    float *quantized;
    float *errors;
};

template<class Q>
void roundSlab(const Q &q, const Slab &s, std::int64_t row, int rows, float *slab)
{
    const std::int64_t columns = s.c1 - s.c0;
    for (std::int64_t j = 0; j < columns; ++j) { // lanes beyond the matrix repeat its last row
        for (int i = 0; i < W; ++i) {
            slab[j * W + i] = s.w[(row + (i < rows ? i : rows - 1)) * s.n + s.c0 + j];
        }
    }
    for (std::int64_t j = 0; j < columns; ++j) {
        const std::int64_t column = s.c0 + j;
        const F x = load<F>(slab + j * W);
        F scale {};
        for (int i = 0; i < W; ++i) {
            scale[i] = s.scaleValue[(row + (i < rows ? i : rows - 1)) * s.scaleRowStride + column];
        }
        const F y = select(scale > F {}, x / scale, F {});
        F grid = as<F>(as<I>(q.magnitude(y)) | signBits(x));
        if constexpr (Q::kind == Kind::int8) {
            grid += 0.0F;
        }
        const F rounded = grid * scale;
        const F error = (x - rounded) / s.u[column * s.n + column];
        for (int i = 0; i < rows; ++i) {
            s.quantized[(row + i) * s.n + column] = rounded[i];
            s.errors[(row + i) * columns + j] = error[i];
        }
        const float *const u = s.u + column * s.n + s.c0;
        for (std::int64_t l = j + 1; l < columns; ++l) {
            store(slab + l * W, load<F>(slab + l * W) - error * u[l]);
        }
    }
    for (std::int64_t j = 0; j < columns; ++j) {
        for (int i = 0; i < rows; ++i) {
            s.w[(row + i) * s.n + s.c0 + j] = slab[j * W + i];
        }
    }
}

} // namespace

void gptqColumns(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0, std::int64_t c1,
                 const float *u, const float *scaleValue, std::int64_t scaleRowStride,
                 const QuantSpec &spec, float *quantized, float *errors, const Exec &exec)
{
    const Slab slab { w, n, c0, c1, u, scaleValue, scaleRowStride, quantized, errors };
    withQuantizer(spec, [&](const auto &q) {
        forRanges(rows, 16, exec.threads, [&](std::int64_t begin, std::int64_t end) {
            const auto bytes = static_cast<std::size_t>((c1 - c0) * W) * sizeof(float);
            auto *const memory =
                static_cast<float *>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
            for (std::int64_t row = begin; row < end; row += W) {
                roundSlab(q, slab, row, static_cast<int>(end - row < W ? end - row : W), memory);
            }
            std::free(memory);
        });
    });
}

} // namespace batlab::kernels::BATLAB_LEVEL
