// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace batlab {

/// Parts of unfinished and finished work, keyed by text such as "<specHash>/bat/layer/0007".
/// put() is atomic: after a crash a key has its old value or its new one. sessions implements it on
/// HDF5 files in a folder (content-addressed part files + an index); tests may use
/// MemoryCheckpointStore. Thread-safe.
class CheckpointStore
{
public:
    virtual ~CheckpointStore() = default;
    /// Stores a part under a key and returns its content hash.
    virtual Result<std::string> put(std::string_view key, const Part &part) = 0;
    /// The part of a key, nothing if there is none; an Error if it is there but damaged (verified
    /// by content hash).
    virtual Result<std::optional<Part>> get(std::string_view key) const = 0;
    /// The part with this content hash, wherever it is keyed.
    virtual Result<std::optional<Part>> getByHash(std::string_view hash) const = 0;
    /// Forgets a key; its part file goes when nothing else points to it.
    virtual Result<void> remove(std::string_view key) = 0;
    /// Keys with this prefix, sorted.
    [[nodiscard]] virtual std::vector<std::string> keys(std::string_view prefix) const = 0;
    /// Where the parts are, for external links; empty for memory.
    [[nodiscard]] virtual std::filesystem::path folder() const = 0;
};

/// Keeps parts in memory (tests, throw-away runs).
[[nodiscard]] std::unique_ptr<CheckpointStore> makeMemoryCheckpointStore();

} // namespace batlab
