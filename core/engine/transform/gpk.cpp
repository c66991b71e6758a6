// SPDX-License-Identifier: Apache-2.0
#include "core/engine/transform/gpk.h"

#include "core/base/hash.h"
#include "core/engine/quant/kronecker.h"
#include "core/engine/quant/small_inverse.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace batlab::transform {

namespace {

at::Tensor repeated(const at::Tensor &m, std::int64_t blocks)
{
    return m.unsqueeze(0).repeat({ blocks, 1, 1 });
}

at::Tensor normalSample(at::IntArrayRef shape, std::uint64_t seed)
{
    at::Tensor t = at::empty(shape, at::kDouble);
    double *p = t.data_ptr<double>();
    for (std::int64_t i = 0; i < t.numel(); ++i) { // Box-Muller
        const auto counter = static_cast<std::uint64_t>(2 * i);
        const double u = 1.0 - randomUniform(seed, counter);
        const double v = randomUniform(seed, counter + 1);
        p[i] = std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
    }
    return t;
}

/// Q of QR with R's diagonal made positive, so that the sample is uniform over the orthogonal
/// group.
at::Tensor orthogonalSample(at::IntArrayRef shape, std::uint64_t seed)
{
    const auto [q, r] = at::linalg_qr(normalSample(shape, seed));
    return q * at::diagonal(r, 0, -2, -1).sign().unsqueeze(-2);
}

at::Tensor cappedSingularValues(const at::Tensor &m, double cap)
{
    const auto [u, s, vt] = at::linalg_svd(m.to(at::kDouble), false);
    const at::Tensor logs = s.log();
    const at::Tensor centre = logs.mean(-1, true);
    const double bound = 0.5 * std::log(cap);
    const at::Tensor clipped = (centre + (logs - centre).clamp(-bound, bound)).exp();
    return at::matmul(u * clipped.unsqueeze(-2), vt).to(m.scalar_type());
}

double maxCondition(const at::Tensor &m)
{
    const at::Tensor wide = m.to(at::kDouble).cpu();
    if (!at::isfinite(wide).all().item<bool>()) // svdvals throws
        return std::numeric_limits<double>::infinity();
    const at::Tensor s = at::linalg_svdvals(wide);
    return (s.amax(-1) / s.amin(-1)).max().item<double>();
}

} // namespace

GpkFactors hadamardFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks)
{
    return { hadamard(g1), repeated(hadamard(g2), blocks) };
}

std::pair<std::int64_t, std::int64_t> kroneckerSplit(std::int64_t n)
{
    // n = a^2 - b^2 needs n odd or divisible by 4, and then has a solution with a <= (n + 1) / 2.
    for (auto a = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(n))));
         n % 4 != 2 && 2 * a <= n + 4; ++a) {
        const std::int64_t square = a * a - n;
        const auto b = static_cast<std::int64_t>(std::llround(std::sqrt(double(square))));
        if (b * b == square)
            return { a - b, a + b };
    }
    auto left = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n)));
    while (n % left != 0)
        --left;
    return { left, n / left };
}

GpkFactors fullHadamardFactors(std::int64_t n)
{
    const std::int64_t core = hadamardCore(n).value_or(n); // hadamard(n) says what is missing
    std::int64_t g1 = 1;
    while (2 * g1 * core <= n && g1 * g1 < n)
        g1 *= 2;
    return { hadamard(g1), hadamard(n / g1).unsqueeze(0) };
}

GpkFactors kroneckerFactors(const at::Tensor &left, const at::Tensor &right)
{
    return { right, left.unsqueeze(0) };
}

GpkFactors identityFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks)
{
    return { at::eye(g1, at::kDouble), repeated(at::eye(g2, at::kDouble), blocks) };
}

GpkFactors randomOrthogonalFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks,
                                   std::uint64_t seed)
{
    return { orthogonalSample({ g1, g1 }, randomBits(seed, 0)),
             orthogonalSample({ blocks, g2, g2 }, randomBits(seed, 1)) };
}

at::Tensor randomOrthogonal(std::int64_t n, std::uint64_t seed)
{
    return orthogonalSample({ n, n }, seed);
}

at::Tensor dense(const GpkFactors &p)
{
    const std::int64_t g1 = p.a.size(-1);
    const std::int64_t g2 = p.b.size(-1);
    const std::int64_t k = p.b.size(0);
    // (B (x) A)[b*g1 + a, b'*g1 + a'] = B[b,b'] A[a,a']
    return (p.b.view({ k, g2, 1, g2, 1 }) * p.a.view({ 1, 1, g1, 1, g1 }))
        .reshape({ k, g1 * g2, g1 * g2 });
}

GpkFactors inverseTransposed(const GpkFactors &p)
{
    return { quant::transposedInverse(p.a), quant::transposedInverse(p.b) };
}

GpkFactors transposed(const GpkFactors &p)
{
    return { p.a.transpose(-1, -2).contiguous(), p.b.transpose(-1, -2).contiguous() };
}

GpkFactors deployed(const GpkFactors &p)
{
    return { p.a.to(at::kBFloat16).to(at::kFloat).contiguous(),
             p.b.to(at::kBFloat16).to(at::kFloat).contiguous() };
}

double conditionNumber(const GpkFactors &p) { return maxCondition(p.a) * maxCondition(p.b); }

GpkFactors withConditionCap(const GpkFactors &p, double cap)
{
    if (cap <= 0)
        return p;
    if (p.a.numel() == 1)
        return { p.a, cappedSingularValues(p.b, cap) };
    if (p.b.size(-1) == 1)
        return { cappedSingularValues(p.a, cap), p.b };
    const double each = std::sqrt(cap);
    return { cappedSingularValues(p.a, each), cappedSingularValues(p.b, each) };
}

at::Tensor applyFactors(const at::Tensor &m, const GpkFactors &p)
{
    return quant::applyKronecker(m, p.a.to(m.scalar_type()), p.b.to(m.scalar_type()));
}

at::Tensor congruence(const at::Tensor &h, const GpkFactors &p)
{
    return applyFactors(applyFactors(h, p).t().contiguous(), p);
}

} // namespace batlab::transform
