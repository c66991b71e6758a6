// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace batlab {

/// A file of resources/ compiled into the program (core/spec/CMakeLists.txt lists them).
struct EmbeddedFile
{
    std::string_view name; ///< "presets/bat.yaml"
    std::string_view text;
};
/// The files of a folder of resources ("presets", "specs", "sweeps", "help/methods"), sorted by
/// name.
[[nodiscard]] std::vector<EmbeddedFile> embeddedFiles(std::string_view folder);
/// The text of a shipped run specification ("demo"), empty if there is none of that name.
[[nodiscard]] std::string_view builtInSpec(std::string_view name);
/// The text of a resource by its path ("sweeps/ablation-bat.yaml"), empty if there is none.
[[nodiscard]] std::string_view embeddedText(std::string_view path);

} // namespace batlab
