// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/run_spec.h"
#include "core/text/tokenizer.h"

#include <filesystem>
#include <vector>

namespace batlab::eval {

/// The evaluation text of a protocol as windows of token ids.
struct ProtocolText
{
    std::string task; ///< "wikitext2", or the text file's name
    std::string textHash; ///< of the whole text's bytes
    std::int64_t totalTokens = 0; ///< of the whole text
    std::vector<std::vector<TokenId>> windows; ///< each protocol.windowLength tokens
};

/// Tokenizes the text once (special tokens as the model's files say at the very beginning only) and
/// cuts it into non-overlapping windows (methods.md 4.1). "wikitext2": rows of wiki.test.raw joined
/// by blank lines; otherwise a UTF-8 text file taken whole. Errors: no such file, text shorter than
/// one window, more windows asked for than there are are cut to what is there.
[[nodiscard]] Result<ProtocolText> protocolText(const Protocol &protocol,
                                                const Tokenizer &tokenizer,
                                                const std::filesystem::path &dataDir);

/// A whole text file; errors: missing, not readable, empty, over 1 GiB.
[[nodiscard]] Result<std::string> readTextFile(const std::filesystem::path &file);

} // namespace batlab::eval
