// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/octet.h"
#include "kernels/cuda/runtime.h"

/// Kernels that run the operations of elementwise_ops.h and block_ops.h over a matrix.
namespace batlab::kernels::cuda {

inline constexpr int rowThreads = 256;
inline constexpr unsigned wholeWarp = 0xffffffffU;

__device__ __forceinline__ Largest exchange(const Largest &a, int lanes)
{
    return { __shfl_xor_sync(wholeWarp, a.amax, lanes) };
}
__device__ __forceinline__ Extremes exchange(const Extremes &a, int lanes)
{
    return { __shfl_xor_sync(wholeWarp, a.amax, lanes), __shfl_xor_sync(wholeWarp, a.low, lanes),
             __shfl_xor_sync(wholeWarp, a.high, lanes) };
}

/// One octet a thread, `Op::group` lanes a block. All lanes of a warp go round the loop together:
/// lanes outside the matrix only take part in the exchange.
template<class Op>
__global__ void __launch_bounds__(rowThreads)
    runOctets(const Op op, const std::int64_t rows, const std::int64_t octets)
{
    const std::int64_t octet = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const std::int64_t step = static_cast<std::int64_t>(gridDim.y) * blockDim.y;
    const bool inside = octet < octets;
    for (std::int64_t base = static_cast<std::int64_t>(blockIdx.y) * blockDim.y; base < rows;
         base += step) {
        const std::int64_t row = base + threadIdx.y;
        typename Op::State state {};
        if (inside && row < rows) {
            op.load(state, row, octet);
        }
        auto all = op.share(state);
#pragma unroll
        for (int lanes = Op::group / 2; lanes > 0; lanes /= 2) {
            all = join(all, exchange(all, lanes));
        }
        if (inside && row < rows) {
            op.finish(state, all, row, octet);
        }
    }
}

/// One item (block or octet) a thread, no exchange.
template<class Op>
__global__ void __launch_bounds__(rowThreads, Op::residentBlocks)
    runBlocks(const Op op, const std::int64_t rows, const std::int64_t items)
{
    const std::int64_t item = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const std::int64_t step = static_cast<std::int64_t>(gridDim.y) * blockDim.y;
    if (item >= items) {
        return;
    }
#pragma unroll 1
    for (std::int64_t row = static_cast<std::int64_t>(blockIdx.y) * blockDim.y + threadIdx.y;
         row < rows; row += step) {
        op.run(row, item);
    }
}

/// The operations of fast_ops.h: columns fixed, 32-bit rows. A lane outside the matrix reads its
/// first block and writes nothing.
template<class Op>
__global__ void __launch_bounds__(rowThreads)
    runWide(const Op op, const std::uint32_t rows, const std::uint32_t items)
{
    const std::uint32_t item = blockIdx.x * blockDim.x + threadIdx.x;
    const std::uint32_t step = gridDim.y * blockDim.y;
    const bool inside = item < items;
    const Op mine = op.at(inside ? item : 0U);
    for (std::uint32_t base = blockIdx.y * blockDim.y; base < rows; base += step) {
        const std::uint32_t row = base + threadIdx.y;
        const bool active = inside && row < rows;
        typename Op::State state;
        mine.load(state, active ? row : 0U);
        auto all = mine.share(state);
#pragma unroll
        for (int lanes = Op::group / 2; lanes > 0; lanes /= 2) {
            all = join(all, exchange(all, lanes));
        }
        if (active) {
            mine.finish(state, all, row);
        }
    }
}

/// Runs operations as kernels in Exec's stream (elementwise.h: Launch).
struct DeviceLaunch
{
    const Exec &exec;

    template<class Op>
    void octets(const Op &op, std::int64_t rows, std::int64_t octets, const char *where) const
    {
        const LaunchPlan plan = planRows(rows, octets, Op::group, currentDevice());
        if (!plan.empty()) {
            runOctets<<<gridOf(plan), blockOf(plan), 0, streamOf(exec)>>>(op, rows, octets);
            checkLaunch(where);
        }
    }
    template<class Op>
    void blocks(const Op &op, std::int64_t rows, std::int64_t items, const char *where) const
    {
        const LaunchPlan plan = planRows(rows, items, 1, currentDevice());
        if (!plan.empty()) {
            runBlocks<<<gridOf(plan), blockOf(plan), 0, streamOf(exec)>>>(op, rows, items);
            checkLaunch(where);
        }
    }
    template<class Op>
    void wide(const Op &op, std::int64_t rows, std::int64_t items, const char *where) const
    {
        const LaunchPlan plan = planRows(rows, items, Op::group, currentDevice());
        if (!plan.empty()) {
            runWide<<<gridOf(plan), blockOf(plan), 0, streamOf(exec)>>>(
                op, static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(items));
            checkLaunch(where);
        }
    }
    void refuse(const char *text, const char *where) const { cuda::refuse(text, where); }
};

} // namespace batlab::kernels::cuda
