// SPDX-License-Identifier: Apache-2.0
#include "core/model/config_json.h"
#include "core/model/required_tensors.h"
#include "core/model/safetensors_file.h"
#include "core/model/source_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace batlab {

namespace {

constexpr std::uint64_t kMaxConfig = std::uint64_t { 4 } << 20;
constexpr std::uint64_t kMaxIndex = std::uint64_t { 32 } << 20;

class SafetensorsSource final : public SourceBase
{
public:
    [[nodiscard]] std::string_view container() const override { return "safetensors"; }
    [[nodiscard]] Json metadata() const override { return m_metadata; }
    [[nodiscard]] std::string tokenizerHash() const override;
    Result<void> open(const std::filesystem::path &folder);

private:
    Result<void> readConfig();
    /// The weight files, and where the index says that each tensor is (empty without an index).
    Result<std::vector<std::string>> listShards(std::map<std::string, std::string> &index) const;
    Result<void> readShards();

    Json m_metadata;
    std::string m_configText;
};

Result<Json> readJson(const std::filesystem::path &file, std::uint64_t limit, std::string *raw)
{
    auto text = readTextFile(file, limit);
    if (!text)
        return text.error();
    auto json = parseJson(*text, file.string());
    if (raw)
        *raw = std::move(*text);
    return json;
}

Result<void> SafetensorsSource::readConfig()
{
    const auto file = m_path / "config.json";
    std::error_code ec;
    if (!std::filesystem::exists(file, ec))
        return Error { ErrorCode::notFound, "the folder has no config.json", m_path.string(),
                       "Give a Hugging Face model folder, or a .gguf file." };
    auto json = readJson(file, kMaxConfig, &m_configText);
    if (!json)
        return json.error();
    auto config = configFromJson(*json, file.string());
    if (!config)
        return config.error();
    m_config = std::move(*config);
    m_metadata = std::move(*json);
    const auto generation = m_path / "generation_config.json";
    if (std::filesystem::exists(generation, ec)) {
        auto extra = readJson(generation, kMaxConfig, nullptr);
        if (!extra)
            return extra.error();
        addGenerationConfig(*extra, m_config);
    }
    m_config.displayName =
        std::filesystem::absolute(m_path, ec).lexically_normal().filename().string();
    if (m_config.displayName.empty()) // a path that ends in a slash
        m_config.displayName = std::filesystem::absolute(m_path, ec)
                                   .lexically_normal()
                                   .parent_path()
                                   .filename()
                                   .string();
    return {};
}

Result<std::vector<std::string>>
SafetensorsSource::listShards(std::map<std::string, std::string> &index) const
{
    std::error_code ec;
    const auto indexFile = m_path / "model.safetensors.index.json";
    if (!std::filesystem::exists(indexFile, ec)) {
        if (std::filesystem::exists(m_path / "model.safetensors", ec))
            return std::vector<std::string> { "model.safetensors" };
        return Error { ErrorCode::notFound,
                       "the folder has neither model.safetensors nor an index of its parts",
                       m_path.string(),
                       "Fetch the weights as safetensors (PyTorch .bin files are not read)." };
    }
    auto json = readJson(indexFile, kMaxIndex, nullptr);
    if (!json)
        return json.error();
    const auto bad = [&](std::string what) {
        return Error { ErrorCode::badInput, std::move(what), indexFile.string(),
                       "Fetch the index again." };
    };
    if (!json->is_object() || !json->contains("weight_map") || !(*json)["weight_map"].is_object())
        return bad("the index has no weight_map");
    std::set<std::string> files;
    for (const auto &[tensor, value] : (*json)["weight_map"].items()) {
        if (!value.is_string())
            return bad(fmt::format("the place of \"{}\" is no file name", tensor));
        const auto name = value.get<std::string>();
        if (name.empty() || name.find('/') != std::string::npos
            || name.find('\0') != std::string::npos || name == ".." || name == ".")
            return bad(fmt::format("the place of \"{}\" is not a file of the folder", tensor));
        files.insert(name);
        index.emplace(tensor, name);
    }
    if (files.empty() || files.size() > 10000)
        return bad(fmt::format("the index names {} files", files.size()));
    return std::vector<std::string>(files.begin(), files.end());
}

Result<void> SafetensorsSource::readShards()
{
    std::map<std::string, std::string> index;
    auto shards = listShards(index);
    if (!shards)
        return shards.error();
    Hasher hasher;
    hasher.update(m_configText);
    m_files = { m_path / "config.json" };
    std::vector<StoredTensor> tensors;
    for (const auto &name : *shards) {
        auto shard = SafetensorsFile::open(m_path / name);
        if (!shard)
            return shard.error();
        hasher.update(shard->file->data(), shard->headerBytes);
        const std::int64_t stamp[2] { static_cast<std::int64_t>(shard->file->size()),
                                      shard->file->modified() };
        hasher.update(stamp, sizeof stamp);
        m_files.push_back(shard->file->path());
        for (auto &entry : shard->entries) {
            StoredTensor stored;
            stored.info = { entry.name, std::move(entry.shape), std::string(entry.type->name),
                            entry.bytes, name };
            stored.file = shard->file;
            stored.offset = entry.offset;
            stored.type = entry.type;
            tensors.push_back(std::move(stored));
        }
    }
    m_quickHash = hasher.hex();
    if (auto ok = setTensors(std::move(tensors)); !ok)
        return ok;
    for (const auto &[tensor, file] : index) {
        const TensorInfo *info = find(tensor);
        if (!info || info->file != file)
            return Error { ErrorCode::badInput,
                           fmt::format("the index promises \"{}\" in {}, it is not there", tensor,
                                       file),
                           m_path.string(), "The parts do not belong together: fetch them again." };
    }
    return {};
}

std::string SafetensorsSource::tokenizerHash() const
{
    for (const char *name : { "tokenizer.json", "tokenizer.model" })
        if (const auto hash = hashFiles({ m_path / name }, {}))
            return *hash;
    return {};
}

Result<void> SafetensorsSource::open(const std::filesystem::path &folder)
{
    m_path = folder;
    if (auto ok = readConfig(); !ok)
        return ok;
    if (auto ok = readShards(); !ok)
        return ok;
    return checkRequiredTensors(m_config, tensors(), folder.string());
}

} // namespace

Result<std::shared_ptr<const ModelSource>> openSafetensorsModel(const std::filesystem::path &folder)
{
    auto source = std::make_shared<SafetensorsSource>();
    if (auto ok = source->open(folder); !ok)
        return ok.error();
    return std::shared_ptr<const ModelSource>(std::move(source));
}

} // namespace batlab
