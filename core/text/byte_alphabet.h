// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batlab {

/// The byte alphabet of byte-level BPE (export-formats.md 6.4): bytes 33-126, 161-172 and 174-255
/// stand for themselves as code points, the other 68 are U+0100.. in order.
[[nodiscard]] char32_t byteToSymbol(unsigned char byte);
/// Each byte replaced by its symbol, as UTF-8.
[[nodiscard]] std::string toByteAlphabet(std::string_view bytes);
/// Inverse; empty if a code point is not in the alphabet.
[[nodiscard]] std::optional<std::string> fromByteAlphabet(std::string_view text);

} // namespace batlab
