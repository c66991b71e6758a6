// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_config.h"

#include "core/model/config_gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace batlab {

namespace {

std::string_view kindName(RopeConfig::Kind kind)
{
    switch (kind) {
    case RopeConfig::Kind::plain: return "default";
    case RopeConfig::Kind::linear: return "linear";
    case RopeConfig::Kind::llama3: return "llama3";
    case RopeConfig::Kind::yarn: return "yarn";
    }
    return "default";
}

/// export-formats.md 6.2, Llama 3.1: long waves are slowed down, short ones kept, smooth between.
double llama3Frequency(const RopeConfig &r, double f)
{
    const auto original = static_cast<double>(r.originalMaxPositions);
    const double wavelength = 2.0 * std::numbers::pi / f;
    if (wavelength < original / r.highFreqFactor)
        return f;
    if (wavelength > original / r.lowFreqFactor)
        return f / r.factor;
    const double s =
        (original / wavelength - r.lowFreqFactor) / (r.highFreqFactor - r.lowFreqFactor);
    return (1.0 - s) * f / r.factor + s * f;
}

/// export-formats.md 6.2: interpolation below the ramp, the original frequency above it.
void scaleYarn(const RopeConfig &r, std::int64_t headDim, std::vector<double> &frequencies)
{
    const auto dim = [&](double rotations) {
        return static_cast<double>(headDim)
            * std::log(static_cast<double>(r.originalMaxPositions)
                       / (rotations * 2.0 * std::numbers::pi))
            / (2.0 * std::log(r.theta));
    };
    double low = dim(r.betaFast);
    double high = dim(r.betaSlow);
    if (r.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, static_cast<double>(headDim - 1));
    if (low == high)
        high += 0.001; // no division by zero
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        frequencies[i] = frequencies[i] / r.factor * ramp + frequencies[i] * (1.0 - ramp);
    }
}

} // namespace

std::vector<double> RopeConfig::inverseFrequencies(std::int64_t headDim) const
{
    std::vector<double> out(static_cast<std::size_t>(headDim / 2));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(headDim));
        if (kind == Kind::linear)
            out[i] /= factor;
        else if (kind == Kind::llama3)
            out[i] = llama3Frequency(*this, out[i]);
    }
    if (kind == Kind::yarn)
        scaleYarn(*this, headDim, out);
    for (std::size_t i = 0; i < std::min(out.size(), freqFactors.size()); ++i)
        out[i] /= static_cast<double>(freqFactors[i]);
    return out;
}

Json ModelConfig::toJson() const
{
    const auto token = [](const std::optional<std::int64_t> &id) {
        return id ? Json(*id) : Json();
    };
    return {
        { "architecture", architecture },
        { "displayName", displayName },
        { "hidden", hidden },
        { "intermediate", intermediate },
        { "layers", layers },
        { "heads", heads },
        { "kvHeads", kvHeads },
        { "headDim", headDim },
        { "vocab", vocab },
        { "maxPositions", maxPositions },
        { "normEps", normEps },
        { "rope",
          { { "kind", kindName(rope.kind) },
            { "theta", rope.theta },
            { "factor", rope.factor },
            { "lowFreqFactor", rope.lowFreqFactor },
            { "highFreqFactor", rope.highFreqFactor },
            { "betaFast", rope.betaFast },
            { "betaSlow", rope.betaSlow },
            { "attentionFactor", rope.attentionFactor },
            { "originalMaxPositions", rope.originalMaxPositions },
            { "truncate", rope.truncate },
            { "freqFactors", rope.freqFactors } } },
        { "tiedEmbeddings", tiedEmbeddings },
        { "qkvBias", qkvBias },
        { "oBias", oBias },
        { "mlpBias", mlpBias },
        { "qkNorm", qkNorm },
        { "slidingWindow", slidingWindow },
        { "bosToken", token(bosToken) },
        { "eosToken", token(eosToken) },
        { "padToken", token(padToken) },
        { "endTokens", endTokens },
    };
}

std::int64_t ModelConfig::linearParameters() const
{
    const std::int64_t attention = 2 * hidden * headDim * (heads + kvHeads);
    return layers * (attention + 3 * hidden * intermediate);
}

std::int64_t ModelConfig::totalParameters() const
{
    std::int64_t layer = 2 * hidden;
    if (qkvBias)
        layer += headDim * (heads + 2 * kvHeads);
    if (oBias)
        layer += hidden;
    if (mlpBias)
        layer += 2 * intermediate + hidden;
    if (qkNorm)
        layer += 2 * headDim;
    const std::int64_t embeddings = vocab * hidden * (tiedEmbeddings ? 1 : 2);
    return linearParameters() + layers * layer + embeddings + hidden;
}

Result<void> checkConfig(const ModelConfig &c, const std::string &where)
{
    const auto bad = [&](std::string what) -> Result<void> {
        return Error { ErrorCode::badInput, std::move(what), where,
                       "Check the model's configuration: it is damaged or of another model." };
    };
    struct Size
    {
        const char *name;
        std::int64_t value;
        std::int64_t limit;
    };
    const Size sizes[] = { { "hidden size", c.hidden, 1 << 20 },
                           { "intermediate size", c.intermediate, 1 << 22 },
                           { "number of layers", c.layers, 1 << 14 },
                           { "number of heads", c.heads, 1 << 14 },
                           { "number of key/value heads", c.kvHeads, 1 << 14 },
                           { "head size", c.headDim, 1 << 14 },
                           { "vocabulary size", c.vocab, 1 << 24 } };
    for (const auto &size : sizes)
        if (size.value < 1 || size.value > size.limit)
            return bad(fmt::format("the {} is {}", size.name, size.value));
    if (c.heads % c.kvHeads != 0)
        return bad(fmt::format("{} heads cannot share {} key/value heads", c.heads, c.kvHeads));
    if (c.headDim % 2 != 0)
        return bad(fmt::format("the head size {} is odd", c.headDim));
    if (!(c.normEps >= 0.0 && c.normEps < 1.0))
        return bad(fmt::format("the norm epsilon is {}", c.normEps));
    const RopeConfig &r = c.rope;
    if (!(r.theta > 1.0) || !std::isfinite(r.theta) || !(r.factor > 0.0) || !std::isfinite(r.factor)
        || !std::isfinite(r.attentionFactor) || !(r.attentionFactor > 0.0))
        return bad("the rotary embedding's base or factor is not a positive number");
    if (r.kind == RopeConfig::Kind::llama3
        && (r.originalMaxPositions < 1 || !(r.lowFreqFactor > 0.0)
            || !(r.highFreqFactor > r.lowFreqFactor)))
        return bad("the llama3 rope scaling needs original positions and low < high factors");
    if (r.kind == RopeConfig::Kind::yarn
        && (r.originalMaxPositions < 1 || !(r.betaFast > 0.0) || !(r.betaSlow > 0.0)))
        return bad("the yarn rope scaling needs original positions and positive betas");
    if (c.slidingWindow < 0 || c.maxPositions < 0)
        return bad("the sliding window or the context length is negative");
    return {};
}

} // namespace batlab
