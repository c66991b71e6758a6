// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/first_layer.h"

#include "core/engine/device/current_error.h"
#include "core/engine/nn/decoder.h"
#include "core/engine/service/host_memory.h"
#include "core/engine/service/run_job.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace batlab {

namespace {

constexpr std::int64_t kTokens = 32;
constexpr std::string_view kEmbedding = "model.embed_tokens.weight";

/// A model's first layer as a model of its own. Its vocabulary is kTokens tokens from all over the
/// model's and its head the embedding, so that a Decoder of it is small.
class FirstLayer final : public ModelSource
{
public:
    explicit FirstLayer(std::shared_ptr<const ModelSource> whole)
        : m_whole(std::move(whole)), m_config(m_whole->config()), m_tensors(m_whole->tensors())
    {
        m_config.layers = 1;
        m_config.vocab = std::min(kTokens, m_config.vocab);
        m_config.tiedEmbeddings = true;
        for (TensorInfo &tensor : m_tensors)
            if (tensor.name == kEmbedding)
                tensor.shape.front() = m_config.vocab;
    }
    [[nodiscard]] const ModelConfig &config() const override { return m_config; }
    [[nodiscard]] const std::vector<TensorInfo> &tensors() const override { return m_tensors; }
    [[nodiscard]] std::filesystem::path path() const override { return m_whole->path(); }
    [[nodiscard]] std::string_view container() const override { return m_whole->container(); }
    [[nodiscard]] Json metadata() const override { return m_whole->metadata(); }
    [[nodiscard]] std::string quickHash() const override { return m_whole->quickHash(); }
    [[nodiscard]] Result<std::string>
    contentHash(const std::function<bool(double)> &progress) const override
    {
        return m_whole->contentHash(progress);
    }
    [[nodiscard]] Result<void> read(std::string_view name, std::int64_t row0, std::int64_t rows,
                                    float *out) const override
    {
        if (name != kEmbedding)
            return m_whole->read(name, row0, rows, out);
        const std::int64_t step = m_whole->config().vocab / m_config.vocab;
        for (std::int64_t r = 0; r < rows; ++r)
            if (auto done = m_whole->read(name, (row0 + r) * step, 1, out + r * m_config.hidden);
                !done)
                return done;
        return {};
    }

private:
    std::shared_ptr<const ModelSource> m_whole;
    ModelConfig m_config;
    std::vector<TensorInfo> m_tensors;
};

Result<void> forward(const std::shared_ptr<const ModelSource> &source, nn::Compute compute)
{
    const c10::NoGradGuard noGrad;
    const nn::Decoder decoder(std::make_shared<FirstLayer>(source), compute);
    const ModelConfig &c = decoder.config();
    std::vector<std::int32_t> tokens(
        static_cast<std::size_t>(c.maxPositions > 0 ? std::min(c.vocab, c.maxPositions) : c.vocab));
    std::iota(tokens.begin(), tokens.end(), 0);
    std::string bad; // the first place
    const auto look = [&](const std::string &place, const at::Tensor &x) {
        if (bad.empty() && !at::isfinite(x).all().item<bool>())
            bad = place;
    };
    const auto layer = decoder.layer(0);
    const nn::CapturingOps ops(*layer, [&](Site site, const at::Tensor &x) {
        look(fmt::format("{} ({})", name(site), title(site)), x);
    });
    look("its output", decoder.forward(ops, decoder.embed(nn::idTensor({ tokens }))));
    if (bad.empty())
        return {};
    return Error { ErrorCode::badInput,
                   fmt::format("the first layer gives NaN or Inf on {} tokens, first at {}",
                               tokens.size(), bad),
                   fmt::format("{}, layer {}", source->path().string(),
                               toString({ Branch::text, 0 })),
                   "Check that the model file is whole and fits its configuration." };
}

Result<void> tried(const std::shared_ptr<const ModelSource> &source, nn::Compute compute)
{
    try {
        return forward(source, compute);
    } catch (...) {
        return currentError();
    }
}

} // namespace

Result<void> FirstLayerCheck::check(const std::shared_ptr<const ModelSource> &source,
                                    std::string_view dtype)
{
    const auto compute = computeFromName(dtype);
    if (!compute)
        return compute.error();
    const ModelConfig &c = source->config();
    const auto bytes =
        static_cast<std::uint64_t>(c.linearParameters() / std::max<std::int64_t>(c.layers, 1))
        * c10::elementSize(nn::matmulType(*compute));
    const std::string key =
        fmt::format("{} {} {}", source->quickHash(), dtype, source->path().string());
    const std::lock_guard lock(m_mutex); // a second question about a model waits for the first
    if (const auto known = m_known.find(key); known != m_known.end())
        return known->second;
    if (const std::uint64_t free = availableMemory(); free > 0 && bytes > free / 2)
        return {};
    const Result<void> found = tried(source, *compute);
    if (!found && found.error().code == ErrorCode::outOfMemory) // not the model's fault
        return {};
    if (found || found.error().code == ErrorCode::badInput) // others may pass
        m_known.insert_or_assign(key, found);
    return found;
}

} // namespace batlab
