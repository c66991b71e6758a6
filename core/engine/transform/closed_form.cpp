// SPDX-License-Identifier: Apache-2.0
#include "core/engine/transform/closed_form.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <tuple>

namespace batlab::transform {

namespace {

at::Tensor damped(const at::Tensor &moments, double damping)
{
    const at::Tensor m = moments.to(at::kDouble);
    const at::Tensor mean =
        at::diagonal(m, 0, -2, -1).mean(-1, true).clamp_min(1e-30).unsqueeze(-1);
    return m + damping * mean * at::eye(m.size(-1), at::kDouble);
}

/// Eigenvalues, ascending, and eigenvectors of symmetric matrices [g, g] or [k, g, g]; a batch is
/// shared out over the threads, each matrix to one.
struct Eigen
{
    at::Tensor values, vectors;
    explicit Eigen(const at::Tensor &m)
    {
        if (m.dim() < 3) {
            std::tie(values, vectors) = at::linalg_eigh(m);
            return;
        }
        values = at::empty({ m.size(0), m.size(1) }, m.options());
        vectors = at::empty(m.sizes(), m.options());
        at::parallel_for(0, m.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
            const c10::NoGradGuard noGrad; // thread-local
            for (std::int64_t i = begin; i < end; ++i) {
                const auto [w, v] = at::linalg_eigh(m.select(0, i));
                values.select(0, i).copy_(w);
                vectors.select(0, i).copy_(v);
            }
        });
    }
    /// f(M) for f(x) = x^power.
    [[nodiscard]] at::Tensor power(double power) const
    {
        const at::Tensor floored = values.clamp_min(1e-30);
        return at::matmul(vectors * floored.pow(power).unsqueeze(-2), vectors.transpose(-1, -2));
    }
};

at::Tensor symmetricPower(const at::Tensor &m, double power) { return Eigen(m).power(power); }

at::Tensor unitDeterminant(const at::Tensor &m)
{
    const at::Tensor logs = std::get<1>(at::linalg_slogdet(m)) / static_cast<double>(m.size(-1));
    return m * (-logs).exp().unsqueeze(-1).unsqueeze(-1);
}

at::Tensor symmetrised(const at::Tensor &m) { return 0.5 * (m + m.transpose(-1, -2)); }

/// SPD with eigenvalues at least 1e-3 of the largest, determinant 1 (methods.md A.4).
at::Tensor positiveDefinite(const at::Tensor &m)
{
    const Eigen e(symmetrised(m));
    const at::Tensor &values = e.values, &vectors = e.vectors;
    const at::Tensor floored = at::maximum(values, 1e-3 * values.amax(-1, true)).clamp_min(1e-30);
    return unitDeterminant(at::matmul(vectors * floored.unsqueeze(-2), vectors.transpose(-1, -2)));
}

at::Tensor blockGeometricMeanOne(const at::Tensor &d, std::int64_t block)
{
    const at::Tensor logs = d.log().view({ -1, block });
    return (logs - logs.mean(-1, true)).exp().view({ -1 });
}

} // namespace

at::Tensor diagonalBlocks(const at::Tensor &m, std::int64_t g)
{
    const std::int64_t k = m.size(0) / g;
    return at::diagonal(m.reshape({ k, g, k, g }), 0, 0, 2).permute({ 2, 0, 1 }).contiguous();
}

at::Tensor balancedDiagonal(const at::Tensor &activation, const at::Tensor &weight, double exponent,
                            std::int64_t block)
{
    const at::Tensor a = activation.to(at::kDouble);
    const at::Tensor b = weight.to(at::kDouble);
    const at::Tensor da = (a + kMomentDamping * a.mean()).clamp_min(1e-30);
    const at::Tensor db = (b + kMomentDamping * b.mean()).clamp_min(1e-30);
    return blockGeometricMeanOne((db / da).pow(exponent), block);
}

at::Tensor smoothQuantDiagonal(const at::Tensor &activationMax, const at::Tensor &weightMax,
                               double alpha, std::int64_t block)
{
    const at::Tensor x = activationMax.to(at::kDouble).clamp_min(1e-5);
    const at::Tensor w = weightMax.to(at::kDouble).clamp_min(1e-5);
    return blockGeometricMeanOne(w.pow(1 - alpha) / x.pow(alpha), block);
}

at::Tensor geometricMeans(const at::Tensor &a, const at::Tensor &b, double damping)
{
    // A^-1 # B = A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2
    const Eigen of(damped(a, damping));
    const at::Tensor root = of.power(0.5);
    const at::Tensor inverseRoot = of.power(-0.5);
    const at::Tensor inner =
        symmetricPower(symmetrised(at::matmul(at::matmul(root, damped(b, damping)), root)), 0.5);
    return unitDeterminant(symmetrised(at::matmul(at::matmul(inverseRoot, inner), inverseRoot)));
}

GpkFactors closedFormFactors(const at::Tensor &a, const at::Tensor &b, std::int64_t g1,
                             std::int64_t g2, double damping)
{
    return factorsOfMeans(geometricMeans(a, b, damping), a, g1, g2, damping);
}

GpkFactors factorsOfMeans(const at::Tensor &m, const at::Tensor &a, std::int64_t g1,
                          std::int64_t g2, double damping)
{
    const std::int64_t k = m.size(0);
    if (g1 == 1) {
        const at::Tensor root = symmetricPower(m, 0.5);
        const at::Tensor spread =
            symmetrised(at::matmul(at::matmul(root, damped(a, damping)), root));
        const at::Tensor basis = Eigen(spread).vectors;
        return { at::ones({ 1, 1 }, at::kDouble),
                 at::matmul(at::matmul(root, basis), hadamard(g2)) };
    }
    // Nearest Kronecker product over all blocks (methods.md A.4): rows (b,b'), columns (a,a').
    const at::Tensor normed = m / at::linalg_vector_norm(m, 2, at::IntArrayRef { 1, 2 }, true);
    const at::Tensor rearranged = normed.reshape({ k, g2, g1, g2, g1 })
                                      .permute({ 0, 1, 3, 2, 4 })
                                      .reshape({ k * g2 * g2, g1 * g1 });
    const auto [values, vectors] = at::linalg_eigh(at::matmul(rearranged.t(), rearranged));
    at::Tensor shared = vectors.select(1, g1 * g1 - 1).view({ g1, g1 });
    if (at::diagonal(shared).sum().item<double>() < 0)
        shared = -shared;
    const at::Tensor privates =
        at::matmul(rearranged, shared.reshape({ g1 * g1, 1 })).view({ k, g2, g2 });
    return { at::matmul(symmetricPower(positiveDefinite(shared), 0.5), hadamard(g1)),
             at::matmul(symmetricPower(positiveDefinite(privates), 0.5), hadamard(g2)) };
}

GpkFactors hiresFactors(const at::Tensor &a, const at::Tensor &b, double cap, double damping)
{
    const at::Tensor inverse = symmetricPower(damped(b, damping), -1);
    const at::Tensor mean = 0.5 * (unitDeterminant(damped(a, damping)) + unitDeterminant(inverse));
    const Eigen e(unitDeterminant(symmetrised(mean)));
    at::Tensor logs = e.values.clamp_min(1e-30).log(); // [k, g], ascending, sum 0
    if (cap > 0) {
        // Shift t with sum clip(z - t, +-log cap) = 0, by bisection (methods.md A.5).
        const double bound = std::log(cap);
        at::Tensor low = logs.amin(-1, true);
        at::Tensor high = logs.amax(-1, true);
        for (int i = 0; i < 80; ++i) {
            const at::Tensor middle = 0.5 * (low + high);
            const at::Tensor above = (logs - middle).clamp(-bound, bound).sum(-1, true) > 0;
            low = at::where(above, middle, low);
            high = at::where(above, high, middle);
        }
        logs = (logs - 0.5 * (low + high)).clamp(-bound, bound);
    }
    const at::Tensor reference =
        at::matmul(e.vectors * (-0.5 * logs).exp().unsqueeze(-2), e.vectors.transpose(-1, -2));
    return { at::ones({ 1, 1 }, at::kDouble), at::matmul(reference, hadamard(a.size(-1))) };
}

} // namespace batlab::transform
