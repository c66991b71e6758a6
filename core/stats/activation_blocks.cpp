// SPDX-License-Identifier: Apache-2.0
#include "core/stats/activation_blocks.h"

#include "kernels/formats.h"

#include <algorithm>
#include <cmath>

namespace batlab {

ActivationBlocks activationBlocks(std::span<const float> values, std::int64_t tokens,
                                  std::int64_t channels, kernels::QuantSpec spec)
{
    ActivationBlocks out;
    if (tokens <= 0 || channels <= 0
        || values.size() < static_cast<std::size_t>(tokens) * static_cast<std::size_t>(channels))
        return out;
    const bool nvfp4 = spec.format == kernels::Format::nvfp4;
    if (nvfp4) {
        float most = 0;
        for (const float v : values)
            most = std::max(most, std::abs(v));
        spec.tensorScale = most > 0 ? 448.0F * 6.0F / most : 1.0F;
    }
    const std::int64_t width = kernels::blockSize(spec.format);
    out.tokens = tokens;
    out.blocks = (channels + width - 1) / width;
    const auto cells = static_cast<std::size_t>(out.tokens * out.blocks);
    out.energy.resize(cells);
    out.error.resize(cells);
    out.beyond.resize(cells);
    const kernels::ConstMatrix in { values.data(), kernels::DType::f32, tokens, channels,
                                    channels };
    std::vector<float> quantized(values.size());
    std::vector<std::uint8_t> scales(cells);
    const kernels::Backend &backend = kernels::cpu();
    backend.fakeQuantize(in, {}, spec,
                         { quantized.data(), kernels::DType::f32, tokens, channels, channels }, {});
    backend.blockScales(in, spec, scales.data(), {});
    const kernels::ElementFormat &element = kernels::elementFormat(spec.format);
    const float *codes =
        kernels::decodeTable(spec.format, spec.rule == kernels::ScaleRule::prescale);
    const double largest = static_cast<double>(codes[element.maxCode]);
    std::size_t cell = 0;
    for (std::int64_t token = 0; token < tokens; ++token) {
        for (std::int64_t block = 0; block < out.blocks; ++block, ++cell) {
            const std::int64_t first = block * width, last = std::min(first + width, channels);
            const double scale = nvfp4 ? static_cast<double>(kernels::e4m3Table()[scales[cell]])
                    / static_cast<double>(spec.tensorScale)
                                       : std::ldexp(1.0, static_cast<int>(scales[cell]) - 127);
            double energy = 0, error = 0, beyond = 0;
            for (std::int64_t c = first; c < last; ++c) {
                const auto at = static_cast<std::size_t>(token * channels + c);
                const double x = values[at];
                const double e = x - static_cast<double>(quantized[at]);
                energy += x * x;
                error += e * e;
                beyond += std::abs(x) > largest * scale ? 1 : 0;
            }
            const auto n = static_cast<double>(last - first);
            out.energy[cell] = static_cast<float>(energy / n);
            out.error[cell] = static_cast<float>(error / n);
            out.beyond[cell] = static_cast<float>(beyond / n);
        }
    }
    return out;
}

} // namespace batlab
