// SPDX-License-Identifier: Apache-2.0
// Reads the source tree: which files there are, what they include, what their CMake files link.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace batlab::layering {

struct Reference
{
    int line = 0; ///< 1-based
    std::string name; ///< the header, or the CMake target
    bool operator==(const Reference &) const = default;
};

/// Paths relative to `root` ('/' separated, sorted) of every C++, CUDA and CMake file of the
/// house's rooms.
[[nodiscard]] std::vector<std::string> sourceFiles(const std::filesystem::path &root);

/// The headers that C++ text includes; block comments are skipped.
[[nodiscard]] std::vector<Reference> includesOf(std::string_view text);

/// The libraries that CMake text links: arguments of target_link_libraries and of the batlab_*
/// functions, without sources, keywords and (for target_link_libraries) the target itself. A
/// batlab_* function's own name counts as no library.
[[nodiscard]] std::vector<Reference> linksOf(std::string_view text);

[[nodiscard]] std::string readFile(const std::filesystem::path &path);

} // namespace batlab::layering
