// SPDX-License-Identifier: Apache-2.0
#include "core/model/config_gguf.h"
#include "core/model/gguf_file.h"
#include "core/model/required_tensors.h"
#include "core/model/source_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace batlab {

namespace {

/// "blk.3.attn_q.weight" -> "model.layers.3.self_attn.q_proj.weight"; other names stay.
std::string canonicalName(std::string_view name)
{
    using Pair = std::pair<std::string_view, std::string_view>;
    constexpr std::array<Pair, 3> kTop { Pair { "token_embd.weight", "model.embed_tokens.weight" },
                                         Pair { "output.weight", "lm_head.weight" },
                                         Pair { "output_norm.weight", "model.norm.weight" } };
    for (const auto &[from, to] : kTop)
        if (name == from)
            return std::string(to);
    constexpr std::array<Pair, 11> kLayer {
        Pair { "attn_norm", "input_layernorm" },    Pair { "ffn_norm", "post_attention_layernorm" },
        Pair { "attn_q", "self_attn.q_proj" },      Pair { "attn_k", "self_attn.k_proj" },
        Pair { "attn_v", "self_attn.v_proj" },      Pair { "attn_output", "self_attn.o_proj" },
        Pair { "attn_q_norm", "self_attn.q_norm" }, Pair { "attn_k_norm", "self_attn.k_norm" },
        Pair { "ffn_gate", "mlp.gate_proj" },       Pair { "ffn_up", "mlp.up_proj" },
        Pair { "ffn_down", "mlp.down_proj" }
    };
    if (!name.starts_with("blk."))
        return std::string(name);
    const std::size_t dot = name.find('.', 4);
    const std::size_t last = name.rfind('.');
    if (dot == std::string_view::npos || last <= dot)
        return std::string(name);
    const std::string_view index = name.substr(4, dot - 4);
    const std::string_view stem = name.substr(dot + 1, last - dot - 1);
    for (const auto &[from, to] : kLayer)
        if (stem == from)
            return fmt::format("model.layers.{}.{}{}", index, to, name.substr(last));
    return std::string(name);
}

class GgufSource final : public SourceBase
{
public:
    [[nodiscard]] std::string_view container() const override { return "gguf"; }
    [[nodiscard]] Json metadata() const override { return m_metadata; }
    [[nodiscard]] std::string tokenizerHash() const override;
    Result<void> open(const std::filesystem::path &path);

private:
    using Parts = std::vector<std::shared_ptr<const GgufFile>>;
    [[nodiscard]] Result<Parts> openParts(const std::filesystem::path &path) const;
    [[nodiscard]] Result<std::vector<StoredTensor>> collect(const Parts &parts);
    [[nodiscard]] Result<void> readRopeFactors(const GgufTensor &tensor, const MappedFile &file);

    Json m_metadata;
    std::shared_ptr<const GgufFile> m_header; ///< of the first part: its key-values
};

/// The parts of a split model: NAME-00001-of-0000N.gguf, or the one file.
Result<GgufSource::Parts> GgufSource::openParts(const std::filesystem::path &path) const
{
    auto first = GgufFile::open(path);
    if (!first)
        return first.error();
    Parts parts { *first };
    auto count = (*first)->integer("split.count");
    auto number = (*first)->integer("split.no");
    if (!count || !number)
        return count ? number.error() : count.error();
    const std::int64_t n = count->value_or(1);
    if (n <= 1)
        return parts;
    if (number->value_or(0) != 0)
        return Error { ErrorCode::badInput,
                       fmt::format("this is part {} of {} of a split model", **number + 1, n),
                       path.string(), "Open the first part (…-00001-of-….gguf)." };
    const std::string suffix = fmt::format("-00001-of-{:05}.gguf", n);
    const std::string name = path.filename().string();
    if (n > 99999 || !name.ends_with(suffix))
        return Error { ErrorCode::badInput,
                       fmt::format("a split model of {} parts must be named …{}", n, suffix),
                       path.string(), "Give the parts their original names." };
    const std::string stem = name.substr(0, name.size() - suffix.size());
    for (std::int64_t i = 2; i <= n; ++i) {
        auto part =
            GgufFile::open(path.parent_path() / fmt::format("{}-{:05}-of-{:05}.gguf", stem, i, n));
        if (!part)
            return part.error();
        parts.push_back(*part);
    }
    return parts;
}

Result<void> GgufSource::readRopeFactors(const GgufTensor &tensor, const MappedFile &file)
{
    const std::string where = fmt::format("{}, tensor {}", file.path().string(), tensor.name);
    if (tensor.shape.size() != 1 || tensor.shape[0] != m_config.headDim / 2
        || tensor.type->name != "F32")
        return Error { ErrorCode::badInput, "the rotary factors have a wrong shape or type", where,
                       "Convert the model again." };
    auto &factors = m_config.rope.freqFactors;
    factors.resize(static_cast<std::size_t>(tensor.shape[0]));
    tensor.type->decode(file.data() + tensor.offset, tensor.shape[0], factors.data());
    for (const float f : factors)
        if (!(f > 0.0F && f < 1e9F))
            return Error { ErrorCode::badInput, fmt::format("a rotary factor is {}", f), where,
                           "The file is damaged: fetch it again." };
    return {};
}

Result<std::vector<StoredTensor>> GgufSource::collect(const Parts &parts)
{
    // Architectures whose converter interleaves the rows of q and k.
    const bool interleaved = m_config.architecture == "llama" || m_config.architecture == "mistral";
    std::vector<StoredTensor> tensors;
    for (const auto &part : parts) {
        const std::shared_ptr<const MappedFile> file(part, &part->file());
        for (const auto &tensor : part->tensors()) {
            if (tensor.name == "rope_freqs.weight") {
                if (auto ok = readRopeFactors(tensor, *file); !ok)
                    return ok.error();
                continue;
            }
            StoredTensor stored;
            stored.info = { canonicalName(tensor.name), tensor.shape,
                            std::string(tensor.type->name), tensor.bytes,
                            file->path().filename().string() };
            stored.file = file;
            stored.offset = tensor.offset;
            stored.type = tensor.type;
            const std::string &name = stored.info.name;
            const bool qk = name.find(".self_attn.q_proj.") != std::string::npos
                || name.find(".self_attn.k_proj.") != std::string::npos;
            const std::int64_t rows = tensor.shape.front();
            if (interleaved && qk && rows % m_config.headDim == 0)
                stored.unpermuteHeadDim = m_config.headDim;
            tensors.push_back(std::move(stored));
        }
    }
    return tensors;
}

std::string GgufSource::tokenizerHash() const
{
    if (!m_header->file().checkUnchanged())
        return {};
    Hasher hasher;
    bool any = false;
    for (const auto &[key, value] : m_header->values()) {
        if (!key.starts_with("tokenizer."))
            continue;
        any = true;
        hasher.update(key);
        // Lengths between them: "ab", "c" is another vocabulary than "a", "bc".
        const auto add = [&](std::string_view text) {
            const std::uint64_t length = text.size();
            hasher.update(&length, sizeof length).update(text);
        };
        if (const auto texts = m_header->texts(key)) {
            for (const std::string_view text : *texts)
                add(text);
        } else if (const auto text = m_header->text(key)) {
            add(**text);
        } else if (const auto numbers = m_header->numbers(key)) {
            hasher.update(numbers->data(), numbers->size() * sizeof(double));
        }
    }
    return any ? hasher.hex() : std::string();
}

Result<void> GgufSource::open(const std::filesystem::path &path)
{
    auto parts = openParts(path);
    if (!parts)
        return parts.error();
    const GgufFile &first = *parts->front();
    std::set<std::string, std::less<>> names;
    std::int64_t vocab = 0;
    for (const auto &part : *parts) {
        for (const auto &tensor : part->tensors()) {
            names.insert(tensor.name);
            if (tensor.name == "token_embd.weight")
                vocab = tensor.shape.front();
        }
    }
    if (names.empty())
        return Error { ErrorCode::badInput, "the file holds a vocabulary only, no weights",
                       path.string(), "Give the model's own GGUF file." };
    if (vocab == 0)
        return Error { ErrorCode::badInput, "the tensor \"token_embd.weight\" is missing",
                       path.string(), "Give a text decoder's GGUF file, complete." };
    auto config = configFromGguf(
        first, [&](std::string_view name) { return names.contains(name); }, vocab);
    if (!config)
        return config.error();
    m_config = std::move(*config);
    m_path = path;
    auto tensors = collect(*parts);
    if (!tensors)
        return tensors.error();
    if (auto ok = setTensors(std::move(*tensors)); !ok)
        return ok.error();
    if (auto ok = checkRequiredTensors(m_config, this->tensors(), path.string()); !ok)
        return ok.error();
    m_metadata = first.toJson(64);
    m_header = parts->front();
    Hasher hasher;
    for (const auto &part : *parts) {
        const MappedFile &file = part->file();
        hasher.update(file.data(), part->headerBytes());
        const std::int64_t stamp[2] { static_cast<std::int64_t>(file.size()), file.modified() };
        hasher.update(stamp, sizeof stamp);
        m_files.push_back(file.path());
    }
    m_quickHash = hasher.hex();
    return {};
}

} // namespace

Result<std::shared_ptr<const ModelSource>> openGgufModel(const std::filesystem::path &path)
{
    auto source = std::make_shared<GgufSource>();
    if (auto ok = source->open(path); !ok)
        return ok.error();
    return std::shared_ptr<const ModelSource>(std::move(source));
}

} // namespace batlab
