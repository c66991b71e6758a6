// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/matrix.h"

/// Codes and scales back to values.
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

/// What a scale byte multiplies grid values by; NaN for a poisoned block.
float stepOf(std::uint8_t byte, const QuantSpec &spec)
{
    if (byte == (spec.format == Format::nvfp4 ? 0x7f : 255)) {
        return __builtin_nanf("");
    }
    if (spec.format == Format::nvfp4) {
        const float step = e4m3Table()[byte] / spec.tensorScale;
        return step < 3.402823466e+38F ? step : 3.402823466e+38F;
    }
    return __builtin_bit_cast(float,
                              byte == 0 ? 0x400000U : static_cast<std::uint32_t>(byte) << 23);
}

/// Magnitudes of E2M1 codes (bit 3, the sign, included).
BATLAB_INLINE F decodeE2m1(U code)
{
    [[maybe_unused]] const float values[8] = { 0.0F, 0.5F, 1.0F, 1.5F, 2.0F, 3.0F, 4.0F, 6.0F };
    const I sign = as<I>(code << 28) & static_cast<std::int32_t>(0x80000000U);
    F magnitude;
    if constexpr (W >= 8) {
        F table {};
        for (int i = 0; i < W; ++i) {
            table[i] = values[i % 8];
        }
        magnitude = __builtin_shuffle(table, as<I>(code & 7));
    } else {
        const I c = as<I>(code & 7);
        const F normal = as<F>((c << 22) + (126 << 23));
        magnitude = select(c < 2, __builtin_convertvector(c, F) * 0.5F, normal);
    }
    return as<F>(as<I>(magnitude) | sign);
}

template<DType Out, bool Stream>
void unpackRows(const std::uint8_t *nibbles, const std::uint8_t *scales, const QuantSpec &spec,
                const Matrix &out, std::int64_t begin, std::int64_t end)
{
    const std::int64_t blocks = (out.cols + 31) / 32;
    const bool prescale = spec.rule == ScaleRule::prescale;
    constexpr std::int64_t size = Out == DType::f32 ? 4 : 2;
    for (std::int64_t row = begin; row < end; ++row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            const std::int64_t index = row * blocks + block;
            const float step = stepOf(scales[index], spec);
            F x[blockVectors];
            for (int v = 0; v < blockVectors; ++v) {
                typedef std::uint16_t Pairs __attribute__((vector_size(W)));
                typedef std::uint8_t Bytes __attribute__((vector_size(W / 2)));
                const auto bytes = load<Bytes>(nibbles + index * 16 + v * W / 2);
                const Pairs wide = __builtin_convertvector(bytes, Pairs);
                const Pairs codes = (wide & 15) | ((wide & 0xf0) << 4);
                x[v] = decodeE2m1(widen8(__builtin_bit_cast(U8, codes)));
                x[v] = (prescale ? x[v] * (1.0F / 3.0F) : x[v]) * step;
            }
            char *target = at(out, row, block * 32);
            if (block * 32 + 32 <= out.cols) {
                for (int v = 0; v < blockVectors; ++v) {
                    storeAs<Out, false, Stream>(target + v * W * size, x[v]);
                }
            } else {
                alignas(64) float buffer[32];
                for (int v = 0; v < blockVectors; ++v) {
                    store(buffer + v * W, x[v]);
                }
                storePart(Out, target, out.cols - block * 32, buffer);
            }
        }
    }
    if constexpr (Stream) {
        streamFence();
    }
}

} // namespace

void unpackMxfp4(const std::uint8_t *nibbles, const std::uint8_t *scales, const QuantSpec &spec,
                 Matrix out, const Exec &exec)
{
    withType(out.dtype, [&](auto to) {
        withFlag(shouldStream(out, nullptr), [&](auto stream) {
            forRanges(out.rows, rowGrain(out.cols), exec.threads,
                      [&](std::int64_t begin, std::int64_t end) {
                          unpackRows<decltype(to)::value, decltype(stream)::value>(
                              nibbles, scales, spec, out, begin, end);
                      });
        });
    });
}

void dequantize(const std::uint8_t *codes, const std::uint8_t *scales, const QuantSpec &spec,
                Matrix out, const Exec &exec)
{
    const int n = spec.format == Format::nvfp4 ? 16 : 32;
    const std::int64_t blocks = (out.cols + n - 1) / n;
    const float *const table = decodeTable(spec.format, spec.rule == ScaleRule::prescale);
    forRanges(out.rows, rowGrain(out.cols), exec.threads,
              [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t row = begin; row < end; ++row) {
                      for (std::int64_t block = 0; block < blocks; ++block) {
                          const std::int64_t index = row * blocks + block;
                          const float step = stepOf(scales[index], spec);
                          alignas(64) float x[32];
                          for (int i = 0; i < n; ++i) {
                              x[i] = table[codes[index * n + i]] * step;
                          }
                          const std::int64_t rest = out.cols - block * n;
                          char *target = at(out, row, block * n);
                          if (rest >= n && out.dtype == DType::f32) {
                              __builtin_memcpy(target, x, static_cast<std::size_t>(n) * 4);
                          } else if (rest >= n) {
                              for (int v = 0; v < n / W; ++v) {
                                  store(target + v * W * 2, toBf16(load<F>(x + v * W)));
                              }
                          } else {
                              storePart(out.dtype, target, rest, x);
                          }
                      }
                  }
              });
}

} // namespace batlab::kernels::BATLAB_LEVEL
