// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gpk_mma.h"
#include "kernels/cuda/gpk_plan.h"
#include "kernels/cuda/gpk_quantizers.h"
#include "kernels/cuda/gpk_rows.h"
#include "kernels/cuda/group.h"
#include "kernels/cuda/runtime.h"
#include "kernels/cuda/transform_ops.h"

namespace batlab::kernels::cuda {

namespace {

/// Blocks of a multiprocessor that the registers of a kernel must leave room for.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
constexpr int mostBlocks = 4; // ptxas spills with fewer than 128 registers there
#else
constexpr int mostBlocks = 5;
#endif
template<class Q, bool Fused>
constexpr int forwardBlocks = Fused || std::is_same_v<Q, NoQuantizer> ? 4 : mostBlocks;

template<class Q, bool Pack, bool Fused>
__global__ void __launch_bounds__(128, forwardBlocks<Q, Fused>)
    gpkMmaForwardKernel(const __grid_constant__ MmaForward op, const __grid_constant__ Q q)
{
    const std::int64_t unit = std::int64_t { blockIdx.x } * blockDim.y + threadIdx.y;
    const int rows = op.source.rows;
    const int step = static_cast<int>(gridDim.y) * mmaRows;
    int row = static_cast<int>(blockIdx.y) * mmaRows;
    if (unit >= op.layout.units || row >= rows) {
        return;
    }
    DeviceWarp<ForwardLane> warp(static_cast<int>(threadIdx.x));
    startForward(warp, op, unit);
    loadForward<Fused>(warp, op, row, unit);
    for (; row < rows; row += step) {
        forwardTile<Q, Pack, Fused>(warp, op, q, row, row + step, unit);
    }
}

template<class Q, int G1, int G2>
__global__ void __launch_bounds__(128, 4)
    gpkExactForwardKernel(const __grid_constant__ ExactForward op, const __grid_constant__ Q q)
{
    extern __shared__ float shared[];
    WarpGroup group(static_cast<int>(threadIdx.x));
    float *const tile =
        shared + static_cast<int>(threadIdx.y) * exactForwardFloats(op.layout.width);
    const std::int64_t tiles = (op.source.x.rows + tileTokens - 1) / tileTokens * op.layout.units;
    const std::int64_t step = std::int64_t { gridDim.x } * blockDim.y;
    for (std::int64_t i = std::int64_t { blockIdx.x } * blockDim.y + threadIdx.y; i < tiles;
         i += step) {
        exactForwardTile<G1, G2>(group, op, q, i / op.layout.units * tileTokens,
                                 i % op.layout.units, tile);
    }
}

/// 128 bytes a thread are under way: 12 warps of a multiprocessor are enough where that fits.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ == 900
constexpr int rowsBlocks = 3;
#else
constexpr int rowsBlocks = 2; // no limit that could make ptxas spill
#endif

/// A block of 32 columns a thread, rows in steps.
template<bool OutBf16, bool Clips>
__global__ void __launch_bounds__(128, rowsBlocks)
    gpkRowsKernel(const __grid_constant__ GpkRows<OutBf16, Clips> op, const std::uint32_t rows,
                  const std::uint32_t blocks)
{
    __shared__ alignas(16) float a[rowsA * rowsA];
    const unsigned thread = threadIdx.y * blockDim.x + threadIdx.x;
    if (thread < rowsA * rowsA) {
        a[thread] = op.a[thread];
    }
    __syncthreads();
    const std::uint32_t block = blockIdx.x * blockDim.x + threadIdx.x;
    if (block >= blocks) {
        return;
    }
    const auto mine = op.at(block, a);
    const std::uint32_t step = gridDim.y * blockDim.y;
#pragma unroll 1
    for (std::uint32_t row = blockIdx.y * blockDim.y + threadIdx.y; row < rows; row += step) {
        mine.run(row);
    }
}

template<bool OutBf16, bool Clips>
void launchRows(const ConstMatrix &x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                const Matrix &out, const Exec &exec)
{
    const std::int64_t blocks = x.cols / 32;
    const LaunchPlan plan = planWeightRows(x.rows, blocks, currentDevice());
    if (plan.empty()) {
        return;
    }
    const GpkRows<OutBf16, Clips> op { { quantConstants(spec) },
                                       fastView(viewOf(x), x.rows),
                                       fastView(viewOf(out), x.rows),
                                       clip,
                                       p.a,
                                       p.b };
    gpkRowsKernel<<<gridOf(plan), blockOf(plan), 0, streamOf(exec)>>>(
        op, static_cast<std::uint32_t>(x.rows), static_cast<std::uint32_t>(blocks));
    checkLaunch("gpkForward");
}

void runRows(const ConstMatrix &x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
             const Matrix &out, const Exec &exec)
{
    const bool half = out.dtype == DType::bf16;
    if (isClipping(clip)) {
        half ? launchRows<true, true>(x, p, clip, spec, out, exec)
             : launchRows<false, true>(x, p, clip, spec, out, exec);
    } else {
        half ? launchRows<true, false>(x, p, clip, spec, out, exec)
             : launchRows<false, false>(x, p, clip, spec, out, exec);
    }
}

/// Everything a forward launch needs; `spec` null: the transform alone.
struct Forward
{
    Source source;
    DType values; ///< what the transform sees
    Gpk p;
    Clip clip;
    const QuantSpec *spec;
    Matrix out;
    PackedOut packed;
};

template<class Q, bool Pack, bool Fused>
void launchMma(const MmaForward &op, const Q &q, const Exec &exec)
{
    const LaunchPlan plan = planMmaForward(op.source.rows, op.layout.units, currentDevice());
    gpkMmaForwardKernel<Q, Pack, Fused><<<gridOf(plan), blockOf(plan), 0, streamOf(exec)>>>(op, q);
    checkLaunch("gpkForward");
}

void runMma(const Forward &f, const ExactForward &exact, const Exec &exec)
{
    const ForwardTarget &target = exact.target;
    const MmaForward op { pairSource(f.source), f.p, exact.layout, f.clip, target, viewOf(f.out) };
    const bool fused = f.source.prologue != Prologue::none || f.source.x.dtype != DType::bf16;
    const bool pack = target.nibbles != nullptr;
    if (f.spec == nullptr) {
        fused ? launchMma<NoQuantizer, false, true>(op, {}, exec)
              : launchMma<NoQuantizer, false, false>(op, {}, exec);
        return;
    }
    withQuadQuantizer(*f.spec, !fused, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        if constexpr (Q::kind == Kind::miniFloat) { // never packed
            fused ? launchMma<Q, false, true>(op, q, exec)
                  : launchMma<Q, false, false>(op, q, exec);
        } else if (fused) {
            if constexpr (!isRne<Q>) {
                pack ? launchMma<Q, true, true>(op, q, exec)
                     : launchMma<Q, false, true>(op, q, exec);
            }
        } else {
            pack ? launchMma<Q, true, false>(op, q, exec) : launchMma<Q, false, false>(op, q, exec);
        }
    });
}

template<class Q, int G1, int G2>
void launchExact(const ExactForward &op, const Q &q, const Exec &exec)
{
    const LaunchPlan plan =
        planExactForward(op.source.x.rows, op.layout.units, op.layout.width, currentDevice());
    const auto kernel = &gpkExactForwardKernel<Q, G1, G2>;
    if (plan.sharedBytes > sharedWithoutAsking
        && !check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(plan.sharedBytes)),
                  "gpkForward")) {
        return;
    }
    kernel<<<gridOf(plan), blockOf(plan), plan.sharedBytes, streamOf(exec)>>>(op, q);
    checkLaunch("gpkForward");
}

void runExact(const ExactForward &op, const QuantSpec *spec, const Exec &exec)
{
    const bool usual = op.p.g1 == 8 && op.p.g2 == 4;
    if (spec == nullptr) {
        usual ? launchExact<NoQuantizer, 8, 4>(op, {}, exec)
              : launchExact<NoQuantizer, 0, 0>(op, {}, exec);
        return;
    }
    withQuantizer(*spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        if constexpr (Q::kind == Kind::e2m1) {
            if (usual) {
                launchExact<Q, 8, 4>(op, q, exec);
                return;
            }
        }
        launchExact<Q, 0, 0>(op, q, exec);
    });
}

void run(const Forward &f, const Exec &exec)
{
    const int g = f.p.g1 * f.p.g2;
    if (g != 16 && g != 32 && g != 64 && g != 128) {
        refuse("g1*g2 must be 16, 32, 64 or 128", "gpkForward");
        return;
    }
    if (f.packed.codes != nullptr && (f.spec == nullptr || f.spec->format != Format::mxfp4)) {
        refuse("only MXFP4 is packed", "gpkForward");
        return;
    }
    const ConstMatrix &x = f.source.x;
    if (x.rows <= 0 || x.cols <= 0) {
        return;
    }
    const ForwardTarget target { f.out, f.packed.codes, f.packed.scales, f.packed.layout,
                                 (x.cols + 31) / 32 };
    const ExactForward op { f.source, f.p, unitLayout(x.cols, g), f.clip, target };
    if (takesMma(f.p, f.values, f.spec) && fitsMma(x) && fitsMma(f.out)) {
        runMma(f, op, exec);
    } else {
        runExact(op, f.spec, exec);
    }
}

/// 1 / sqrt(mean(x^2) + eps) of every row, a warp each.
__global__ void __launch_bounds__(128)
    rmsRowsKernel(const __grid_constant__ ConstMatrix x, float eps, float *scale)
{
    const int lane = static_cast<int>(threadIdx.x);
    const std::int64_t step = std::int64_t { gridDim.x } * blockDim.y;
    for (std::int64_t row = std::int64_t { blockIdx.x } * blockDim.y + threadIdx.y; row < x.rows;
         row += step) {
        float sum = laneSquares(x, row, lane);
#pragma unroll
        for (int stride = 16; stride > 0; stride /= 2) {
            sum = add(sum, __shfl_xor_sync(0xffffffffU, sum, stride));
        }
        if (lane == 0) {
            const float mean = divide(sum, static_cast<float>(x.cols));
            scale[row] = divide(1.0F, sqrtf(add(mean, eps)));
        }
    }
}

/// Rows [first, first + count) of everything a forward touches.
Forward portion(Forward f, std::int64_t first, std::int64_t count)
{
    const auto at = [first](const ConstMatrix &m) {
        const std::int64_t bytes = first * m.rowStride * (m.dtype == DType::f32 ? 4 : 2);
        return static_cast<std::uint8_t *>(const_cast<void *>(m.data)) + bytes;
    };
    const std::int64_t blocks = (f.source.x.cols + 31) / 32;
    f.source.x.data = at(f.source.x);
    f.source.x.rows = count;
    f.source.rowScale += first;
    if (f.out.data != nullptr) {
        f.out.data = at(f.out);
        f.out.rows = count;
    }
    if (f.packed.codes != nullptr) {
        f.packed.codes += first * blocks * 16;
        f.packed.scales += scaleOffset(f.packed.layout, first, 0, blocks);
    }
    if (f.clip.lo != nullptr && f.clip.hi != nullptr) {
        f.clip.lo += first * f.clip.rowStride;
        f.clip.hi += first * f.clip.rowStride;
    }
    return f;
}

} // namespace

void gpkTransform(ConstMatrix x, const Gpk &p, Matrix out, const Exec &exec)
{
    run({ { x }, x.dtype, p, {}, nullptr, out, {} }, exec);
}

void gpkFakeQuantize(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                     Matrix out, const Exec &exec)
{
    if (takesRows(x, p, spec, out)) {
        runRows(x, p, clip, spec, out, exec);
    } else {
        run({ { x }, x.dtype, p, clip, &spec, out, {} }, exec);
    }
}

void gpkPack(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
             const PackedOut &out, const Exec &exec)
{
    run({ { x }, x.dtype, p, clip, &spec, {}, out }, exec);
}

void producedGpk(const Produced &produced, const Gpk &p, const Clip &clip, const QuantSpec *spec,
                 const FusedOut &out, const Exec &exec)
{
    run({ sourceOf(produced), produced.dtype, p, clip, spec, out.values, out.packed }, exec);
}

void swigluGpk(ConstMatrix gate, ConstMatrix up, DType type, const Gpk &p, const Clip &clip,
               const QuantSpec *spec, const FusedOut &out, const Exec &exec)
{
    producedGpk({ gate, nullptr, nullptr, up, type }, p, clip, spec, out, exec);
}

std::size_t rmsNormScratchBytes(std::int64_t rows)
{
    return static_cast<std::size_t>(rows) * sizeof(float);
}

void rmsNormGpk(ConstMatrix x, const float *gamma, float eps, DType type, const Gpk &p,
                const Clip &clip, const QuantSpec *spec, const FusedOut &out, const Exec &exec)
{
    if (x.rows <= 0 || x.cols <= 0) {
        return;
    }
    const Scratch scratch(exec, rmsNormScratchBytes(x.rows), "rmsNormGpk");
    if (scratch.data() == nullptr) {
        return;
    }
    // A portion is read twice: 8 MiB of it stay in any L2 cache we know. Whole tiles of scales.
    const std::int64_t rowBytes = x.cols * (x.dtype == DType::f32 ? 4 : 2);
    const std::int64_t fit = (8 << 20) / rowBytes / 128 * 128;
    const std::int64_t rows = fit > 128 ? fit : 128;
    const Source source {
        x, {}, scratch.as<float>(), gamma, Prologue::rmsNorm, type == DType::bf16
    };
    const Forward all { source, type, p, clip, spec, out.values, out.packed };
    for (std::int64_t first = 0; first < x.rows; first += rows) {
        const Forward f = portion(all, first, first + rows < x.rows ? rows : x.rows - first);
        const dim3 threads(32, 4);
        const auto grid = static_cast<unsigned>((f.source.x.rows + 3) / 4);
        rmsRowsKernel<<<grid, threads, 0, streamOf(exec)>>>(f.source.x, eps,
                                                            scratch.as<float>() + first);
        if (!checkLaunch("rmsNormGpk")) {
            return;
        }
        run(f, exec);
    }
}

} // namespace batlab::kernels::cuda
