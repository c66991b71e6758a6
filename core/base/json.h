// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace batlab {

/// Key order is kept sorted (std::map), so dump() is canonical: equal values, equal text.
using Json = nlohmann::json;

/// How deep arrays and objects nest in the text, without parsing it (for limits on hostile files).
[[nodiscard]] std::size_t jsonDepth(std::string_view text);
/// Parses UTF-8 JSON; `where` names the file for the error message. Depth is limited to 256.
[[nodiscard]] Result<Json> parseJson(std::string_view text, std::string_view where);

/// A numeric array as one CBOR byte string (little-endian), not as a list of numbers.
template<class T>
requires std::is_arithmetic_v<T>
[[nodiscard]] Json packArray(const std::vector<T> &values)
{
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    if (!bytes.empty())
        std::memcpy(bytes.data(), values.data(), bytes.size());
    return Json::binary(std::move(bytes));
}

/// Inverse of packArray. A size that is no multiple of sizeof(T), or a non-binary value, is an
/// error.
template<class T>
requires std::is_arithmetic_v<T>
[[nodiscard]] Result<std::vector<T>> unpackArray(const Json &value, std::string_view where)
{
    if (!value.is_binary() || value.get_binary().size() % sizeof(T) != 0)
        return Error {
            ErrorCode::badInput, "expected a packed numeric array", std::string(where), {}
        };
    const auto &bytes = value.get_binary();
    std::vector<T> out(bytes.size() / sizeof(T));
    if (!out.empty())
        std::memcpy(out.data(), bytes.data(), bytes.size());
    return out;
}

} // namespace batlab
