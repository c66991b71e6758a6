// SPDX-License-Identifier: Apache-2.0
#include "core/text/text_tokenizer.h"

#include "core/model/utf8.h"
#include "core/text/byte_alphabet.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace batlab {

namespace {

struct ViewHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view> {}(text);
    }
};

constexpr std::size_t kMaxCachedPiece = 64; ///< bytes; longer pieces hardly repeat
constexpr std::size_t kMaxCacheEntries = std::size_t { 1 } << 18;

} // namespace

/// Ids of pieces seen in one call: words repeat, merging is what costs.
struct TextTokenizer::Cache
{
    std::unordered_map<std::string, std::vector<TokenId>, ViewHash, std::equal_to<>> ids;
};

Result<std::shared_ptr<const Tokenizer>> TextTokenizer::make(TokenizerParts parts)
{
    std::shared_ptr<TextTokenizer> t(new TextTokenizer(std::move(parts)));
    auto &added = t->m_parts.added;
    std::sort(added.begin(), added.end(),
              [](const AddedToken &a, const AddedToken &b) { return a.id < b.id; });
    t->m_size = static_cast<std::int64_t>(t->m_parts.model.vocabulary().size());
    for (const AddedToken &token : added) {
        t->m_size = std::max<std::int64_t>(t->m_size, std::int64_t { token.id } + 1);
        if (!token.normalized || t->m_parts.normalizers.empty()) {
            t->m_raw.add(token, token.content);
            continue;
        }
        auto content = normalize(t->m_parts.normalizers, token.content);
        if (!content)
            return content.error();
        t->m_normalized.add(token, *content);
    }
    return std::shared_ptr<const Tokenizer>(std::move(t));
}

const AddedToken *TextTokenizer::addedToken(TokenId id) const
{
    const auto &added = m_parts.added;
    const auto it = std::lower_bound(added.begin(), added.end(), id,
                                     [](const AddedToken &t, TokenId key) { return t.id < key; });
    return it != added.end() && it->id == id ? &*it : nullptr;
}

Result<std::vector<TokenId>> TextTokenizer::encode(std::string_view utf8,
                                                   const EncodeOptions &options) const
{
    if (const std::size_t valid = validUtf8Prefix(utf8); valid != utf8.size())
        return Error { ErrorCode::badInput, "the text is not valid UTF-8",
                       fmt::format("byte {} of the text", valid), "Convert the text to UTF-8." };
    if (utf8.size() >= (std::size_t { 1 } << 31))
        return Error { ErrorCode::badInput, "the text is longer than 2 GiB", "text",
                       "Tokenize it in parts." };
    std::vector<TokenId> out;
    out.reserve(utf8.size() / 3 + 8);
    if (options.addSpecial)
        out = m_parts.prefix;
    Cache cache;
    for (const auto &segment : m_raw.split(utf8, options.parseSpecial)) {
        if (segment.id >= 0) {
            out.push_back(segment.id);
            continue;
        }
        const auto text = utf8.substr(segment.begin, segment.end - segment.begin);
        if (auto ok = encodeSegment(text, segment.begin == 0, options.parseSpecial, cache, out);
            !ok)
            return ok.error();
    }
    if (options.addSpecial)
        out.insert(out.end(), m_parts.suffix.begin(), m_parts.suffix.end());
    return out;
}

Result<void> TextTokenizer::encodeSegment(std::string_view text, bool atStart, bool parseSpecial,
                                          Cache &cache, std::vector<TokenId> &out) const
{
    auto normalized = normalize(m_parts.normalizers, std::string(text));
    if (!normalized)
        return normalized.error();
    if (m_normalized.empty())
        return encodeText(std::move(*normalized), atStart, cache, out);
    for (const auto &segment : m_normalized.split(*normalized, parseSpecial)) {
        if (segment.id >= 0) {
            out.push_back(segment.id);
            continue;
        }
        auto part = normalized->substr(segment.begin, segment.end - segment.begin);
        if (auto ok = encodeText(std::move(part), atStart && segment.begin == 0, cache, out); !ok)
            return ok;
    }
    return {};
}

Result<void> TextTokenizer::encodeText(std::string text, bool atStart, Cache &cache,
                                       std::vector<TokenId> &out) const
{
    PieceList pieces;
    pieces.atStart = atStart;
    pieces.buffer = std::move(text);
    pieces.ranges.emplace_back(0, pieces.buffer.size());
    if (auto ok = applyPreSteps(m_parts.preSteps, pieces); !ok)
        return ok;
    for (const auto &[begin, end] : pieces.ranges) {
        const std::string_view piece(pieces.buffer.data() + begin, end - begin);
        if (piece.size() > kMaxCachedPiece) {
            m_parts.model.encode(piece, out);
            continue;
        }
        auto it = cache.ids.find(piece);
        if (it == cache.ids.end()) {
            if (cache.ids.size() >= kMaxCacheEntries)
                cache.ids.clear();
            it = cache.ids.emplace(std::string(piece), std::vector<TokenId> {}).first;
            m_parts.model.encode(piece, it->second);
        }
        out.insert(out.end(), it->second.begin(), it->second.end());
    }
    return {};
}

std::string TextTokenizer::piece(TokenId id) const
{
    if (const AddedToken *token = addedToken(id))
        return token->content;
    if (id < 0 || static_cast<std::size_t>(id) >= m_parts.model.vocabulary().size())
        return {};
    return m_parts.decoder.piece(m_parts.model.vocabulary().text(id));
}

std::string TextTokenizer::decode(const std::vector<TokenId> &ids, bool skipSpecial) const
{
    std::string out;
    for (const TokenId id : ids) {
        if (skipSpecial)
            if (const AddedToken *token = addedToken(id); token && token->special)
                continue;
        out += piece(id);
    }
    m_parts.decoder.stripEnds(out);
    return out;
}

std::optional<TokenId> TextTokenizer::tokenId(std::string_view wanted) const
{
    for (const AddedToken &token : m_parts.added)
        if (token.content == wanted)
            return token.id;
    const auto found = [](TokenId id) {
        return id >= 0 ? std::optional<TokenId>(id) : std::nullopt;
    };
    const Vocabulary &vocabulary = m_parts.model.vocabulary();
    if (m_parts.decoder.byteLevel)
        return found(vocabulary.id(toByteAlphabet(wanted)));
    std::string stored(wanted);
    for (const auto &[to, from] : m_parts.decoder.replacements)
        if (!from.empty())
            for (std::size_t at = stored.find(from); at != std::string::npos;
                 at = stored.find(from, at + to.size()))
                stored.replace(at, from.size(), to);
    if (const TokenId id = vocabulary.id(stored); id >= 0)
        return id;
    if (wanted.size() == 1 && m_parts.decoder.byteFallback)
        return found(m_parts.model.byteToken(static_cast<unsigned char>(wanted[0])));
    return std::nullopt;
}

TokenId TextTokenizer::documentStart() const
{
    if (const auto id = tokenId("<|endoftext|>"))
        return *id;
    return m_parts.bos.value_or(m_parts.eos.value_or(0));
}

} // namespace batlab
