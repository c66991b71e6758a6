// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tiny_model.h"

#include "core/base/hash.h"
#include "core/text/byte_alphabet.h"

#include <bit>
#include <cmath>
#include <functional>
#include <numbers>
#include <stdexcept>

namespace batlab::test {

namespace {

std::int64_t headDimOf(const TinyModelOptions &o)
{
    return o.headDim > 0 ? o.headDim : o.hidden / o.heads;
}

std::uint16_t toBf16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

/// Normal halves only, nearest even: enough for weights.
std::uint16_t toHalf(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
    const float magnitude = std::abs(value);
    if (magnitude < 0x1p-14F) // subnormal: multiples of 2^-24
        return static_cast<std::uint16_t>(
            sign | static_cast<std::uint16_t>(std::nearbyint(magnitude * 0x1p24F)));
    const std::uint32_t rounded =
        (bits & 0x7FFFFFFFU) + 0xFFFU + (bits >> 13 & 1U) - (std::uint32_t { 112 } << 23);
    return static_cast<std::uint16_t>(sign | rounded >> 13);
}

float fromHalf(std::uint16_t h)
{
    const float sign = h & 0x8000 ? -1.0F : 1.0F;
    const int exponent = h >> 10 & 31;
    const int mantissa = h & 1023;
    return sign
        * (exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                         : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25));
}

float exactIn(const std::string &dtype, float value)
{
    if (dtype == "BF16")
        return std::bit_cast<float>(std::uint32_t { toBf16(value) } << 16);
    if (dtype == "F16")
        return fromHalf(toHalf(value));
    return value;
}

class Generator
{
public:
    explicit Generator(std::uint64_t seed) : m_seed(seed) { }
    float normal()
    {
        // Box-Muller; u in (0, 1].
        const double u = 1.0 - randomUniform(m_seed, m_counter++);
        const double v = randomUniform(m_seed, m_counter++);
        return static_cast<float>(std::sqrt(-2.0 * std::log(u))
                                  * std::cos(2.0 * std::numbers::pi * v));
    }

private:
    std::uint64_t m_seed;
    std::uint64_t m_counter = 0;
};

/// Calls visit(name, shape) for each tensor of the family.
void visitTensors(const TinyModelOptions &o,
                  const std::function<void(std::string, std::vector<std::int64_t>)> &visit)
{
    const std::int64_t q = o.heads * headDimOf(o);
    const std::int64_t kv = o.kvHeads * headDimOf(o);
    const bool llamaBias = o.biases && o.family == "llama";
    visit("model.embed_tokens.weight", { o.vocab, o.hidden });
    for (std::int64_t i = 0; i < o.layers; ++i) {
        const std::string p = "model.layers." + std::to_string(i) + ".";
        visit(p + "input_layernorm.weight", { o.hidden });
        visit(p + "self_attn.q_proj.weight", { q, o.hidden });
        visit(p + "self_attn.k_proj.weight", { kv, o.hidden });
        visit(p + "self_attn.v_proj.weight", { kv, o.hidden });
        visit(p + "self_attn.o_proj.weight", { o.hidden, q });
        if (o.family == "qwen2" || llamaBias) {
            visit(p + "self_attn.q_proj.bias", { q });
            visit(p + "self_attn.k_proj.bias", { kv });
            visit(p + "self_attn.v_proj.bias", { kv });
        }
        if (llamaBias)
            visit(p + "self_attn.o_proj.bias", { o.hidden });
        if (o.family == "qwen3") {
            visit(p + "self_attn.q_norm.weight", { headDimOf(o) });
            visit(p + "self_attn.k_norm.weight", { headDimOf(o) });
        }
        visit(p + "post_attention_layernorm.weight", { o.hidden });
        visit(p + "mlp.gate_proj.weight", { o.intermediate, o.hidden });
        visit(p + "mlp.up_proj.weight", { o.intermediate, o.hidden });
        visit(p + "mlp.down_proj.weight", { o.hidden, o.intermediate });
        if (llamaBias) {
            visit(p + "mlp.gate_proj.bias", { o.intermediate });
            visit(p + "mlp.up_proj.bias", { o.intermediate });
            visit(p + "mlp.down_proj.bias", { o.hidden });
        }
    }
    visit("model.norm.weight", { o.hidden });
    if (!o.tied)
        visit("lm_head.weight", { o.vocab, o.hidden });
}

std::string encode(const std::vector<float> &values, const std::string &dtype)
{
    std::string out;
    for (const float value : values) {
        if (dtype == "F32") {
            out.append(reinterpret_cast<const char *>(&value), 4);
        } else if (dtype == "F64") {
            const double wide = value;
            out.append(reinterpret_cast<const char *>(&wide), 8);
        } else {
            const std::uint16_t bits = dtype == "BF16" ? toBf16(value) : toHalf(value);
            out.append(reinterpret_cast<const char *>(&bits), 2);
        }
    }
    return out;
}

Json ropeJson(const TinyModelOptions &o)
{
    Json rope = { { "rope_type", o.ropeScaling.empty() ? "default" : o.ropeScaling } };
    if (o.ropeScaling.empty())
        return rope;
    rope["factor"] = 4.0;
    rope["original_max_position_embeddings"] = o.maxPositions / 4;
    if (o.ropeScaling == "llama3") {
        rope["low_freq_factor"] = 1.0;
        rope["high_freq_factor"] = 4.0;
    }
    return rope;
}

/// Norms and rows that produce a linear's input times f, columns that read it divided by sqrt(f).
void plantOutliers(NamedTensor &tensor, const TinyModelOptions &o)
{
    const auto is = [&](const char *part) { return tensor.name.find(part) != std::string::npos; };
    const auto outlier = [](std::int64_t channel) { return channel % 13 == 5; };
    const bool norm = is("input_layernorm") || is("post_attention_layernorm");
    const bool producer = norm || is("v_proj") || is("up_proj");
    const bool reader = is("_proj.weight");
    if (o.outliers == 1 || (!producer && !reader))
        return;
    const std::int64_t width = tensor.shape.size() > 1 ? tensor.shape[1] : 1;
    const std::int64_t head = headDimOf(o);
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(tensor.values.size()); ++i) {
        float &value = tensor.values[static_cast<std::size_t>(i)];
        const std::int64_t row = i / width;
        const std::int64_t column = i % width;
        if (producer && outlier(is("v_proj") ? row % head : row))
            value *= o.outliers;
        if (reader && outlier(is("o_proj") ? column % head : column))
            value /= std::sqrt(o.outliers);
        value = exactIn(o.dtype, value);
    }
}

} // namespace

std::vector<NamedTensor> tinyModelTensors(const TinyModelOptions &options)
{
    Generator random(options.seed);
    std::vector<NamedTensor> out;
    visitTensors(options, [&](std::string name, std::vector<std::int64_t> shape) {
        NamedTensor tensor { std::move(name), std::move(shape), {} };
        std::int64_t n = 1;
        for (const auto size : tensor.shape)
            n *= size;
        const bool norm = tensor.name.find("norm") != std::string::npos;
        const bool bias = tensor.name.ends_with(".bias");
        const bool embedding = tensor.name == "model.embed_tokens.weight";
        const float scale = norm || bias ? 0.1F
            : embedding                  ? 0.05F
                        : 1.0F / std::sqrt(static_cast<float>(tensor.shape.back()));
        for (std::int64_t i = 0; i < n; ++i)
            tensor.values.push_back(
                exactIn(options.dtype, (norm ? 1.0F : 0.0F) + scale * random.normal()));
        plantOutliers(tensor, options);
        out.push_back(std::move(tensor));
    });
    return out;
}

Json tinyModelConfig(const TinyModelOptions &o)
{
    const std::string dtype = o.dtype == "F32" ? "float32"
        : o.dtype == "F16"                     ? "float16"
                                               : "bfloat16";
    Json json = { { "model_type", o.family },
                  { "hidden_size", o.hidden },
                  { "intermediate_size", o.intermediate },
                  { "num_hidden_layers", o.layers },
                  { "num_attention_heads", o.heads },
                  { "num_key_value_heads", o.kvHeads },
                  { "vocab_size", o.vocab },
                  { "max_position_embeddings", o.maxPositions },
                  { "rms_norm_eps", 1e-5 },
                  { "hidden_act", "silu" },
                  { "tie_word_embeddings", o.tied },
                  { "bos_token_id", 256 },
                  { "eos_token_id", 256 } };
    const std::string classes[][2] = { { "llama", "LlamaForCausalLM" },
                                       { "mistral", "MistralForCausalLM" },
                                       { "qwen2", "Qwen2ForCausalLM" },
                                       { "qwen3", "Qwen3ForCausalLM" } };
    for (const auto &[family, name] : classes)
        if (o.family == family)
            json["architectures"] = { name };
    if (o.headDim > 0 || o.family == "qwen3")
        json["head_dim"] = headDimOf(o);
    if (o.family == "llama") {
        json["attention_bias"] = o.biases;
        json["mlp_bias"] = o.biases;
    }
    if (o.family == "mistral")
        json["sliding_window"] = o.slidingWindow > 0 ? Json(o.slidingWindow) : Json();
    if (o.family.starts_with("qwen"))
        json["use_sliding_window"] = false;
    Json rope = ropeJson(o);
    if (o.configV5) {
        rope["rope_theta"] = 10000.0;
        json["rope_parameters"] = rope;
        json["dtype"] = dtype;
    } else {
        json["rope_theta"] = 10000.0;
        json["rope_scaling"] = o.ropeScaling.empty() ? Json() : rope;
        json["torch_dtype"] = dtype;
    }
    return json;
}

std::string safetensorsBytes(const std::vector<NamedTensor> &tensors, const std::string &dtype)
{
    Json header = { { "__metadata__", { { "format", "pt" } } } };
    std::string data;
    for (const auto &tensor : tensors) {
        const std::size_t begin = data.size();
        data += encode(tensor.values, dtype);
        header[tensor.name] = { { "dtype", dtype },
                                { "shape", tensor.shape },
                                { "data_offsets", { begin, data.size() } } };
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    const auto size = static_cast<std::uint64_t>(text.size());
    return std::string(reinterpret_cast<const char *>(&size), 8) + text + data;
}

Json byteTokenizerJson()
{
    Json vocab = Json::object();
    for (int b = 0; b < 256; ++b)
        vocab[toByteAlphabet(std::string(1, static_cast<char>(b)))] = b;
    return { { "version", "1.0" },
             { "added_tokens",
               { { { "id", 256 },
                   { "content", "<|endoftext|>" },
                   { "special", true },
                   { "lstrip", false },
                   { "rstrip", false },
                   { "normalized", false },
                   { "single_word", false } } } },
             { "normalizer", nullptr },
             { "pre_tokenizer",
               { { "type", "ByteLevel" }, { "add_prefix_space", false }, { "use_regex", true } } },
             { "post_processor", nullptr },
             { "decoder", { { "type", "ByteLevel" } } },
             { "model", { { "type", "BPE" }, { "vocab", vocab }, { "merges", Json::array() } } } };
}

std::filesystem::path writeTinyModel(const std::filesystem::path &dir,
                                     const TinyModelOptions &options)
{
    writeBytes(dir / "config.json", tinyModelConfig(options).dump(2));
    if (options.tokenizer) {
        writeBytes(dir / "tokenizer.json", byteTokenizerJson().dump());
        writeBytes(dir / "tokenizer_config.json",
                   R"({"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"})");
    }
    const auto tensors = tinyModelTensors(options);
    if (!options.sharded) {
        writeBytes(dir / "model.safetensors", safetensorsBytes(tensors, options.dtype));
        return dir;
    }
    const auto half = static_cast<std::ptrdiff_t>(tensors.size() / 2);
    const std::vector<NamedTensor> parts[2] { { tensors.begin(), tensors.begin() + half },
                                              { tensors.begin() + half, tensors.end() } };
    Json map = Json::object();
    std::size_t total = 0;
    for (int i = 0; i < 2; ++i) {
        const std::string name = "model-0000" + std::to_string(i + 1) + "-of-00002.safetensors";
        for (const auto &tensor : parts[i]) {
            map[tensor.name] = name;
            total += tensor.values.size() * (options.dtype == "F32" ? 4 : 2);
        }
        writeBytes(dir / name, safetensorsBytes(parts[i], options.dtype));
    }
    writeBytes(dir / "model.safetensors.index.json",
               Json { { "metadata", { { "total_size", total } } }, { "weight_map", map } }.dump(1));
    return dir;
}

GgufWriter tinyGguf(const TinyModelOptions &o)
{
    GgufWriter out;
    const std::string arch = o.family == "mistral" ? "llama" : o.family;
    const auto u32 = [&](const char *key, std::int64_t value) {
        out.addU32(arch + "." + key, static_cast<std::uint32_t>(value));
    };
    out.addText("general.architecture", arch);
    out.addText("general.name", "tiny " + o.family);
    u32("block_count", o.layers);
    u32("context_length", o.maxPositions);
    u32("embedding_length", o.hidden);
    u32("feed_forward_length", o.intermediate);
    u32("attention.head_count", o.heads);
    u32("attention.head_count_kv", o.kvHeads);
    if (headDimOf(o) * o.heads != o.hidden) {
        u32("attention.key_length", headDimOf(o));
        u32("attention.value_length", headDimOf(o));
    }
    out.addF32(arch + ".attention.layer_norm_rms_epsilon", 1e-5F);
    out.addF32(arch + ".rope.freq_base", 10000.0F);
    const std::pair<const char *, const char *> names[] = { { "model.embed_tokens", "token_embd" },
                                                            { "model.norm", "output_norm" },
                                                            { "lm_head", "output" },
                                                            { "model.layers.", "blk." },
                                                            { "input_layernorm", "attn_norm" },
                                                            { "post_attention_layernorm",
                                                              "ffn_norm" },
                                                            { "self_attn.q_proj", "attn_q" },
                                                            { "self_attn.k_proj", "attn_k" },
                                                            { "self_attn.v_proj", "attn_v" },
                                                            { "self_attn.o_proj", "attn_output" },
                                                            { "self_attn.q_norm", "attn_q_norm" },
                                                            { "self_attn.k_norm", "attn_k_norm" },
                                                            { "mlp.gate_proj", "ffn_gate" },
                                                            { "mlp.up_proj", "ffn_up" },
                                                            { "mlp.down_proj", "ffn_down" } };
    for (auto tensor : tinyModelTensors(o)) {
        const bool qk = tensor.name.find("q_proj") != std::string::npos
            || tensor.name.find("k_proj") != std::string::npos;
        if (qk && arch == "llama") {
            // File row h*D + 2i + p is model row h*D + p*D/2 + i.
            const std::int64_t dim = headDimOf(o);
            const auto width = static_cast<std::int64_t>(tensor.values.size()) / tensor.shape[0];
            const auto source = tensor.values;
            for (std::int64_t row = 0; row < tensor.shape[0]; ++row) {
                const std::int64_t pair = row % dim;
                const std::int64_t from = row - pair + pair % 2 * (dim / 2) + pair / 2;
                std::copy_n(source.begin() + from * width, width,
                            tensor.values.begin() + row * width);
            }
        }
        std::string name = tensor.name;
        for (const auto &[from, to] : names)
            if (const auto at = name.find(from); at != std::string::npos)
                name.replace(at, std::string(from).size(), to);
        out.addTensor(name, tensor.shape, tensor.values);
    }
    return out;
}

std::filesystem::path writeTinyGguf(const std::filesystem::path &file,
                                    const TinyModelOptions &options)
{
    tinyGguf(options).write(file);
    return file;
}

} // namespace batlab::test
