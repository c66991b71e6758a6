// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/protocol_text.h"
#include "core/base/hash.h"
#include "core/text/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace batlab::eval {

Result<std::string> readTextFile(const std::filesystem::path &file)
{
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error)
        return Error { ErrorCode::notFound, "there is no such text file", file.string(),
                       "Give the path of a UTF-8 text file." };
    if (size > (std::uintmax_t(1) << 30))
        return Error { ErrorCode::badInput, "the text file is larger than 1 GiB", file.string(),
                       "Use a part of it." };
    std::ifstream stream(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream && text.size() != size)
        return Error { ErrorCode::badInput, "the text file cannot be read", file.string(),
                       "Check its permissions." };
    if (text.empty())
        return Error { ErrorCode::badInput, "the text file is empty", file.string(),
                       "Use a file with text in it." };
    return text;
}

Result<ProtocolText> protocolText(const Protocol &protocol, const Tokenizer &tokenizer,
                                  const std::filesystem::path &dataDir)
{
    ProtocolText out;
    out.task = protocol.text;
    const auto &names = namedTexts();
    const bool named = std::find(names.begin(), names.end(), protocol.text) != names.end();
    const auto text = named ? namedText(protocol.text, dataDir) : readTextFile(protocol.text);
    if (!text)
        return text.error();
    if (!named)
        out.task = std::filesystem::path(protocol.text).filename().string();
    out.textHash = hashHex(*text);
    EncodeOptions options;
    options.addSpecial = true;
    auto ids = tokenizer.encode(*text, options);
    if (!ids)
        return ids.error();
    out.totalTokens = static_cast<std::int64_t>(ids->size());
    out.windows = splitWindows(*ids, protocol.windowLength, protocol.windows);
    if (out.windows.empty())
        return Error { ErrorCode::badInput,
                       fmt::format("the evaluation text has {} tokens, one window needs {}",
                                   out.totalTokens, protocol.windowLength),
                       protocol.text, "Use a longer text or set protocol.windowLength to less." };
    return out;
}

} // namespace batlab::eval
