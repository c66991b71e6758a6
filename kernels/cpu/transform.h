// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/tile.h"

/// The steps of the tile pipelines as functions picked once per call, so that formats, element
/// types and factor sizes do not multiply into one another.
namespace batlab::kernels::BATLAB_LEVEL {

using LoadTile = void (*)(const ConstMatrix &, std::int64_t row, std::int64_t col, int width,
                          float *tile);
using StoreTile = void (*)(const Matrix &, std::int64_t row, std::int64_t col, int width,
                           const float *tile);
using QuantizeTile = void (*)(const QuantConstants &, float *tile, int width, const Clip &,
                              std::int64_t row, std::int64_t rows, std::int64_t col,
                              std::int64_t blocks);

static inline LoadTile pickLoad(DType type)
{
    LoadTile f = nullptr;
    withType(type, [&](auto t) {
        f = [](const ConstMatrix &m, std::int64_t row, std::int64_t col, int width, float *tile) {
            loadTile<decltype(t)::value>(m, row, col, width, tile);
        };
    });
    return f;
}

static inline StoreTile pickStore(DType type, bool stream)
{
    StoreTile f = nullptr;
    withType(type, [&](auto t) {
        withFlag(stream, [&](auto s) {
            f = [](const Matrix &m, std::int64_t row, std::int64_t col, int width,
                   const float *tile) {
                storeTile<decltype(t)::value, false, decltype(s)::value>(m, row, col, width, tile);
            };
        });
    });
    return f;
}

static inline QuantizeTile pickQuantize(const QuantSpec &spec, bool clipped)
{
    QuantizeTile f = nullptr;
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        withFlag(clipped, [&](auto c) {
            f = [](const QuantConstants &constants, float *tile, int width, const Clip &clip,
                   std::int64_t row, std::int64_t rows, std::int64_t col, std::int64_t blocks) {
                quantizeTile<Q, decltype(c)::value>(Q(constants), tile, width, clip, row, rows, col,
                                                    blocks);
            };
        });
    });
    return f;
}

/// z = X A, then y = B^T z for one transform block of a tile.
using TransformTile = void (*)(const float *x, const float *a, const float *b, float *z, float *y,
                               int g1, int g2);
static inline TransformTile pickTransform(const Gpk &p)
{
    TransformTile f = nullptr;
    withFactors(p, [&](auto factors) {
        using N = decltype(factors);
        f = [](const float *x, const float *a, const float *b, float *z, float *y, int g1, int g2) {
            timesRight<N::g1, N::g2>(x, a, N::g1 > 0 ? N::g1 : g1, 1, z, g1, g2);
            timesLeft<N::g1, N::g2>(z, b, N::g2 > 0 ? N::g2 : g2, 1, y, g1, g2);
        };
    });
    return f;
}

/// How a matrix is cut for a transform: units of whole transform and whole quantization blocks.
struct Layout
{
    int g; ///< transform block
    int unit; ///< columns of a unit
    std::int64_t k; ///< transform blocks
    std::int64_t units;

    Layout(std::int64_t cols, int width)
        : g(width)
        , unit(width > 32 ? width : 32)
        , k((cols + width - 1) / width)
        , units((cols + unit - 1) / unit)
    { }
    /// Quantization blocks of n columns that have a clip ratio: those that hold a transformed
    /// column.
    [[nodiscard]] std::int64_t ratios(int n) const { return (k * g + n - 1) / n; }
    /// Transform blocks inside unit u.
    [[nodiscard]] int parts(std::int64_t u) const
    {
        const std::int64_t left = k - u * (unit / g);
        return static_cast<int>(left < unit / g ? left : unit / g);
    }
};

} // namespace batlab::kernels::BATLAB_LEVEL
