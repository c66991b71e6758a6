// SPDX-License-Identifier: Apache-2.0
#include "core/engine/variant/residual_rotation.h"

#include <ATen/ATen.h>

namespace batlab {

at::Tensor ResidualRotation::apply(const at::Tensor &x) const
{
    const at::Tensor turned = signs.defined() ? x * signs.to(x.options()) : x;
    return transform::applyFactors(turned, factors);
}

at::Tensor ResidualRotation::undo(const at::Tensor &x) const
{
    const at::Tensor y = transform::applyFactors(x, transform::transposed(factors));
    return signs.defined() ? y * signs.to(x.options()) : y;
}

} // namespace batlab
