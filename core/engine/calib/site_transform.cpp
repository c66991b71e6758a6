// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/site_transform.h"

#include "core/base/hash.h"
#include "core/engine/calib/cholesky.h"
#include "core/engine/transform/closed_form.h"
#include "core/engine/transform/greedy_rotation.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

namespace batlab::calib {

namespace {

using transform::GpkFactors;

constexpr std::int64_t kLargestFactor = 1024; // of a Kronecker pair: beyond, it costs like a GEMM

/// One site's transform as the stage's parameters ask for it. Factors are made and kept on the
/// host.
class Builder
{
public:
    Builder(const LayerState &state, const Json &p, const std::function<void()> &checkpoint,
            WeightSums &sums)
        : m_state(state)
        , m_sums(sums)
        , m_p(p)
        , m_checkpoint(checkpoint)
        , m_kind(p.at("kind"))
        , m_init(p.at("init"))
    { }

    void build(Site site, SiteSolution &s, bool &valueFactor) const
    {
        const std::int64_t n = m_state.channels(site);
        if (m_kind == "hadamard") {
            if (m_p.at("size") == "32") {
                s.transform = SiteSolution::Transform::hadamard32;
                return;
            }
            s.transform = SiteSolution::Transform::gpk;
            s.fixed = true;
            const GpkFactors f = hadamard(site, n);
            s.factors = { f.a.to(at::kFloat).contiguous(), f.b.to(at::kFloat).contiguous() };
            return;
        }
        s.transform = SiteSolution::Transform::gpk;
        GpkFactors f;
        if (m_kind == "kronecker") {
            f = kronecker(site, n);
            valueFactor = valueFactor || site == Site::t2;
        } else {
            const bool dense = m_kind == "dense";
            f = blocks(site, n, dense ? 1 : m_p.at("g1").get<std::int64_t>(),
                       dense ? blockSize() : m_p.at("g2").get<std::int64_t>());
        }
        s.factors = transform::deployed(
            transform::withConditionCap(f, m_p.at("conditionCap").get<double>()));
    }

private:
    [[nodiscard]] std::int64_t blockSize() const
    {
        return std::stoll(m_p.at("size").get<std::string>());
    }
    [[nodiscard]] std::uint64_t seed(Site site) const
    {
        return randomBits(m_state.seed, static_cast<std::uint64_t>(site));
    }

    [[nodiscard]] GpkFactors hadamard(Site site, std::int64_t n) const
    {
        if (m_p.at("size") == "full") {
            const ModelConfig &c = m_state.config;
            if (site == Site::t2 && m_state.valuesRotated) // the rest is fused in V (QuaRot)
                return transform::kroneckerFactors(transform::flatOrthogonal(c.heads),
                                                   at::eye(c.headDim, at::kDouble));
            if (!transform::hadamardCore(n))
                throw Exception(
                    { ErrorCode::unsupported,
                      fmt::format("no Hadamard matrix of order {} can be built (2^j times q + 1 or "
                                  "2(q + 1) with a prime power q)",
                                  n),
                      fmt::format("transform.size: full at {}", name(site)),
                      "Use transform.size: 32 (or 16, 64, 128), or leave the site out of "
                      "transform.sites." });
            return transform::fullHadamardFactors(n);
        }
        const std::int64_t g = blockSize();
        const std::int64_t g1 = g >= 64 ? g / 8 : 4; // 4x4, 8x8, 16x8
        return transform::hadamardFactors(g1, g / g1, (n + g - 1) / g);
    }

    [[nodiscard]] GpkFactors kronecker(Site site, std::int64_t n) const
    {
        const ModelConfig &c = m_state.config;
        const auto [left, right] =
            site == Site::t2 ? std::pair(c.heads, c.headDim) : transform::kroneckerSplit(n);
        if (right > kLargestFactor)
            throw Exception(
                { ErrorCode::unsupported,
                  fmt::format("{} channels have no two factors of at most {}", n, kLargestFactor),
                  fmt::format("transform.kind: kronecker at {}", name(site)),
                  "Use transform.kind: gpk or dense, or leave the site out of "
                  "transform.sites." });
        if (m_init == "identity")
            return transform::kroneckerFactors(at::eye(left, at::kDouble),
                                               at::eye(right, at::kDouble));
        if (m_init == "hadamard")
            return transform::kroneckerFactors(transform::flatOrthogonal(left),
                                               transform::flatOrthogonal(right));
        return transform::kroneckerFactors(
            transform::randomOrthogonal(left, randomBits(seed(site), 0)),
            transform::randomOrthogonal(right, randomBits(seed(site), 1)));
    }

    [[nodiscard]] GpkFactors blocks(Site site, std::int64_t n, std::int64_t g1,
                                    std::int64_t g2) const
    {
        const std::int64_t g = g1 * g2;
        const std::int64_t count = (n + g - 1) / g;
        if (m_init == "hadamard")
            return transform::hadamardFactors(g1, g2, count);
        if (m_init == "identity")
            return transform::identityFactors(g1, g2, count);
        if (m_init == "random-orthogonal")
            return transform::randomOrthogonalFactors(g1, g2, count, seed(site));
        const double damping = m_p.at("damping");
        const SiteMoments &moments = m_state.moments[static_cast<std::size_t>(site)];
        const at::Tensor a = m_p.at("moment") == "marginal"
            ? moments.blockMeans(g).cpu()
            : conditionalMoments(paddedSquare(moments.mean(), g), g, damping, m_checkpoint).cpu();
        if (m_init == "greedy")
            return transform::greedyRotation(a, m_p.at("greedySteps").get<std::int64_t>(),
                                             seed(site));
        const auto b = [&] { return m_sums.blockMoments(site, g).cpu(); };
        if (m_init == "hires")
            return transform::hiresFactors(a, b(), m_p.at("conditionCap").get<double>(), damping);
        const at::Tensor m = m_sums.kept(
            site, fmt::format("geometric means {} {} {}", g, damping, m_p.at("moment").dump()),
            [&] { return transform::geometricMeans(a, b(), damping); });
        return transform::factorsOfMeans(m, a, g1, g2, damping);
    }

    const LayerState &m_state;
    WeightSums &m_sums;
    const Json &m_p;
    const std::function<void()> &m_checkpoint;
    std::string m_kind, m_init;
};

} // namespace

at::Tensor conditionalMoments(const at::Tensor &h, std::int64_t g, double damping,
                              const std::function<void()> &checkpoint)
{
    const at::Tensor m = h.to(at::kDouble);
    const double mean = m.diagonal().mean().item<double>();
    for (double share = damping; share <= 1; share *= 10) {
        at::Tensor attempt = m.clone();
        attempt.diagonal().add_(share * mean);
        if (const auto lower = choleskyLower(attempt, checkpoint)) {
            const at::Tensor l = transform::diagonalBlocks(*lower, g);
            return at::matmul(l, l.transpose(-1, -2));
        }
    }
    throw Exception({ ErrorCode::badInput,
                      "the second moments of a site are not positive definite at any damping",
                      {},
                      "The calibration activations hold NaN or Inf; check the model and the "
                      "calibration text." });
}

void runTransform(LayerState &state, const Json &p, const std::function<void()> &checkpoint,
                  WeightSums *sums)
{
    if (p.at("kind") == "none")
        return;
    StateSums own(state);
    const Builder builder(state, p, checkpoint, sums != nullptr ? *sums : own);
    for (const Site site : kLinearSites) {
        if (!chosen(p.at("sites"), site))
            continue;
        checkpoint();
        builder.build(site, state.site(site), state.valueFactorPending);
    }
}

} // namespace batlab::calib
