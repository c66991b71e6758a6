// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sessions/file_commit.h"
#include "sessions/h5.h"
#include "sessions/session.h"

namespace batlab {

/// Opens a session file and fills uuid, version, packed, origin and warnings of `session`; the
/// errors of load(). An h5::Lock must be held.
[[nodiscard]] Result<h5::File> openSession(const std::filesystem::path &path, Session &session,
                                           const StillWanted &wanted = {});

/// Whether saving the session `uuid` to `path` would lose what only a newer Batlab knows. Reads
/// attributes of the root alone, so that a damaged file counts too; one without a version that can
/// be read does not. An h5::Lock must be held.
[[nodiscard]] bool holdsNewer(const std::filesystem::path &path, const std::string &uuid);

/// Why a session of a newer version must not be saved over.
[[nodiscard]] Error newerContent(const std::filesystem::path &path);

} // namespace batlab
