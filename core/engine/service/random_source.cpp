// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/random_source.h"

#include "core/base/hash.h"
#include "core/model/required_tensors.h"
#include "kernels/parallel.h"

#include <algorithm>
#include <cmath>
#include <thread>

namespace batlab {

namespace {

class RandomSource : public ModelSource
{
public:
    RandomSource(ModelConfig config, std::uint64_t seed) : m_config(std::move(config)), m_seed(seed)
    {
        visitRequiredTensors(
            m_config, [this](const std::string &name, const std::vector<std::int64_t> &shape) {
                m_tensors.push_back({ name, shape, "F32", 0, "random" });
                return true;
            });
        std::sort(m_tensors.begin(), m_tensors.end(),
                  [](const TensorInfo &a, const TensorInfo &b) { return a.name < b.name; });
    }
    const ModelConfig &config() const override { return m_config; }
    const std::vector<TensorInfo> &tensors() const override { return m_tensors; }
    std::filesystem::path path() const override { return "random"; }
    std::string_view container() const override { return "random"; }
    Json metadata() const override { return Json::object(); }
    Result<std::string> contentHash(const std::function<bool(double)> &) const override
    {
        return quickHash();
    }
    std::string quickHash() const override
    {
        return hashHex(m_config.toJson().dump() + std::to_string(m_seed));
    }

    Result<void> read(std::string_view name, std::int64_t row0, std::int64_t rows,
                      float *out) const override
    {
        const TensorInfo *info = find(name);
        if (info == nullptr)
            return Error { ErrorCode::notFound, "no such tensor", std::string(name), {} };
        if (info->shape.size() < 2) {
            std::fill_n(out, info->elements(), name.ends_with("bias") ? 0.0F : 1.0F);
            return {};
        }
        const std::int64_t width = info->shape.back();
        const bool embedding = name == "model.embed_tokens.weight";
        const std::uint64_t seed = randomBits(m_seed, std::hash<std::string_view> {}(name));
        const float reach =
            embedding ? 1.0F : static_cast<float>(std::sqrt(12.0 / static_cast<double>(width)));
        kernels::forRanges(rows, 16, static_cast<int>(std::thread::hardware_concurrency()),
                           [&](std::int64_t begin, std::int64_t end) {
                               for (std::int64_t r = begin; r < end; ++r)
                                   for (std::int64_t c = 0; c < width; ++c)
                                       out[r * width + c] = value(seed, (row0 + r) * width + c)
                                           * (embedding && c % 97 == 0 ? 20 * reach : reach);
                           });
        return {};
    }

private:
    /// Uniform in [-1/2, 1/2).
    static float value(std::uint64_t seed, std::int64_t index)
    {
        return static_cast<float>(randomUniform(seed, static_cast<std::uint64_t>(index)) - 0.5);
    }

    ModelConfig m_config;
    std::uint64_t m_seed;
    std::vector<TensorInfo> m_tensors;
};

} // namespace

std::shared_ptr<const ModelSource> randomSource(const ModelConfig &config, std::uint64_t seed)
{
    return std::make_shared<const RandomSource>(config, seed);
}

ModelConfig qwen3Shape()
{
    ModelConfig c;
    c.architecture = "qwen3";
    c.displayName = "Qwen3-8B (random weights)";
    c.hidden = 4096;
    c.intermediate = 12288;
    c.layers = 36;
    c.heads = 32;
    c.kvHeads = 8;
    c.headDim = 128;
    c.vocab = 151936;
    c.maxPositions = 40960;
    c.normEps = 1e-6;
    c.rope.theta = 1e6;
    c.qkNorm = true;
    return c;
}

} // namespace batlab
