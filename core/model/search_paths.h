// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace batlab {

/// The folder of the running program; empty if the system does not tell.
[[nodiscard]] std::filesystem::path executableDir();
/// The value of an environment variable, empty if unset.
[[nodiscard]] std::string environment(const char *name);
/// `start` and its parents up to the root (at most 16), nearest first.
[[nodiscard]] std::vector<std::filesystem::path> selfAndParents(const std::filesystem::path &start);

} // namespace batlab
