// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace batlab {

/// The right to write a file or folder, among all processes: flock on "<path>.lock", which holds
/// "pid host". The kernel drops it when the holder dies, so that a left-over lock file never
/// blocks.
class FileLock
{
public:
    /// busy, with pid and host of the holder, if another one writes; readOnly if the folder cannot
    /// be written.
    [[nodiscard]] static Result<FileLock> acquire(const std::filesystem::path &path);
    ~FileLock();
    FileLock(FileLock &&other) noexcept;
    FileLock &operator=(FileLock &&other) noexcept;
    /// The file that is protected.
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }

private:
    FileLock(std::filesystem::path path, int fd) : m_path(std::move(path)), m_fd(fd) { }
    void release();
    std::filesystem::path m_path;
    int m_fd = -1;
};

} // namespace batlab
