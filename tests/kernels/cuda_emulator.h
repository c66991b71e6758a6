// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/clip_reduce.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/gptq_row.h"
#include "kernels/cuda/launch_plan.h"
#include "kernels/cuda/stats_op.h"
#include "kernels/cuda/status.h"

#include <algorithm>
#include <limits>
#include <vector>

/// The CUDA entries with loops in place of launches: the kernels' own code on the CPU, lane by
/// lane, with the exchanges of a warp done by hand.
namespace cuda_test {

using namespace batlab::kernels;
namespace cuda = batlab::kernels::cuda;

struct EmulatedLaunch
{
    template<class Op>
    void octets(const Op &op, std::int64_t rows, std::int64_t octets, const char *) const
    {
        constexpr int group = Op::group;
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::int64_t first = 0; first < octets; first += group) {
                typename Op::State state[group] {};
                typename Op::Shared shared[group];
                for (int lane = 0; lane < group; ++lane) {
                    op.load(state[lane], row, first + lane);
                    shared[lane] = op.share(state[lane]);
                }
                for (int lanes = group / 2; lanes > 0; lanes /= 2) {
                    typename Op::Shared next[group];
                    for (int lane = 0; lane < group; ++lane) {
                        next[lane] = cuda::join(shared[lane], shared[lane ^ lanes]);
                    }
                    std::copy(next, next + group, shared);
                }
                for (int lane = 0; lane < group; ++lane) {
                    op.finish(state[lane], shared[lane], row, first + lane);
                }
            }
        }
    }
    template<class Op>
    void wide(const Op &op, std::int64_t rows, std::int64_t items, const char *) const
    {
        constexpr std::uint32_t group = Op::group;
        for (std::uint32_t row = 0; row < static_cast<std::uint32_t>(rows); ++row) {
            for (std::uint32_t first = 0; first < static_cast<std::uint32_t>(items);
                 first += group) {
                typename Op::State state[group];
                typename Op::Shared all;
                for (std::uint32_t lane = 0; lane < group; ++lane) {
                    op.at(first + lane).load(state[lane], row);
                    all = cuda::join(all, op.at(first + lane).share(state[lane]));
                }
                for (std::uint32_t lane = 0; lane < group; ++lane) {
                    op.at(first + lane).finish(state[lane], all, row);
                }
            }
        }
    }
    template<class Op>
    void blocks(const Op &op, std::int64_t rows, std::int64_t items, const char *) const
    {
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::int64_t item = 0; item < items; ++item) {
                op.run(row, item);
            }
        }
    }
    void refuse(const char *text, const char *where) const
    {
        cuda::noteError(cuda::badArguments, "badArguments", text, where);
    }
};

inline void addClipShares(const std::vector<ClipShare> &shares, std::int64_t rows,
                          std::int64_t blocks, const Clip &clip, const ClipGrad &gradient)
{
    cuda::ClipReduce op { shares.data(), nullptr, rows, blocks, clip, gradient };
    std::vector<cuda::ClipSums> partial(static_cast<std::size_t>(op.chunks() * op.groups()));
    op.partial = partial.data();
    if (op.chunks() > 1) {
        EmulatedLaunch {}.blocks(op, op.chunks(), op.groups(), "");
    }
    for (std::int64_t group = 0; group < op.groups(); ++group) {
        op.finish(group);
    }
}

/// Counters of one block.
struct EmulatedCounters
{
    std::uint32_t *bins;
    std::uint32_t *codes;
    void bin(int i) const { ++bins[i]; }
    void code(std::uint32_t i) const { ++codes[i]; }
};

template<class Q>
void emulateStats(const Q &q, const ConstMatrix &x, const BlockStatsOut &out)
{
    const std::int64_t k = cuda::blocksOf(x.cols, 32);
    const int bins = out.histogram != nullptr ? out.bins : 0;
    const cuda::StatsPlan plan = cuda::planStats(x.rows, x.cols, bins);
    const cuda::StatsWants wants {
        out.codeUse != nullptr,     out.clipped != nullptr,
        out.quantError2 != nullptr, bins,
        out.histogramLimit,         static_cast<float>(bins) / (2.0F * out.histogramLimit)
    };
    const cuda::StatsOp<Q> op { q, cuda::viewOf(x), out.rowEnergy, k, wants };
    for (std::int64_t block = 0; block < k; ++block) {
        cuda::StatsPartial total;
        const EmulatedCounters count { out.histogram + block * bins, out.codeUse + block * 16 };
        for (std::int64_t chunk = 0; chunk < plan.launch.gridY; ++chunk) {
            const std::int64_t first = chunk * cuda::statsChunkRows(x.rows);
            const std::int64_t last = std::min(first + cuda::statsChunkRows(x.rows), x.rows);
            cuda::StatsPartial sums[32];
            for (std::int64_t base = first; base < last; base += cuda::statsRows) {
                for (std::int64_t row = base; row < std::min(base + cuda::statsRows, last); ++row) {
                    constexpr int lanesOfRow = cuda::statsLanes;
                    cuda::StatsState state[lanesOfRow];
                    cuda::StatsShared all[lanesOfRow];
                    cuda::StatsOwn own[lanesOfRow];
                    for (int o = 0; o < lanesOfRow; ++o) {
                        op.load(state[o], row, block * lanesOfRow + o);
                        own[o] = op.share(state[o]);
                        all[o] = own[o].shared;
                    }
                    for (int lanes = 1; lanes < lanesOfRow; lanes *= 2) {
                        cuda::StatsShared next[lanesOfRow];
                        for (int o = 0; o < lanesOfRow; ++o) {
                            next[o] = op.join(all[o], all[o ^ lanes], lanes);
                        }
                        std::copy(next, next + lanesOfRow, all);
                    }
                    for (int o = 0; o < lanesOfRow; ++o) {
                        op.finish(state[o], own[o], all[o], row, block * lanesOfRow + o,
                                  sums[(row - base) * lanesOfRow + o], count);
                    }
                }
            }
            for (int lanes = 16; lanes > 0; lanes /= 2) {
                for (int lane = 0; lane < lanes; ++lane) { // what lane 0 comes to see
                    sums[lane] = sums[lane] + sums[lane + lanes];
                }
            }
            total = total + sums[0];
        }
        double *const powers[4] { out.sum, out.sum2, out.sum3, out.sum4 };
        for (int i = 0; i < 4; ++i) {
            powers[i][block] = total.power[i];
        }
        out.maxAbs[block] = cuda::floatOf(total.maxAbs);
        out.sumBlockMax[block] = total.sumBlockMax;
        out.quantError2[block] = total.error2;
        out.clipped[block] = total.clipped;
    }
}

/// The slab kernel's passes for one block of `rowsHere` rows, or the plain kernel.
template<class Q>
void emulateGptq(const Q &q, float *w, std::int64_t rows, std::int64_t n, std::int64_t c0,
                 int columns, const float *u, const float *scaleValue, std::int64_t scaleRowStride,
                 float *quantized, float *errors, const cuda::DeviceLimits &device)
{
    const cuda::GptqPlan plan = cuda::planGptq(rows, columns, device);
    const int stride = cuda::TileFactor::stride(columns);
    const std::int64_t rowsHere = plan.launch.blockX;
    std::vector<float> memory(plan.launch.sharedBytes / sizeof(float) + 4,
                              std::numeric_limits<float>::quiet_NaN());
    // shared memory starts at a multiple of 16 bytes
    float *const tile =
        memory.data() + (16 - reinterpret_cast<std::uintptr_t>(memory.data()) % 16) % 16 / 4;
    float *const slab = tile + columns * stride;
    for (std::int64_t first = 0; first < rows; first += rowsHere) {
        const std::int64_t last = std::min(first + rowsHere, rows);
        if (plan.slab) {
            for (int j = 0; j < columns; ++j) {
                for (int l = 0; l < columns; ++l) {
                    tile[l * stride + j] = u[(c0 + j) * n + c0 + l];
                }
                for (std::int64_t r = first; r < last; ++r) {
                    slab[j * (rowsHere + 1) + r - first] = w[r * n + c0 + j];
                }
            }
        }
        for (std::int64_t r = first; r < last; ++r) {
            const float *const scales = scaleValue + r * scaleRowStride + c0;
            if (plan.slab) {
                cuda::gptqRow(q, slab + r - first, rowsHere + 1, columns,
                              cuda::TileFactor { tile, columns }, scales);
            } else {
                cuda::gptqRow(q, w + r * n + c0, 1, columns,
                              cuda::PlainFactor { u + c0 * n + c0, n }, scales);
            }
            for (int j = 0; j < columns; ++j) {
                const float x =
                    plan.slab ? slab[j * (rowsHere + 1) + r - first] : w[r * n + c0 + j];
                w[r * n + c0 + j] = x;
                quantized[r * n + c0 + j] = cuda::gptqRound(q, x, scales[j]);
                errors[r * columns + j] =
                    cuda::gptqError(q, x, scales[j], u[(c0 + j) * n + c0 + j]);
            }
        }
    }
}

} // namespace cuda_test
