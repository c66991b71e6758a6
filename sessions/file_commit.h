// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

/// Files that are either the old one or the new one, whatever happens in between.
namespace batlab {

/// diskFull for ENOSPC/EDQUOT/EFBIG, readOnly for EACCES/EPERM/EROFS, outOfMemory for ENOMEM, else
/// `fallback`.
[[nodiscard]] ErrorCode codeOfSystemError(int systemError, ErrorCode fallback);
/// "cannot <verb>: <system's words>" with the remedy for that kind of failure.
[[nodiscard]] Error systemFailure(int systemError, std::string_view verb,
                                  const std::filesystem::path &path);

/// An Error that says why, if the file cannot be read.
[[nodiscard]] Result<void> checkReadable(const std::filesystem::path &path);
/// Bytes a user may still write to the folder's file system; an Error if the folder is missing.
[[nodiscard]] Result<std::uint64_t> freeBytes(const std::filesystem::path &folder);

/// Replaces `path` by `bytes` in one step: free-space check, temporary file ".<name>.<id>.tmp" in
/// the same folder, write, fsync, close, `check` on the temporary file, rename, fsync of the
/// folder. On any error the old file is untouched and the temporary one removed. With `sealed`, a
/// checksum trailer (below) follows the bytes.
[[nodiscard]] Result<void>
commitFile(const std::filesystem::path &path, std::span<const std::byte> bytes, bool sealed,
           const std::function<Result<void>(const std::filesystem::path &)> &check = {});
[[nodiscard]] Result<void> commitText(const std::filesystem::path &path, std::string_view text);

/// Gives `target` the content of the existing immutable file `source`: a hard link where possible,
/// else a copy committed as above. An existing target is left alone.
[[nodiscard]] Result<void> shareFile(const std::filesystem::path &source,
                                     const std::filesystem::path &target);

/// Removes temporary files a killed writer of `path` left behind. Only the holder of the file's
/// lock may.
void removeLeftovers(const std::filesystem::path &path);

/// What the 72-byte trailer after an HDF5 image says: XXH3-128 and size of what precedes it. HDF5
/// readers ignore bytes after the end of allocation; a program that changes the file drops the
/// trailer.
enum class Seal { intact, absent };
/// Whether what is being read is still wanted; empty: it is.
using StillWanted = std::function<bool()>;
/// An Error (badInput) if the file differs from its seal; cancelled when it is no longer wanted.
[[nodiscard]] Result<Seal> checkSeal(const std::filesystem::path &path,
                                     const StillWanted &wanted = {});
/// Error{cancelled}: reading a file ended before its end.
[[nodiscard]] Error noLongerWanted(const std::filesystem::path &path);

/// The whole file as text, at most `limit` bytes.
[[nodiscard]] Result<std::string> readText(const std::filesystem::path &path, std::uint64_t limit);

/// Random id of 16 hex digits.
[[nodiscard]] std::string randomId();

} // namespace batlab
