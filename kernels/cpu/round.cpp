// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/matrix.h"

/// Rounding on scales that are given, with an optional offset in units of the local grid step
/// (learned rounding).
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

template<class Q>
void roundRow(const Q &q, const GridConstants &g, const float *w, const float *offset,
              std::int64_t cols, const float *scaleValue, float *out)
{
    for (std::int64_t c = 0; c < cols; c += W) {
        const F scale = splat(scaleValue[c / Q::block]);
        F y = select(scale > F {}, load<F>(w + c) / scale, F {});
        if (offset != nullptr) {
            const I exponent = maxI(as<I>(absF(y)), splat(g.minNormalBits)) & 0x7f800000;
            y += load<F>(offset + c) * as<F>(exponent - (g.mantissaBits << 23));
        }
        F grid = as<F>(as<I>(q.magnitude(y)) | signBits(y));
        if constexpr (Q::kind == Kind::int8) {
            grid += 0.0F;
        }
        store(out + c, grid * scale);
    }
}

} // namespace

void roundOnScales(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                   const float *scaleValue, const QuantSpec &spec, float *out, const Exec &exec)
{
    const GridConstants g = gridConstants(spec.format);
    const std::int64_t blocks = cols / blockSize(spec.format);
    withQuantizer(spec, [&](const auto &q) {
        forRanges(rows, rowGrain(cols), exec.threads, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t r = begin; r < end; ++r) {
                roundRow(q, g, w + r * cols, offset == nullptr ? nullptr : offset + r * cols, cols,
                         scaleValue + r * blocks, out + r * cols);
            }
        });
    });
}

} // namespace batlab::kernels::BATLAB_LEVEL
