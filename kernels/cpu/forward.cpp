// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/rows.h"
#include "kernels/cpu/transform.h"

/// Fused transform + clip + fake-quantize, and the Hadamard transform.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

constexpr std::int64_t unitsPerTask = 32;

/// body(first row, first unit, last unit) over 16-row tiles and groups of units, in parallel.
template<class Body>
void forTiles(std::int64_t rows, std::int64_t units, const Exec &exec, const Body &body)
{
    const std::int64_t groups = (units + unitsPerTask - 1) / unitsPerTask;
    const std::int64_t tasks = (rows + T - 1) / T * groups;
    forRanges(tasks, 4, exec.threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t task = begin; task < end; ++task) {
            const std::int64_t first = task % groups * unitsPerTask;
            const std::int64_t last = first + unitsPerTask < units ? first + unitsPerTask : units;
            body(task / groups * T, first, last);
        }
        streamFence();
    });
}

void runGpk(const ConstMatrix &x, const Gpk &p, const Clip &clip, const QuantSpec *spec,
            const Matrix &out, const Exec &exec)
{
    const Layout layout(x.cols, p.g1 * p.g2);
    const int g = layout.g;
    const LoadTile load = pickLoad(x.dtype);
    const StoreTile write = pickStore(out.dtype, shouldStream(out, x.data));
    const TransformTile transform = pickTransform(p);
    const bool clipped = clip.lo != nullptr && clip.hi != nullptr;
    const QuantizeTile quantizer = spec != nullptr ? pickQuantize(*spec, clipped) : nullptr;
    const QuantConstants constants = spec != nullptr ? quantConstants(*spec) : QuantConstants {};

    const std::int64_t blocks =
        layout.ratios(spec != nullptr && spec->format == Format::nvfp4 ? 16 : 32);

    forTiles(x.rows, layout.units, exec,
             [&](std::int64_t row, std::int64_t first, std::int64_t last) {
                 alignas(64) float tile[maxUnit * T];
                 alignas(64) float z[maxUnit * T];
                 alignas(64) float y[maxUnit * T];
                 for (std::int64_t unit = first; unit < last; ++unit) {
                     const std::int64_t col = unit * layout.unit;
                     load(x, row, col, layout.unit, tile);
                     const int parts = layout.parts(unit);
                     for (int part = 0; part < layout.unit / g; ++part) {
                         float *const from = tile + part * g * T;
                         float *const to = y + part * g * T;
                         if (part < parts) {
                             const float *b = p.b + (col / g + part) * p.g2 * p.g2;
                             transform(from, p.a, b, z, to, p.g1, p.g2);
                         } else {
                             __builtin_memset(to, 0, sizeof(float) * static_cast<unsigned>(g * T));
                         }
                     }
                     if (quantizer != nullptr) {
                         quantizer(constants, y, layout.unit, clip, row, x.rows, col, blocks);
                     }
                     write(out, row, col, layout.unit, y);
                 }
             });
}

// --- the default factors, 8 x 4: rows of 8 lanes, no transposition
// ----------------------------------

typedef float Eight __attribute__((vector_size(32)));
constexpr std::int64_t segmentColumns =
    1024; ///< of a row, so that the transformed piece stays in L1

/// y = x P on `blocks` 32-column blocks: Z_b = sum_a x[b][a] A[a], Y_b' = sum_b B[b][b'] Z_b.
void transformRow84(const float *x, const float *a, const float *b, std::int64_t blocks, float *y)
{
    Eight rows[8];
    __builtin_memcpy(rows, a, sizeof rows);
    for (std::int64_t block = 0; block < blocks; ++block, x += 32, y += 32, b += 16) {
        Eight z[4];
        for (int r = 0; r < 4; ++r) {
            z[r] = x[r * 8] * rows[0];
        }
#pragma GCC unroll 8
        for (int i = 1; i < 8; ++i) {
            for (int r = 0; r < 4; ++r) {
                z[r] += x[r * 8 + i] * rows[i];
            }
        }
        Eight out[4];
        for (int r = 0; r < 4; ++r) {
            out[r] = b[r] * z[0];
            for (int i = 1; i < 4; ++i) {
                out[r] += b[i * 4 + r] * z[i];
            }
        }
        __builtin_memcpy(y, out, sizeof out);
    }
}

/// fp32 copy of n elements, zero-padded to `width`.
BATLAB_INLINE void toFloats(const ConstMatrix &m, std::int64_t row, std::int64_t col,
                            std::int64_t n, std::int64_t width, float *out)
{
    const char *const source = at(m, row, col);
    std::int64_t done = 0;
    for (; done + W <= n; done += W) {
        store(out + done,
              m.dtype == DType::f32 ? loadAs<DType::f32>(source + done * 4)
                                    : loadAs<DType::bf16>(source + done * 2));
    }
    loadPart(m.dtype, source + done * elementSize(m.dtype), n - done,
             static_cast<int>(width - done), out + done);
}

/// gpkTransform and gpkFakeQuantize for g1 = 8, g2 = 4, any matrix.
void runGpk84(const ConstMatrix &x, const Gpk &p, const Clip &clip, const QuantSpec *spec,
              const Matrix &out, const Exec &exec)
{
    const std::int64_t width = (x.cols + 31) / 32 * 32;
    const bool clipped = spec != nullptr && clip.lo != nullptr && clip.hi != nullptr;
    const bool stream = !clipped && shouldStream(out, x.data);
    const QuantizeRows quantizer =
        spec != nullptr ? pickRows(*spec, DType::f32, out.dtype, clipped, stream) : nullptr;
    const QuantConstants constants = spec != nullptr ? quantConstants(*spec) : QuantConstants {};
    const std::int64_t perBlock = spec != nullptr && spec->format == Format::nvfp4 ? 2 : 1;
    forRanges(x.rows, rowGrain(x.cols), exec.threads, [&](std::int64_t begin, std::int64_t end) {
        alignas(64) float padded[segmentColumns];
        alignas(64) float y[segmentColumns];
        for (std::int64_t row = begin; row < end; ++row) {
            for (std::int64_t col = 0; col < width; col += segmentColumns) {
                const std::int64_t columns =
                    width - col < segmentColumns ? width - col : segmentColumns;
                const std::int64_t inside = x.cols - col < columns ? x.cols - col : columns;
                const float *source = static_cast<const float *>(x.data) + row * x.rowStride + col;
                if (x.dtype != DType::f32 || inside < columns) {
                    toFloats(x, row, col, inside, columns, padded);
                    source = padded;
                }
                transformRow84(source, p.a, p.b + col / 32 * 16, columns / 32, y);
                const std::int64_t writable = out.cols - col < columns ? out.cols - col : columns;
                char *const target = at(out, row, col);
                if (quantizer != nullptr && writable == columns) {
                    const std::int64_t entry =
                        row * clip.rowStride + col / 32 * perBlock * clip.blockStride;
                    const Clip here { clipped ? clip.lo + entry : nullptr,
                                      clipped ? clip.hi + entry : nullptr, 0, clip.blockStride };
                    quantizer(constants, { y, DType::f32, 1, columns, columns }, here,
                              { target, out.dtype, 1, columns, columns }, 0, 1);
                } else {
                    // The last block reaches beyond `out`: quantize it whole in place, write what
                    // fits.
                    if (spec != nullptr) {
                        const std::int64_t entry =
                            row * clip.rowStride + col / 32 * perBlock * clip.blockStride;
                        const Clip here { clipped ? clip.lo + entry : nullptr,
                                          clipped ? clip.hi + entry : nullptr, 0,
                                          clip.blockStride };
                        pickRows(*spec, DType::f32, DType::f32, clipped,
                                 false)(constants, { y, DType::f32, 1, columns, columns }, here,
                                        { y, DType::f32, 1, columns, columns }, 0, 1);
                    }
                    std::int64_t done = 0;
                    for (; done + W <= writable; done += W) {
                        const F v = load<F>(y + done);
                        out.dtype == DType::f32
                            ? storeAs<DType::f32, false, false>(target + done * 4, v)
                            : storeAs<DType::bf16, false, false>(target + done * 2, v);
                    }
                    storePart(out.dtype, target + done * elementSize(out.dtype), writable - done,
                              y + done);
                }
            }
        }
        streamFence();
    });
}

/// Stages of stride 1, 2, 4, 8, 16, then 1/sqrt(32).
void hadamardTile(float *tile)
{
    for (int v = 0; v < tokenVectors; ++v) {
        F x[32];
        for (int c = 0; c < 32; ++c) {
            x[c] = get(tile, c, v);
        }
#pragma GCC unroll 5
        for (int stride = 1; stride < 32; stride *= 2) {
#pragma GCC unroll 32
            for (int c = 0; c < 32; ++c) {
                if ((c & stride) == 0) {
                    const F a = x[c];
                    const F b = x[c + stride];
                    x[c] = a + b;
                    x[c + stride] = a - b;
                }
            }
        }
        for (int c = 0; c < 32; ++c) {
            put(tile, c, v, x[c] * 0.17677669529663687F);
        }
    }
}

} // namespace

void gpkTransform(ConstMatrix x, const Gpk &p, Matrix out, const Exec &exec)
{
    (p.g1 == 8 && p.g2 == 4 ? runGpk84 : runGpk)(x, p, {}, nullptr, out, exec);
}

void gpkFakeQuantize(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                     Matrix out, const Exec &exec)
{
    (p.g1 == 8 && p.g2 == 4 ? runGpk84 : runGpk)(x, p, clip, &spec, out, exec);
}

void hadamard32(ConstMatrix x, const QuantSpec *spec, Matrix out, const Exec &exec)
{
    const LoadTile load = pickLoad(x.dtype);
    const StoreTile write = pickStore(out.dtype, shouldStream(out, x.data));
    const QuantizeTile quantizer = spec != nullptr ? pickQuantize(*spec, false) : nullptr;
    const QuantConstants constants = spec != nullptr ? quantConstants(*spec) : QuantConstants {};
    forTiles(x.rows, (x.cols + 31) / 32, exec,
             [&](std::int64_t row, std::int64_t first, std::int64_t last) {
                 alignas(64) float tile[32 * T];
                 for (std::int64_t unit = first; unit < last; ++unit) {
                     load(x, row, unit * 32, 32, tile);
                     hadamardTile(tile);
                     if (quantizer != nullptr) {
                         quantizer(constants, tile, 32, {}, row, x.rows, unit * 32, 0);
                     }
                     write(out, row, unit * 32, 32, tile);
                 }
             });
}

} // namespace batlab::kernels::BATLAB_LEVEL
