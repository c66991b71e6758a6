// SPDX-License-Identifier: Apache-2.0
#include "core/text/normalizer.h"

#include "core/model/utf8.h"

#include <algorithm>
#include <cstdlib>
#include <utf8proc.h>

namespace batlab {

namespace {

bool isAscii(const std::string &text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 128; });
}

Result<std::string> unicodeForm(NormStep::Kind kind, const std::string &text)
{
    if (isAscii(text))
        return text;
    unsigned options = UTF8PROC_STABLE;
    switch (kind) {
    case NormStep::Kind::nfd: options |= UTF8PROC_DECOMPOSE; break;
    case NormStep::Kind::nfkc: options |= UTF8PROC_COMPOSE | UTF8PROC_COMPAT; break;
    case NormStep::Kind::nfkd: options |= UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT; break;
    default: options |= UTF8PROC_COMPOSE; break;
    }
    utf8proc_uint8_t *mapped = nullptr;
    const utf8proc_ssize_t n = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t *>(text.data()),
                                            static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                            static_cast<utf8proc_option_t>(options));
    if (n < 0)
        return Error { n == UTF8PROC_ERROR_NOMEM ? ErrorCode::outOfMemory : ErrorCode::badInput,
                       std::string("Unicode normalization failed: ") + utf8proc_errmsg(n), "text",
                       "Give the text as UTF-8, in smaller pieces." };
    std::string out(reinterpret_cast<const char *>(mapped), static_cast<std::size_t>(n));
    std::free(mapped); // NOLINT(cppcoreguidelines-no-malloc): the library's malloc
    return out;
}

std::string lowercase(const std::string &text)
{
    std::string out;
    for (std::size_t pos = 0; pos < text.size();)
        appendUtf8(out,
                   static_cast<char32_t>(
                       utf8proc_tolower(static_cast<utf8proc_int32_t>(nextCodePoint(text, pos)))));
    return out;
}

Result<std::string> replaceMatches(const NormStep &step, const std::string &text)
{
    std::string out;
    std::size_t last = 0;
    const auto visit = [&](std::size_t from, std::size_t to) {
        out.append(text, last, from - last);
        out += step.content;
        last = to;
    };
    if (auto ok = step.pattern.forEachMatch(text, visit); !ok)
        return ok.error();
    out.append(text, last);
    return out;
}

bool isSpace(char32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F
        || c == 0x3000;
}

std::string strip(const NormStep &step, const std::string &text)
{
    std::size_t first = text.size();
    std::size_t last = 0;
    for (std::size_t pos = 0; pos < text.size();) {
        const std::size_t at = pos;
        if (isSpace(nextCodePoint(text, pos)))
            continue;
        first = std::min(first, at);
        last = pos;
    }
    const std::size_t begin = step.left ? first : 0;
    const std::size_t end = step.right ? last : text.size();
    return begin < end ? text.substr(begin, end - begin) : std::string();
}

} // namespace

Result<std::string> normalize(const std::vector<NormStep> &steps, std::string text)
{
    for (const auto &step : steps) {
        Result<std::string> next = std::string();
        switch (step.kind) {
        case NormStep::Kind::lowercase: next = lowercase(text); break;
        case NormStep::Kind::prepend: next = text.empty() ? text : step.content + text; break;
        case NormStep::Kind::replace: next = replaceMatches(step, text); break;
        case NormStep::Kind::strip: next = strip(step, text); break;
        default: next = unicodeForm(step.kind, text); break;
        }
        if (!next)
            return next;
        text = std::move(*next);
    }
    return text;
}

} // namespace batlab
