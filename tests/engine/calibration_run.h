// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/hash.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/variant/variant.h"
#include "tests/support/tiny_model.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <QTemporaryDir>

#include <functional>

/// Calibration runs on tiny random models.
namespace batlab::test {

inline std::vector<std::vector<std::int32_t>> tokens(std::size_t count, std::size_t length,
                                                     std::uint64_t seed = 7)
{
    std::vector<std::vector<std::int32_t>> out(count);
    for (std::size_t s = 0; s < count; ++s)
        for (std::size_t t = 0; t < length; ++t)
            out[s].push_back(static_cast<std::int32_t>(randomBits(s + seed, t) % 300));
    return out;
}

struct Model
{
    explicit Model(const TinyModelOptions &options, nn::Compute compute = nn::Compute::fp32)
    {
        const auto folder = writeTinyModel(dir.path().toStdString() + "/m", options);
        source = ModelSource::open(folder).orThrow();
        decoder = std::make_shared<const nn::Decoder>(source, compute);
    }
    QTemporaryDir dir;
    std::shared_ptr<const ModelSource> source;
    std::shared_ptr<const nn::Decoder> decoder;
};

inline RunSpec specOf(const std::string &variants, const std::string &extra = {})
{
    const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
    return runSpecFromYaml("model: tiny\nprotocol: {dtype: fp32}\nvariants: " + variants + "\n"
                               + extra,
                           presets, "test")
        .orThrow();
}

struct Run
{
    explicit Run(const Model &model, const RunSpec &runSpec, CheckpointStore &store)
        : spec(runSpec)
        , job({ [this](ArtifactPtr a) { onPublish(a); },
                [this](LogLevel l, std::string_view t) {
                    if (l >= LogLevel::warning)
                        warnings.emplace_back(t);
                } },
              store, 2)
        , context { model.decoder, tokens(6, 40), spec, job, "k" }
    { }
    std::vector<std::string> go()
    {
        return calib::calibrateVariant(context, spec.variants.front());
    }
    template<class T>
    [[nodiscard]] std::vector<T> all() const
    {
        std::vector<T> out;
        for (const ArtifactPtr &a : published)
            if (const T *t = std::get_if<T>(a.get()))
                out.push_back(*t);
        return out;
    }

    RunSpec spec;
    std::vector<ArtifactPtr> published;
    std::vector<std::string> warnings;
    int stopAfterLayers = -1, stopAfterCurves = -1;
    JobContext job;
    calib::Context context;

private:
    void onPublish(const ArtifactPtr &a)
    {
        published.push_back(a);
        if ((std::holds_alternative<LayerDone>(*a) && --stopAfterLayers == 0)
            || (std::holds_alternative<LossCurve>(*a) && --stopAfterCurves == 0))
            job.requestCancel();
    }
};

/// Asks a job to stop when the n-th part that `counts` accepts is put; the part is still kept.
class StoppingStore : public CheckpointStore
{
public:
    using Counts = std::function<bool(std::string_view key, const Part &part)>;
    StoppingStore(CheckpointStore &inner, int stopAt, Counts counts)
        : m_inner(inner), m_stopAt(stopAt), m_counts(std::move(counts))
    { }
    void stops(JobContext &job) { m_job = &job; }
    [[nodiscard]] int seen() const { return m_seen; }

    Result<std::string> put(std::string_view key, const Part &part) override
    {
        if (m_counts(key, part) && ++m_seen == m_stopAt)
            m_job->requestCancel();
        return m_inner.put(key, part);
    }
    Result<std::optional<Part>> get(std::string_view key) const override
    {
        return m_inner.get(key);
    }
    Result<std::optional<Part>> getByHash(std::string_view hash) const override
    {
        return m_inner.getByHash(hash);
    }
    Result<void> remove(std::string_view key) override { return m_inner.remove(key); }
    std::vector<std::string> keys(std::string_view prefix) const override
    {
        return m_inner.keys(prefix);
    }
    std::filesystem::path folder() const override { return m_inner.folder(); }

private:
    CheckpointStore &m_inner;
    int m_stopAt;
    Counts m_counts;
    JobContext *m_job = nullptr;
    int m_seen = 0;
};

inline at::Tensor logits(const nn::Decoder &decoder, const Variant &variant)
{
    const at::NoGradGuard guard;
    at::Tensor x = decoder.embed(nn::idTensor(tokens(2, 24)));
    for (std::int64_t l = 0; l < decoder.config().layers; ++l)
        x = decoder.forward(*variant.layer(l), x);
    return decoder.logits(decoder.finalNorm(x.reshape({ -1, decoder.config().hidden })));
}

} // namespace batlab::test
