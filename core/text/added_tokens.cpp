// SPDX-License-Identifier: Apache-2.0
#include "core/text/added_tokens.h"

#include "core/model/utf8.h"

#include <algorithm>
#include <utf8proc.h>

namespace batlab {

namespace {

bool isWordCharacter(char32_t c)
{
    if (c == '_')
        return true;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return false;
    }
}

bool isSpace(char32_t c)
{
    return (c >= 9 && c <= 13) || c == 0x85
        || utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ZS
        || c == 0x2028 || c == 0x2029;
}

/// Start of the code point that ends at `end` (> 0).
std::size_t previousStart(std::string_view text, std::size_t end)
{
    std::size_t at = end - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
        --at;
    return at;
}

char32_t codePointAt(std::string_view text, std::size_t at) { return nextCodePoint(text, at); }

} // namespace

void AddedTokenMatcher::add(const AddedToken &token, std::string_view content)
{
    if (content.empty())
        return;
    int node = 0;
    for (const char c : content) {
        const auto byte = static_cast<unsigned char>(c);
        int next = child(node, byte);
        if (next < 0) {
            next = static_cast<int>(m_nodes.size());
            m_nodes.emplace_back();
            auto &edges = m_nodes[static_cast<std::size_t>(node)].next;
            edges.insert(std::upper_bound(edges.begin(), edges.end(), std::pair(byte, 0)),
                         { byte, next });
        }
        node = next;
    }
    auto &end = m_nodes[static_cast<std::size_t>(node)];
    if (end.token >= 0)
        return;
    end.token = static_cast<int>(m_tokens.size());
    m_tokens.push_back(token);
    m_tokens.back().content = content;
}

int AddedTokenMatcher::child(int node, unsigned char byte) const
{
    const auto &edges = m_nodes[static_cast<std::size_t>(node)].next;
    const auto it = std::lower_bound(edges.begin(), edges.end(), byte,
                                     [](const auto &e, unsigned char b) { return e.first < b; });
    return it != edges.end() && it->first == byte ? it->second : -1;
}

int AddedTokenMatcher::longestAt(std::string_view text, std::size_t pos, bool parseSpecial) const
{
    int node = 0;
    int best = -1;
    for (std::size_t i = pos; i < text.size(); ++i) {
        node = child(node, static_cast<unsigned char>(text[i]));
        if (node < 0)
            break;
        const int token = m_nodes[static_cast<std::size_t>(node)].token;
        if (token >= 0 && (parseSpecial || !m_tokens[static_cast<std::size_t>(token)].special))
            best = token;
    }
    return best;
}

std::vector<AddedTokenMatcher::Segment> AddedTokenMatcher::split(std::string_view text,
                                                                 bool parseSpecial) const
{
    std::vector<Segment> out;
    std::size_t done = 0; // everything before is in `out`
    std::size_t pos = 0;
    while (pos < text.size()) {
        const int found = longestAt(text, pos, parseSpecial);
        if (found < 0) {
            ++pos;
            continue;
        }
        const AddedToken &token = m_tokens[static_cast<std::size_t>(found)];
        std::size_t begin = pos;
        std::size_t end = pos + token.content.size();
        pos = end;
        if (token.singleWord
            && ((begin > 0 && isWordCharacter(codePointAt(text, previousStart(text, begin))))
                || (end < text.size() && isWordCharacter(codePointAt(text, end)))))
            continue;
        while (token.lstrip && begin > done
               && isSpace(codePointAt(text, previousStart(text, begin))))
            begin = previousStart(text, begin);
        while (token.rstrip && end < text.size() && isSpace(codePointAt(text, end)))
            end += utf8Length(static_cast<unsigned char>(text[end]));
        pos = std::max(pos, end);
        if (begin > done)
            out.push_back({ done, begin, -1 });
        out.push_back({ begin, end, token.id });
        done = end;
    }
    if (done < text.size())
        out.push_back({ done, text.size(), -1 });
    return out;
}

} // namespace batlab
