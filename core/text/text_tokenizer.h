// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/text/added_tokens.h"
#include "core/text/bpe_model.h"
#include "core/text/normalizer.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/text_decoder.h"
#include "core/text/tokenizer.h"

#include <optional>
#include <string>
#include <vector>

namespace batlab {

/// Everything that a tokenizer's files say; the two readers fill it.
struct TokenizerParts
{
    BpeModel model;
    std::vector<AddedToken> added;
    std::vector<NormStep> normalizers;
    std::vector<PreStep> preSteps;
    TextDecoder decoder;
    std::vector<TokenId> prefix; ///< put before the text with addSpecial
    std::vector<TokenId> suffix;
    std::optional<TokenId> bos;
    std::optional<TokenId> eos;
    std::string chatTemplate;
};

/// Added tokens -> normalizer -> pre-tokenizer -> BPE, as the tokenizers library orders them.
class TextTokenizer final : public Tokenizer
{
public:
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>> make(TokenizerParts parts);

    [[nodiscard]] Result<std::vector<TokenId>> encode(std::string_view utf8,
                                                      const EncodeOptions &options) const override;
    [[nodiscard]] std::string decode(const std::vector<TokenId> &ids,
                                     bool skipSpecial) const override;
    [[nodiscard]] std::int64_t vocabSize() const override { return m_size; }
    [[nodiscard]] std::string piece(TokenId id) const override;
    [[nodiscard]] std::optional<TokenId> tokenId(std::string_view piece) const override;
    [[nodiscard]] std::optional<TokenId> bos() const override { return m_parts.bos; }
    [[nodiscard]] std::optional<TokenId> eos() const override { return m_parts.eos; }
    [[nodiscard]] TokenId documentStart() const override;
    [[nodiscard]] const std::string &chatTemplate() const override { return m_parts.chatTemplate; }

private:
    struct Cache;
    explicit TextTokenizer(TokenizerParts parts) : m_parts(std::move(parts)) { }
    [[nodiscard]] Result<void> encodeSegment(std::string_view text, bool atStart, bool parseSpecial,
                                             Cache &cache, std::vector<TokenId> &out) const;
    [[nodiscard]] Result<void> encodeText(std::string text, bool atStart, Cache &cache,
                                          std::vector<TokenId> &out) const;
    [[nodiscard]] const AddedToken *addedToken(TokenId id) const;

    TokenizerParts m_parts;
    AddedTokenMatcher m_raw; ///< looked for in the text as given
    AddedTokenMatcher m_normalized; ///< looked for after normalization
    std::int64_t m_size = 0;
};

} // namespace batlab
