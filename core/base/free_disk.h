// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace batlab {

/// Whether `bytes` are at most this share of the free disk under a folder; false where that is not
/// known (an empty path, a folder that is not there).
[[nodiscard]] bool fitsFreeDisk(std::uint64_t bytes, const std::filesystem::path &folder,
                                double share);

} // namespace batlab
