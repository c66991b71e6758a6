// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/clip_reduce.h"
#include "kernels/cuda/device_ops.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/entries.h"
#include "kernels/cuda/octet_launch.cuh"

/// Straight-through gradients of clip + fake-quantize, and the sums of clip gradients.
namespace batlab::kernels::cuda {

namespace {

__global__ void __launch_bounds__(rowThreads) finishClipSums(const ClipReduce op)
{
    const std::int64_t group = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (group < op.groups()) {
        op.finish(group);
    }
}

std::size_t shareBytes(std::int64_t rows, std::int64_t blocks)
{
    return static_cast<std::size_t>((rows * blocks + 1) / 2 * 2) * sizeof(ClipShare);
}

} // namespace

std::size_t clipShareBytes(std::int64_t rows, std::int64_t blocks)
{
    const std::int64_t chunks = (rows + clipChunkRows - 1) / clipChunkRows;
    return shareBytes(rows, blocks) + static_cast<std::size_t>(chunks * blocks) * sizeof(ClipSums);
}

void addClipShares(void *shares, std::int64_t rows, std::int64_t blocks, const Clip &clip,
                   const ClipGrad &gradient, const Exec &exec)
{
    constexpr const char *where = "addClipShares";
    auto *const partial = reinterpret_cast<ClipSums *>(static_cast<unsigned char *>(shares)
                                                       + shareBytes(rows, blocks));
    const ClipReduce op {
        static_cast<const ClipShare *>(shares), partial, rows, blocks, clip, gradient
    };
    if (rows <= 0 || blocks <= 0) {
        return;
    }
    if (op.chunks() > 1) {
        DeviceLaunch { exec }.blocks(op, op.chunks(), op.groups(), where);
    }
    const auto grid = static_cast<unsigned>((op.groups() + rowThreads - 1) / rowThreads);
    finishClipSums<<<grid, rowThreads, 0, streamOf(exec)>>>(op);
    checkLaunch(where);
}

void fakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Clip &clip, const QuantSpec &spec,
                          const Ste &ste, Matrix gx, const ClipGrad &dclip, const Exec &exec)
{
    constexpr const char *where = "fakeQuantizeBackward";
    const std::int64_t blocks = blocksOf(x.cols, blockSize(spec.format));
    const bool wantClip = isClipping(clip) && (dclip.lo != nullptr || dclip.hi != nullptr);
    const Scratch scratch(exec, wantClip ? clipShareBytes(x.rows, blocks) : 0, where);
    if (wantClip && scratch.data() == nullptr) {
        return;
    }
    auto *const shares = wantClip ? scratch.as<ClipShare>() : nullptr;
    runFakeQuantizeBackward(x, gy, clip, spec, ste, gx, shares, DeviceLaunch { exec });
    if (wantClip) {
        addClipShares(shares, x.rows, blocks, clip, dclip, exec);
    }
}

} // namespace batlab::kernels::cuda
