// SPDX-License-Identifier: Apache-2.0
#include "core/model/config_gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace batlab {

namespace {

/// Reads keys under the architecture's prefix; the first failure sticks.
class Keys
{
public:
    Keys(const GgufFile &file, std::string architecture)
        : m_file(file), m_prefix(std::move(architecture) + ".")
    { }

    std::int64_t integer(const std::string &key, std::int64_t fallback)
    {
        const auto it = m_file.values().find(m_prefix + key);
        // Per-layer lists (one number a layer) are accepted when all their numbers are equal.
        if (it != m_file.values().end() && it->second.type == 9) {
            auto list = m_file.numbers(m_prefix + key);
            if (!list)
                return note(list.error()), fallback;
            if (list->empty() || std::any_of(list->begin(), list->end(), [&](double v) {
                    return v != list->front() || std::abs(v) > 1e15;
                }))
                return note({ ErrorCode::unsupported, "layers of different sizes", where(key),
                              "Use a model whose layers are all alike." }),
                       fallback;
            return static_cast<std::int64_t>(list->front());
        }
        auto value = m_file.integer(m_prefix + key);
        if (!value)
            return note(value.error()), fallback;
        return value->value_or(fallback);
    }
    std::int64_t required(const std::string &key)
    {
        if (!m_file.has(m_prefix + key))
            note({ ErrorCode::badInput, fmt::format("the key {}{} is missing", m_prefix, key),
                   m_file.file().path().string(), "Convert the model again." });
        return integer(key, 0);
    }
    double number(const std::string &key, double fallback)
    {
        auto value = m_file.number(m_prefix + key);
        if (!value)
            return note(value.error()), fallback;
        return value->value_or(fallback);
    }
    std::string text(const std::string &key)
    {
        auto value = m_file.text(m_prefix + key);
        if (!value)
            return note(value.error()), std::string();
        return value->value_or("");
    }
    std::string where(const std::string &key) const
    {
        return fmt::format("{}, key {}{}", m_file.file().path().string(), m_prefix, key);
    }
    void note(const Error &error)
    {
        if (!m_error)
            m_error = error;
    }
    const std::optional<Error> &error() const { return m_error; }

private:
    const GgufFile &m_file;
    std::string m_prefix;
    std::optional<Error> m_error;
};

void readRope(Keys &keys, ModelConfig &c)
{
    c.rope.theta = keys.number("rope.freq_base", 10000.0);
    const std::int64_t rotated = keys.integer("rope.dimension_count", c.headDim);
    if (rotated != c.headDim)
        keys.note(
            { ErrorCode::unsupported,
              fmt::format("only {} of {} dimensions of a head are rotated", rotated, c.headDim),
              keys.where("rope.dimension_count"), "Use a model with full rotary embedding." });
    const std::string type = keys.text("rope.scaling.type");
    const double factor = keys.number("rope.scaling.factor", keys.number("rope.scale_linear", 1.0));
    c.rope.originalMaxPositions = keys.integer("rope.scaling.original_context_length", 0);
    if (type == "yarn") {
        c.rope.kind = RopeConfig::Kind::yarn;
        c.rope.factor = factor;
        c.rope.betaFast = keys.number("rope.scaling.yarn_beta_fast", 32.0);
        c.rope.betaSlow = keys.number("rope.scaling.yarn_beta_slow", 1.0);
        if (c.rope.originalMaxPositions == 0)
            c.rope.originalMaxPositions = c.maxPositions;
        const double magnitude = factor > 1.0 ? 1.0 + 0.1 * std::log(factor) : 1.0;
        c.rope.attentionFactor = keys.number("rope.scaling.attn_factor", 1.0) * magnitude;
    } else if (type == "linear" || (type.empty() && factor > 0 && factor != 1.0)) {
        c.rope.kind = RopeConfig::Kind::linear;
        c.rope.factor = factor;
    } else if (!type.empty() && type != "none") {
        keys.note({ ErrorCode::unsupported, fmt::format("rope scaling \"{}\"", type),
                    keys.where("rope.scaling.type"), "Supported: none, linear, yarn." });
    }
}

/// The ids of tokenizer.ggml.*; a value outside the vocabulary means "none".
void readTokens(const GgufFile &file, ModelConfig &c)
{
    const auto id = [&](const char *key) -> std::optional<std::int64_t> {
        auto value = file.integer(std::string("tokenizer.ggml.") + key);
        if (!value || !*value || **value < 0 || **value >= c.vocab)
            return std::nullopt;
        return **value;
    };
    c.bosToken = id("bos_token_id");
    c.eosToken = id("eos_token_id");
    c.padToken = id("padding_token_id");
    for (const char *key : { "eos_token_id", "eot_token_id", "eom_token_id" })
        if (const auto token = id(key);
            token && std::find(c.endTokens.begin(), c.endTokens.end(), *token) == c.endTokens.end())
            c.endTokens.push_back(*token);
}

} // namespace

Result<ModelConfig> configFromGguf(const GgufFile &file,
                                   const std::function<bool(std::string_view)> &has,
                                   std::int64_t vocab)
{
    const std::string path = file.file().path().string();
    auto architecture = file.text("general.architecture");
    if (!architecture)
        return architecture.error();
    constexpr std::array<std::string_view, 4> kKnown { "llama", "mistral", "qwen2", "qwen3" };
    if (!*architecture || std::find(kKnown.begin(), kKnown.end(), **architecture) == kKnown.end())
        return Error { ErrorCode::unsupported,
                       fmt::format("architecture \"{}\" is not supported",
                                   architecture->value_or("(none)")),
                       path, "Supported: Llama, Mistral, SmolLM2, Qwen2, Qwen2.5, Qwen3." };
    Keys keys(file, **architecture);
    ModelConfig c;
    c.architecture = **architecture;
    c.displayName = file.file().path().stem().string();
    c.hidden = keys.required("embedding_length");
    c.intermediate = keys.required("feed_forward_length");
    c.layers = keys.required("block_count");
    c.heads = keys.required("attention.head_count");
    c.kvHeads = keys.integer("attention.head_count_kv", c.heads);
    c.headDim = keys.integer("attention.key_length", c.heads > 0 ? c.hidden / c.heads : 0);
    if (keys.integer("attention.value_length", c.headDim) != c.headDim)
        keys.note({ ErrorCode::unsupported, "keys and values have different sizes",
                    keys.where("attention.value_length"), "Use a model with equal sizes." });
    if (keys.integer("expert_count", 0) > 0)
        keys.note({ ErrorCode::unsupported, "mixture-of-experts models are not supported",
                    keys.where("expert_count"), "Use a dense model." });
    c.vocab = vocab;
    c.maxPositions = keys.integer("context_length", 0);
    c.normEps = keys.number("attention.layer_norm_rms_epsilon", 1e-5);
    readRope(keys, c);
    c.slidingWindow = keys.integer("attention.sliding_window", 0);
    if (c.architecture == "qwen2" || c.architecture == "qwen3"
        || (c.maxPositions > 0 && c.slidingWindow >= c.maxPositions))
        c.slidingWindow = 0;
    c.tiedEmbeddings = !has("output.weight");
    c.qkvBias = has("blk.0.attn_q.bias");
    c.oBias = has("blk.0.attn_output.bias");
    c.mlpBias = has("blk.0.ffn_gate.bias");
    c.qkNorm = has("blk.0.attn_q_norm.weight") || c.architecture == "qwen3";
    readTokens(file, c);
    if (keys.error())
        return *keys.error();
    if (auto ok = checkConfig(c, path); !ok)
        return ok.error();
    return c;
}

} // namespace batlab
