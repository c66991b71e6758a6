// SPDX-License-Identifier: Apache-2.0
#include "core/model/config_json.h"

#include "core/model/config_gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace batlab {

namespace {

/// Typed access to one JSON object; the first failure sticks. A null counts as absent, as in
/// the original configurations.
class Fields
{
public:
    Fields(const Json &json, std::string where, std::optional<Error> &error)
        : m_json(json), m_where(std::move(where)), m_error(error)
    { }

    [[nodiscard]] const Json *find(const char *key) const
    {
        const auto it = m_json.find(key);
        return it == m_json.end() || it->is_null() ? nullptr : &*it;
    }
    [[nodiscard]] bool mentions(const char *key) const { return m_json.contains(key); }
    std::int64_t integer(const char *key, std::int64_t fallback)
    {
        const Json *value = find(key);
        if (!value)
            return fallback;
        if (value->is_number_integer()
            && (!value->is_number_unsigned()
                || value->get<std::uint64_t>() < (std::uint64_t { 1 } << 62)))
            return value->get<std::int64_t>();
        if (value->is_number_float() && std::abs(value->get<double>()) < 1e15
            && std::floor(value->get<double>()) == value->get<double>())
            return static_cast<std::int64_t>(value->get<double>());
        wrong(key, "an integer");
        return fallback;
    }
    std::int64_t required(const char *key)
    {
        if (!find(key))
            fail(ErrorCode::badInput, fmt::format("the key \"{}\" is missing", key),
                 "Fetch the model's own config.json.");
        return integer(key, 0);
    }
    double number(const char *key, double fallback)
    {
        const Json *value = find(key);
        if (value && !value->is_number())
            wrong(key, "a number");
        return value && value->is_number() ? value->get<double>() : fallback;
    }
    bool boolean(const char *key, bool fallback)
    {
        const Json *value = find(key);
        if (value && !value->is_boolean())
            wrong(key, "true or false");
        return value && value->is_boolean() ? value->get<bool>() : fallback;
    }
    std::string text(const char *key)
    {
        const Json *value = find(key);
        if (value && !value->is_string())
            wrong(key, "a text");
        return value && value->is_string() ? value->get<std::string>() : std::string();
    }
    void fail(ErrorCode code, std::string what, std::string hint)
    {
        if (!m_error)
            m_error = Error { code, std::move(what), m_where, std::move(hint) };
    }

private:
    void wrong(const char *key, const char *expected)
    {
        fail(ErrorCode::badInput, fmt::format("\"{}\" is not {}", key, expected),
             "Correct config.json or fetch it again.");
    }

    const Json &m_json;
    std::string m_where;
    std::optional<Error> &m_error;
};

/// "default when factor <= 1" of the yarn paper's temperature: 0.1 s ln(factor) + 1.
double yarnMagnitude(double factor, double scale)
{
    return factor > 1.0 ? 0.1 * scale * std::log(factor) + 1.0 : 1.0;
}

void readRope(const Json &json, const std::string &where, std::optional<Error> &error,
              ModelConfig &c)
{
    static const Json kNone = Json::object();
    Fields top(json, where, error);
    const Json *scaling = top.find("rope_parameters");
    if (!scaling)
        scaling = top.find("rope_scaling");
    if (scaling && !scaling->is_object()) {
        top.fail(ErrorCode::badInput, "the rope parameters are no object",
                 "Correct config.json or fetch it again.");
        return;
    }
    Fields rope(scaling ? *scaling : kNone, where, error);
    c.rope.theta = rope.number("rope_theta", top.number("rope_theta", 10000.0));
    if (rope.number("partial_rotary_factor", top.number("partial_rotary_factor", 1.0)) != 1.0)
        top.fail(ErrorCode::unsupported, "only a part of each head is rotated",
                 "Use a model with full rotary embedding.");
    std::string type = rope.text("rope_type");
    if (type.empty())
        type = rope.text("type");
    if (type.empty() || type == "default")
        return;
    c.rope.factor = rope.number("factor", 1.0);
    c.rope.originalMaxPositions = rope.integer("original_max_position_embeddings", c.maxPositions);
    if (type == "linear") {
        c.rope.kind = RopeConfig::Kind::linear;
    } else if (type == "llama3") {
        c.rope.kind = RopeConfig::Kind::llama3;
        c.rope.lowFreqFactor = rope.number("low_freq_factor", 1.0);
        c.rope.highFreqFactor = rope.number("high_freq_factor", 4.0);
    } else if (type == "yarn") {
        c.rope.kind = RopeConfig::Kind::yarn;
        c.rope.betaFast = rope.number("beta_fast", 32.0);
        c.rope.betaSlow = rope.number("beta_slow", 1.0);
        c.rope.truncate = rope.boolean("truncate", true);
        const double scale = rope.number("mscale", 0.0);
        const double scaleAll = rope.number("mscale_all_dim", 0.0);
        const double natural = scale != 0.0 && scaleAll != 0.0
            ? yarnMagnitude(c.rope.factor, scale) / yarnMagnitude(c.rope.factor, scaleAll)
            : yarnMagnitude(c.rope.factor, 1.0);
        c.rope.attentionFactor = rope.number("attention_factor", natural);
    } else {
        top.fail(ErrorCode::unsupported, fmt::format("the rope type \"{}\" is not supported", type),
                 "Supported: default, linear, llama3, yarn.");
    }
}

/// Positions a token sees: one window for all layers, or none.
void readWindow(Fields &fields, ModelConfig &c)
{
    const bool qwen = c.architecture == "qwen2" || c.architecture == "qwen3";
    const bool mistral = c.architecture == "mistral";
    // transformers' default for Mistral configurations that do not mention the key is 4096; null
    // means none. Qwen has a switch, off by default. Llama has no window.
    std::int64_t window = 0;
    if (mistral)
        window = fields.integer("sliding_window", fields.mentions("sliding_window") ? 0 : 4096);
    if (qwen && fields.boolean("use_sliding_window", false))
        window = fields.integer("sliding_window", 4096);
    if (window <= 0 || (c.maxPositions > 0 && window >= c.maxPositions))
        return;
    std::int64_t sliding = c.layers;
    if (const Json *types = fields.find("layer_types"); types && types->is_array())
        sliding = std::count(types->begin(), types->end(), Json("sliding_attention"));
    else if (qwen)
        sliding = c.layers - std::min(c.layers, fields.integer("max_window_layers", 28));
    if (sliding == c.layers)
        c.slidingWindow = window;
    else if (sliding != 0)
        fields.fail(ErrorCode::unsupported, "only some layers use a sliding window",
                    "Set use_sliding_window to false if contexts stay within the window.");
}

void addToken(const Json &value, std::int64_t vocab, std::vector<std::int64_t> &out)
{
    if (value.is_array()) {
        for (const auto &item : value)
            if (!item.is_array())
                addToken(item, vocab, out);
    } else if (value.is_number_integer() && value >= 0 && value < vocab) {
        const auto id = value.get<std::int64_t>();
        if (std::find(out.begin(), out.end(), id) == out.end())
            out.push_back(id);
    }
}

void readTokens(const Json &json, ModelConfig &c)
{
    const auto first = [&](const char *key) -> std::optional<std::int64_t> {
        std::vector<std::int64_t> ids;
        if (const auto it = json.find(key); it != json.end())
            addToken(*it, c.vocab, ids);
        return ids.empty() ? std::nullopt : std::optional<std::int64_t>(ids.front());
    };
    if (const auto id = first("bos_token_id"))
        c.bosToken = id;
    if (const auto id = first("eos_token_id"))
        c.eosToken = id;
    if (const auto id = first("pad_token_id"))
        c.padToken = id;
    if (const auto it = json.find("eos_token_id"); it != json.end())
        addToken(*it, c.vocab, c.endTokens);
}

} // namespace

Result<ModelConfig> configFromJson(const Json &json, const std::string &where)
{
    if (!json.is_object())
        return Error { ErrorCode::badInput, "the configuration is no JSON object", where,
                       "Fetch the model's own config.json." };
    std::optional<Error> error;
    Fields f(json, where, error);
    ModelConfig c;
    c.architecture = f.text("model_type");
    constexpr std::array<std::string_view, 4> kKnown { "llama", "mistral", "qwen2", "qwen3" };
    if (!error && std::find(kKnown.begin(), kKnown.end(), c.architecture) == kKnown.end())
        return Error { ErrorCode::unsupported,
                       fmt::format("architecture \"{}\" is not supported", c.architecture), where,
                       "Supported: Llama, Mistral, SmolLM2, Qwen2, Qwen2.5, Qwen3." };
    if (f.find("quantization_config") || f.find("compression_config"))
        return Error { ErrorCode::unsupported, "the checkpoint is already quantized", where,
                       "Use the full-precision checkpoint it was made from." };
    c.hidden = f.required("hidden_size");
    c.intermediate = f.required("intermediate_size");
    c.layers = f.required("num_hidden_layers");
    c.heads = f.required("num_attention_heads");
    c.kvHeads = f.integer("num_key_value_heads", c.heads);
    c.headDim = f.integer("head_dim",
                          c.architecture == "qwen3" ? 128
                              : c.heads > 0         ? c.hidden / c.heads
                                                    : 0);
    c.vocab = f.required("vocab_size");
    c.maxPositions = f.integer("max_position_embeddings", 0);
    c.normEps = f.number("rms_norm_eps", 1e-6);
    const std::string activation = f.text("hidden_act");
    if (!activation.empty() && activation != "silu" && activation != "swish")
        f.fail(ErrorCode::unsupported, fmt::format("the activation \"{}\"", activation),
               "Only models with SiLU are supported.");
    c.tiedEmbeddings = f.boolean("tie_word_embeddings", false);
    const bool attentionBias = c.architecture != "mistral" && f.boolean("attention_bias", false);
    c.qkvBias = c.architecture == "qwen2" || attentionBias;
    c.oBias = c.architecture != "qwen2" && attentionBias;
    c.mlpBias = c.architecture == "llama" && f.boolean("mlp_bias", false);
    c.qkNorm = c.architecture == "qwen3";
    readRope(json, where, error, c);
    readWindow(f, c);
    if (error)
        return *error;
    if (auto ok = checkConfig(c, where); !ok)
        return ok.error();
    readTokens(json, c);
    return c;
}

void addGenerationConfig(const Json &json, ModelConfig &config)
{
    if (json.is_object())
        readTokens(json, config);
}

} // namespace batlab
