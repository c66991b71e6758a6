// SPDX-License-Identifier: Apache-2.0
#include "core/text/text_decoder.h"

#include "core/text/byte_alphabet.h"

#include <charconv>

namespace batlab {

std::string TextDecoder::piece(std::string_view text) const
{
    if (byteLevel)
        return fromByteAlphabet(text).value_or(std::string(text));
    if (byteFallback && text.size() == 6 && text.starts_with("<0x") && text.back() == '>') {
        unsigned value = 0;
        const char *end = text.data() + 5;
        if (const auto r = std::from_chars(text.data() + 3, end, value, 16);
            r.ec == std::errc() && r.ptr == end)
            return std::string(1, static_cast<char>(value));
    }
    std::string out(text);
    for (const auto &[from, to] : replacements)
        for (std::size_t at = out.find(from); at != std::string::npos;
             at = out.find(from, at + to.size()))
            out.replace(at, from.size(), to);
    return out;
}

void TextDecoder::stripEnds(std::string &text) const
{
    if (strip.empty())
        return;
    for (int i = 0; i < stripStart && text.starts_with(strip); ++i)
        text.erase(0, strip.size());
    for (int i = 0; i < stripEnd && text.ends_with(strip); ++i)
        text.erase(text.size() - strip.size());
}

} // namespace batlab
