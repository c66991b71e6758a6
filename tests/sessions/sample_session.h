// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sessions/session.h"

#include <filesystem>

namespace batlab::test {

/// A session with every kind of artifact, `layers` deep, with values from the seed. Parts are left
/// unset.
[[nodiscard]] Session sampleSession(int layers, std::uint64_t seed);
/// A layer-solution part: codes, scales, a bf16 tensor, a scalar, an empty tensor.
[[nodiscard]] Part samplePart(std::uint64_t seed, std::int64_t rows = 96);

} // namespace batlab::test
