// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/transform/gpk.h"

#include <vector>

namespace batlab::transform {

/// Factors of P^-T of several fp32 transforms on one device (undefined ones stay undefined), as
/// inverseTransposed() gives them, differentiable; what a device can invert in one launch it does
/// (quant/small_inverse.h).
[[nodiscard]] std::vector<GpkFactors> inversesTransposed(const std::vector<GpkFactors> &all);

} // namespace batlab::transform
