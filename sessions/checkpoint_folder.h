// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/job/checkpoint_store.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace batlab {

/// Opens, and makes if missing, a folder of parts as a CheckpointStore:
///   <hash>.h5      immutable part files, named by content hash
///   index.json     key -> hash, replaced atomically at each put and remove
///   pins.json      hashes that session files link to; such parts outlive their keys
/// One process at a time writes (busy otherwise, naming pid and host; the lock goes with the
/// process). A kill at any moment leaves each key at its old or new part. Full disk: diskFull;
/// unwritable folder: readOnly. get() verifies the content hash. Thread-safe.
[[nodiscard]] Result<std::unique_ptr<CheckpointStore>>
openCheckpointFolder(const std::filesystem::path &folder);

/// Adds the parts a session links to, so that remove() keeps them. Called by save(); any process
/// may.
[[nodiscard]] Result<void> pinParts(const std::filesystem::path &folder, const std::string &session,
                                    const std::vector<std::string> &hashes);

} // namespace batlab
