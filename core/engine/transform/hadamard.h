// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

/// Hadamard matrices of orders beyond the powers of two, from the constructions of Paley (1933).
namespace batlab::transform {

/// The part of n that Sylvester's doubling does not give: the smallest h = n / 2^j for which h = 1,
/// h = q + 1 (Paley I, q = 3 mod 4) or h = 2(q + 1) (Paley II, q = 1 mod 4) with a prime power q.
/// Empty where none is known that way. 12288 -> 12, 14336 -> 28, 11008 -> 344, 576 -> 36.
[[nodiscard]] std::optional<std::int64_t> hadamardCore(std::int64_t n);

/// Normalised Hadamard matrix of order n, fp64: core (x) Sylvester; H H^T = I. Throws
/// Exception{unsupported} with the lever where hadamardCore is empty.
[[nodiscard]] at::Tensor hadamard(std::int64_t n);

/// An orthogonal matrix of any order whose entries are all of about one magnitude: Hadamard where
/// there is one, else the discrete Hartley matrix cas(2 pi i j / n) / sqrt(n). fp64.
[[nodiscard]] at::Tensor flatOrthogonal(std::int64_t n);

} // namespace batlab::transform
