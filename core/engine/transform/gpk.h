// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/transform/hadamard.h"

#include <utility>

/// Block-diagonal transforms P = diag(P_1..P_k), P_i = B_i (x) A, in row-vector convention: x' = x
/// P, W' = W P^-T (methods.md 2.0). Row n of a block is b*g1 + a. With k = 1 the same form is any
/// Kronecker product over the whole width: FlatQuant's P_L (x) P_R, a full Hadamard matrix,
/// QuaRot's H_heads (x) I.
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

/// A = H_g1, B_i = H_g2: exactly the block Hadamard of size g1*g2.
[[nodiscard]] GpkFactors hadamardFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks);
[[nodiscard]] GpkFactors identityFactors(std::int64_t g1, std::int64_t g2, std::int64_t blocks);
/// QR of a counter-based normal sample; the same on every machine for a seed.
[[nodiscard]] GpkFactors randomOrthogonalFactors(std::int64_t g1, std::int64_t g2,
                                                 std::int64_t blocks, std::uint64_t seed);

/// One sample of the same, [n, n] fp64.
[[nodiscard]] at::Tensor randomOrthogonal(std::int64_t n, std::uint64_t seed);
/// FlatQuant's (l, r), n = l r: the smallest a >= sqrt(n) with a^2 - n = b^2 gives (a-b, a+b)
/// (methods.md 2.9). n = 2 mod 4 has none: the pair of divisors nearest to sqrt(n).
[[nodiscard]] std::pair<std::int64_t, std::int64_t> kroneckerSplit(std::int64_t n);
/// left (x) right over the whole width.
[[nodiscard]] GpkFactors kroneckerFactors(const at::Tensor &left, const at::Tensor &right);
/// The Hadamard matrix of order n as two factors near sqrt(n). Throws like hadamard().
[[nodiscard]] GpkFactors fullHadamardFactors(std::int64_t n);

/// Dense P_i [k, g, g] in the factors' type.
[[nodiscard]] at::Tensor dense(const GpkFactors &p);
/// Factors of P^-T: A^-T, B_i^-T, computed in fp64, differentiable for fp32 inputs that require
/// grad.
[[nodiscard]] GpkFactors inverseTransposed(const GpkFactors &p);
/// Factors of P^T.
[[nodiscard]] GpkFactors transposed(const GpkFactors &p);
/// Every entry rounded to bf16 and kept as fp32: what runs online. Invert after this
/// (methods.md 2.10, 2.16.1).
[[nodiscard]] GpkFactors deployed(const GpkFactors &p);
/// cond(A) * max_i cond(B_i) (performance.md 3.5).
[[nodiscard]] double conditionNumber(const GpkFactors &p);
/// Singular values of A and of each B_i pulled into [1/sqrt(c), sqrt(c)] around their geometric
/// mean, so that cond(A)*cond(B_i) <= cap: c = sqrt(cap), or cap where the other factor is a
/// scalar. cap <= 0: unchanged.
[[nodiscard]] GpkFactors withConditionCap(const GpkFactors &p, double cap);

/// m [.., k*g1*g2] times P, any floating type, without a dense P (quant::applyKronecker).
[[nodiscard]] at::Tensor applyFactors(const at::Tensor &m, const GpkFactors &p);
/// P^T H P of a symmetric H [n, n].
[[nodiscard]] at::Tensor congruence(const at::Tensor &h, const GpkFactors &p);

} // namespace batlab::transform
