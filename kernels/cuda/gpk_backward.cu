// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/device_ops.h"
#include "kernels/cuda/factor_sums.h"
#include "kernels/cuda/gpk_exact_backward.h"
#include "kernels/cuda/gpk_mma_backward.h"
#include "kernels/cuda/gpk_plan.h"
#include "kernels/cuda/gpk_quantizers.h"
#include "kernels/cuda/runtime.h"
#include "kernels/cuda/transform_ops.h"

namespace batlab::kernels::cuda {

namespace {

constexpr int mmaWarps = 4;

/// Block (unit, chunk): its 4 warps take the chunk's tiles in turn.
template<class Q>
__global__ void __launch_bounds__(32 * mmaWarps, 3)
    gpkMmaBackwardKernel(const __grid_constant__ MmaBackward op, const __grid_constant__ Gpk p,
                         const __grid_constant__ Q q, std::int64_t tiles, std::int64_t slot,
                         double *sums)
{
    struct Loop
    {
        SharedFragments fragments;
        StagedTile staged[mmaWarps];
    };
    __shared__ union
    {
        Loop loop;
        float dense[mmaWarps * denseFloats];
    } shared;
    const std::int64_t unit = blockIdx.x;
    const int warpIndex = static_cast<int>(threadIdx.y);
    BlockGroup block(warpIndex * 32 + static_cast<int>(threadIdx.x), 32 * mmaWarps);
    DeviceWarp<BackwardLane> warp(static_cast<int>(threadIdx.x));
    startBackward(warp, op, unit);
    StagedTile &staged = shared.loop.staged[warpIndex];
    constexpr int step = mmaWarps * mmaRows;
    const ChunkRows chunk = chunkRows(blockIdx.y, tiles, op.x.rows);
    int row = chunk.begin + warpIndex * mmaRows;
    stageTile(warp, op, staged, row, chunk.end);
    buildShared(block, shared.loop.fragments, p, op.layout, unit);
    for (; row < chunk.end; row += step) {
        backwardTile(warp, op, q, shared.loop.fragments, staged, row, row + step, chunk.end, unit);
    }
    __syncthreads(); // fragments and tiles are done with
    writeOuter(warp, shared.dense + warpIndex * denseFloats);
    __syncthreads();
    contractOuter(block, shared.dense, mmaWarps, p, op.layout, unit,
                  sums + (unit * gridDim.y + blockIdx.y) * slot);
}

/// A warp a (unit, chunk) pair.
template<class Q, int G1, int G2>
__global__ void __launch_bounds__(128, 3)
    gpkExactBackwardKernel(const __grid_constant__ ExactBackward op, const __grid_constant__ Q q,
                           std::int64_t chunks, std::int64_t tiles, std::int64_t slot, double *sums)
{
    extern __shared__ float shared[];
    WarpGroup group(static_cast<int>(threadIdx.x));
    float *const tile =
        shared + static_cast<int>(threadIdx.y) * exactBackwardFloats(op.layout.width);
    const std::int64_t pair = std::int64_t { blockIdx.x } * blockDim.y + threadIdx.y;
    const std::int64_t unit = pair % op.layout.units;
    const std::int64_t chunk = pair / op.layout.units;
    if (chunk >= chunks) {
        return;
    }
    double *const own = sums + (unit * chunks + chunk) * slot;
    for (std::int64_t i = threadIdx.x; i < slot; i += 32) {
        own[i] = 0.0;
    }
    __syncwarp();
    for (std::int64_t i = chunk * tiles; i < (chunk + 1) * tiles; ++i) {
        if (i * tileTokens < op.x.rows) {
            exactBackwardTile<G1, G2>(group, op, q, i * tileTokens, unit, tile, own);
        }
    }
}

__global__ void __launch_bounds__(128, 4) factorSumsKernel(const __grid_constant__ FactorSums op)
{
    __shared__ double partial[4][32];
    WarpGroup group(static_cast<int>(threadIdx.x));
    const std::int64_t output = std::int64_t { blockIdx.x } * 4 + threadIdx.y;
    if (output < factorOutputs(op)) {
        sumFactor(group, op, output, partial[threadIdx.y]);
    }
}

struct Backward
{
    ConstMatrix x, gy;
    Gpk p;
    const QuantSpec *spec; ///< null: the transform alone
    Clip clip;
    Ste ste;
    Matrix gx;
    float *dA, *dB;
    ClipGrad dclip;
};

bool wantsClip(const Backward &op)
{
    return op.spec != nullptr && op.clip.lo != nullptr && op.clip.hi != nullptr
        && (op.dclip.lo != nullptr || op.dclip.hi != nullptr);
}
std::size_t aligned(std::size_t bytes) { return (bytes + 255) / 256 * 256; }

template<class Q>
void launchMma(const Backward &op, const UnitLayout &layout, const BackwardPlan &plan, const Q &q,
               ClipShare *shares, double *sums, const Exec &exec)
{
    const MmaBackward args {
        pairSource({ op.x }), pairSource({ op.gy }), layout, op.clip, op.ste, viewOf(op.gx), shares
    };
    const std::int64_t tiles = chunkTiles(op.x.rows, plan.chunks, mmaRows);
    gpkMmaBackwardKernel<Q><<<gridOf(plan.launch), blockOf(plan.launch), 0, streamOf(exec)>>>(
        args, op.p, q, tiles, plan.slot, sums);
    checkLaunch("gpkBackward");
}

template<int G1, int G2, class Q>
void launchExact(const Backward &op, const UnitLayout &layout, const BackwardPlan &plan, const Q &q,
                 ClipShare *shares, double *sums, const Exec &exec)
{
    const auto kernel = &gpkExactBackwardKernel<Q, G1, G2>;
    if (!check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                    static_cast<int>(plan.launch.sharedBytes)),
               "gpkBackward")) {
        return;
    }
    const ExactBackward args { op.x, op.gy, op.p, layout, op.clip, op.ste, op.gx, shares };
    kernel<<<gridOf(plan.launch), blockOf(plan.launch), plan.launch.sharedBytes, streamOf(exec)>>>(
        args, q, plan.chunks, chunkTiles(op.x.rows, plan.chunks, tileTokens), plan.slot, sums);
    checkLaunch("gpkBackward");
}

BackwardPlan planOf(std::int64_t rows, const UnitLayout &layout, const Gpk &p, bool mma)
{
    return mma ? planMmaBackward(rows, layout.units, p)
               : planExactBackward(rows, layout.units, p, currentDevice());
}

void run(const Backward &op, const Exec &exec)
{
    const int g = op.p.g1 * op.p.g2;
    if (g != 16 && g != 32 && g != 64 && g != 128) {
        refuse("g1*g2 must be 16, 32, 64 or 128", "gpkBackward");
        return;
    }
    const UnitLayout layout = unitLayout(op.x.cols, g);
    const bool mma = takesMma(op.p, op.x.dtype, op.spec) && op.gy.dtype == DType::bf16
        && fitsMma(op.x) && fitsMma(op.gy) && fitsMma(op.gx);
    const BackwardPlan plan = planOf(op.x.rows, layout, op.p, mma);
    const std::int64_t ratios = op.spec != nullptr ? layout.ratios(blockSize(op.spec->format)) : 0;
    const bool withClip = wantsClip(op);
    const std::size_t shareBytes = withClip ? clipShareBytes(op.x.rows, ratios) : 0;
    const std::size_t bytes = aligned(plan.sumBytes) + shareBytes;
    const Scratch scratch(exec, bytes, "gpkBackward");
    if (bytes > 0 && scratch.data() == nullptr) {
        return;
    }
    auto *const sums = scratch.as<double>();
    void *const shareMemory = withClip ? scratch.as<char>() + aligned(plan.sumBytes) : nullptr;
    auto *const shares = static_cast<ClipShare *>(shareMemory);
    if (!plan.launch.empty()) {
        if (mma && op.spec == nullptr) {
            launchMma(op, layout, plan, NoQuantizer {}, shares, sums, exec);
        } else if (mma) {
            withQuadQuantizer(*op.spec, true, [&](const auto &q) {
                launchMma(op, layout, plan, q, shares, sums, exec);
            });
        } else if (op.spec == nullptr) {
            launchExact<0, 0>(op, layout, plan, NoQuantizer {}, shares, sums, exec);
        } else {
            withQuantizer(*op.spec, [&](const auto &q) {
                using Q = std::remove_cvref_t<decltype(q)>;
                if constexpr (Q::kind == Kind::e2m1) {
                    if (op.p.g1 == 8 && op.p.g2 == 4) {
                        launchExact<8, 4>(op, layout, plan, q, shares, sums, exec);
                        return;
                    }
                }
                launchExact<0, 0>(op, layout, plan, q, shares, sums, exec);
            });
        }
    }
    if (op.dA != nullptr || op.dB != nullptr) {
        const FactorSums args { sums,
                                plan.chunks,
                                plan.slot,
                                layout.k,
                                layout.width / g,
                                op.p.g1 * op.p.g1,
                                op.p.g2 * op.p.g2,
                                op.dA,
                                op.dB };
        const auto grid = static_cast<unsigned>((factorOutputs(args) + 3) / 4);
        factorSumsKernel<<<grid, dim3(32, 4), 0, streamOf(exec)>>>(args);
        checkLaunch("gpkBackward");
    }
    if (withClip) {
        Exec rest = exec; // what is left is ours: addClipShares needs no further scratch
        addClipShares(shareMemory, op.x.rows, ratios, op.clip, op.dclip, rest);
    }
}

} // namespace

std::size_t gpkBackwardScratchBytes(std::int64_t rows, std::int64_t cols, const Gpk &p,
                                    const QuantSpec *spec, bool withClip)
{
    const UnitLayout layout = unitLayout(cols, p.g1 * p.g2);
    const std::size_t shares = spec != nullptr && withClip
        ? clipShareBytes(rows, layout.ratios(blockSize(spec->format)))
        : 0;
    const std::size_t mma = planOf(rows, layout, p, true).sumBytes;
    const std::size_t exact = planOf(rows, layout, p, false).sumBytes;
    return aligned(mma > exact ? mma : exact) + shares;
}

void gpkFakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, const Clip &clip,
                             const QuantSpec &spec, const Ste &ste, Matrix gx, float *dA, float *dB,
                             const ClipGrad &dclip, const Exec &exec)
{
    run({ x, gy, p, &spec, clip, ste, gx, dA, dB, dclip }, exec);
}

void gpkTransformBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, Matrix gx, float *dA,
                          float *dB, const Exec &exec)
{
    run({ x, gy, p, nullptr, {}, {}, gx, dA, dB, {} }, exec);
}

} // namespace batlab::kernels::cuda
