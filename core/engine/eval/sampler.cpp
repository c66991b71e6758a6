// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/sampler.h"
#include "core/engine/eval/row_kernels.h"

#include <algorithm>
#include <numeric>

namespace batlab::eval {

namespace {

/// First index whose running sum passes u * total: parts first, then inside the part.
std::int32_t invert(const std::vector<float> &weights, const std::vector<double> &parts, double u)
{
    const double goal = u * std::accumulate(parts.begin(), parts.end(), 0.0);
    double sum = 0;
    std::size_t part = 0;
    while (part + 1 < parts.size() && sum + parts[part] <= goal)
        sum += parts[part++];
    const std::size_t begin = part * kRowPart;
    const std::size_t end = std::min(weights.size(), begin + kRowPart);
    for (std::size_t i = begin; i < end; ++i) {
        sum += weights[i];
        if (sum > goal)
            return static_cast<std::int32_t>(i);
    }
    return static_cast<std::int32_t>(end - 1); // rounding only: the last token of the part
}

std::int32_t invertCut(const std::vector<float> &weights, double total, const Sampling &sampling,
                       double u)
{
    const auto n = static_cast<std::int64_t>(weights.size());
    std::vector<std::int32_t> order(weights.size());
    std::iota(order.begin(), order.end(), 0);
    const auto likelier = [&](std::int32_t a, std::int32_t b) {
        const float wa = weights[static_cast<std::size_t>(a)],
                    wb = weights[static_cast<std::size_t>(b)];
        return wa != wb ? wa > wb : a < b;
    };
    std::int64_t kept = sampling.topK > 0 ? std::min(sampling.topK, n) : n;
    if (kept < n) {
        std::nth_element(order.begin(), order.begin() + kept, order.end(), likelier);
        order.resize(static_cast<std::size_t>(kept));
        total = 0;
        for (const std::int32_t i : order)
            total += weights[static_cast<std::size_t>(i)];
    }
    std::sort(order.begin(), order.end(), likelier);
    double mass = 0;
    std::size_t end = 0;
    while (end < order.size() && (end == 0 || mass < sampling.topP * total))
        mass += weights[static_cast<std::size_t>(order[end++])];
    double sum = 0;
    for (std::size_t i = 0; i < end; ++i) {
        sum += weights[static_cast<std::size_t>(order[i])];
        if (sum > u * mass)
            return order[i];
    }
    return order[end - 1];
}

} // namespace

std::int32_t sampleToken(const LogitRows &logits, std::int64_t row, const Sampling &sampling,
                         double u)
{
    const RowKernels &k = rowKernels();
    const std::int64_t n = logits.vocab;
    float max = 0;
    std::int32_t best = 0;
    if (logits.f32)
        k.maxF32(logits.f32 + row * n, n, &max, &best);
    else
        k.maxBf16(logits.bf16 + row * n, n, &max, &best);
    if (sampling.temperature <= 0 || max != max)
        return best;
    std::vector<float> weights(static_cast<std::size_t>(n));
    std::vector<double> parts(static_cast<std::size_t>((n + kRowPart - 1) / kRowPart));
    const auto scale = static_cast<float>(1.0 / sampling.temperature);
    if (logits.f32)
        k.expF32(logits.f32 + row * n, n, max, scale, weights.data(), parts.data());
    else
        k.expBf16(logits.bf16 + row * n, n, max, scale, weights.data(), parts.data());
    if (sampling.topK <= 0 && sampling.topP >= 1)
        return invert(weights, parts, u);
    return invertCut(weights, std::accumulate(parts.begin(), parts.end(), 0.0), sampling, u);
}

} // namespace batlab::eval
