// SPDX-License-Identifier: Apache-2.0
#include "core/text/json_pipeline.h"

#include "core/model/utf8.h"

#include <fmt/format.h>

#include <optional>

namespace batlab {

namespace {

const std::string kMetaspace = "\xE2\x96\x81";
/// The pattern of ByteLevel with use_regex (GPT-2's).
constexpr const char *kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// Collects the steps; the first failure sticks.
class Reader
{
public:
    explicit Reader(std::string where) : m_where(std::move(where)) { }

    Result<JsonPipeline> read(const Json &json)
    {
        normalizer(part(json, "normalizer"), 0);
        preTokenizer(part(json, "pre_tokenizer"), 0);
        const Json decoderJson = part(json, "decoder");
        if (decoderJson.is_null())
            m_out.decoder.byteLevel = m_out.byteLevel;
        else
            decoder(decoderJson, 0);
        if (m_error)
            return *m_error;
        return std::move(m_out);
    }

private:
    static Json part(const Json &json, const char *key)
    {
        const auto it = json.find(key);
        return it == json.end() ? Json() : *it;
    }
    static bool flag(const Json &json, const char *key, bool fallback)
    {
        const Json value = part(json, key);
        return value.is_boolean() ? value.get<bool>() : fallback;
    }
    static std::string text(const Json &json, const char *key)
    {
        const Json value = part(json, key);
        return value.is_string() ? value.get<std::string>() : std::string();
    }
    void fail(ErrorCode code, std::string what)
    {
        if (!m_error)
            m_error = Error { code, std::move(what), m_where,
                              code == ErrorCode::unsupported
                                  ? "Byte-level and SentencePiece-style BPE are supported."
                                  : "Fetch the tokenizer again." };
    }
    SplitPattern compile(const std::string &pattern)
    {
        auto compiled = SplitPattern::compile(pattern, m_where);
        if (compiled)
            return std::move(*compiled);
        if (!m_error)
            m_error = compiled.error();
        return {};
    }
    /// {"String": "x"} or {"Regex": "x"}, or a plain string.
    SplitPattern pattern(const Json &json)
    {
        if (json.is_string())
            return compile(quotePattern(json.get<std::string>()));
        if (json.is_object() && !text(json, "Regex").empty())
            return compile(text(json, "Regex"));
        if (json.is_object() && !text(json, "String").empty())
            return compile(quotePattern(text(json, "String")));
        fail(ErrorCode::badInput, "a step has no pattern");
        return {};
    }
    /// Calls visit for every item of a Sequence; false if the step is none.
    template<class Visit>
    bool sequence(const Json &json, const char *key, int depth, Visit visit)
    {
        if (text(json, "type") != "Sequence")
            return false;
        const Json items = part(json, key);
        if (!items.is_array() || depth > 8)
            fail(ErrorCode::badInput, "a Sequence has no steps");
        else
            for (const auto &item : items)
                visit(item);
        return true;
    }

    void normalizer(const Json &json, int depth);
    void preTokenizer(const Json &json, int depth);
    void split(const Json &json);
    void metaspace(const Json &json);
    void decoder(const Json &json, int depth);
    void addSplit(const char *regex, PreStep::Behavior behavior = PreStep::Behavior::isolated)
    {
        PreStep step;
        step.pattern = compile(regex);
        step.behavior = behavior;
        m_out.preSteps.push_back(std::move(step));
    }

    std::string m_where;
    JsonPipeline m_out;
    std::optional<Error> m_error;
};

void Reader::normalizer(const Json &json, int depth)
{
    if (json.is_null() || sequence(json, "normalizers", depth, [&](const Json &item) {
            normalizer(item, depth + 1);
        }))
        return;
    const std::string type = text(json, "type");
    NormStep step;
    using Kind = NormStep::Kind;
    if (type == "NFC") {
        step.kind = Kind::nfc;
    } else if (type == "NFD") {
        step.kind = Kind::nfd;
    } else if (type == "NFKC") {
        step.kind = Kind::nfkc;
    } else if (type == "NFKD") {
        step.kind = Kind::nfkd;
    } else if (type == "Lowercase") {
        step.kind = Kind::lowercase;
    } else if (type == "Prepend") {
        step.kind = Kind::prepend;
        step.content = text(json, "prepend");
    } else if (type == "Replace") {
        step.kind = Kind::replace;
        step.pattern = pattern(part(json, "pattern"));
        step.content = text(json, "content");
    } else if (type == "Strip") {
        step.kind = Kind::strip;
        step.left = flag(json, "strip_left", true);
        step.right = flag(json, "strip_right", true);
    } else if (type == "ByteLevel") {
        m_out.byteLevel = true;
        return;
    } else {
        return fail(ErrorCode::unsupported,
                    fmt::format("the normalizer \"{}\" is not supported", type));
    }
    m_out.normalizers.push_back(std::move(step));
}

void Reader::split(const Json &json)
{
    PreStep step;
    step.pattern = pattern(part(json, "pattern"));
    step.invert = flag(json, "invert", false);
    const std::string behavior = text(json, "behavior");
    using Behavior = PreStep::Behavior;
    if (behavior == "Isolated")
        step.behavior = Behavior::isolated;
    else if (behavior == "Removed")
        step.behavior = Behavior::removed;
    else if (behavior == "MergedWithPrevious")
        step.behavior = Behavior::mergedWithPrevious;
    else if (behavior == "MergedWithNext")
        step.behavior = Behavior::mergedWithNext;
    else
        return fail(ErrorCode::unsupported,
                    fmt::format("the split behaviour \"{}\" is not supported", behavior));
    m_out.preSteps.push_back(std::move(step));
}

void Reader::metaspace(const Json &json)
{
    PreStep step;
    step.kind = PreStep::Kind::metaspace;
    step.replacement = text(json, "replacement");
    if (step.replacement.empty())
        step.replacement = kMetaspace;
    const std::string scheme = text(json, "prepend_scheme");
    if (scheme == "never" || (scheme.empty() && !flag(json, "add_prefix_space", true)))
        step.prepend = PreStep::Prepend::never;
    else
        step.prepend = scheme == "first" ? PreStep::Prepend::first : PreStep::Prepend::always;
    step.splitWords = flag(json, "split", true);
    m_out.preSteps.push_back(std::move(step));
}

void Reader::preTokenizer(const Json &json, int depth)
{
    if (json.is_null() || sequence(json, "pretokenizers", depth, [&](const Json &item) {
            preTokenizer(item, depth + 1);
        }))
        return;
    const std::string type = text(json, "type");
    if (m_out.byteLevel)
        return fail(ErrorCode::unsupported,
                    fmt::format("the pre-tokenizer \"{}\" after ByteLevel", type));
    if (type == "ByteLevel") {
        if (flag(json, "add_prefix_space", true)) {
            PreStep step;
            step.kind = PreStep::Kind::prefixSpace;
            m_out.preSteps.push_back(std::move(step));
        }
        if (flag(json, "use_regex", true))
            addSplit(kGpt2Pattern);
        m_out.byteLevel = true;
    } else if (type == "Split") {
        split(json);
    } else if (type == "Digits") {
        addSplit(flag(json, "individual_digits", false) ? R"(\p{N})" : R"(\p{N}+)");
    } else if (type == "Metaspace") {
        metaspace(json);
    } else if (type == "Whitespace") {
        addSplit(R"(\w+|[^\w\s]+)", PreStep::Behavior::removed);
        m_out.preSteps.back().invert = true;
    } else if (type == "WhitespaceSplit") {
        addSplit(R"(\s+)", PreStep::Behavior::removed);
    } else if (type == "Punctuation") {
        addSplit(R"([\p{P}\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E])");
    } else {
        fail(ErrorCode::unsupported,
             fmt::format("the pre-tokenizer \"{}\" is not supported", type));
    }
}

void Reader::decoder(const Json &json, int depth)
{
    if (sequence(json, "decoders", depth, [&](const Json &item) { decoder(item, depth + 1); }))
        return;
    const std::string type = text(json, "type");
    TextDecoder &out = m_out.decoder;
    if (type == "ByteLevel") {
        out.byteLevel = true;
    } else if (type == "ByteFallback") {
        out.byteFallback = true;
    } else if (type == "Replace") {
        const std::string from = text(part(json, "pattern"), "String");
        if (from.empty())
            return fail(ErrorCode::unsupported, "a decoder replaces by a regular expression");
        out.replacements.emplace_back(from, text(json, "content"));
    } else if (type == "Metaspace") {
        std::string from = text(json, "replacement");
        out.replacements.emplace_back(from.empty() ? kMetaspace : from, " ");
        if (text(json, "prepend_scheme") != "never" && flag(json, "add_prefix_space", true)) {
            out.strip.assign(1, ' ');
            out.stripStart = 1;
        }
    } else if (type == "Strip") {
        out.strip = text(json, "content");
        const Json start = part(json, "start");
        const Json stop = part(json, "stop");
        out.stripStart = start.is_number_unsigned()
            ? static_cast<int>(std::min<std::uint64_t>(start.get<std::uint64_t>(), 1024))
            : 0;
        out.stripEnd = stop.is_number_unsigned()
            ? static_cast<int>(std::min<std::uint64_t>(stop.get<std::uint64_t>(), 1024))
            : 0;
    } else if (type != "Fuse") {
        fail(ErrorCode::unsupported, fmt::format("the decoder \"{}\" is not supported", type));
    }
}

} // namespace

Result<JsonPipeline> readJsonPipeline(const Json &json, const std::string &where)
{
    return Reader(where).read(json);
}

} // namespace batlab
