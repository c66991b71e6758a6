// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/formats.h"

#include <array>

/// The oracle: every operation written from its definition, one element at a time. Tests hold every
/// vector level to it bit for bit, so it shares nothing with them but the tables of formats.h.
namespace batlab::kernels::oracle {

constexpr int maxUnit = 128; ///< widest transform block

/// One quantized block of up to 32 elements.
struct Block
{
    std::uint8_t scaleByte = 0;
    bool poisoned = false; ///< a NaN or an infinity came in: every value is NaN
    float step =
        0.0F; ///< effective scale: value = grid * step (s, s/3 or s_b/g); 0 for a zero NVFP4 scale
    std::array<std::uint8_t, 32> code {};
    std::array<float, 32> scaled {}; ///< x/step as rounded for the grid
    std::array<float, 32> value {}; ///< dequantized
};

/// Magnitude code of |y| on the format's grid with the given ties; saturates.
[[nodiscard]] int roundToGrid(float magnitude, Format format, Ties ties);
/// Scale byte of a block (1.2, 1.3); poisoned blocks give 255 (NVFP4 0x7f).
[[nodiscard]] std::uint8_t chooseScale(const float *x, int n, const QuantSpec &spec);
/// Quantizes n = blockSize(spec.format) values.
[[nodiscard]] Block quantizeBlock(const float *x, const QuantSpec &spec);
/// Value of one code under a scale byte.
[[nodiscard]] float decode(std::uint8_t code, std::uint8_t scaleByte, const QuantSpec &spec);

struct Clamp
{
    float min = 0.0F, max = 0.0F; ///< of the block
    float lower = 0.0F, upper = 0.0F; ///< lo*min, hi*max
    float lo = 1.0F, hi = 1.0F;
    bool active = false;
};
/// Clip limits of quantization block `block` in row `row` (Clip's documentation).
[[nodiscard]] Clamp clampOf(const float *x, int n, const Clip &clip, std::int64_t row,
                            std::int64_t block);
[[nodiscard]] float clampValue(float x, const Clamp &clamp);

/// Reads n elements from column c, zeros beyond the matrix; writes only what lies inside it.
void loadRow(const ConstMatrix &m, std::int64_t row, std::int64_t col, int n, float *out);
void storeRow(const Matrix &m, std::int64_t row, std::int64_t col, int n, const float *in);

/// Columns that one pass handles together: whole quantization blocks and whole transform blocks.
[[nodiscard]] constexpr int unitWidth(int transformWidth)
{
    return transformWidth > 32 ? transformWidth : 32;
}
/// y = x P for one unit starting at column `col`; transform blocks beyond `k` are left as they are
/// (zeros).
void transformUnit(float *x, int width, std::int64_t col, const Gpk &p, std::int64_t k);
/// Normalised Walsh-Hadamard transform of 32 values: stages of stride 1, 2, 4, 8, 16, then the
/// factor.
void hadamardBlock(float *x);

// The table's entries (backend.h).
void fakeQuantize(ConstMatrix in, const Clip &clip, const QuantSpec &spec, Matrix out,
                  const Exec &exec);
void fakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Clip &clip, const QuantSpec &spec,
                          const Ste &ste, Matrix gx, const ClipGrad &dclip, const Exec &exec);
void quantize(ConstMatrix in, const QuantSpec &spec, std::uint8_t *codes, std::uint8_t *scales,
              const Exec &exec);
void dequantize(const std::uint8_t *codes, const std::uint8_t *scales, const QuantSpec &spec,
                Matrix out, const Exec &exec);
void packMxfp4(ConstMatrix in, const QuantSpec &spec, std::uint8_t *nibbles, std::uint8_t *scales,
               const Exec &exec);
void unpackMxfp4(const std::uint8_t *nibbles, const std::uint8_t *scales, const QuantSpec &spec,
                 Matrix out, const Exec &exec);
void blockScales(ConstMatrix in, const QuantSpec &spec, std::uint8_t *scales, const Exec &exec);
void gpkTransform(ConstMatrix x, const Gpk &p, Matrix out, const Exec &exec);
void gpkFakeQuantize(ConstMatrix x, const Gpk &p, const Clip &clip, const QuantSpec &spec,
                     Matrix out, const Exec &exec);
void gpkFakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, const Clip &clip,
                             const QuantSpec &spec, const Ste &ste, Matrix gx, float *dA, float *dB,
                             const ClipGrad &dclip, const Exec &exec);
void gpkTransformBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, Matrix gx, float *dA,
                          float *dB, const Exec &exec);
void hadamard32(ConstMatrix x, const QuantSpec *spec, Matrix out, const Exec &exec);
void blockStats(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out, const Exec &exec);
void gptqColumns(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0, std::int64_t c1,
                 const float *u, const float *scaleValue, std::int64_t scaleRowStride,
                 const QuantSpec &spec, float *quantized, float *errors, const Exec &exec);
void roundOnScales(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                   const float *scaleValue, const QuantSpec &spec, float *out, const Exec &exec);

} // namespace batlab::kernels::oracle
