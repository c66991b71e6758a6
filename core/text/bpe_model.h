// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/text/tokenizer.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace batlab {

/// Token texts by id and back. Several ids may share a text: the first one counts.
class Vocabulary
{
public:
    explicit Vocabulary(std::vector<std::string> texts);
    Vocabulary() = default;
    Vocabulary(const Vocabulary &) = delete;
    Vocabulary &operator=(const Vocabulary &) = delete;
    Vocabulary(Vocabulary &&) noexcept = default;
    Vocabulary &operator=(Vocabulary &&) noexcept = default;

    [[nodiscard]] std::size_t size() const { return m_texts.size(); }
    [[nodiscard]] const std::string &text(TokenId id) const
    {
        return m_texts[static_cast<std::size_t>(id)];
    }
    /// -1 if there is none.
    [[nodiscard]] TokenId id(std::string_view text) const;

private:
    std::vector<std::string> m_texts;
    std::unordered_map<std::string_view, TokenId> m_ids; ///< views into m_texts
};

/// Byte-pair encoding of one piece of text, O(n log n): merges by rank (tokenizer.json, GGUF
/// "gpt2") or by token score (SentencePiece, GGUF "llama").
class BpeModel
{
public:
    struct Options
    {
        bool byteLevel = true; ///< symbols are bytes in the byte alphabet, else characters
        bool byteFallback = false; ///< an unknown character becomes its <0xXX> bytes
        bool fuseUnknown = false; ///< neighbouring unknown characters become one token
        bool ignoreMerges = false; ///< a piece that is a token is taken as it is (Llama 3)
        TokenId unknown = -1; ///< -1: unknown characters vanish
    };

    BpeModel() = default;
    BpeModel(Vocabulary vocabulary, const Options &options);

    /// Adds the merge of rank `rank`; the texts and their concatenation must be tokens.
    [[nodiscard]] bool addMerge(std::string_view left, std::string_view right, std::int32_t rank);
    void reserveMerges(std::size_t n) { m_merges.reserve(n); }
    void setUnknown(TokenId id) { m_options.unknown = id; }
    /// Merge by scores instead of ranks; one score a token, highest first.
    void setScores(std::vector<float> scores) { m_scores = std::move(scores); }

    void encode(std::string_view piece, std::vector<TokenId> &out) const;
    [[nodiscard]] const Vocabulary &vocabulary() const { return m_vocabulary; }
    [[nodiscard]] const Options &options() const { return m_options; }
    /// The id of token <0xXX>, or -1.
    [[nodiscard]] TokenId byteToken(unsigned char byte) const { return m_byteTokens[byte]; }

private:
    struct Merge
    {
        std::int32_t rank = 0;
        TokenId id = 0;
    };
    struct Symbol
    {
        std::int32_t previous = -1;
        std::int32_t next = -1;
        TokenId id = -1;
        std::uint32_t begin = 0;
        std::uint32_t length = 0; ///< 0: merged into another
    };
    struct Work;
    void makeSymbols(std::string_view piece, std::vector<Symbol> &symbols) const;
    void offer(std::string_view piece, Work &work, std::int32_t left) const;
    void emit(std::string_view piece, const Symbol &symbol, std::vector<TokenId> &out) const;

    Vocabulary m_vocabulary;
    Options m_options;
    std::array<TokenId, 256> m_byteSymbols {}; ///< byte level: token of one byte
    std::array<TokenId, 256> m_byteTokens {}; ///< fallback: token <0xXX>
    bool m_hasByteTokens = false; ///< all 256
    std::unordered_map<std::uint64_t, Merge> m_merges;
    std::vector<float> m_scores;
};

} // namespace batlab
