// SPDX-License-Identifier: Apache-2.0
#include "kernels/parallel.h"
#include "kernels/scalar/block.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace batlab::kernels::oracle {

namespace {

std::int64_t blocksOf(std::int64_t cols, int width) { return (cols + width - 1) / width; }

/// Clips and quantizes a unit of whole blocks in place.
void clipAndQuantize(float *x, int width, std::int64_t row, std::int64_t col, const Clip &clip,
                     const QuantSpec &spec, std::int64_t blocks)
{
    const int n = blockSize(spec.format);
    for (int at = 0; at < width; at += n) {
        const Clamp clamp = clampOf(x + at, n, clip, row, std::min((col + at) / n, blocks - 1));
        for (int i = at; i < at + n; ++i) {
            x[i] = clampValue(x[i], clamp);
        }
        const Block block = quantizeBlock(x + at, spec);
        for (int i = 0; i < n; ++i) {
            x[at + i] = block.value[static_cast<std::size_t>(i)];
        }
    }
}

template<class Body>
void forRows(const ConstMatrix &m, const Exec &exec, const Body &body)
{
    forRanges(m.rows, rowGrain(m.cols), exec.threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            body(row);
        }
    });
}

/// body(row, block, x of that block)
template<class Body>
void forBlocks(const ConstMatrix &m, int width, const Exec &exec, const Body &body)
{
    forRows(m, exec, [&](std::int64_t row) {
        for (std::int64_t block = 0; block < blocksOf(m.cols, width); ++block) {
            float x[maxUnit];
            loadRow(m, row, block * width, width, x);
            body(row, block, x);
        }
    });
}

} // namespace

void fakeQuantize(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out,
                  const Exec &exec)
{
    assert(isDefined(spec.format, spec.rule));
    const int n = blockSize(spec.format);
    forBlocks(in, n, exec, [&](std::int64_t row, std::int64_t block, float *x) {
        clipAndQuantize(x, n, row, block * n, clip, spec, block + 1);
        storeRow(out, row, block * n, n, x);
    });
}

void quantize(ConstMatrix in, const QuantSpec &spec, std::uint8_t *codes, std::uint8_t *scales,
              const Exec &exec)
{
    const int n = blockSize(spec.format);
    const std::int64_t blocks = blocksOf(in.cols, n);
    forBlocks(in, n, exec, [&](std::int64_t row, std::int64_t block, float *x) {
        const Block q = quantizeBlock(x, spec);
        scales[row * blocks + block] = q.scaleByte;
        for (int i = 0; i < n; ++i) {
            codes[(row * blocks + block) * n + i] = q.code[static_cast<std::size_t>(i)];
        }
    });
}

void dequantize(const std::uint8_t *codes, const std::uint8_t *scales, const QuantSpec &spec,
                Matrix out, const Exec &exec)
{
    const int n = blockSize(spec.format);
    const std::int64_t blocks = blocksOf(out.cols, n);
    forRows(out, exec, [&](std::int64_t row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            const std::int64_t at = row * blocks + block;
            float x[32];
            for (int i = 0; i < n; ++i) {
                x[i] = decode(codes[at * n + i], scales[at], spec);
            }
            storeRow(out, row, block * n, n, x);
        }
    });
}

void packMxfp4(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles, std::uint8_t *scales,
               const Exec &exec)
{
    assert(spec.format == Format::mxfp4);
    const std::int64_t blocks = blocksOf(in.cols, 32);
    forBlocks(in, 32, exec, [&](std::int64_t row, std::int64_t block, float *x) {
        const Block q = quantizeBlock(x, spec);
        const std::int64_t at = row * blocks + block;
        scales[at] = q.scaleByte;
        for (std::size_t j = 0; j < 16; ++j) {
            nibbles[at * 16 + static_cast<std::int64_t>(j)] =
                static_cast<std::uint8_t>(q.code[2 * j] | (q.code[2 * j + 1] << 4));
        }
    });
}

void unpackMxfp4(const std::uint8_t *nibbles, const std::uint8_t *scales, const QuantSpec &spec,
                 Matrix out, const Exec &exec)
{
    const std::int64_t blocks = blocksOf(out.cols, 32);
    forRows(out, exec, [&](std::int64_t row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            const std::int64_t at = row * blocks + block;
            float x[32];
            for (int j = 0; j < 16; ++j) {
                const std::uint8_t byte = nibbles[at * 16 + j];
                x[2 * j] = decode(byte & 15, scales[at], spec);
                x[2 * j + 1] = decode(byte >> 4, scales[at], spec);
            }
            storeRow(out, row, block * 32, 32, x);
        }
    });
}

void blockScales(ConstMatrix in, const QuantSpec &spec, std::uint8_t *scales, const Exec &exec)
{
    const int n = blockSize(spec.format);
    const std::int64_t blocks = blocksOf(in.cols, n);
    forBlocks(in, n, exec, [&](std::int64_t row, std::int64_t block, float *x) {
        scales[row * blocks + block] = chooseScale(x, n, spec);
    });
}

namespace {

void transformRows(const ConstMatrix &x, const Gpk &p, const Clip &clip, const QuantSpec *spec,
                   const Matrix &out, const Exec &exec)
{
    const int g = p.g1 * p.g2;
    const int width = unitWidth(g);
    const std::int64_t k = blocksOf(x.cols, g);
    forBlocks(x, width, exec, [&](std::int64_t row, std::int64_t unit, float *v) {
        transformUnit(v, width, unit * width, p, k);
        if (spec != nullptr) {
            clipAndQuantize(v, width, row, unit * width, clip, *spec,
                            blocksOf(k * g, blockSize(spec->format)));
        }
        storeRow(out, row, unit * width, width, v);
    });
}

} // namespace

void gpkTransform(ConstMatrix x, const Gpk &p, Matrix out, const Exec &exec)
{
    transformRows(x, p, {}, nullptr, out, exec);
}

void gpkFakeQuantize(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                     Matrix out, const Exec &exec)
{
    transformRows(x, p, clip, &spec, out, exec);
}

void hadamard32(ConstMatrix x, const QuantSpec *spec, Matrix out, const Exec &exec)
{
    forBlocks(x, 32, exec, [&](std::int64_t row, std::int64_t block, float *v) {
        hadamardBlock(v);
        if (spec != nullptr) {
            clipAndQuantize(v, 32, row, block * 32, {}, *spec, 1);
        }
        storeRow(out, row, block * 32, 32, v);
    });
}

void gptqColumns(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0, std::int64_t c1,
                 const float *u, const float *scaleValue, std::int64_t scaleRowStride,
                 const QuantSpec &spec, float *quantized, float *errors, const Exec &exec)
{
    const float *grid = decodeTable(spec.format);
    forRanges(rows, 16, exec.threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r) {
            for (std::int64_t j = c0; j < c1; ++j) {
                const float x = w[r * n + j];
                const float scale = scaleValue[r * scaleRowStride + j];
                const float y = scale > 0.0F ? x / scale : 0.0F;
                const float magnitude = grid[roundToGrid(std::fabs(y), spec.format, spec.ties)];
                const bool negative = std::signbit(x)
                    && !(elementFormat(spec.format).twosComplement && magnitude == 0.0F);
                const float q = (negative ? -magnitude : magnitude) * scale;
                const float error = (x - q) / u[j * n + j];
                quantized[r * n + j] = q;
                errors[r * (c1 - c0) + (j - c0)] = error;
                for (std::int64_t l = j + 1; l < c1; ++l) {
                    w[r * n + l] -= error * u[j * n + l];
                }
            }
        }
    });
}

void roundOnScales(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                   const float *scaleValue, const QuantSpec &spec, float *out, const Exec &exec)
{
    const ElementFormat &format = elementFormat(spec.format);
    const float *grid = decodeTable(spec.format);
    const std::int64_t block = blockSize(spec.format);
    forRanges(rows, rowGrain(cols), exec.threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin * cols; i < end * cols; ++i) {
            const float scale = scaleValue[i / block];
            float y = scale > 0.0F ? w[i] / scale : 0.0F;
            if (offset != nullptr) {
                int exponent = 0; // |y| = fraction * 2^exponent, fraction in [1/2, 1)
                (void)std::frexp(y, &exponent);
                const int power =
                    y == 0.0F ? format.minExponent : std::max(exponent - 1, format.minExponent);
                y += offset[i] * std::ldexp(1.0F, power - format.mantissaBits);
            }
            const float magnitude = grid[roundToGrid(std::fabs(y), spec.format, spec.ties)];
            const bool negative = std::signbit(y) && !(format.twosComplement && magnitude == 0.0F);
            out[i] = (negative ? -magnitude : magnitude) * scale;
        }
    });
}

} // namespace batlab::kernels::oracle
