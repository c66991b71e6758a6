// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "tests/support/gguf_writer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace batlab::test {

/// A small random checkpoint of one of the supported families.
struct TinyModelOptions
{
    std::string family = "llama"; ///< "llama", "mistral", "qwen2", "qwen3"
    std::int64_t hidden = 64;
    std::int64_t intermediate = 128;
    std::int64_t layers = 2;
    std::int64_t heads = 4;
    std::int64_t kvHeads = 2;
    std::int64_t headDim = 0; ///< 0: hidden / heads (qwen3: written explicitly in any case)
    std::int64_t vocab = 320;
    std::int64_t maxPositions = 512;
    bool tied = false;
    bool biases = false; ///< llama: attention_bias and mlp_bias; qwen2 has q, k, v biases anyway
    std::uint64_t seed = 1;
    std::string dtype = "F32"; ///< "F32", "F16", "BF16"
    bool sharded = false; ///< two files and an index
    bool configV5 = false; ///< rope_parameters and dtype instead of rope_theta and torch_dtype
    std::string ropeScaling; ///< "", "linear", "llama3", "yarn"
    std::int64_t slidingWindow = 0; ///< mistral
    /// Outlier channels: every 13th channel of every linear's input is this times larger, the
    /// weights that read it smaller by its square root.
    float outliers = 1;
    bool tokenizer = true; ///< a byte-level tokenizer.json: 256 bytes, then "<|endoftext|>"
};

struct NamedTensor
{
    std::string name; ///< Hugging Face name
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// Weights ~ N(0, 1/sqrt(in)), norms ~ 1 + 0.1 N, biases 0.1 N, embeddings 0.05 N; the same for
/// the same seed on every machine. Values are exact in the dtype asked for.
[[nodiscard]] std::vector<NamedTensor> tinyModelTensors(const TinyModelOptions &options);
[[nodiscard]] Json tinyModelConfig(const TinyModelOptions &options);

/// Writes a Hugging Face folder (config.json, safetensors, tokenizer.json) and returns it.
std::filesystem::path writeTinyModel(const std::filesystem::path &dir,
                                     const TinyModelOptions &options = {});
/// The same weights as a GGUF file (F32; q and k rows interleaved for llama and mistral).
std::filesystem::path writeTinyGguf(const std::filesystem::path &file,
                                    const TinyModelOptions &options = {});
/// The GGUF of writeTinyGguf before it is written, to add to or to damage.
[[nodiscard]] GgufWriter tinyGguf(const TinyModelOptions &options);

/// The bytes of one .safetensors file.
[[nodiscard]] std::string safetensorsBytes(const std::vector<NamedTensor> &tensors,
                                           const std::string &dtype = "F32");
/// A tokenizer.json of the 256 bytes (ids 0 to 255) and the special token "<|endoftext|>" (256).
[[nodiscard]] Json byteTokenizerJson();

/// Converts a llama2.c checkpoint (shared/models: stories260K.bin) into a Hugging Face folder:
/// rows of wq and wk are put from neighbouring pairs into halves. Throws std::runtime_error.
std::filesystem::path convertLlama2c(const std::filesystem::path &bin,
                                     const std::filesystem::path &dir);
/// The same into a GGUF file, with the vocabulary of `tokenizer` (tok512.bin) if given.
std::filesystem::path convertLlama2cToGguf(const std::filesystem::path &bin,
                                           const std::filesystem::path &tokenizer,
                                           const std::filesystem::path &file);

} // namespace batlab::test
