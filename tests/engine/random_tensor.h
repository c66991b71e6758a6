// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/hash.h"

#include <ATen/ATen.h>

namespace batlab::test {

/// Uniform in [-1, 1), the same for a seed on every machine.
inline at::Tensor randomTensor(at::IntArrayRef shape, std::uint64_t seed,
                               at::ScalarType type = at::kFloat)
{
    at::Tensor t = at::empty(shape, at::kDouble);
    for (std::int64_t i = 0; i < t.numel(); ++i)
        t.data_ptr<double>()[i] = 2 * randomUniform(seed, static_cast<std::uint64_t>(i)) - 1;
    return t.to(type);
}

/// A well-conditioned symmetric positive definite [.., n, n] in fp64.
inline at::Tensor randomMoments(std::int64_t k, std::int64_t n, std::uint64_t seed)
{
    const at::Tensor x = randomTensor({ k, n, 3 * n }, seed, at::kDouble);
    const at::Tensor gain = (2 * randomTensor({ k, n, 1 }, seed + 1, at::kDouble)).exp();
    return at::matmul(x * gain, (x * gain).transpose(-1, -2)) / double(3 * n);
}

inline double relative(const at::Tensor &a, const at::Tensor &b)
{
    const at::Tensor d = a.to(at::kDouble) - b.to(at::kDouble);
    return (d.norm() / b.to(at::kDouble).norm()).item<double>();
}

} // namespace batlab::test
