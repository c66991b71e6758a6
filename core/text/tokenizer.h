// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

class ModelSource;
using TokenId = std::int32_t;

struct ChatMessage
{
    std::string role; ///< "system", "user", "assistant"
    std::string content;
};

struct EncodeOptions
{
    bool parseSpecial = true; ///< special tokens in the text are recognised
    bool addSpecial = false; ///< put BOS/EOS round it as the model's files say
};

/// Text <-> token ids. Immutable and thread-safe.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;
    [[nodiscard]] virtual Result<std::vector<TokenId>>
    encode(std::string_view utf8, const EncodeOptions &options = {}) const = 0;
    /// Bytes; a split UTF-8 sequence at an end is kept as it is. skipSpecial drops control tokens.
    [[nodiscard]] virtual std::string decode(const std::vector<TokenId> &ids,
                                             bool skipSpecial = false) const = 0;
    [[nodiscard]] virtual std::int64_t vocabSize() const = 0;
    /// The bytes of one token as they appear in decoded text.
    [[nodiscard]] virtual std::string piece(TokenId id) const = 0;
    [[nodiscard]] virtual std::optional<TokenId> tokenId(std::string_view piece) const = 0;
    [[nodiscard]] virtual std::optional<TokenId> bos() const = 0;
    [[nodiscard]] virtual std::optional<TokenId> eos() const = 0; ///< end of turn
    /// The id that starts a document when sampling from nothing: "<|endoftext|>" if the vocabulary
    /// has it, else BOS, else EOS.
    [[nodiscard]] virtual TokenId documentStart() const = 0;
    /// The Jinja source of the chat template, empty if none.
    [[nodiscard]] virtual const std::string &chatTemplate() const = 0;

    /// From tokenizer.json (+ tokenizer_config.json beside it).
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>>
    fromJsonFile(const std::filesystem::path &file);
    /// From a GGUF file's vocabulary (gpt2 and llama models).
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>>
    fromGguf(const std::filesystem::path &file);
    /// A model folder, a GGUF file, or a tokenizer.json.
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>>
    open(const std::filesystem::path &modelOrFile);
};

/// Renders a conversation with the tokenizer's chat template (the demo model's ChatML, Llama-3's;
/// anything else: error unsupported).
[[nodiscard]] Result<std::string> renderChat(const Tokenizer &tokenizer,
                                             const std::vector<ChatMessage> &messages,
                                             bool addGenerationPrompt);

} // namespace batlab
