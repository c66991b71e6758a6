// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/entries.h"
#include "kernels/cuda/octet_launch.cuh"
#include "kernels/cuda/stats_op.h"

/// Block statistics in one pass (stats_op.h).
namespace batlab::kernels::cuda {

namespace {

constexpr int codeCount = 16;

/// Integer counters of one block: atomics on integers give the same counts in any order. In shared
/// memory a 32-bit address, so that finding a counter is one instruction.
template<bool SharedBins>
struct Counters
{
    std::uint32_t *bins; ///< in device memory
    std::uint32_t sharedBins, sharedCodes;

    __device__ __forceinline__ void bin(int i) const
    {
        if constexpr (SharedBins) {
            addOne(sharedBins + 4U * static_cast<std::uint32_t>(i));
        } else {
            atomicAdd(bins + i, 1U);
        }
    }
    __device__ __forceinline__ void code(std::uint32_t i) const { addOne(sharedCodes + 4U * i); }

private:
    static __device__ __forceinline__ void addOne(std::uint32_t address)
    {
        asm volatile("red.shared.add.u32 [%0], 1;" : : "r"(address) : "memory");
    }
};

__device__ __forceinline__ StatsShared exchange(const StatsShared &a, int lanes)
{
    return { __shfl_xor_sync(wholeWarp, a.amax, lanes), __shfl_xor_sync(wholeWarp, a.rowMax, lanes),
             __shfl_xor_sync(wholeWarp, a.energy, lanes) };
}

__device__ StatsPartial exchange(const StatsPartial &a, int lanes)
{
    StatsPartial b;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        b.power[i] = __shfl_xor_sync(wholeWarp, a.power[i], lanes);
    }
    b.sumBlockMax = __shfl_xor_sync(wholeWarp, a.sumBlockMax, lanes);
    b.error2 = __shfl_xor_sync(wholeWarp, a.error2, lanes);
    b.maxAbs = __shfl_xor_sync(wholeWarp, a.maxAbs, lanes);
    b.clipped = __shfl_xor_sync(wholeWarp, a.clipped, lanes);
    return b;
}

/// A warp per (block, chunk of rows). SharedBins: the histogram fits shared memory.
template<class Q, bool SharedBins>
__global__ void __launch_bounds__(statsWarps * 32, 6) // 80 registers: none spilled
    statsKernel(const StatsOp<Q> op, const std::int64_t rows, StatsPartial *partial,
                std::uint32_t *histogram, std::uint32_t *codeUse)
{
    extern __shared__ std::uint32_t counters[];
    const int warp = static_cast<int>(threadIdx.x) / 32;
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const std::int64_t block = static_cast<std::int64_t>(blockIdx.x) * statsWarps + warp;
    if (block >= op.k) {
        return;
    }
    const int counts = codeCount + (SharedBins ? op.wants.bins : 0);
    std::uint32_t *const mine = counters + warp * counts;
    for (int i = lane; i < counts; i += 32) {
        mine[i] = 0;
    }
    __syncwarp();
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(mine));
    const Counters<SharedBins> count { histogram + block * op.wants.bins, address + 4U * codeCount,
                                       address };

    const std::int64_t first = static_cast<std::int64_t>(blockIdx.y) * statsChunkRows(rows);
    const std::int64_t last = lesser(first + statsChunkRows(rows), rows);
    const std::int64_t part = block * statsLanes + lane % statsLanes;
    StatsPartial sums;
    for (std::int64_t base = first; base < last; base += statsRows) {
        const std::int64_t row = base + lane / statsLanes;
        StatsState state {};
        if (row < last) {
            op.load(state, row, part);
        }
        const StatsOwn own = op.share(state);
        StatsShared all = own.shared;
#pragma unroll
        for (int lanes = 1; lanes < statsLanes; lanes *= 2) {
            all = StatsOp<Q>::join(all, exchange(all, lanes), lanes);
        }
        if (row < last) {
            op.finish(state, own, all, row, part, sums, count);
        }
    }
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) {
        sums = sums + exchange(sums, lanes);
    }
    if (lane == 0) {
        partial[blockIdx.y * op.k + block] = sums;
    }
    __syncwarp();
    for (int i = lane; SharedBins && i < op.wants.bins; i += 32) {
        atomicAdd(histogram + block * op.wants.bins + i, mine[codeCount + i]);
    }
    for (int i = lane; op.wants.codes && i < codeCount; i += 32) {
        atomicAdd(codeUse + block * codeCount + i, mine[i]);
    }
}

__global__ void __launch_bounds__(rowThreads)
    finishStats(const StatsPartial *partial, const int chunks, const std::int64_t k,
                const BlockStatsOut out)
{
    const std::int64_t block = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (block >= k) {
        return;
    }
    StatsPartial sum;
    for (int chunk = 0; chunk < chunks; ++chunk) {
        sum = sum + partial[chunk * k + block];
    }
    double *const powers[4] { out.sum, out.sum2, out.sum3, out.sum4 };
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        if (powers[i] != nullptr) {
            powers[i][block] = sum.power[i];
        }
    }
    if (out.maxAbs != nullptr) {
        out.maxAbs[block] = floatOf(sum.maxAbs);
    }
    if (out.sumBlockMax != nullptr) {
        out.sumBlockMax[block] = sum.sumBlockMax;
    }
    if (out.quantError2 != nullptr) {
        out.quantError2[block] = sum.error2;
    }
    if (out.clipped != nullptr) {
        out.clipped[block] = sum.clipped;
    }
}

bool clear(std::uint32_t *counts, std::int64_t n, const Exec &exec)
{
    return counts == nullptr
        || check(cudaMemsetAsync(counts, 0, static_cast<std::size_t>(n) * sizeof *counts,
                                 streamOf(exec)),
                 "blockStats");
}

template<class Q>
void runStats(const Q &q, const ConstMatrix &x, const BlockStatsOut &out, const Exec &exec)
{
    constexpr const char *where = "blockStats";
    const std::int64_t k = blocksOf(x.cols, 32);
    const int bins = out.histogram != nullptr ? out.bins : 0;
    const StatsPlan plan = planStats(x.rows, x.cols, bins);
    const Scratch scratch(
        exec, static_cast<std::size_t>(k * plan.launch.gridY) * sizeof(StatsPartial), where);
    if (plan.launch.empty() || scratch.data() == nullptr || !clear(out.histogram, k * bins, exec)
        || !clear(out.codeUse, k * codeCount, exec)) {
        return;
    }
    const StatsWants wants {
        out.codeUse != nullptr,     out.clipped != nullptr,
        out.quantError2 != nullptr, bins,
        out.histogramLimit,         static_cast<float>(bins) / (2.0F * out.histogramLimit)
    };
    const StatsOp<Q> op { q, viewOf(x), out.rowEnergy, k, wants };
    auto *const partial = scratch.as<StatsPartial>();
    const auto kernel = plan.sharedBins ? &statsKernel<Q, true> : &statsKernel<Q, false>;
    kernel<<<gridOf(plan.launch), blockOf(plan.launch), plan.launch.sharedBytes, streamOf(exec)>>>(
        op, x.rows, partial, out.histogram, out.codeUse);
    if (checkLaunch(where)) {
        const auto grid = static_cast<unsigned>((k + rowThreads - 1) / rowThreads);
        finishStats<<<grid, rowThreads, 0, streamOf(exec)>>>(
            partial, static_cast<int>(plan.launch.gridY), k, out);
        checkLaunch(where);
    }
}

} // namespace

void blockStats(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out, const Exec &exec)
{
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::e2m1 && !c.away && !c.zero) { // the usual one has no ties to correct
        runStats(Quantizer<Kind::e2m1, true> { c }, x, out, exec);
        return;
    }
    withQuantizer(spec, [&](const auto &q) { runStats(q, x, out, exec); });
}

} // namespace batlab::kernels::cuda
