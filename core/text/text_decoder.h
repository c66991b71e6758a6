// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batlab {

/// How token texts become bytes again.
struct TextDecoder
{
    bool byteLevel = false; ///< texts are in the byte alphabet
    bool byteFallback = false; ///< <0xXX> is one byte
    std::vector<std::pair<std::string, std::string>> replacements; ///< e.g. U+2581 -> space
    std::string strip; ///< this character ...
    int stripStart = 0; ///< ... is removed so many times from the front of the whole
    int stripEnd = 0;

    /// The bytes of one token's text, before stripping.
    [[nodiscard]] std::string piece(std::string_view text) const;
    void stripEnds(std::string &text) const;
};

} // namespace batlab
