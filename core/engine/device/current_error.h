// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

namespace batlab {

/// What an exception that left a job means to the user (out of memory, a singular matrix,
/// cancelled, a bug ...). Call it in a catch block.
[[nodiscard]] Error currentError();

} // namespace batlab
