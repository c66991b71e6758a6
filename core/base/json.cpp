// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

namespace batlab {

Result<Json> parseJson(std::string_view text, std::string_view where)
{
    int depth = 0;
    bool tooDeep = false;
    const auto limitDepth = [&](int d, Json::parse_event_t, Json &) {
        depth = d;
        tooDeep = tooDeep || d > 256;
        return !tooDeep;
    };
    try {
        Json value = Json::parse(text.begin(), text.end(), limitDepth);
        if (tooDeep)
            return Error { ErrorCode::badInput, "JSON is nested deeper than 256 levels", std::string(where), {} };
        return value;
    } catch (const Json::exception &e) {
        return Error { ErrorCode::badInput, std::string("not valid JSON: ") + e.what(), std::string(where),
                       "Check that the file is complete." };
    }
}

} // namespace batlab
