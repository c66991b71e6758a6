// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/quant/produced.h"
#include "core/engine/variant/layer_solution.h"

namespace batlab {

/// Whether one kernel makes, transforms, clips and quantizes the n channels of a site as the norm
/// or the gate before it produces them: a block format whose factor is known beforehand, after no
/// transform, 32-point Hadamard matrices or a GPK the kernels know, whole blocks of both. A
/// refinement and a branch read the unquantized numbers and want them stored.
[[nodiscard]] bool fuses(const SiteSolution &site, std::int64_t n, at::ScalarType out);

/// branchedInput(site, stored(x)) without storing x, the same bit for bit; undefined where that
/// cannot be.
[[nodiscard]] at::Tensor fusedInput(const SiteSolution &site, const quant::Produced &x,
                                    at::ScalarType out);

} // namespace batlab
