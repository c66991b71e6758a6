// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace batlab {

/// Memory of this machine in bytes; 0 where the system does not tell.
[[nodiscard]] std::uint64_t totalMemory();
/// What this process may still take: free memory, or less where its address space is limited
/// (ulimit -v). 0 where the system does not tell.
[[nodiscard]] std::uint64_t availableMemory();

} // namespace batlab
