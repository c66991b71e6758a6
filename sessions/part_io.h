// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "sessions/h5_read.h"
#include "sessions/h5_write.h"

/// A part as an HDF5 group: the root of a part file, or /parts/<hash> of a packed session. A Lock
/// must be held.
namespace batlab::h5 {

inline constexpr std::string_view kPartEncoding = "part";

void writePartGroup(Out &out, hid_t group, const Part &part, std::string_view contentHash);
/// `expectedHash` empty: the hash the group itself states.
[[nodiscard]] Result<Part> readPartGroup(In &in, hid_t group, std::string_view expectedHash);

} // namespace batlab::h5
