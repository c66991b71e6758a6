// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/text/tokenizer.h"

#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// A token that is cut out of the text before anything else (export-formats.md 6.4).
struct AddedToken
{
    TokenId id = 0;
    std::string content;
    bool special = false;
    bool lstrip = false; ///< swallows white space before it
    bool rstrip = false; ///< and behind it
    bool normalized = false; ///< looked for in the normalized text
    bool singleWord = false; ///< only between non-word characters
};

/// Finds added tokens: leftmost, longest first.
class AddedTokenMatcher
{
public:
    struct Segment
    {
        std::size_t begin = 0;
        std::size_t end = 0;
        TokenId id = -1; ///< -1: ordinary text
    };

    void add(const AddedToken &token, std::string_view content);
    [[nodiscard]] bool empty() const { return m_tokens.empty(); }
    /// Cuts the text into ordinary segments and tokens; `parseSpecial` false leaves the special
    /// ones alone. Empty segments are left out.
    [[nodiscard]] std::vector<Segment> split(std::string_view text, bool parseSpecial) const;

private:
    struct Node
    {
        std::vector<std::pair<unsigned char, int>> next; ///< sorted by byte
        int token = -1;
    };
    [[nodiscard]] int child(int node, unsigned char byte) const;
    /// The longest allowed token at pos, or -1.
    [[nodiscard]] int longestAt(std::string_view text, std::size_t pos, bool parseSpecial) const;

    std::vector<Node> m_nodes { Node {} };
    std::vector<AddedToken> m_tokens; ///< content as it is looked for
};

} // namespace batlab
