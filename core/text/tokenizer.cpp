// SPDX-License-Identifier: Apache-2.0
#include "core/text/tokenizer.h"

namespace batlab {

Result<std::shared_ptr<const Tokenizer>> Tokenizer::open(const std::filesystem::path &modelOrFile)
{
    std::error_code ec;
    const auto status = std::filesystem::status(modelOrFile, ec);
    if (status.type() == std::filesystem::file_type::not_found)
        return Error { ErrorCode::notFound, "there is no such model or tokenizer",
                       modelOrFile.string(),
                       "Give a model folder, a .gguf file or a tokenizer.json." };
    if (std::filesystem::is_directory(status))
        return fromJsonFile(modelOrFile / "tokenizer.json");
    if (modelOrFile.extension() == ".json")
        return fromJsonFile(modelOrFile);
    return fromGguf(modelOrFile);
}

} // namespace batlab
