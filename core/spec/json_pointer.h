// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"

#include <algorithm>
#include <string>

namespace batlab {

/// Where a parameter's path, "protocol.windows", stands in a document.
inline Json::json_pointer jsonPointer(std::string path)
{
    std::replace(path.begin(), path.end(), '.', '/');
    return Json::json_pointer("/" + path);
}

} // namespace batlab
