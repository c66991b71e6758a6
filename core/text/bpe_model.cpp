// SPDX-License-Identifier: Apache-2.0
#include "core/text/bpe_model.h"

#include "core/model/utf8.h"
#include "core/text/byte_alphabet.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>

namespace batlab {

Vocabulary::Vocabulary(std::vector<std::string> texts) : m_texts(std::move(texts))
{
    m_ids.reserve(m_texts.size());
    for (std::size_t i = 0; i < m_texts.size(); ++i)
        if (!m_texts[i].empty())
            m_ids.emplace(m_texts[i], static_cast<TokenId>(i));
}

TokenId Vocabulary::id(std::string_view text) const
{
    const auto it = m_ids.find(text);
    return it == m_ids.end() ? -1 : it->second;
}

namespace {

std::uint64_t pairKey(TokenId left, TokenId right)
{
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32
        | static_cast<std::uint32_t>(right);
}

/// A possible merge of a symbol with its right neighbour. Stale when the two lengths no longer
/// add up to `length`: symbols only grow.
struct Candidate
{
    double order = 0; ///< rank, or minus the score: the smallest first
    std::int32_t left = 0;
    std::uint32_t length = 0;
    TokenId id = -1;
    bool operator<(const Candidate &other) const // for std::priority_queue: worst first
    {
        return order != other.order ? order > other.order : left > other.left;
    }
};

} // namespace

struct BpeModel::Work
{
    std::vector<Symbol> symbols;
    std::priority_queue<Candidate> queue;
};

BpeModel::BpeModel(Vocabulary vocabulary, const Options &options)
    : m_vocabulary(std::move(vocabulary)), m_options(options)
{
    m_hasByteTokens = true;
    for (unsigned b = 0; b < 256; ++b) {
        std::string symbol;
        appendUtf8(symbol, byteToSymbol(static_cast<unsigned char>(b)));
        m_byteSymbols[b] = m_vocabulary.id(symbol);
        m_byteTokens[b] = m_vocabulary.id(fmt::format("<0x{:02X}>", b));
        m_hasByteTokens = m_hasByteTokens && m_byteTokens[b] >= 0;
    }
}

bool BpeModel::addMerge(std::string_view left, std::string_view right, std::int32_t rank)
{
    const TokenId a = m_vocabulary.id(left);
    const TokenId b = m_vocabulary.id(right);
    const TokenId merged = m_vocabulary.id(std::string(left).append(right));
    if (a < 0 || b < 0 || merged < 0)
        return false;
    m_merges.emplace(pairKey(a, b), Merge { rank, merged });
    return true;
}

void BpeModel::makeSymbols(std::string_view piece, std::vector<Symbol> &symbols) const
{
    const auto push = [&](TokenId id, std::size_t begin, std::size_t length) {
        const auto index = static_cast<std::int32_t>(symbols.size());
        symbols.push_back({ index - 1, index + 1, id, static_cast<std::uint32_t>(begin),
                            static_cast<std::uint32_t>(length) });
    };
    if (m_options.byteLevel) {
        for (std::size_t i = 0; i < piece.size(); ++i)
            if (const TokenId id = m_byteSymbols[static_cast<unsigned char>(piece[i])]; id >= 0)
                push(id, i, 1);
            else if (m_options.unknown >= 0)
                push(m_options.unknown, i, 1);
    } else {
        bool lastUnknown = false;
        for (std::size_t i = 0; i < piece.size();) {
            const std::size_t n =
                std::min(utf8Length(static_cast<unsigned char>(piece[i])), piece.size() - i);
            const TokenId id = m_vocabulary.id(piece.substr(i, n));
            bool unknown = false;
            if (id >= 0 || !m_scores.empty()) {
                push(id, i, n); // by scores: even an unknown character may merge
            } else if (m_options.byteFallback && m_hasByteTokens) {
                for (std::size_t k = 0; k < n; ++k)
                    push(m_byteTokens[static_cast<unsigned char>(piece[i + k])], i + k, 1);
            } else if (m_options.unknown >= 0) {
                unknown = true;
                if (m_options.fuseUnknown && lastUnknown)
                    symbols.back().length += static_cast<std::uint32_t>(n);
                else
                    push(m_options.unknown, i, n);
            }
            lastUnknown = unknown;
            i += n;
        }
    }
    if (!symbols.empty())
        symbols.back().next = -1;
}

void BpeModel::offer(std::string_view piece, Work &work, std::int32_t left) const
{
    if (left < 0)
        return;
    const Symbol &a = work.symbols[static_cast<std::size_t>(left)];
    if (a.next < 0)
        return;
    const Symbol &b = work.symbols[static_cast<std::size_t>(a.next)];
    const std::uint32_t length = a.length + b.length;
    if (m_scores.empty()) {
        const auto it = m_merges.find(pairKey(a.id, b.id));
        if (it != m_merges.end())
            work.queue.push({ static_cast<double>(it->second.rank), left, length, it->second.id });
        return;
    }
    const TokenId id = m_vocabulary.id(piece.substr(a.begin, length));
    if (id >= 0 && static_cast<std::size_t>(id) < m_scores.size())
        work.queue.push(
            { -static_cast<double>(m_scores[static_cast<std::size_t>(id)]), left, length, id });
}

void BpeModel::emit(std::string_view piece, const Symbol &symbol, std::vector<TokenId> &out) const
{
    if (symbol.id >= 0) {
        out.push_back(symbol.id);
        return;
    }
    for (const char c : piece.substr(symbol.begin, symbol.length)) {
        const TokenId byte = m_byteTokens[static_cast<unsigned char>(c)];
        if (byte >= 0)
            out.push_back(byte);
        else if (m_options.unknown >= 0)
            out.push_back(m_options.unknown);
    }
}

void BpeModel::encode(std::string_view piece, std::vector<TokenId> &out) const
{
    if (piece.empty())
        return;
    if (m_options.ignoreMerges) {
        const TokenId whole =
            m_vocabulary.id(m_options.byteLevel ? toByteAlphabet(piece) : std::string(piece));
        if (whole >= 0) {
            out.push_back(whole);
            return;
        }
    }
    Work work;
    makeSymbols(piece, work.symbols);
    auto &symbols = work.symbols;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i)
        offer(piece, work, static_cast<std::int32_t>(i));
    while (!work.queue.empty()) {
        const Candidate best = work.queue.top();
        work.queue.pop();
        Symbol &left = symbols[static_cast<std::size_t>(best.left)];
        if (left.length == 0 || left.next < 0)
            continue;
        Symbol &right = symbols[static_cast<std::size_t>(left.next)];
        if (left.length + right.length != best.length)
            continue;
        left.length = best.length;
        left.id = best.id;
        left.next = right.next;
        right.length = 0;
        if (left.next >= 0)
            symbols[static_cast<std::size_t>(left.next)].previous = best.left;
        offer(piece, work, left.previous);
        offer(piece, work, best.left);
    }
    for (const Symbol &symbol : symbols)
        if (symbol.length > 0)
            emit(piece, symbol, out);
}

} // namespace batlab
