// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/model/mapped_file.h"
#include "core/model/storage_type.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace batlab {

/// One tensor of a .safetensors file.
struct SafetensorsEntry
{
    std::string name;
    std::vector<std::int64_t> shape;
    const StorageType *type = nullptr;
    std::uint64_t offset = 0; ///< from the start of the file
    std::uint64_t bytes = 0;
};

/// The header of one .safetensors file, checked (export-formats.md 6.1): every range inside the
/// file, sizes equal to shape x dtype, no overlap, no hole, no name twice.
struct SafetensorsFile
{
    std::shared_ptr<const MappedFile> file;
    std::vector<SafetensorsEntry> entries; ///< in order of their data
    std::uint64_t headerBytes = 0;

    /// Errors: notFound, badInput (truncated, hostile), unsupported (a dtype not known).
    [[nodiscard]] static Result<SafetensorsFile> open(const std::filesystem::path &path);
};

} // namespace batlab
