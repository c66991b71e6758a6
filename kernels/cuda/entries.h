// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

/// The Backend entries on the device, declared as in backend.h; table.cpp puts them together.
namespace batlab::kernels::cuda {

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
void hadamard32(ConstMatrix x, const QuantSpec *spec, Matrix out, const Exec &exec);
void blockStats(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out, const Exec &exec);
void gptqColumns(float *w, std::int64_t rows, std::int64_t n, std::int64_t c0, std::int64_t c1,
                 const float *u, const float *scaleValue, std::int64_t scaleRowStride,
                 const QuantSpec &spec, float *quantized, float *errors, const Exec &exec);
void roundOnScales(const float *w, const float *offset, std::int64_t rows, std::int64_t cols,
                   const float *scaleValue, const QuantSpec &spec, float *out, const Exec &exec);
void producedFakeQuantize(const Produced &produced, OnlineTransform transform, const Gpk &p,
                          const Clip &clip, const QuantSpec &spec, Matrix out, const Exec &exec);

} // namespace batlab::kernels::cuda
