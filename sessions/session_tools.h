// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What `batlab-cli session ...` does with session files. None but migrate() changes its input.
namespace batlab {

struct VerifyReport
{
    std::vector<Error> problems; ///< empty: everything holds
    std::int64_t objects = 0; ///< groups and datasets read
    std::int64_t artifacts = 0;
    std::int64_t parts = 0; ///< distinct parts found intact
    std::int64_t bytes = 0; ///< read from datasets, uncompressed
    [[nodiscard]] Json toJson() const;
};
/// Reads everything: the seal, every dataset (HDF5's checksums), every artifact against its hash
/// and shapes, the stated object count, every referenced part (beside or inside) against its hash.
/// Damage found is in the report; an Error means that the file is missing, unreadable, no session,
/// or of a newer major version.
[[nodiscard]] Result<VerifyReport> verify(const std::filesystem::path &path);

struct SessionDifference
{
    std::string where; ///< artifact key and field, e.g. "site-stats/bat/text.3/T1/after.energy"
    std::string what; ///< "3 of 18 values differ, by up to 0.001"
};
/// What differs in the payloads of two sessions: specs, model, artifacts (parts by content hash),
/// notes. Not compared: times, seconds, hosts, devices, thread counts, uuids, the number of runs,
/// folders, view state.
[[nodiscard]] Result<std::vector<SessionDifference>> diff(const std::filesystem::path &a,
                                                          const std::filesystem::path &b);

/// Overview for people and scripts: {format, version, uuid, created, creator, packed, bytes, model,
/// runs, variants, artifacts, parts {referenced, present, bytes}, warnings}.
[[nodiscard]] Result<Json> info(const std::filesystem::path &path);

/// Writes a portable copy with the parts inside. notFound if one is missing; unsupported if the
/// session holds content of a newer version, which a copy would lose.
[[nodiscard]] Result<void> pack(const std::filesystem::path &path,
                                const std::filesystem::path &out);

struct Migration
{
    std::string from, to; ///< format versions, "1.1"
    std::filesystem::path backup; ///< the file as it was; empty: it was current, nothing was done
};
/// Rewrites a session of an older minor version in the present format, in one step; the old file
/// stays beside it as "<name>.<version>.bak". Errors of load() and save(), the file being untouched
/// then: unsupported (a newer Batlab wrote it), busy (a window has it open).
[[nodiscard]] Result<Migration> migrate(const std::filesystem::path &path);

/// Writes one dataset of the file ("/variants/bat/linears"), or the signal of an NXdata group, to
/// `out`: as CSV with a commented header if `out` ends in .csv, else as raw little-endian bytes
/// (texts as they are).
[[nodiscard]] Result<void> extract(const std::filesystem::path &path, std::string_view name,
                                   const std::filesystem::path &out);

} // namespace batlab
