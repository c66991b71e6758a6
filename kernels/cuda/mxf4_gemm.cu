// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/mxf4_tile.h"
#include "kernels/cuda/runtime.h"
#include "kernels/cuda/transform_ops.h"

#include <cuda_bf16.h>

namespace batlab::kernels::cuda {

namespace {

struct Mxf4Args
{
    const std::uint8_t *a, *aScales, *b, *bScales;
    void *out;
    std::int64_t m, n, k, outStride;
    float alpha;
};

#if defined(__CUDA_ARCH_FEAT_SM120_ALL) || defined(__CUDA_ARCH_FEAT_SM121_ALL)
#define BATLAB_HAS_MXF4 1
#endif

#if defined(BATLAB_HAS_MXF4)
__device__ __forceinline__ void copy16(std::uint32_t to, const void *from, bool valid)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from),
                 "r"(valid ? 16 : 0));
}
__device__ __forceinline__ void copy4(std::uint32_t to, const void *from, bool valid)
{
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(to), "l"(from),
                 "r"(valid ? 4 : 0));
}
__device__ __forceinline__ void loadMatrix(std::uint32_t (&r)[4], std::uint32_t address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address));
}
/// Both scales of a k step sit in bytes Byte and Byte + 1 of the lane's word.
template<int Byte>
__device__ __forceinline__ void product(float (&c)[4], const std::uint32_t (&a)[4],
                                        std::uint32_t b0, std::uint32_t b1, std::uint32_t aScale,
                                        std::uint32_t bScale)
{
    asm volatile("mma.sync.aligned.m16n8k64.row.col.kind::mxf4.block_scale.scale_vec::2X.f32.e2m1."
                 "e2m1.f32.ue8m0 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3}, {%10}, "
                 "{%12, %13}, {%11}, {%12, %13};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1), "r"(aScale),
                   "r"(bScale), "n"(Byte), "n"(0));
}

/// Copies one stage of A and B with their scales; rows beyond the matrices become zeros (codes and
/// scales 0: the products are zero).
__device__ __forceinline__ void loadStage(const Mxf4Args &p, std::uint32_t stage, std::int64_t m0,
                                          std::int64_t n0, std::int64_t k0)
{
    using T = Mxf4Tile;
    const bool inside = k0 < p.k;
    for (int i = static_cast<int>(threadIdx.x); i < (T::m + T::n) * 4; i += T::threads) {
        const int row = (i / 4) % T::m;
        const bool second = i >= T::m * 4;
        const std::int64_t at = (second ? n0 : m0) + row;
        const bool valid = inside && at < (second ? p.n : p.m);
        const std::uint8_t *const from =
            (second ? p.b : p.a) + (valid ? at * (p.k / 2) + k0 / 2 + (i % 4) * 16 : 0);
        copy16(stage + (second ? T::m * T::rowBytes : 0) + mxf4Offset(row, i % 4), from, valid);
    }
    const int row = static_cast<int>(threadIdx.x) % T::m;
    const bool second = threadIdx.x >= T::m;
    const std::int64_t at = (second ? n0 : m0) + row;
    const bool valid = inside && at < (second ? p.n : p.m);
    const std::uint8_t *const from =
        (second ? p.bScales : p.aScales) + (valid ? at * (p.k / 32) + k0 / 32 : 0);
    copy4(stage + T::codesBytes + 4 * threadIdx.x, from, valid);
    asm volatile("cp.async.commit_group;");
}
#endif

template<class Out>
__global__ void __launch_bounds__(Mxf4Tile::threads) mxf4Kernel(const Mxf4Args p)
{
#if defined(BATLAB_HAS_MXF4)
    using T = Mxf4Tile;
    static_assert(T::m == T::n && T::threads == T::m + T::n);
    extern __shared__ __align__(128) unsigned char shared[];
    const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int warp = static_cast<int>(threadIdx.x) / 32;
    const int warpRow = (warp / 4) * T::warpM;
    const int warpColumn = (warp % 4) * T::warpN;
    const std::int64_t m0 = std::int64_t { blockIdx.y } * T::m;
    const std::int64_t n0 = std::int64_t { blockIdx.x } * T::n;
    float c[4][4][4] = {};

#pragma unroll
    for (int s = 0; s < T::stages - 1; ++s) {
        loadStage(p, base + s * T::stageBytes, m0, n0, std::int64_t { s } * T::k);
    }
    const int steps = static_cast<int>(p.k / T::k);
    for (int step = 0; step < steps; ++step) {
        asm volatile("cp.async.wait_group %0;" ::"n"(Mxf4Tile::stages - 2));
        __syncthreads();
        const int ahead = step + T::stages - 1;
        loadStage(p, base + (ahead % T::stages) * T::stageBytes, m0, n0,
                  std::int64_t { ahead } * T::k);
        const int offset = (step % T::stages) * T::stageBytes;
        const std::uint32_t tileA = base + offset;
        const std::uint32_t tileB = tileA + T::m * T::rowBytes;
        const auto *const scales =
            reinterpret_cast<const std::uint32_t *>(shared + offset + T::codesBytes);
        std::uint32_t aScale[4];
        std::uint32_t bScale[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            aScale[i] = scales[warpRow + 16 * i + mxf4ScaleRowA(lane)];
            bScale[i] = scales[T::m + warpColumn + 8 * i + mxf4ScaleRowB(lane)];
        }
#pragma unroll
        for (int kStep = 0; kStep < 2; ++kStep) {
            std::uint32_t a[4][4];
            std::uint32_t b[2][4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                loadMatrix(a[i], tileA + mxf4AddressA(lane, warpRow + 16 * i, kStep));
            }
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                loadMatrix(b[i], tileB + mxf4AddressB(lane, warpColumn + 16 * i, kStep));
            }
#pragma unroll
            for (int i = 0; i < 4; ++i) {
#pragma unroll
                for (int j = 0; j < 4; ++j) {
                    const std::uint32_t b0 = b[j / 2][2 * (j % 2)];
                    const std::uint32_t b1 = b[j / 2][2 * (j % 2) + 1];
                    if (kStep == 0) {
                        product<0>(c[i][j], a[i], b0, b1, aScale[i], bScale[j]);
                    } else {
                        product<2>(c[i][j], a[i], b0, b1, aScale[i], bScale[j]);
                    }
                }
            }
        }
    }
    asm volatile("cp.async.wait_all;");
    auto *const out = static_cast<Out *>(p.out);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
#pragma unroll
        for (int j = 0; j < 4; ++j) {
#pragma unroll
            for (int e = 0; e < 4; ++e) {
                const Cell cell = mmaCellC(lane, e);
                const std::int64_t row = m0 + warpRow + 16 * i + cell.row;
                const std::int64_t column = n0 + warpColumn + 8 * j + cell.col;
                if (row < p.m && column < p.n) {
                    out[row * p.outStride + column] = static_cast<Out>(c[i][j][e] * p.alpha);
                }
            }
        }
    }
#else
    (void)p;
    __trap(); // mxf4GemmRuns() keeps callers away
#endif
}

} // namespace

bool mxf4GemmRuns(int capability, std::int64_t k)
{
    return capability == 120 && k % Mxf4Tile::k == 0;
}

bool mxf4GemmIsBuilt()
{
    cudaFuncAttributes attributes {};
    const bool known = cudaFuncGetAttributes(&attributes, &mxf4Kernel<float>) == cudaSuccess;
    (void)cudaGetLastError(); // ours, not the next launch's
    return known && attributes.ptxVersion >= 120;
}

void mxf4Gemm(const PackedMatrix &a, const PackedMatrix &b, float alpha, Matrix out,
              const Exec &exec)
{
    if (!mxf4GemmRuns(currentDevice().capability, a.cols) || !mxf4GemmIsBuilt()
        || a.cols != b.cols) {
        refuse("needs sm_120 and rows of a multiple of 128 codes", "mxf4Gemm");
        return;
    }
    if (a.rows <= 0 || b.rows <= 0) {
        return;
    }
    const Mxf4Args args { a.codes, a.scales, b.codes, b.scales,      out.data,
                          a.rows,  b.rows,   a.cols,  out.rowStride, alpha };
    const dim3 grid(static_cast<unsigned>((b.rows + Mxf4Tile::n - 1) / Mxf4Tile::n),
                    static_cast<unsigned>((a.rows + Mxf4Tile::m - 1) / Mxf4Tile::m));
    const auto launchWith = [&](auto *kernel) {
        if (check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       Mxf4Tile::sharedBytes),
                  "mxf4Gemm")) {
            kernel<<<grid, Mxf4Tile::threads, Mxf4Tile::sharedBytes, streamOf(exec)>>>(args);
            checkLaunch("mxf4Gemm");
        }
    };
    out.dtype == DType::bf16 ? launchWith(&mxf4Kernel<__nv_bfloat16>)
                             : launchWith(&mxf4Kernel<float>);
}

} // namespace batlab::kernels::cuda
