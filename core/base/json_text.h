// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

namespace batlab {

/// The string at `key` of an object; empty where it is absent or no string.
[[nodiscard]] std::string textAt(const Json &object, const char *key);
/// The same, where any other value is given as its JSON text.
[[nodiscard]] std::string shownAt(const Json &object, const char *key);

} // namespace batlab
