// SPDX-License-Identifier: Apache-2.0
// The flat llama2.c format (shared/models/README.md) as checkpoints that the program reads.
#include "tests/support/tiny_model.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace batlab::test {

namespace {

struct Flat
{
    std::int64_t hidden = 0, intermediate = 0, layers = 0, heads = 0, kvHeads = 0, vocab = 0,
                 positions = 0;
    std::vector<NamedTensor> tensors; ///< q and k rows in pairs, as stored
    [[nodiscard]] std::int64_t headDim() const { return hidden / heads; }
};

std::string readBytes(const std::filesystem::path &file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw std::runtime_error("cannot read " + file.string());
    return { std::istreambuf_iterator<char>(in), {} };
}

Flat readFlat(const std::filesystem::path &file)
{
    const std::string bytes = readBytes(file);
    std::size_t pos = 0;
    const auto integer = [&] {
        if (pos + 4 > bytes.size())
            throw std::runtime_error(file.string() + " is too short");
        std::int32_t value = 0;
        std::memcpy(&value, bytes.data() + pos, 4);
        pos += 4;
        return std::int64_t { value };
    };
    Flat f;
    f.hidden = integer();
    f.intermediate = integer();
    f.layers = integer();
    f.heads = integer();
    f.kvHeads = integer();
    f.vocab = integer();
    f.positions = integer();
    const std::int64_t kv = f.headDim() * f.kvHeads;
    const auto take = [&](std::string name, std::vector<std::int64_t> shape) {
        NamedTensor tensor { std::move(name), std::move(shape), {} };
        std::size_t n = 1;
        for (const auto size : tensor.shape)
            n *= static_cast<std::size_t>(size);
        if (pos + 4 * n > bytes.size())
            throw std::runtime_error(file.string() + " ends inside " + tensor.name);
        tensor.values.resize(n);
        std::memcpy(tensor.values.data(), bytes.data() + pos, 4 * n);
        pos += 4 * n;
        f.tensors.push_back(std::move(tensor));
    };
    const auto eachLayer = [&](const char *name, const std::vector<std::int64_t> &shape) {
        for (std::int64_t i = 0; i < f.layers; ++i)
            take("model.layers." + std::to_string(i) + "." + name, shape);
    };
    take("model.embed_tokens.weight", { f.vocab, f.hidden });
    eachLayer("input_layernorm.weight", { f.hidden });
    eachLayer("self_attn.q_proj.weight", { f.hidden, f.hidden });
    eachLayer("self_attn.k_proj.weight", { kv, f.hidden });
    eachLayer("self_attn.v_proj.weight", { kv, f.hidden });
    eachLayer("self_attn.o_proj.weight", { f.hidden, f.hidden });
    eachLayer("post_attention_layernorm.weight", { f.hidden });
    eachLayer("mlp.gate_proj.weight", { f.intermediate, f.hidden });
    eachLayer("mlp.down_proj.weight", { f.hidden, f.intermediate });
    eachLayer("mlp.up_proj.weight", { f.intermediate, f.hidden });
    take("model.norm.weight", { f.hidden });
    return f;
}

bool isQk(const std::string &name)
{
    return name.find("q_proj") != std::string::npos || name.find("k_proj") != std::string::npos;
}

TinyModelOptions optionsOf(const Flat &f)
{
    TinyModelOptions o;
    o.hidden = f.hidden;
    o.intermediate = f.intermediate;
    o.layers = f.layers;
    o.heads = f.heads;
    o.kvHeads = f.kvHeads;
    o.vocab = f.vocab;
    o.maxPositions = f.positions;
    o.tied = true;
    return o;
}

/// Tokens and scores of tok512.bin; spaces become U+2581 as in SentencePiece.
void addVocabulary(const std::filesystem::path &file, std::int64_t vocab, GgufWriter &out)
{
    const std::string bytes = readBytes(file);
    std::size_t pos = 4; // the longest piece comes first
    std::vector<std::string> tokens;
    std::vector<float> scores;
    std::vector<std::int32_t> types;
    for (std::int64_t i = 0; i < vocab; ++i) {
        float score = 0;
        std::int32_t length = 0;
        if (pos + 8 > bytes.size())
            throw std::runtime_error(file.string() + " is too short");
        std::memcpy(&score, bytes.data() + pos, 4);
        std::memcpy(&length, bytes.data() + pos + 4, 4);
        pos += 8;
        if (length < 0 || pos + static_cast<std::size_t>(length) > bytes.size())
            throw std::runtime_error(file.string() + " is damaged");
        std::string token;
        for (const char c : bytes.substr(pos, static_cast<std::size_t>(length)))
            token += c == ' ' ? std::string("\xE2\x96\x81") : std::string(1, c);
        pos += static_cast<std::size_t>(length);
        tokens.push_back(i == 1 ? "<s>" : i == 2 ? "</s>" : token);
        scores.push_back(score);
        types.push_back(i == 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1);
    }
    out.addText("tokenizer.ggml.model", "llama");
    out.addText("tokenizer.ggml.pre", "default");
    out.addTexts("tokenizer.ggml.tokens", tokens);
    out.addF32s("tokenizer.ggml.scores", scores);
    out.addI32s("tokenizer.ggml.token_type", types);
    out.addU32("tokenizer.ggml.bos_token_id", 1);
    out.addU32("tokenizer.ggml.eos_token_id", 2);
    out.addU32("tokenizer.ggml.unknown_token_id", 0);
    out.addBool("tokenizer.ggml.add_space_prefix", true);
}

} // namespace

std::filesystem::path convertLlama2c(const std::filesystem::path &bin,
                                     const std::filesystem::path &dir)
{
    Flat f = readFlat(bin);
    for (auto &tensor : f.tensors) {
        if (!isQk(tensor.name))
            continue;
        const std::int64_t dim = f.headDim();
        const auto source = tensor.values;
        for (std::int64_t row = 0; row < tensor.shape[0]; ++row) {
            const std::int64_t inHead = row % dim;
            const std::int64_t from = row - inHead + 2 * (inHead % (dim / 2)) + inHead / (dim / 2);
            std::copy_n(source.begin() + from * f.hidden, f.hidden,
                        tensor.values.begin() + row * f.hidden);
        }
    }
    Json config = tinyModelConfig(optionsOf(f));
    config["bos_token_id"] = 1;
    config["eos_token_id"] = 2;
    writeBytes(dir / "config.json", config.dump(2));
    writeBytes(dir / "model.safetensors", safetensorsBytes(f.tensors));
    return dir;
}

std::filesystem::path convertLlama2cToGguf(const std::filesystem::path &bin,
                                           const std::filesystem::path &tokenizer,
                                           const std::filesystem::path &file)
{
    const Flat f = readFlat(bin);
    GgufWriter out;
    const auto u32 = [&](const char *key, std::int64_t value) {
        out.addU32(std::string("llama.") + key, static_cast<std::uint32_t>(value));
    };
    out.addText("general.architecture", "llama");
    u32("block_count", f.layers);
    u32("context_length", f.positions);
    u32("embedding_length", f.hidden);
    u32("feed_forward_length", f.intermediate);
    u32("attention.head_count", f.heads);
    u32("attention.head_count_kv", f.kvHeads);
    out.addF32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
    if (!tokenizer.empty())
        addVocabulary(tokenizer, f.vocab, out);
    const std::pair<const char *, const char *> names[] = {
        { "model.embed_tokens", "token_embd" },
        { "model.norm", "output_norm" },
        { "model.layers.", "blk." },
        { "input_layernorm", "attn_norm" },
        { "post_attention_layernorm", "ffn_norm" },
        { "self_attn.q_proj", "attn_q" },
        { "self_attn.k_proj", "attn_k" },
        { "self_attn.v_proj", "attn_v" },
        { "self_attn.o_proj", "attn_output" },
        { "mlp.gate_proj", "ffn_gate" },
        { "mlp.up_proj", "ffn_up" },
        { "mlp.down_proj", "ffn_down" },
    };
    for (const auto &tensor : f.tensors) {
        std::string name = tensor.name;
        for (const auto &[from, to] : names)
            if (const auto at = name.find(from); at != std::string::npos)
                name.replace(at, std::string(from).size(), to);
        out.addTensor(name, tensor.shape, tensor.values);
    }
    out.write(file);
    return file;
}

} // namespace batlab::test
