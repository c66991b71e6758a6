// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace batlab {

/// Forgets the largest resident set seen so far, where the system can (Linux); false if it cannot.
bool resetPeakMemory();
/// Largest resident set of this process in bytes since the last reset, 0 where it is unknown.
[[nodiscard]] std::uint64_t peakMemoryBytes();

} // namespace batlab
