// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/generate.h"
#include "core/base/hash.h"
#include "core/engine/eval/logits.h"
#include "core/engine/nn/packed_layer.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab::eval {

namespace {

Error badPrompt(std::string what)
{
    return { ErrorCode::badInput, std::move(what), "generation", {} };
}

/// Row-parallel sampling of one step.
struct Sampler
{
    LogitRows logits;
    const Sampling &sampling;
    std::int64_t firstSequence, position;
    std::vector<std::int32_t> &out;

    void operator()(int threads)
    {
        auto thunk = [](void *context, std::int64_t begin, std::int64_t end) {
            auto &self = *static_cast<Sampler *>(context);
            for (std::int64_t row = begin; row < end; ++row) {
                const auto sequence = static_cast<std::uint64_t>(self.firstSequence + row);
                const double u = randomUniform(randomBits(self.sampling.seed, sequence),
                                               static_cast<std::uint64_t>(self.position));
                self.out[static_cast<std::size_t>(row)] =
                    sampleToken(self.logits, row, self.sampling, u);
            }
        };
        kernels::parallelFor(logits.rows, 1, threads, thunk, this);
    }
};

/// Layers of the model itself, packed for steps of `rows` sequences; those of a variant as they
/// are.
LoadedLayers packedFor(std::int64_t rows, LoadedLayers layers)
{
    for (auto &layer : layers)
        if (auto plain = std::dynamic_pointer_cast<const nn::PlainOps>(layer))
            layer = std::make_shared<nn::PackedLayer>(std::move(plain), rows);
    return layers;
}

} // namespace

LogitRows logitRows(const at::Tensor &logits)
{
    LogitRows rows;
    rows.rows = logits.size(0);
    rows.vocab = logits.size(1);
    if (logits.scalar_type() == at::kBFloat16)
        rows.bf16 = reinterpret_cast<const std::uint16_t *>(logits.const_data_ptr<at::BFloat16>());
    else
        rows.f32 = logits.const_data_ptr<float>();
    return rows;
}

void checkTokens(const std::vector<std::int32_t> &ids, std::int64_t vocab, std::string_view where)
{
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] < 0 || ids[i] >= vocab)
            throw Exception({ ErrorCode::badInput,
                              fmt::format("token {} at position {} is outside the vocabulary of {}",
                                          ids[i], i, vocab),
                              std::string(where),
                              "Tokenize the text with this model's tokenizer." });
}

LoadedLayers loadLayers(const nn::Decoder &decoder, const Variant &variant, JobContext &job)
{
    LoadedLayers layers;
    for (std::int64_t i = 0; i < decoder.config().layers; ++i) {
        job.checkpoint();
        layers.push_back(variant.layer(i));
    }
    return layers;
}

std::vector<std::vector<std::int32_t>>
generate(const nn::Decoder &decoder, const LoadedLayers &given,
         const std::vector<std::vector<std::int32_t>> &prompts, const GenerateOptions &options,
         JobContext &job)
{
    const c10::NoGradGuard noGrad;
    if (prompts.empty() || prompts.front().empty())
        throw Exception(badPrompt("the prompt is empty"));
    for (const auto &prompt : prompts) {
        if (prompt.size() != prompts.front().size())
            throw Exception(badPrompt("prompts of one batch must have one length"));
        checkTokens(prompt, decoder.config().vocab, "prompt");
    }
    const auto batch = static_cast<std::int64_t>(prompts.size());
    const auto promptLength = static_cast<std::int64_t>(prompts.front().size());
    const std::int64_t capacity = promptLength + options.newTokens;
    // Laying a weight out costs about one product: not worth it for a few steps.
    const bool many = options.newTokens >= 8;
    const LoadedLayers layers = many ? packedFor(batch, given) : given;
    const nn::PackedLinear head =
        many ? nn::PackedLinear(decoder.head(), {}, batch) : nn::PackedLinear();
    std::vector<nn::KvCache> caches(layers.size());
    for (nn::KvCache &cache : caches) {
        const auto type = nn::matmulType(decoder.compute());
        cache.k = at::empty({ batch, decoder.config().kvHeads, capacity, decoder.config().headDim },
                            at::TensorOptions().dtype(type).device(decoder.device()));
        cache.v = at::empty_like(cache.k);
    }

    std::vector<std::vector<std::int32_t>> out(prompts.size());
    std::vector<bool> ended(prompts.size(), false);
    std::vector<std::int32_t> next(prompts.size());
    at::Tensor ids = nn::idTensor(prompts);
    const auto showStep = [&](std::int64_t step) {
        job.setStep(static_cast<std::uint64_t>(options.firstStep + step),
                    static_cast<std::uint64_t>(std::max(options.totalSteps, options.newTokens)));
    };
    for (std::int64_t step = 0; step < options.newTokens; ++step) {
        showStep(step);
        at::Tensor x = decoder.embed(ids);
        for (std::size_t l = 0; l < layers.size(); ++l) {
            job.checkpoint();
            x = decoder.forward(*layers[l], x, &caches[l]);
        }
        const at::Tensor last = x.select(1, x.size(1) - 1);
        const at::Tensor normed = decoder.finalNorm(last);
        at::Tensor logits =
            (head.isPacked() ? head.apply(normed) : decoder.logits(normed)).cpu().contiguous();
        if (logits.scalar_type() == at::kDouble)
            logits = logits.to(at::kFloat);
        Sampler { logitRows(logits), options.sampling, options.firstSequence, promptLength + step,
                  next }(job.threads());
        ids = at::empty({ batch, 1 }, at::kLong);
        auto *id = ids.mutable_data_ptr<std::int64_t>();
        for (std::size_t s = 0; s < prompts.size(); ++s) {
            id[s] = next[s];
            if (ended[s])
                continue;
            out[s].push_back(next[s]);
            if (options.onToken)
                options.onToken(s, next[s]);
            ended[s] =
                std::count(options.stopTokens.begin(), options.stopTokens.end(), next[s]) != 0;
        }
        if (std::all_of(ended.begin(), ended.end(), [](bool e) { return e; }))
            break;
    }
    showStep(options.newTokens);
    return out;
}

} // namespace batlab::eval
