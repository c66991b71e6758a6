// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"
#include "core/base/json_text.h"

#include <algorithm>

namespace batlab {

std::size_t jsonDepth(std::string_view text)
{
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

Result<Json> parseJson(std::string_view text, std::string_view where)
{
    // Looked at before parsing: the parser takes memory for every level.
    if (jsonDepth(text) > 256)
        return Error { ErrorCode::badInput, "JSON is nested deeper than 256 levels",
                       std::string(where), "Check that it is the right file." };
    try {
        return Json::parse(text.begin(), text.end());
    } catch (const Json::exception &e) {
        return Error { ErrorCode::badInput, std::string("not valid JSON: ") + e.what(),
                       std::string(where), "Check that the file is complete." };
    }
}

std::string textAt(const Json &object, const char *key)
{
    const auto at = object.is_object() ? object.find(key) : object.end();
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::string shownAt(const Json &object, const char *key)
{
    const auto at = object.is_object() ? object.find(key) : object.end();
    if (at == object.end())
        return {};
    return at->is_string() ? at->get<std::string>() : at->dump();
}

} // namespace batlab
