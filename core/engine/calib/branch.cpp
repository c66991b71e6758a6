// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/branch.h"

#include "core/base/hash.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace batlab::calib {

namespace {

constexpr std::int64_t kOversampling = 16;

/// Normal numbers by Box and Muller.
at::Tensor normalSample(std::int64_t rows, std::int64_t cols, std::uint64_t seed)
{
    at::Tensor out = at::empty({ rows, cols }, at::kDouble);
    auto *p = out.data_ptr<double>();
    for (std::int64_t i = 0; i < out.numel(); ++i) {
        const auto at = static_cast<std::uint64_t>(2 * i);
        const double radius = std::sqrt(-2.0 * std::log(1.0 - randomUniform(seed, at)));
        p[i] = radius * std::cos(2.0 * std::numbers::pi * randomUniform(seed, at + 1));
    }
    return out;
}

at::Tensor orthonormal(const at::Tensor &x) { return std::get<0>(at::linalg_qr(x, "reduced")); }

} // namespace

LowRank lowRank(const at::Tensor &w, std::int64_t rank, std::int64_t iterations, std::uint64_t seed,
                const std::function<void()> &checkpoint)
{
    const at::Tensor a = w.to(at::kDouble);
    const std::int64_t most = std::min(a.size(0), a.size(1));
    const std::int64_t r = std::min(rank, most);
    const std::int64_t width = std::min(r + kOversampling, most);
    at::Tensor q = orthonormal(at::matmul(a, normalSample(a.size(1), width, seed).to(a.device())));
    for (std::int64_t i = 0; i < iterations; ++i) {
        checkpoint();
        q = orthonormal(at::matmul(a, orthonormal(at::matmul(a.t(), q))));
    }
    const auto [u, s, vt] = at::linalg_svd(at::matmul(q.t(), a), false);
    const at::Tensor root = s.narrow(0, 0, r).sqrt();
    return { at::matmul(q, u.narrow(1, 0, r)) * root, vt.narrow(0, 0, r).t() * root };
}

void runBranch(LayerState &state, const Json &parameters, const std::function<void()> &checkpoint)
{
    const std::int64_t rank = parameters.at("rank");
    const std::int64_t iterations = parameters.at("iterations");
    for (const Site site : kLinearSites) {
        std::vector<at::Tensor> reading;
        for (const Linear l : state.linearsOf(site)) {
            const std::uint64_t seed = randomBits(state.seed, 500 + static_cast<std::uint64_t>(l));
            const LowRank f =
                lowRank(transformedWeight(state, l), rank, iterations, seed, checkpoint);
            state.branch[static_cast<std::size_t>(l)] = f.left.to(at::kBFloat16).contiguous();
            reading.push_back(f.right.to(at::kBFloat16));
        }
        state.site(site).branch = at::cat(reading, 1).contiguous();
    }
}

} // namespace batlab::calib
