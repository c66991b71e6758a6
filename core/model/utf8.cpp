// SPDX-License-Identifier: Apache-2.0
#include "core/model/utf8.h"

#include <algorithm>

namespace batlab {

namespace {

bool isContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }

} // namespace

std::size_t utf8Length(unsigned char lead)
{
    if (lead >= 0xF0 && lead < 0xF8)
        return 4;
    if (lead >= 0xE0)
        return lead < 0xF0 ? 3 : 1;
    return lead >= 0xC0 ? 2 : 1;
}

std::size_t validUtf8Prefix(std::string_view text)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t i = 0;
    while (i < text.size()) {
        const unsigned char c = at(i);
        if (c < 0x80) {
            ++i;
            continue;
        }
        const std::size_t n = utf8Length(c);
        if (n == 1 || i + n > text.size() || c < 0xC2 || c > 0xF4)
            return i;
        for (std::size_t k = 1; k < n; ++k)
            if (!isContinuation(at(i + k)))
                return i;
        const unsigned char second = at(i + 1);
        if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F)
            || (c == 0xF0 && second < 0x90) || (c == 0xF4 && second > 0x8F))
            return i;
        i += n;
    }
    return i;
}

char32_t nextCodePoint(std::string_view text, std::size_t &pos)
{
    const auto lead = static_cast<unsigned char>(text[pos]);
    const std::size_t n = std::min(utf8Length(lead), text.size() - pos);
    char32_t value = n == 1 ? lead : n == 2 ? lead & 0x1FU : n == 3 ? lead & 0x0FU : lead & 0x07U;
    for (std::size_t k = 1; k < n; ++k)
        value = (value << 6) | (static_cast<unsigned char>(text[pos + k]) & 0x3FU);
    pos += n;
    return value;
}

void appendUtf8(std::string &out, char32_t c)
{
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

} // namespace batlab
