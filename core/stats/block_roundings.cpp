// SPDX-License-Identifier: Apache-2.0
#include "core/stats/block_roundings.h"

#include "kernels/formats.h"

#include <algorithm>
#include <cmath>

namespace batlab {

namespace {

BlockRounding roundBlock(std::span<const float> values, const kernels::QuantSpec &spec)
{
    BlockRounding out;
    out.rule = spec.rule;
    out.ties = { spec.ties };
    const auto count = static_cast<std::int64_t>(values.size());
    const auto width = static_cast<std::size_t>(kernels::blockSize(spec.format));
    out.codes.resize(width);
    std::uint8_t byte = 0;
    kernels::cpu().quantize({ values.data(), kernels::DType::f32, 1, count, count }, spec,
                            out.codes.data(), &byte, {});
    out.codes.resize(values.size()); // a short last block is padded
    out.scaleByte = byte;
    out.scale = std::ldexp(1.0, byte - 127);
    const float *decoded =
        kernels::decodeTable(spec.format, spec.rule == kernels::ScaleRule::prescale);
    const double largest =
        static_cast<double>(decoded[kernels::elementFormat(spec.format).maxCode]) * out.scale;
    double signal = 0, noise = 0;
    int beyond = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = values[i], q = static_cast<double>(decoded[out.codes[i]]) * out.scale;
        out.dequantized.push_back(static_cast<float>(q));
        signal += x * x;
        noise += (x - q) * (x - q);
        out.maxError = std::max(out.maxError, std::abs(x - q));
        beyond += std::abs(x) > largest ? 1 : 0;
    }
    out.clipShare = beyond / static_cast<double>(values.size());
    out.sqnrDb = noise > 0 ? 10 * std::log10(signal / noise) : 200.0;
    return out;
}

} // namespace

std::vector<BlockRounding> blockRoundings(std::span<const float> values, kernels::Format format)
{
    using kernels::ScaleRule;
    using kernels::Ties;
    std::vector<BlockRounding> out;
    if (values.empty() || format == kernels::Format::nvfp4
        || values.size() > static_cast<std::size_t>(kernels::blockSize(format)))
        return out;
    for (const ScaleRule rule :
         { ScaleRule::floor, ScaleRule::ceil, ScaleRule::rceil, ScaleRule::even, ScaleRule::ctEven,
           ScaleRule::uos, ScaleRule::logRound, ScaleRule::prescale }) {
        if (!kernels::isDefined(format, rule))
            continue;
        const std::size_t first = out.size();
        for (const Ties ties : { Ties::even, Ties::away, Ties::zero }) {
            BlockRounding rounded = roundBlock(values, { format, rule, ties, 1.0F });
            const auto same =
                std::find_if(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                             [&](const BlockRounding &r) { return r.codes == rounded.codes; });
            if (same != out.end())
                same->ties.push_back(ties);
            else
                out.push_back(std::move(rounded));
        }
    }
    return out;
}

} // namespace batlab
