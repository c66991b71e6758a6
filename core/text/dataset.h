// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/text/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace batlab {

/// WikiText-2 as the perplexity protocol wants it (methods.md 4.1): rows = lines of wiki.test.raw,
/// each with its newline kept if it holds a non-blank character, else the empty string; joined by
/// "\n\n".
[[nodiscard]] Result<std::string> wikitextProtocolText(const std::filesystem::path &rawFile);

/// GSM8K as running text: each line of a .jsonl file of {"question", "answer"} as question, line
/// feed, answer; joined by "\n\n". The answers keep their calculator annotations.
[[nodiscard]] Result<std::string> gsm8kText(const std::filesystem::path &jsonLines);

/// Texts that are evaluated on by name: "wikitext2" (test), "wikitext2-valid" and "gsm8k" (test).
[[nodiscard]] const std::vector<std::string> &namedTexts();
/// The file of a named text (findData); notFound for other names.
[[nodiscard]] Result<std::filesystem::path> namedTextFile(const std::string &name,
                                                          const std::filesystem::path &dataDir);
/// The named text as its protocol wants it.
[[nodiscard]] Result<std::string> namedText(const std::string &name,
                                            const std::filesystem::path &dataDir);

/// Finds a data set file: --data DIR, BATLAB_DATA_DIR, then ../shared/data beside the working
/// folder or the executable, then the dependency folder. The error lists where it looked.
[[nodiscard]] Result<std::filesystem::path> findData(const std::string &relative,
                                                     const std::filesystem::path &dataDir = {});

/// Non-overlapping windows of `length` tokens from the front; a partial last one is dropped.
[[nodiscard]] std::vector<std::vector<TokenId>>
splitWindows(const std::vector<TokenId> &tokens, std::int64_t length, std::int64_t limit = -1);

/// XXH3-128 of the tokens (32-bit, little-endian), one sequence after the other.
[[nodiscard]] std::string tokensHash(const std::vector<std::vector<TokenId>> &sequences);

/// Tokens [begin, begin + length) of a text.
struct TokenRange
{
    std::int64_t begin = 0, length = 0;
};

/// `count` ranges of `length` tokens at seeded random offsets in a text of `size` tokens, none of
/// which touches one of `taken` (they may touch each other). Error if the text is shorter than
/// length+1 tokens or leaves too little room beside `taken`.
[[nodiscard]] Result<std::vector<TokenRange>>
randomRanges(std::int64_t size, std::int64_t count, std::int64_t length, std::uint64_t seed,
             const std::vector<TokenRange> &taken = {});

/// `count` ranges of `length` tokens that share none with each other nor with `taken`: a seeded
/// choice of the cells of a grid in each gap that `taken` leaves, shifted by a seeded part of what
/// the cells do not fill. nullopt where the gaps hold fewer.
[[nodiscard]] std::optional<std::vector<TokenRange>>
disjointRanges(std::int64_t size, std::int64_t count, std::int64_t length, std::uint64_t seed,
               std::vector<TokenRange> taken = {});

/// `count` windows of `length` tokens at seeded random offsets (calibration from a text file).
/// Error if the text has fewer than length+1 tokens.
[[nodiscard]] Result<std::vector<std::vector<TokenId>>>
randomWindows(const std::vector<TokenId> &tokens, std::int64_t count, std::int64_t length,
              std::uint64_t seed);

} // namespace batlab
