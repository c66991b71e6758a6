// SPDX-License-Identifier: Apache-2.0
// A tokenizer from GGUF key-values (export-formats.md 5.4). Split patterns: the model families' own
// (export-formats.md 6.4); "smollm" splits digits first.
#include "core/model/gguf_file.h"
#include "core/model/utf8.h"
#include "core/text/text_tokenizer.h"

#include <fmt/format.h>

#include <limits>

namespace batlab {

namespace {

constexpr int kUnknown = 2;
constexpr int kControl = 3;
constexpr int kUserDefined = 4;

constexpr const char *kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr const char *kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char *kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// The split patterns of a "tokenizer.ggml.pre", applied one after the other; empty if unknown.
std::vector<std::string> patternsOf(std::string_view pre)
{
    if (pre == "gpt-2" || pre == "gpt2")
        return { kGpt2Pattern };
    if (pre == "smollm")
        return { R"(\p{N})", kGpt2Pattern };
    if (pre == "llama-bpe" || pre == "llama3" || pre == "llama-v3")
        return { kLlama3Pattern };
    if (pre == "qwen2" || pre == "deepseek-r1-qwen")
        return { kQwen2Pattern };
    if (pre.empty() || pre == "default")
        return { R"([\p{P}\$\+<=>\^~\|]+)", kGpt2Pattern, R"(\p{N}+)", "[0-9][0-9][0-9]" };
    return {};
}

/// What the file says, copied out of it.
struct GgufVocabulary
{
    std::vector<std::string> tokens;
    std::vector<int> types;
    std::vector<float> scores;
    std::string model;
    std::string pre;
};

class Builder
{
public:
    Builder(const GgufFile &file) : m_file(file), m_where(file.file().path().string()) { }

    Result<std::shared_ptr<const Tokenizer>> build()
    {
        if (auto ok = readVocabulary(); !ok)
            return ok.error();
        const auto ok = m_vocabulary.model == "gpt2" ? buildByteLevel() : buildSentencePiece();
        if (!ok)
            return ok.error();
        if (auto done = addSpecialTokens(); !done)
            return done.error();
        return TextTokenizer::make(std::move(m_parts));
    }

private:
    [[nodiscard]] Error bad(std::string what) const
    {
        return { ErrorCode::badInput, std::move(what), m_where, "Convert the model again." };
    }

    Result<void> readVocabulary();
    Result<void> buildByteLevel();
    Result<void> buildSentencePiece();
    Result<void> addSpecialTokens();
    Result<std::optional<TokenId>> id(const char *key) const;

    const GgufFile &m_file;
    std::string m_where;
    GgufVocabulary m_vocabulary;
    TokenizerParts m_parts;
};

Result<void> Builder::readVocabulary()
{
    auto model = m_file.text("tokenizer.ggml.model");
    auto pre = m_file.text("tokenizer.ggml.pre");
    auto tokens = m_file.texts("tokenizer.ggml.tokens");
    auto types = m_file.numbers("tokenizer.ggml.token_type");
    auto scores = m_file.numbers("tokenizer.ggml.scores");
    for (const Error *error :
         { model ? nullptr : &model.error(), pre ? nullptr : &pre.error(),
           tokens ? nullptr : &tokens.error(), types ? nullptr : &types.error(),
           scores ? nullptr : &scores.error() })
        if (error)
            return *error;
    m_vocabulary.model = model->value_or(std::string());
    m_vocabulary.pre = pre->value_or(std::string());
    if (m_vocabulary.model != "gpt2" && m_vocabulary.model != "llama")
        return Error { ErrorCode::unsupported,
                       fmt::format("the tokenizer model \"{}\" is not supported",
                                   m_vocabulary.model),
                       m_where, "Supported: gpt2 (byte-level BPE) and llama (SentencePiece)." };
    if (tokens->empty() || tokens->size() > (1U << 24))
        return bad(fmt::format("the vocabulary has {} tokens", tokens->size()));
    if ((!types->empty() && types->size() != tokens->size())
        || (!scores->empty() && scores->size() != tokens->size()))
        return bad("the vocabulary's lists have different lengths");
    for (const auto token : *tokens)
        m_vocabulary.tokens.emplace_back(token);
    for (const double type : *types)
        m_vocabulary.types.push_back(type >= 0 && type < 100 ? static_cast<int>(type) : 0);
    m_vocabulary.types.resize(m_vocabulary.tokens.size(), 1);
    for (const double score : *scores) {
        if (!(score > -1e30 && score < 1e30))
            return bad("a token's score is no number");
        m_vocabulary.scores.push_back(static_cast<float>(score));
    }
    return {};
}

Result<void> Builder::buildByteLevel()
{
    const auto patterns = patternsOf(m_vocabulary.pre);
    if (patterns.empty())
        return Error { ErrorCode::unsupported,
                       fmt::format("the pre-tokenizer \"{}\" is not supported", m_vocabulary.pre),
                       m_where,
                       "Supported: gpt-2, smollm, llama-bpe, qwen2, default. Or put a "
                       "tokenizer.json beside the model." };
    for (const auto &pattern : patterns) {
        auto compiled = SplitPattern::compile(pattern, m_where);
        if (!compiled)
            return compiled.error();
        PreStep step;
        step.pattern = std::move(*compiled);
        m_parts.preSteps.push_back(std::move(step));
    }
    BpeModel::Options options;
    options.ignoreMerges = patterns.front() == kLlama3Pattern;
    m_parts.model = BpeModel(Vocabulary(m_vocabulary.tokens), options);
    auto merges = m_file.texts("tokenizer.ggml.merges");
    if (!merges)
        return merges.error();
    if (merges->empty())
        return bad("the list tokenizer.ggml.merges is missing");
    m_parts.model.reserveMerges(merges->size());
    for (std::size_t rank = 0; rank < merges->size(); ++rank) {
        const std::string_view merge = (*merges)[rank];
        const std::size_t space = merge.find(' ', 1);
        if (space == std::string_view::npos
            || !m_parts.model.addMerge(merge.substr(0, space), merge.substr(space + 1),
                                       static_cast<std::int32_t>(rank)))
            return bad(fmt::format("merge {} joins texts that are no tokens", rank));
    }
    m_parts.decoder.byteLevel = true;
    return {};
}

Result<void> Builder::buildSentencePiece()
{
    if (m_vocabulary.scores.empty())
        return bad("the list tokenizer.ggml.scores is missing");
    auto prefix = m_file.boolean("tokenizer.ggml.add_space_prefix");
    auto unknown = id("unknown_token_id");
    if (!prefix || !unknown)
        return prefix ? unknown.error() : prefix.error();
    BpeModel::Options options;
    options.byteLevel = false;
    options.byteFallback = true;
    options.unknown = unknown->value_or(0);
    m_parts.model = BpeModel(Vocabulary(m_vocabulary.tokens), options);
    m_parts.model.setScores(m_vocabulary.scores);
    const std::string mark = "\xE2\x96\x81"; // U+2581 stands for a space
    const bool addPrefix = prefix->value_or(true);
    if (addPrefix) {
        NormStep prepend;
        prepend.kind = NormStep::Kind::prepend;
        prepend.content = mark;
        m_parts.normalizers.push_back(prepend);
    }
    NormStep replace;
    replace.kind = NormStep::Kind::replace;
    replace.content = mark;
    auto space = SplitPattern::compile("\\x{20}", m_where);
    if (!space)
        return space.error();
    replace.pattern = std::move(*space);
    m_parts.normalizers.push_back(replace);
    m_parts.decoder.byteFallback = true;
    m_parts.decoder.replacements = { { mark, " " } };
    m_parts.decoder.strip.assign(1, ' ');
    m_parts.decoder.stripStart = addPrefix ? 1 : 0;
    return {};
}

Result<std::optional<TokenId>> Builder::id(const char *key) const
{
    const std::string name = std::string("tokenizer.ggml.") + key;
    auto value = m_file.integer(name);
    if (!value)
        return value.error();
    if (!*value || **value == std::int64_t { std::numeric_limits<std::uint32_t>::max() }
        || **value == -1)
        return std::optional<TokenId> {};
    if (**value < 0 || **value >= static_cast<std::int64_t>(m_vocabulary.tokens.size()))
        return bad(fmt::format("{} is {}, outside the vocabulary of {}", name, **value,
                               m_vocabulary.tokens.size()));
    return std::optional<TokenId>(static_cast<TokenId>(**value));
}

Result<void> Builder::addSpecialTokens()
{
    for (std::size_t i = 0; i < m_vocabulary.tokens.size(); ++i) {
        const int type = m_vocabulary.types[i];
        if (type != kUnknown && type != kControl && type != kUserDefined)
            continue;
        if (!isValidUtf8(m_vocabulary.tokens[i]))
            return bad(fmt::format("special token {} is not valid UTF-8", i));
        AddedToken token;
        token.id = static_cast<TokenId>(i);
        token.content = m_vocabulary.tokens[i];
        token.special = type != kUserDefined;
        m_parts.added.push_back(std::move(token));
    }
    const bool sentencePiece = m_vocabulary.model == "llama";
    const bool llama3 = m_parts.model.options().ignoreMerges;
    auto bos = id("bos_token_id");
    auto eos = id("eos_token_id");
    auto eot = id("eot_token_id");
    auto addBos = m_file.boolean("tokenizer.ggml.add_bos_token");
    auto addEos = m_file.boolean("tokenizer.ggml.add_eos_token");
    auto chat = m_file.text("tokenizer.chat_template");
    for (const Error *error :
         { bos ? nullptr : &bos.error(), eos ? nullptr : &eos.error(), eot ? nullptr : &eot.error(),
           addBos ? nullptr : &addBos.error(), addEos ? nullptr : &addEos.error(),
           chat ? nullptr : &chat.error() })
        if (error)
            return *error;
    // The format's defaults: llama 1 and 2, gpt2 both 11 (export-formats.md 5.4).
    const auto inRange = [&](TokenId token) -> std::optional<TokenId> {
        return static_cast<std::size_t>(token) < m_vocabulary.tokens.size()
            ? std::optional<TokenId>(token)
            : std::nullopt;
    };
    const bool hasBos = m_file.has("tokenizer.ggml.bos_token_id");
    const bool hasEos = m_file.has("tokenizer.ggml.eos_token_id");
    m_parts.bos = hasBos ? *bos : inRange(sentencePiece ? 1 : 11);
    m_parts.eos = *eot ? *eot : hasEos ? *eos : inRange(sentencePiece ? 2 : 11);
    if (addBos->value_or(sentencePiece || llama3) && m_parts.bos)
        m_parts.prefix = { *m_parts.bos };
    if (addEos->value_or(false) && *eos)
        m_parts.suffix = { **eos };
    m_parts.chatTemplate = chat->value_or(std::string());
    return {};
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::fromGguf(const std::filesystem::path &file)
{
    auto gguf = GgufFile::open(file);
    if (!gguf)
        return gguf.error();
    return Builder(**gguf).build();
}

} // namespace batlab
