// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// MXFP numerics on raw pointers behind one table. No torch, no Qt, no allocation visible to the
/// caller, no exceptions. CPU is the first implementation (cpu/); CUDA will fill the same table.
namespace batlab::kernels {

enum class DType : std::uint8_t { f32, bf16 };

/// Element + scale formats of methods.md 1. Blocks lie along the contiguous (contraction) axis:
/// 32 elements with one E8M0 scale, NVFP4 16 elements with one E4M3 scale and a per-tensor factor.
enum class Format : std::uint8_t {
    mxfp4,
    mxfp8E4m3,
    mxfp8E5m2,
    mxfp6E2m3,
    mxfp6E3m2,
    mxint8,
    nvfp4
};

/// How the shared scale follows from the block maximum (methods.md 1.2). prescale is the 3/4 rule:
/// codes are E2M1(3x/s), values code*s/3.
enum class ScaleRule : std::uint8_t { floor, ceil, rceil, even, ctEven, uos, logRound, prescale };

/// Ties of the element rounding.
enum class Ties : std::uint8_t { even, away, zero };

struct QuantSpec
{
    Format format = Format::mxfp4;
    ScaleRule rule = ScaleRule::uos;
    Ties ties = Ties::even;
    /// NVFP4's per-tensor factor g = 448*6/amax_tensor (> 0); ignored by the other formats.
    float tensorScale = 1.0F;
};

[[nodiscard]] constexpr int blockSize(Format f) { return f == Format::nvfp4 ? 16 : 32; }
/// Whether `rule` is defined for `format` (one table of thresholds; undefined pairs are refused).
[[nodiscard]] bool isDefined(Format format, ScaleRule rule);

/// A row-major matrix; rowStride in elements (>= cols). cols need not be a multiple of the block:
/// the last block is padded with zeros (exact).
struct ConstMatrix
{
    const void *data = nullptr;
    DType dtype = DType::f32;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t rowStride = 0;
};
struct Matrix
{
    void *data = nullptr;
    DType dtype = DType::f32;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t rowStride = 0;
    operator ConstMatrix() const { return { data, dtype, rows, cols, rowStride }; }
};

/// Where and how wide an operation runs. Results do not depend on `threads`.
struct Exec
{
    int threads = 1;
    void *stream = nullptr; ///< device queue; unused by the CPU
    void *scratch =
        nullptr; ///< at least Backend::scratchBytes(op...), 64-byte aligned; may be null on the CPU
    std::size_t scratchBytes = 0;
};

/// Clip ratios in (0,1]: x is clamped to [lo * min(block), hi * max(block)] (after the transform,
/// before quantization; methods.md 2.11.1 and 2.16.6: lo only shrinks a negative minimum, hi only a
/// positive maximum). Entry for row r, block b: lo[r*rowStride + b*blockStride]. Null pointers: no
/// clipping.
struct Clip
{
    const float *lo = nullptr;
    const float *hi = nullptr;
    std::int64_t rowStride = 0; ///< 0: shared by all rows (activations)
    std::int64_t blockStride = 1; ///< 0: shared by all blocks of a row (weights, per row)
};
struct ClipGrad ///< same strides as Clip; fp32, accumulated (+=) in a fixed order
{
    float *lo = nullptr;
    float *hi = nullptr;
};

/// Gradient conventions of the straight-through estimator (methods.md 1.5).
struct Ste
{
    bool mask = true; ///< zero gradient through saturated elements (false: identity, microxcaling)
    bool scaleGradient = false; ///< route dL/ds * s/amax to the element that holds amax
};

/// Block-diagonal transform P = diag(P_1..P_k), P_i = B_i (x) A (methods.md 2.0): in block i, with
/// X in R^{g2 x g1} row-major, Y = B_i^T X A. A is [g1,g1] row-major, B is [k,g2,g2]; k =
/// cols/(g1*g2) rounded up. (1,32) is a dense private block, (32,1) a shared dense block times a
/// scalar. g1*g2 must be 16, 32, 64 or 128; 32 has the fast path. Quantization blocks stay 32 wide
/// whatever g1*g2 is.
struct Gpk
{
    const float *a = nullptr;
    const float *b = nullptr;
    int g1 = 8;
    int g2 = 4;
};

/// Rows that nobody has stored yet: as they leave a norm, as an MLP's gate and up give them, or x
/// itself where neither is set.
struct Produced
{
    ConstMatrix x; ///< the stream to normalise, or the gate
    const float *rowScale = nullptr; ///< norm: (x * rowScale[row]) * gamma[col]; [rows]
    const float *gamma = nullptr; ///< norm: [cols]
    ConstMatrix up {}; ///< gate (data not null, x's shape): silu(x) * up, silu(x) = x/(1 + e^-x)
    /// All in fp32, each operation rounded; then rounded to this, as they would have been stored.
    DType dtype = DType::f32;
};

/// What runs between a site and its quantizer.
enum class OnlineTransform : std::uint8_t { none, hadamard32, gpk };

/// One pass over a matrix gives these per 32-column block (k blocks). Pointers may be null (not
/// wanted). All sums run in a fixed order; doubles.
struct BlockStatsOut
{
    double *sum = nullptr; ///< [k] sum x
    double *sum2 = nullptr; ///< [k] sum x^2 (energy)
    double *sum3 = nullptr; ///< [k]
    double *sum4 = nullptr; ///< [k]
    float *maxAbs = nullptr; ///< [k]
    double *sumBlockMax = nullptr; ///< [k] sum over rows of the row-block maximum |x|
    std::uint32_t *histogram = nullptr; ///< [k, bins] of x/scale over [-histogramLimit,
                                        ///< histogramLimit]; outside goes to the end bins
    std::uint32_t *codeUse =
        nullptr; ///< [k, 16] E2M1 codes after quantization with `spec` (mxfp4 only)
    std::uint32_t *clipped = nullptr; ///< [k] elements with |x/scale| > 6
    double *quantError2 = nullptr; ///< [k] sum (x - Q(x))^2 with `spec`
    float *rowEnergy = nullptr; ///< [rows, k] mean x^2 of each row-block
    int bins = 0;
    float histogramLimit = 8.0F;
};

/// The table. Every entry is thread-safe. Shapes as documented; callers validate (kernels assert
/// only).
struct Backend
{
    const char *name; ///< "cpu-v4", "cpu-v3", "cpu-v2", "cpu-scalar"

    /// out = dequantized quantize(in). in/out same shape, either dtype each, may alias if equal
    /// dtype.
    void (*fakeQuantize)(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out,
                         const Exec &);
    /// gx = STE gradient of fakeQuantize(clip(x)); dclip accumulated when not null. gx may alias
    /// gy.
    void (*fakeQuantizeBackward)(ConstMatrix x, ConstMatrix gy, const Clip &clip,
                                 const QuantSpec &spec, const Ste &ste, Matrix gx,
                                 const ClipGrad &dclip, const Exec &);
    /// codes: [rows, blocks*blockSize] one code a byte (sign in the top bit of the element format;
    /// MXINT8 two's complement); scales: [rows, blocks] E8M0 bytes (NVFP4: E4M3 bytes).
    void (*quantize)(ConstMatrix in, const QuantSpec &spec, std::uint8_t *codes,
                     std::uint8_t *scales, const Exec &);
    void (*dequantize)(const std::uint8_t *codes, const std::uint8_t *scales, const QuantSpec &spec,
                       Matrix out, const Exec &);
    /// MXFP4 only: two codes a byte, element 2j in the low nibble; [rows, blocks*16] bytes.
    void (*packMxfp4)(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles,
                      std::uint8_t *scales, const Exec &);
    void (*unpackMxfp4)(const std::uint8_t *nibbles, const std::uint8_t *scales,
                        const QuantSpec &spec, Matrix out, const Exec &);
    /// Scale byte of each block as quantize() would choose; [rows, blocks].
    void (*blockScales)(ConstMatrix in, const QuantSpec &spec, std::uint8_t *scales, const Exec &);

    /// out = x P, no quantization. x and out may have different dtypes.
    void (*gpkTransform)(ConstMatrix x, const Gpk &p, Matrix out, const Exec &);
    /// out = fakeQuantize(clip(x P)).
    void (*gpkFakeQuantize)(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                            Matrix out, const Exec &);
    /// Backward of gpkFakeQuantize with recompute: gx [like x] (may be null data), dA [g1,g1], dB
    /// [k,g2,g2] fp32 (overwritten), dclip accumulated. Fixed reduction order at any thread count.
    void (*gpkFakeQuantizeBackward)(ConstMatrix x, ConstMatrix gy, const Gpk &p, const Clip &clip,
                                    const QuantSpec &spec, const Ste &ste, Matrix gx, float *dA,
                                    float *dB, const ClipGrad &dclip, const Exec &);
    /// Backward of gpkTransform.
    void (*gpkTransformBackward)(ConstMatrix x, ConstMatrix gy, const Gpk &p, Matrix gx, float *dA,
                                 float *dB, const Exec &);
    /// Normalised 32-point Hadamard of every 32-block (Sylvester order), optionally fused with
    /// quantization (spec may be null).
    void (*hadamard32)(ConstMatrix x, const QuantSpec *spec, Matrix out, const Exec &);

    void (*blockStats)(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out,
                       const Exec &);

    /// GPTQ column loop on columns [c0, c1) of w [rows, n] fp32 (already permuted), in place: for
    /// each column j, q = round(w_j) with the static scale scaleValue[r*scaleRowStride + (j)] (its
    /// real value, per row and column), e = (w_j - q)/U_jj, w_{j+1..c1} -= e * U_{j,j+1..c1}. q
    /// goes to `quantized` [rows, n], e to `errors` [rows, c1-c0]. u is the upper Cholesky factor
    /// of H^-1, [n, n] row-major. Rounding: element grid of spec.format, spec.ties.
    void (*gptqColumns)(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0,
                        std::int64_t c1, const float *u, const float *scaleValue,
                        std::int64_t scaleRowStride, const QuantSpec &spec, float *quantized,
                        float *errors, const Exec &);

    /// out = round(w/s + offset*step) * s on given scales: s = scaleValue[r, c/block] (its real
    /// value), step the distance of grid values at w/s. w, offset, out [rows, cols] fp32, cols a
    /// multiple of the block; offset may be null (round to nearest). Saturates; s <= 0 gives zeros.
    void (*roundOnScales)(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                          const float *scaleValue, const QuantSpec &spec, float *out, const Exec &);

    /// out = fakeQuantize(clip(T(produced))), with the bits of the entries one after the other: T
    /// is the identity, hadamard32, or the transform `p` (read for gpk alone). Shape of x, cols
    /// whole transform blocks. Devices run it; the CPU's entries are the reference of tests and
    /// emulation, which no path of the engine on the host reaches.
    void (*producedFakeQuantize)(const Produced &produced, OnlineTransform transform, const Gpk &p,
                                 const Clip &clip, const QuantSpec &spec, Matrix out, const Exec &);
};

enum class CpuLevel : std::uint8_t { scalar, v2, v3, v4 };
/// The best level this CPU and build support (environment BATLAB_CPU_LEVEL=scalar|v2|v3|v4 lowers
/// it).
[[nodiscard]] CpuLevel detectCpuLevel();
/// The table for a level, or null if the CPU cannot run it. scalar is the oracle.
[[nodiscard]] const Backend *cpuBackend(CpuLevel level);
/// cpuBackend(detectCpuLevel()).
[[nodiscard]] const Backend &cpu();

/// Runs body(begin, end) over [0, n) in chunks of `grain` on `threads` threads (setTeam() in
/// kernels/team.h says whose). Chunk borders depend on n and grain only. For the engine's own loops
/// too, so that two pools never fight.
void parallelFor(std::int64_t n, std::int64_t grain, int threads,
                 void (*body)(void *ctx, std::int64_t begin, std::int64_t end), void *ctx);

} // namespace batlab::kernels
