// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sessions/session.h"

#include <set>
#include <string>

namespace batlab {

/// Content hashes of the parts a session's layers refer to.
[[nodiscard]] std::set<std::string> referencedParts(const Session &session);

/// Brings the parts that can be found (options.partFolders, the session's origin) into
/// partsFolderFor(path) and pins them. A part that is nowhere is left out: the link then dangles,
/// and verify() says so.
[[nodiscard]] Result<void> gatherParts(const Session &session, const std::filesystem::path &path,
                                       const SaveOptions &options);

/// Takes the references to parts out of `session` that save() would not find: they lie on another
/// machine. Returns how many layers lost theirs.
int leaveOutMissingParts(Session &session, const std::filesystem::path &path,
                         const SaveOptions &options);

/// A part from wherever save() may find it: notFound if it is nowhere.
[[nodiscard]] Result<Part> locatePart(const Session &session, const std::filesystem::path &path,
                                      const SaveOptions &options, const std::string &hash);

} // namespace batlab
