// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace batlab {

/// Name of the file of a part in its folder: "<hash>.h5".
[[nodiscard]] std::filesystem::path partFileName(std::string_view hash);
/// 32 lower-case hex digits.
[[nodiscard]] bool isContentHash(std::string_view text);

/// Writes a part as a sealed HDF5 file, atomically (resources/help/session-format.md, "Parts"), and
/// returns its content hash. An existing file of that hash is not written again.
[[nodiscard]] Result<std::string> writePart(const std::filesystem::path &folder, const Part &part);
/// Reads a part file. With `expectedHash`, content of another hash is an error (badInput: drift or
/// damage).
[[nodiscard]] Result<Part> readPart(const std::filesystem::path &file,
                                    std::string_view expectedHash);

} // namespace batlab
