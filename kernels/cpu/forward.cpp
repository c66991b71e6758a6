// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/transform.h"

/// Fused transform + clip + fake-quantize, and the Hadamard transform.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

constexpr std::int64_t unitsPerTask = 32;

/// body(first row, first unit, last unit) over 16-row tiles and groups of units, in parallel.
template <class Body>
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
    runGpk(x, p, {}, nullptr, out, exec);
}

void gpkFakeQuantize(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                     Matrix out, const Exec &exec)
{
    runGpk(x, p, clip, &spec, out, exec);
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
