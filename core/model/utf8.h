// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace batlab {

/// Number of leading bytes that are valid UTF-8 (RFC 3629: no surrogates, no overlong forms);
/// text.size() if all of it is.
[[nodiscard]] std::size_t validUtf8Prefix(std::string_view text);
[[nodiscard]] inline bool isValidUtf8(std::string_view text)
{
    return validUtf8Prefix(text) == text.size();
}
/// Bytes of the UTF-8 sequence that `lead` starts (1 for a stray byte).
[[nodiscard]] std::size_t utf8Length(unsigned char lead);
/// The code point at text[pos] of valid UTF-8; moves pos behind it.
[[nodiscard]] char32_t nextCodePoint(std::string_view text, std::size_t &pos);
void appendUtf8(std::string &out, char32_t codePoint);

} // namespace batlab
