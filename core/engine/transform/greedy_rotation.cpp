// SPDX-License-Identifier: Apache-2.0
#include "core/engine/transform/greedy_rotation.h"

#include "core/base/hash.h"

#include <ATen/ATen.h>

#include <cmath>

namespace batlab::transform {

namespace {

/// diag(1, Q) with Q random orthogonal, times the Householder reflection that takes the first axis
/// to (1, .., 1)/sqrt(g).
at::Tensor spread(std::int64_t g, std::uint64_t seed)
{
    at::Tensor turn = at::eye(g, at::kDouble);
    if (g > 1)
        turn.narrow(0, 1, g - 1).narrow(1, 1, g - 1).copy_(randomOrthogonal(g - 1, seed));
    at::Tensor v = at::full({ g, 1 }, -1 / std::sqrt(static_cast<double>(g)), at::kDouble);
    v.select(0, 0).add_(1);
    const double norm = at::mm(v.t(), v).item<double>();
    return norm > 0 ? turn - at::mm(at::mm(turn, v), v.t()) * (2 / norm) : turn;
}

/// Permutations [k, g, g] that swap channel 0 and channel `with` [k].
at::Tensor swaps(const at::Tensor &with, std::int64_t g)
{
    at::Tensor out = at::eye(g, at::kDouble).unsqueeze(0).repeat({ with.size(0), 1, 1 });
    const std::int64_t *index = with.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < with.size(0); ++i) {
        double *m = out.data_ptr<double>() + i * g * g;
        const std::int64_t j = index[i];
        m[0] = m[j * g + j] = 0; // j = 0: the two lines below put the 1 back
        m[j] = m[j * g] = 1;
    }
    return out;
}

} // namespace

GpkFactors greedyRotation(const at::Tensor &a, std::int64_t steps, std::uint64_t seed)
{
    const std::int64_t k = a.size(0);
    const std::int64_t g = a.size(-1);
    at::Tensor moments = a.to(at::kDouble);
    at::Tensor rotation = at::eye(g, at::kDouble).unsqueeze(0).repeat({ k, 1, 1 });
    at::Tensor best = rotation;
    at::Tensor least = at::diagonal(moments, 0, 1, 2).amax(-1);
    for (std::int64_t step = 0; step < steps; ++step) {
        const at::Tensor exchange = swaps(at::diagonal(moments, 0, 1, 2).argmax(-1), g);
        const at::Tensor turn =
            at::matmul(exchange, spread(g, randomBits(seed, static_cast<std::uint64_t>(step))));
        rotation = at::matmul(rotation, turn);
        moments = at::matmul(at::matmul(turn.transpose(-1, -2), moments), turn);
        const at::Tensor peak = at::diagonal(moments, 0, 1, 2).amax(-1);
        const at::Tensor better = peak < least;
        least = at::where(better, peak, least);
        best = at::where(better.view({ k, 1, 1 }), rotation, best);
    }
    return { at::ones({ 1, 1 }, at::kDouble), best };
}

} // namespace batlab::transform
