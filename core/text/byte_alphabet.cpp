// SPDX-License-Identifier: Apache-2.0
#include "core/text/byte_alphabet.h"

#include "core/model/utf8.h"

#include <array>
#include <cstdint>

namespace batlab {

namespace {

struct Alphabet
{
    std::array<char32_t, 256> symbol {};
    std::array<std::int16_t, 512> byte {};
    constexpr Alphabet()
    {
        byte.fill(-1);
        char32_t next = 256;
        for (std::size_t b = 0; b < 256; ++b) {
            const bool printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
            symbol[b] = printable ? static_cast<char32_t>(b) : next++;
            byte[symbol[b]] = static_cast<std::int16_t>(b);
        }
    }
};
constexpr Alphabet kAlphabet;

} // namespace

char32_t byteToSymbol(unsigned char byte) { return kAlphabet.symbol[byte]; }

std::string toByteAlphabet(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes)
        appendUtf8(out, byteToSymbol(static_cast<unsigned char>(c)));
    return out;
}

std::optional<std::string> fromByteAlphabet(std::string_view text)
{
    std::string out;
    for (std::size_t pos = 0; pos < text.size();) {
        const char32_t c = nextCodePoint(text, pos);
        if (c >= kAlphabet.byte.size() || kAlphabet.byte[c] < 0)
            return std::nullopt;
        out.push_back(static_cast<char>(kAlphabet.byte[c]));
    }
    return out;
}

} // namespace batlab
