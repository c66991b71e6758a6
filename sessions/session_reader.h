// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sessions/h5.h"
#include "sessions/session.h"

namespace batlab {

/// Opens a session file and fills uuid, version, packed, origin and warnings of `session`; the
/// errors of load(). An h5::Lock must be held.
[[nodiscard]] Result<h5::File> openSession(const std::filesystem::path &path, Session &session);

} // namespace batlab
