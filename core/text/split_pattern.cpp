// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/text/split_pattern.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <cctype>

namespace batlab {

struct SplitPattern::Code
{
    pcre2_code *code = nullptr;
    Code() = default;
    Code(const Code &) = delete;
    Code &operator=(const Code &) = delete;
    ~Code() { pcre2_code_free(code); }
};

namespace {

/// Unicode White_Space; PCRE2's \s also takes U+180E, which is none since Unicode 6.3.
constexpr std::string_view kSpaces =
    "\\x{9}-\\x{D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}"
    "\\x{205F}\\x{3000}";

/// \s and \S outside classes and \s inside become explicit sets.
std::string withUnicodeSpaces(std::string_view pattern)
{
    std::string out;
    bool inClass = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\' && i + 1 < pattern.size()) {
            const char next = pattern[++i];
            if (next == 's')
                out += inClass ? std::string(kSpaces) : fmt::format("[{}]", kSpaces);
            else if (next == 'S' && !inClass)
                out += fmt::format("[^{}]", kSpaces);
            else
                (out += c) += next;
            continue;
        }
        if (c == '[' && !inClass) {
            inClass = true;
            out += c;
            // A ] right after [ or [^ is an ordinary character.
            if (i + 1 < pattern.size() && pattern[i + 1] == '^')
                out += pattern[++i];
            if (i + 1 < pattern.size() && pattern[i + 1] == ']')
                out += pattern[++i];
            continue;
        }
        if (c == ']')
            inClass = false;
        out += c;
    }
    return out;
}

struct MatchData
{
    pcre2_match_data *data = nullptr;
    pcre2_match_context *context = nullptr;
    explicit MatchData(const pcre2_code *code)
        : data(pcre2_match_data_create_from_pattern(code, nullptr))
        , context(pcre2_match_context_create(nullptr))
    {
        pcre2_set_match_limit(context, 50'000'000);
    }
    MatchData(const MatchData &) = delete;
    MatchData &operator=(const MatchData &) = delete;
    ~MatchData()
    {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
    }
};

std::string messageOf(int code)
{
    PCRE2_UCHAR text[256] = {};
    pcre2_get_error_message(code, text, sizeof text);
    return reinterpret_cast<const char *>(text);
}

} // namespace

Result<SplitPattern> SplitPattern::compile(const std::string &pattern, std::string_view where)
{
    const std::string source = withUnicodeSpaces(pattern);
    int error = 0;
    PCRE2_SIZE at = 0;
    auto code = std::make_shared<Code>();
    code->code =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(),
                      PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &at, nullptr);
    if (!code->code)
        return Error { ErrorCode::badInput,
                       fmt::format("the split pattern is wrong: {}", messageOf(error)),
                       fmt::format("{}, pattern {}", where, pattern), "Fetch the file again." };
    pcre2_jit_compile(code->code, PCRE2_JIT_COMPLETE); // without JIT the matcher interprets
    SplitPattern out;
    out.m_code = std::move(code);
    return out;
}

Result<void>
SplitPattern::forEachMatch(std::string_view text,
                           const std::function<void(std::size_t, std::size_t)> &visit) const
{
    const MatchData match(m_code->code);
    std::size_t pos = 0;
    while (pos < text.size()) {
        const int found =
            pcre2_match(m_code->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), pos,
                        PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, match.data, match.context);
        if (found == PCRE2_ERROR_NOMATCH)
            return {};
        if (found < 0)
            return Error { ErrorCode::badInput,
                           fmt::format("splitting the text failed: {}", messageOf(found)),
                           fmt::format("byte {} of the text", pos),
                           "Check the tokenizer's split pattern." };
        const PCRE2_SIZE *range = pcre2_get_ovector_pointer(match.data);
        if (range[1] <= range[0] || range[0] < pos)
            return {};
        visit(range[0], range[1]);
        pos = range[1];
    }
    return {};
}

std::string quotePattern(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 128 && byte > 32 && !std::isalnum(byte))
            out += '\\';
        out += c;
    }
    return out;
}

} // namespace batlab
