// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/hash.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace batlab {

/// A read-only memory map of a whole regular file.
class MappedFile
{
public:
    /// Errors: notFound (missing), badInput (a folder, a device, empty), readOnly (no permission).
    [[nodiscard]] static Result<std::shared_ptr<const MappedFile>>
    open(const std::filesystem::path &path);
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    [[nodiscard]] const std::uint8_t *data() const { return m_data; }
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }
    /// Modification time in nanoseconds since the epoch, at opening.
    [[nodiscard]] std::int64_t modified() const { return m_modified; }
    /// Touching a map beyond the end of its file kills the process: ask before reading weights
    /// whether the file still has the size it was opened with.
    [[nodiscard]] Result<void> checkUnchanged() const;
    /// Tells the system that these bytes are not needed again soon (memory stays bounded).
    void release(std::uint64_t offset, std::uint64_t bytes) const;

private:
    MappedFile() = default;
    std::filesystem::path m_path;
    const std::uint8_t *m_data = nullptr;
    std::uint64_t m_size = 0;
    std::int64_t m_modified = 0;
    int m_descriptor = -1;
};

/// A whole small text file. Errors: notFound, readOnly, badInput if it is larger than `limit`
/// bytes.
[[nodiscard]] Result<std::string> readTextFile(const std::filesystem::path &path,
                                               std::uint64_t limit);

/// XXH3-128 over the bytes of the files in order, read in chunks. `progress` gets the fraction
/// done and may return false to stop (error cancelled).
[[nodiscard]] Result<std::string> hashFiles(const std::vector<std::filesystem::path> &files,
                                            const std::function<bool(double)> &progress);

} // namespace batlab
