// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

/// Block-diagonal transforms P = diag(P_1..P_k), P_i = B_i (x) A, in row-vector convention: x' = x
/// P, W' = W P^-T (methods.md 2.0). Row n of a block is b*g1 + a.
namespace batlab::transform {

/// A [g1,g1] and B [k,g2,g2]; fp64 while being built, fp32 (bf16-representable) once frozen.
struct GpkFactors
{
    at::Tensor a, b;
    [[nodiscard]] bool defined() const { return a.defined(); }
    [[nodiscard]] std::int64_t block() const { return a.size(-1) * b.size(-1); }
    [[nodiscard]] std::int64_t blocks() const { return b.size(0); }
    /// Free values of the transform (methods.md 2.11.2): g1^2 + k g2^2.
    [[nodiscard]] std::int64_t parameters() const { return a.numel() + b.numel(); }
    /// Multiply-adds counted as two, per token: 2 n (g1 + g2).
    [[nodiscard]] double flopPerToken() const
    {
        return 2.0 * static_cast<double>(blocks() * block())
            * static_cast<double>(a.size(-1) + b.size(-1));
    }
};

/// Normalised Sylvester Hadamard of a power-of-two size, fp64.
[[nodiscard]] at::Tensor hadamard(std::int64_t n);
/// A = H_g1, B_i = H_g2: exactly the block Hadamard of size g1*g2.
[[nodiscard]] GpkFactors hadamardFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks);
[[nodiscard]] GpkFactors identityFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks);
/// QR of a counter-based normal sample; the same on every machine for a seed.
[[nodiscard]] GpkFactors randomOrthogonalFactors(std::int64_t g1, std::int64_t g2,
                                                 std::int64_t blocks, std::uint64_t seed);

/// Dense P_i [k, g, g] in the factors' type.
[[nodiscard]] at::Tensor dense(const GpkFactors &p);
/// Factors of P^-T: A^-T, B_i^-T, computed in fp64, differentiable for fp32 inputs that require
/// grad.
[[nodiscard]] GpkFactors inverseTransposed(const GpkFactors &p);
/// Every entry rounded to bf16 and kept as fp32: what runs online. Invert after this
/// (methods.md 2.10, 2.16.1).
[[nodiscard]] GpkFactors deployed(const GpkFactors &p);
/// cond(A) * max_i cond(B_i) (performance.md 3.5).
[[nodiscard]] double conditionNumber(const GpkFactors &p);
/// Singular values of A and of each B_i pulled into [1/sqrt(c), sqrt(c)] around their geometric
/// mean, c = sqrt(cap), so that cond(A)*cond(B_i) <= cap. cap <= 0: unchanged.
[[nodiscard]] GpkFactors withConditionCap(const GpkFactors &p, double cap);

/// m [rows, n] times diag(P_i) from dense blocks [k, g, g], n = k*g; any floating type.
[[nodiscard]] at::Tensor applyDense(const at::Tensor &m, const at::Tensor &blocks);
/// P^T H P.
[[nodiscard]] at::Tensor congruence(const at::Tensor &h, const at::Tensor &blocks);

} // namespace batlab::transform
