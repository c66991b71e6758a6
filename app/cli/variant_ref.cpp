// SPDX-License-Identifier: Apache-2.0
#include "app/cli/variant_ref.h"
#include "sessions/session.h"

#include <fmt/format.h>

namespace batlab::cli {

namespace {

/// Parts of a session by hash, from the folder beside it or from inside; everything else in memory.
class SessionPartStore : public CheckpointStore
{
public:
    explicit SessionPartStore(std::filesystem::path session)
        : m_session(std::move(session)), m_memory(makeMemoryCheckpointStore())
    { }
    Result<std::string> put(std::string_view key, const Part &part) override
    {
        return m_memory->put(key, part);
    }
    Result<std::optional<Part>> get(std::string_view key) const override
    {
        return m_memory->get(key);
    }
    Result<std::optional<Part>> getByHash(std::string_view hash) const override
    {
        auto kept = m_memory->getByHash(hash);
        if (!kept || kept->has_value())
            return kept;
        auto part = loadPart(m_session, hash);
        if (!part)
            return part.error();
        return std::optional<Part>(std::move(*part));
    }
    Result<void> remove(std::string_view key) override { return m_memory->remove(key); }
    [[nodiscard]] std::vector<std::string> keys(std::string_view prefix) const override
    {
        return m_memory->keys(prefix);
    }
    [[nodiscard]] std::filesystem::path folder() const override { return {}; }

private:
    std::filesystem::path m_session;
    std::unique_ptr<CheckpointStore> m_memory;
};

} // namespace

const Tokenizer &VariantRef::needTokenizer() const
{
    if (!tokenizer)
        throw Exception(tokenizerError);
    return *tokenizer;
}

namespace {
Result<void> openInto(VariantRef &out, const std::string &model)
{
    auto source = openSource(model);
    if (!source)
        return source.error();
    out.source = std::move(*source);
    auto tokenizer = Tokenizer::open(out.source->path());
    if (tokenizer)
        out.tokenizer = std::move(*tokenizer);
    else
        out.tokenizerError = tokenizer.error();
    return {};
}
} // namespace

Result<VariantRef> openVariant(const std::string &text)
{
    VariantRef out;
    out.path = text;
    const std::size_t hash = text.rfind('#');
    if (hash == std::string::npos) {
        if (auto opened = openInto(out, text); !opened)
            return opened.error();
        out.store = makeMemoryCheckpointStore();
        return out;
    }
    const std::string file = text.substr(0, hash), id = text.substr(hash + 1);
    const auto session = load(file);
    if (!session)
        return session.error();
    const ModelSummary *summary = session->model();
    if (!summary)
        return Error { ErrorCode::notFound, "the session holds no model yet", file,
                       "Run a job into it first." };
    if (auto opened = openInto(out, summary->path); !opened) {
        Error error = opened.error();
        error.hint =
            fmt::format("The session was made from {}: put the model there again.", summary->path);
        return error;
    }
    if (!summary->contentHash.empty() && out.source->quickHash() != summary->quickHash) {
        const auto now = out.source->contentHash();
        if (!now)
            return now.error();
        if (*now != summary->contentHash)
            return Error { ErrorCode::verification,
                           "the model has changed since the session was made", summary->path,
                           "Use the model the session was made from." };
    }
    out.store = std::make_shared<SessionPartStore>(file);
    if (id == "reference")
        return out;
    const VariantInfo *info = session->variant(id);
    if (!info) {
        std::string known;
        for (const std::string &each : session->variantIds())
            known += (known.empty() ? "" : ", ") + each;
        return Error { ErrorCode::notFound,
                       fmt::format("there is no variant '{}' in the session", id), file,
                       "It has: " + known + "." };
    }
    SolvedVariant solved { id, {} };
    const auto layers = static_cast<std::size_t>(out.source->config().layers);
    for (const LayerDone *layer : session->layers(id))
        if (layer->layer.branch == Branch::text
            && layer->layer.index == static_cast<std::int32_t>(solved.layerParts.size()))
            solved.layerParts.push_back(layer->part);
    if (solved.layerParts.size() != layers)
        return Error { ErrorCode::badInput,
                       fmt::format("variant '{}' has {} of {} layers", id, solved.layerParts.size(),
                                   layers),
                       file, "Run its job again: it goes on where it stopped." };
    out.solved = std::move(solved);
    return out;
}

std::unique_ptr<Variant> makeVariant(const VariantRef &ref,
                                     std::shared_ptr<const nn::Decoder> decoder)
{
    if (!ref.solved)
        return referenceVariant(std::move(decoder));
    return solvedVariant(ref.solved->id, std::move(decoder), ref.solved->layerParts, *ref.store);
}

} // namespace batlab::cli
