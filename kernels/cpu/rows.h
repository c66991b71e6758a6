// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/matrix.h"

namespace batlab::kernels::BATLAB_LEVEL {

/// Clips and fake-quantizes rows [begin, end); the caller fences after streaming.
using QuantizeRows = void (*)(const QuantConstants &, const ConstMatrix &in, const Clip &,
                              const Matrix &out, std::int64_t begin, std::int64_t end);
QuantizeRows pickRows(const QuantSpec &spec, DType in, DType out, bool clipped, bool stream);

} // namespace batlab::kernels::BATLAB_LEVEL

#if BATLAB_WIDTH == 16
namespace batlab::kernels::level_v3 {
/// The same of the level below (every level gives the same bits).
batlab::kernels::level_v4::QuantizeRows pickRows(const QuantSpec &spec, DType in, DType out,
                                                 bool clipped, bool stream);
} // namespace batlab::kernels::level_v3
#endif
