// SPDX-License-Identifier: Apache-2.0
// A tokenizer from tokenizer.json of the tokenizers library (export-formats.md 6.4).
#include "core/base/json.h"
#include "core/model/mapped_file.h"
#include "core/model/utf8.h"
#include "core/text/json_pipeline.h"
#include "core/text/text_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace batlab {

namespace {

constexpr std::uint64_t kMaxFile = std::uint64_t { 128 } << 20;
constexpr std::int64_t kMaxId = std::int64_t { 1 } << 24;

/// A field of an object, or null.
const Json &field(const Json &json, const char *key)
{
    static const Json kNull;
    if (!json.is_object())
        return kNull;
    const auto it = json.find(key);
    return it == json.end() ? kNull : *it;
}

bool flag(const Json &json, const char *key)
{
    const Json &value = field(json, key);
    return value.is_boolean() && value.get<bool>();
}

std::string text(const Json &json, const char *key)
{
    const Json &value = field(json, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

class Builder
{
public:
    explicit Builder(std::string where) : m_where(std::move(where)) { }

    Result<std::shared_ptr<const Tokenizer>> build(const Json &json,
                                                   const std::filesystem::path &folder);

private:
    [[nodiscard]] Error bad(std::string what) const
    {
        return { ErrorCode::badInput, std::move(what), m_where, "Fetch the tokenizer again." };
    }
    Result<void> readAdded(const Json &json);
    Result<void> readModel(const Json &json, bool byteLevel);
    Result<void> readMerges(const Json &merges);
    Result<void> readPostProcessor(const Json &json);
    Result<void> readTemplate(const Json &json);
    Result<void> readBesides(const std::filesystem::path &folder);
    void guessEnds();
    [[nodiscard]] std::optional<TokenId> idOf(const std::string &content) const;

    std::string m_where;
    TokenizerParts m_parts;
};

std::optional<TokenId> Builder::idOf(const std::string &content) const
{
    for (const auto &token : m_parts.added)
        if (token.content == content)
            return token.id;
    const TokenId id = m_parts.model.vocabulary().id(content);
    return id >= 0 ? std::optional<TokenId>(id) : std::nullopt;
}

Result<void> Builder::readAdded(const Json &json)
{
    if (json.is_null())
        return {};
    if (!json.is_array())
        return bad("added_tokens is no list");
    for (const auto &item : json) {
        const Json &id = field(item, "id");
        AddedToken token;
        token.content = text(item, "content");
        if (!id.is_number_integer() || id < 0 || id >= kMaxId || token.content.empty())
            return bad("an added token has no id or no content");
        token.id = id.get<TokenId>();
        token.special = flag(item, "special");
        token.lstrip = flag(item, "lstrip");
        token.rstrip = flag(item, "rstrip");
        token.normalized = flag(item, "normalized");
        token.singleWord = flag(item, "single_word");
        m_parts.added.push_back(std::move(token));
    }
    return {};
}

Result<void> Builder::readMerges(const Json &merges)
{
    if (!merges.is_array() || merges.size() > static_cast<std::size_t>(kMaxId))
        return bad("the model has no list of merges");
    m_parts.model.reserveMerges(merges.size());
    std::int32_t rank = 0;
    for (const auto &merge : merges) {
        bool ok = false;
        if (merge.is_string()) {
            const auto &line = merge.get_ref<const std::string &>();
            const std::size_t space = line.find(' ', 1);
            ok = space != std::string::npos
                && m_parts.model.addMerge(std::string_view(line).substr(0, space),
                                          std::string_view(line).substr(space + 1), rank);
        } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string()
                   && merge[1].is_string()) {
            ok = m_parts.model.addMerge(merge[0].get_ref<const std::string &>(),
                                        merge[1].get_ref<const std::string &>(), rank);
        }
        if (!ok)
            return bad(fmt::format("merge {} joins texts that are no tokens", rank));
        ++rank;
    }
    return {};
}

Result<void> Builder::readModel(const Json &json, bool byteLevel)
{
    const std::string type = text(json, "type");
    // Old files have no type; BPE is the one with merges.
    if (!(type == "BPE" || (type.empty() && field(json, "merges").is_array())))
        return Error { ErrorCode::unsupported,
                       fmt::format("the tokenizer model \"{}\" is not supported", type), m_where,
                       "Supported: BPE (byte-level, or SentencePiece-style with byte fallback)." };
    if (!text(json, "continuing_subword_prefix").empty()
        || !text(json, "end_of_word_suffix").empty() || field(json, "dropout").is_number())
        return Error { ErrorCode::unsupported, "BPE with word suffixes, prefixes or dropout",
                       m_where, "Supported: plain BPE." };
    const Json &vocab = field(json, "vocab");
    if (!vocab.is_object() || vocab.empty())
        return bad("the model has no vocabulary");
    std::int64_t size = 0;
    for (const auto &[token, id] : vocab.items()) {
        if (!id.is_number_integer() || id < 0 || id >= kMaxId)
            return bad(fmt::format("the token \"{}\" has no valid id", token));
        size = std::max(size, id.get<std::int64_t>() + 1);
    }
    // Ids may have gaps, but not so many that a small file asks for a huge table.
    if (size > static_cast<std::int64_t>(vocab.size()) * 4 + 65536)
        return bad(fmt::format("{} tokens have ids up to {}", vocab.size(), size - 1));
    std::vector<std::string> texts(static_cast<std::size_t>(size));
    for (const auto &[token, id] : vocab.items()) {
        auto &slot = texts[id.get<std::size_t>()];
        if (!slot.empty())
            return bad(fmt::format("the tokens \"{}\" and \"{}\" share an id", slot, token));
        slot = token;
    }
    BpeModel::Options options;
    options.byteLevel = byteLevel;
    options.byteFallback = flag(json, "byte_fallback");
    options.fuseUnknown = flag(json, "fuse_unk");
    options.ignoreMerges = flag(json, "ignore_merges");
    m_parts.model = BpeModel(Vocabulary(std::move(texts)), options);
    if (const std::string unknown = text(json, "unk_token"); !unknown.empty()) {
        const auto id = idOf(unknown);
        if (!id)
            return bad(fmt::format("the unknown token \"{}\" is not in the vocabulary", unknown));
        m_parts.model.setUnknown(*id);
    }
    return readMerges(field(json, "merges"));
}

Result<void> Builder::readTemplate(const Json &json)
{
    const Json &single = field(json, "single");
    if (!single.is_array())
        return bad("the post-processor has no template");
    bool before = true;
    for (const auto &item : single) {
        if (item.is_object() && item.contains("Sequence")) {
            before = false;
            continue;
        }
        const std::string name = text(field(item, "SpecialToken"), "id");
        const Json &ids = field(field(field(json, "special_tokens"), name.c_str()), "ids");
        if (name.empty() || !ids.is_array())
            return bad("the post-processor's template names an unknown token");
        for (const auto &id : ids) {
            if (!id.is_number_integer() || id < 0 || id >= kMaxId)
                return bad("the post-processor's template holds a wrong id");
            (before ? m_parts.prefix : m_parts.suffix).push_back(id.get<TokenId>());
        }
    }
    return {};
}

Result<void> Builder::readPostProcessor(const Json &json)
{
    const std::string type = text(json, "type");
    if (json.is_null() || type == "ByteLevel") // changes offsets only
        return {};
    if (type == "TemplateProcessing")
        return readTemplate(json);
    if (type == "Sequence" && field(json, "processors").is_array()) {
        for (const auto &item : json["processors"])
            if (item.is_object() && text(item, "type") != "Sequence")
                if (auto ok = readPostProcessor(item); !ok)
                    return ok;
        return {};
    }
    return Error { ErrorCode::unsupported,
                   fmt::format("the post-processor \"{}\" is not supported", type), m_where,
                   "Supported: ByteLevel, TemplateProcessing." };
}

/// tokenizer_config.json and the chat template's own files (export-formats.md 6.5).
Result<void> Builder::readBesides(const std::filesystem::path &folder)
{
    std::error_code ec;
    Json config;
    if (const auto file = folder / "tokenizer_config.json"; std::filesystem::exists(file, ec)) {
        auto raw = readTextFile(file, kMaxFile);
        if (!raw)
            return raw.error();
        auto json = parseJson(*raw, file.string());
        if (!json)
            return json.error();
        config = std::move(*json);
    }
    const auto special = [&](const char *key) -> std::optional<TokenId> {
        const Json &value = field(config, key);
        const std::string content =
            value.is_string() ? value.get<std::string>() : text(value, "content");
        return content.empty() ? std::nullopt : idOf(content);
    };
    m_parts.bos = special("bos_token");
    m_parts.eos = special("eos_token");
    if (m_parts.prefix.empty() && flag(config, "add_bos_token") && m_parts.bos)
        m_parts.prefix = { *m_parts.bos };
    if (m_parts.suffix.empty() && flag(config, "add_eos_token") && m_parts.eos)
        m_parts.suffix = { *m_parts.eos };
    if (config.is_null())
        guessEnds();

    if (const auto file = folder / "chat_template.jinja"; std::filesystem::exists(file, ec)) {
        auto raw = readTextFile(file, kMaxFile);
        if (!raw)
            return raw.error();
        m_parts.chatTemplate = std::move(*raw);
        return {};
    }
    const Json &chat = field(config, "chat_template");
    if (chat.is_string()) {
        m_parts.chatTemplate = chat.get<std::string>();
    } else if (chat.is_array()) {
        for (const auto &item : chat)
            if (text(item, "name") == "default")
                m_parts.chatTemplate = text(item, "template");
    }
    return {};
}

/// Without tokenizer_config.json the names that the families use for their ends must do.
void Builder::guessEnds()
{
    for (const char *name : { "<s>", "<|begin_of_text|>" })
        if (!m_parts.bos)
            m_parts.bos = idOf(name);
    for (const char *name : { "<|im_end|>", "<|eot_id|>", "</s>", "<|endoftext|>" })
        if (!m_parts.eos)
            m_parts.eos = idOf(name);
}

Result<std::shared_ptr<const Tokenizer>> Builder::build(const Json &json,
                                                        const std::filesystem::path &folder)
{
    if (!json.is_object() || !field(json, "model").is_object())
        return bad("this is no tokenizer.json: it has no model");
    auto pipeline = readJsonPipeline(json, m_where);
    if (!pipeline)
        return pipeline.error();
    m_parts.normalizers = std::move(pipeline->normalizers);
    m_parts.preSteps = std::move(pipeline->preSteps);
    m_parts.decoder = std::move(pipeline->decoder);
    if (auto ok = readAdded(field(json, "added_tokens")); !ok)
        return ok.error();
    if (auto ok = readModel(field(json, "model"), pipeline->byteLevel); !ok)
        return ok.error();
    if (auto ok = readPostProcessor(field(json, "post_processor")); !ok)
        return ok.error();
    if (auto ok = readBesides(folder); !ok)
        return ok.error();
    return TextTokenizer::make(std::move(m_parts));
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::fromJsonFile(const std::filesystem::path &file)
{
    auto raw = readTextFile(file, kMaxFile);
    if (!raw)
        return raw.error();
    auto json = parseJson(*raw, file.string());
    if (!json)
        return json.error();
    raw->clear();
    return Builder(file.string()).build(*json, file.parent_path());
}

} // namespace batlab
