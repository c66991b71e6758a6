// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/adamw.h"
#include "kernels/cuda/scale_layout.h"
#include "kernels/cuda/small_inverse.h"
#include "kernels/cuda/status.h"

/// Transforms on the device. Conventions as in cuda_backend.h: device pointers, Exec.stream, errors
/// in lastError(), no host synchronization, all of it capturable in a CUDA graph.
namespace batlab::kernels::cuda {

// --- the Backend table's entries (backend.h) ---------------------------------------------------
// bf16 values in 32-wide units (g1*g2 = 16 or 32) go through the tensor cores with P as hi + lo
// bf16; fp32 values, wider blocks, MXINT8 and NVFP4 through kernels in the oracle's own order,
// whose forward results and gx equal it bit for bit.

void gpkTransform(ConstMatrix x, const Gpk &p, Matrix out, const Exec &exec);
void gpkFakeQuantize(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                     Matrix out, const Exec &exec);
void gpkFakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, const Clip &clip,
                             const QuantSpec &spec, const Ste &ste, Matrix gx, float *dA, float *dB,
                             const ClipGrad &dclip, const Exec &exec);
void gpkTransformBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, Matrix gx, float *dA,
                          float *dB, const Exec &exec);
/// Scratch both backward entries want; on the current device. `withClip`: dclip is asked for.
[[nodiscard]] std::size_t gpkBackwardScratchBytes(std::int64_t rows, std::int64_t cols,
                                                  const Gpk &p, const QuantSpec *spec,
                                                  bool withClip);

// --- packed MXFP4 ------------------------------------------------------------------------------

/// Two codes a byte, element 2j in the low nibble: codes [rows, blocks*16], 4-byte aligned; scales
/// scaleBytes(layout, rows, blocks).
struct PackedOut
{
    std::uint8_t *codes = nullptr;
    std::uint8_t *scales = nullptr;
    ScaleLayout layout = ScaleLayout::linear;
};
/// pack(quantize(clip(x P))), spec.format = mxfp4.
void gpkPack(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
             const PackedOut &out, const Exec &exec);

// --- fused with what produces x ----------------------------------------------------------------

/// Where fused results go: fake-quantized values (spec null: transformed only), or packed codes if
/// packed.codes is not null.
struct FusedOut
{
    Matrix values {};
    PackedOut packed {};
};
/// x / sqrt(mean(x^2) + eps) * gamma per row, then transform, clip, quantize. `type`: what the
/// normalised values are rounded to (bf16: the tensor core path). Rows are taken in portions that
/// stay in the L2 cache between the two reads. gamma [cols] fp32.
void rmsNormGpk(ConstMatrix x, const float *gamma, float eps, DType type, const Gpk &p,
                const Clip &clip, const QuantSpec *spec, const FusedOut &out, const Exec &exec);
[[nodiscard]] std::size_t rmsNormScratchBytes(std::int64_t rows);
/// Rows as `produced` says, then transform, clip, quantize: norms whose row scales are known
/// already, and all that rmsNormGpk and swigluGpk do besides.
void producedGpk(const Produced &produced, const Gpk &p, const Clip &clip, const QuantSpec *spec,
                 const FusedOut &out, const Exec &exec);
/// silu(gate) * up, rounded to `type`, then transform, clip, quantize; gate, up of one shape.
void swigluGpk(ConstMatrix gate, ConstMatrix up, DType type, const Gpk &p, const Clip &clip,
               const QuantSpec *spec, const FusedOut &out, const Exec &exec);

// --- Hadamard ----------------------------------------------------------------------------------

/// Normalised n-point Walsh-Hadamard transform of every n consecutive columns (Sylvester order), n
/// = 64 .. 4096 a power of two, cols a multiple of n; then quantization in 32-blocks if spec is not
/// null. Equal to the loop of stages 1, 2, .. n/2 bit for bit.
void hadamardRowsTransform(ConstMatrix x, int n, const QuantSpec *spec, Matrix out,
                           const Exec &exec);

// --- parameters --------------------------------------------------------------------------------

/// `count` matrices [n, n] row-major one after the other, n <= 32; out gets their inverses, or the
/// transposes of those.
struct InverseJob
{
    const float *in = nullptr;
    float *out = nullptr;
    int n = 0;
    std::int64_t count = 0;
    bool transpose = false;
};
constexpr int maxInverseJobs = 16;
/// All jobs in one launch, a warp a matrix (small_inverse.h). info: one entry a matrix in the order
/// of the jobs, or null. Nothing is read back: whoever trains reads info once an epoch.
void smallInverses(const InverseJob *jobs, int jobCount, InverseInfo *info, const Exec &exec);

/// One AdamW step over `count` parameters with moments m and v (adamw.h). `step`: steps taken so
/// far, on the device; incremented. segments on the device, sorted, covering all. `loss`: one value
/// on the device, or null; where it is not finite nothing but the count changes.
void adamWStep(float *parameters, const float *gradients, float *m, float *v, std::int64_t count,
               const AdamSegment *segments, int segmentCount, const AdamSettings &settings,
               const float *loss, std::int64_t *step, const Exec &exec);
constexpr std::size_t adamScratchBytes = adamBlocks * sizeof(double);

// --- native MXFP4 product ----------------------------------------------------------------------

/// codes [rows, cols/2], scales [rows, cols/32] linear.
struct PackedMatrix
{
    const std::uint8_t *codes = nullptr;
    const std::uint8_t *scales = nullptr;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};
/// Whether mxf4Gemm runs on a device of this compute capability (major * 10 + minor) with rows of
/// k codes: sm_120 and k a multiple of 128. Everything else emulates (performance.md 2.4).
[[nodiscard]] bool mxf4GemmRuns(int capability, std::int64_t k);
/// out [a.rows, b.rows] = alpha * A B^T with fp32 sums, by the block-scaled tensor core
/// instructions of sm_120a. Compiled and checked by layout only: nobody has timed or run it yet.
/// codes and scales 16-byte aligned.
void mxf4Gemm(const PackedMatrix &a, const PackedMatrix &b, float alpha, Matrix out,
              const Exec &exec);

} // namespace batlab::kernels::cuda
