// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

namespace batlab::kernels {

/// Backend::producedFakeQuantize by the other entries of `table`, whose bits it therefore has: a
/// few rows at a time are stored where the next entry finds them in the cache.
void producedByEntries(const Backend &table, const Produced &produced, OnlineTransform transform,
                       const Gpk &p, const Clip &clip, const QuantSpec &spec, const Matrix &out,
                       const Exec &exec);

} // namespace batlab::kernels
