// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/entries.h"
#include "kernels/cuda/gptq_row.h"
#include "kernels/cuda/octet_launch.cuh"

/// GPTQ's column loop (gptq_row.h): a block of threads takes as many rows, with their columns and
/// the factor's tile in shared memory.
namespace batlab::kernels::cuda {

namespace {

struct GptqArguments
{
    float *w;
    std::int64_t rows, n, c0;
    int columns;
    const float *u;
    const float *scaleValue;
    std::int64_t scaleRowStride;
    float *quantized;
    float *errors;

    /// Writes what column j of `row` became: w as it was when rounded, its code's value, its error.
    template<class Q>
    __device__ __forceinline__ void put(const Q &q, std::int64_t row, int j, float x) const
    {
        const std::int64_t column = c0 + j;
        const float scale = scaleValue[row * scaleRowStride + column];
        w[row * n + column] = x;
        quantized[row * n + column] = gptqRound(q, x, scale);
        errors[row * columns + j] = gptqError(q, x, scale, u[column * n + column]);
    }
};

template<class Q>
__global__ void gptqSlab(const Q q, const GptqArguments a)
{
    extern __shared__ __align__(16) float shared[]; // the tile is read 16 bytes at a time
    const int rowsHere = static_cast<int>(blockDim.x);
    const int columns = a.columns;
    const int thread = static_cast<int>(threadIdx.x);
    const std::int64_t firstRow = static_cast<std::int64_t>(blockIdx.x) * rowsHere;
    const int slabStride = rowsHere + 1;
    float *const tile = shared;
    float *const slab = shared + columns * TileFactor::stride(columns);

    for (int i = thread; i < columns * columns; i += rowsHere) {
        const int j = i / columns;
        const int l = i % columns;
        tile[l * TileFactor::stride(columns) + j] = a.u[(a.c0 + j) * a.n + a.c0 + l];
    }
    for (int i = thread; i < rowsHere * columns; i += rowsHere) {
        const int r = i / columns;
        const int j = i % columns;
        if (firstRow + r < a.rows) {
            slab[j * slabStride + r] = a.w[(firstRow + r) * a.n + a.c0 + j];
        }
    }
    __syncthreads();
    if (firstRow + thread < a.rows) {
        gptqRow(q, slab + thread, slabStride, columns, TileFactor { tile, columns },
                a.scaleValue + (firstRow + thread) * a.scaleRowStride + a.c0);
    }
    __syncthreads();
    for (int i = thread; i < rowsHere * columns; i += rowsHere) {
        const int r = i / columns;
        const int j = i % columns;
        if (firstRow + r < a.rows) {
            a.put(q, firstRow + r, j, slab[j * slabStride + r]);
        }
    }
}

/// Any number of columns: a thread a row, in place.
template<class Q>
__global__ void gptqPlain(const Q q, const GptqArguments a)
{
    const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (row >= a.rows) {
        return;
    }
    gptqRow(q, a.w + row * a.n + a.c0, 1, a.columns, PlainFactor { a.u + a.c0 * a.n + a.c0, a.n },
            a.scaleValue + row * a.scaleRowStride + a.c0);
    for (int j = 0; j < a.columns; ++j) {
        a.put(q, row, j, a.w[row * a.n + a.c0 + j]);
    }
}

template<class Q>
void launchGptq(const Q &q, const GptqArguments &a, const Exec &exec)
{
    constexpr const char *where = "gptqColumns";
    const GptqPlan plan = planGptq(a.rows, a.columns, currentDevice());
    if (plan.launch.empty()) {
        return;
    }
    if (!plan.slab) {
        gptqPlain<<<gridOf(plan.launch), blockOf(plan.launch), 0, streamOf(exec)>>>(q, a);
    } else {
        const std::size_t bytes = plan.launch.sharedBytes;
        if (bytes > sharedWithoutAsking
            && !check(cudaFuncSetAttribute(gptqSlab<Q>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                           static_cast<int>(bytes)),
                      where)) {
            return;
        }
        gptqSlab<<<gridOf(plan.launch), blockOf(plan.launch), bytes, streamOf(exec)>>>(q, a);
    }
    checkLaunch(where);
}

} // namespace

void gptqColumns(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0, std::int64_t c1,
                 const float *u, const float *scaleValue, std::int64_t scaleRowStride,
                 const QuantSpec &spec, float *quantized, float *errors, const Exec &exec)
{
    const GptqArguments a {
        w, rows, n, c0, static_cast<int>(c1 - c0), u, scaleValue, scaleRowStride, quantized, errors
    };
    withGrid(spec, [&](const auto &q) { launchGptq(q, a, exec); });
}

} // namespace batlab::kernels::cuda
