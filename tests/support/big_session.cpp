// SPDX-License-Identifier: Apache-2.0
#include "tests/support/big_session.h"

#include "core/base/hash.h"
#include "tests/support/fake_statistics.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <numeric>

namespace batlab::test {

namespace {

constexpr std::int64_t kTokens = 262144, kGroups = 64;
constexpr std::size_t kWindows = 148, kSteps = 200;

/// A linear congruential generator: a hundred million numbers are wanted, of no quality.
class Noise
{
public:
    float next() ///< in [0, 1)
    {
        m_state = m_state * 1664525U + 1013904223U;
        return static_cast<float>(m_state >> 8) / 16777216.0F;
    }
    template<class T = float>
    std::vector<T> list(std::size_t n, float scale = 1)
    {
        std::vector<T> out(n);
        for (T &x : out)
            x = static_cast<T>(next() * scale);
        return out;
    }

private:
    std::uint32_t m_state = 1;
};

Json tensors()
{
    Json out = Json::array();
    const auto add = [&](const std::string &name, const std::vector<std::int64_t> &shape) {
        const std::int64_t values =
            std::accumulate(shape.begin(), shape.end(), std::int64_t { 1 }, std::multiplies<>());
        out.push_back({ { "name", name },
                        { "shape", shape },
                        { "storage", "BF16" },
                        { "bytes", 2 * values },
                        { "file", "synthetic.safetensors" } });
    };
    constexpr std::int64_t vocab = 151936, keys = 1024;
    add("model.embed_tokens.weight", { vocab, kBigHidden });
    add("model.norm.weight", { kBigHidden });
    add("lm_head.weight", { vocab, kBigHidden });
    for (int layer = 0; layer < kBigLayers; ++layer) {
        const std::string at = fmt::format("model.layers.{}.", layer);
        for (const char *norm : { "input_layernorm", "post_attention_layernorm" })
            add(at + norm + ".weight", { kBigHidden });
        for (const char *wide : { "q_proj", "o_proj" })
            add(at + "self_attn." + wide + ".weight", { kBigHidden, kBigHidden });
        for (const char *narrow : { "k_proj", "v_proj" })
            add(at + "self_attn." + narrow + ".weight", { keys, kBigHidden });
        for (const char *up : { "gate_proj", "up_proj" })
            add(at + "mlp." + up + ".weight", { kBigIntermediate, kBigHidden });
        add(at + "mlp.down_proj.weight", { kBigHidden, kBigIntermediate });
    }
    return out;
}

class BigSession
{
public:
    std::vector<ArtifactPtr> make()
    {
        model();
        variant(nullptr);
        for (const VariantSpec &spec : m_spec.variants)
            variant(&spec);
        return std::move(m_out);
    }

private:
    void add(Artifact artifact)
    {
        m_out.push_back(std::make_shared<const Artifact>(std::move(artifact)));
    }

    void model()
    {
        ModelSummary model;
        model.path = "synthetic data, no model was run";
        model.container = "synthetic";
        model.quickHash = model.contentHash = hashHex("synthetic 8B");
        model.config = { { "architecture", "synthetic" },
                         { "displayName", "Imaginary 8B decoder (synthetic data)" },
                         { "hidden", kBigHidden },
                         { "intermediate", kBigIntermediate },
                         { "layers", kBigLayers },
                         { "heads", 32 },
                         { "kvHeads", 8 },
                         { "headDim", 128 },
                         { "vocab", 151936 } };
        model.tensors = tensors();
        add(std::move(model));
        SampleTokens sample;
        for (int t = 0; t < kBigTokens; ++t) {
            sample.ids.push_back(t);
            sample.pieces.push_back(fmt::format(" word{}", t));
        }
        add(std::move(sample));
    }

    /// Null: the reference.
    void variant(const VariantSpec *spec)
    {
        VariantInfo info = fakeVariantInfo(m_spec, spec);
        const std::string id = info.id;
        add(std::move(info));
        for (int layer = 0; layer < kBigLayers; ++layer) {
            for (std::size_t site = 0; site < kBigBlocks.size(); ++site)
                statistics(id, layer, site, spec ? StatStage::after : StatStage::before);
            if (spec)
                solved(*spec, layer);
        }
        evaluation(id, spec != nullptr);
    }

    void statistics(const std::string &variant, int layer, std::size_t site, StatStage stage)
    {
        SiteStats s =
            emptySiteStats(variant, layer, kLinearSites[site], stage, kTokens, kBigBlocks[site]);
        for (std::vector<float> *values : blockValues(s))
            *values = m_noise.list(values->size());
        s.histogram = m_noise.list<std::uint32_t>(s.histogram.size(), 5000);
        s.codeUse = m_noise.list<std::uint32_t>(s.codeUse.size(), 70000);
        TokenEnergyMap map = emptyTokenMap(s, kBigTokens);
        map.energy = m_noise.list(static_cast<std::size_t>(map.tokens * map.blocks));
        add(std::move(s));
        add(std::move(map));
    }

    void solved(const VariantSpec &spec, int layer)
    {
        const LayerId at { Branch::text, layer };
        for (const Linear linear : kLinears) {
            LinearScore score;
            score.variant = spec.id;
            score.layer = at;
            score.linear = linear;
            score.outputSqnrDb = 10 + static_cast<double>(m_noise.next());
            score.weightSqnrDb = 18 + static_cast<double>(m_noise.next());
            score.outputMse = std::pow(10, -score.outputSqnrDb / 10);
            add(score);
        }
        for (std::size_t site = 0; site < kBigBlocks.size(); ++site) {
            SiteFlow flow; // all energy stays where it is
            flow.variant = spec.id;
            flow.layer = at;
            flow.site = kLinearSites[site];
            flow.groups = kGroups;
            flow.blocksPerGroup = kBigBlocks[site] / kGroups;
            flow.energyFlow.assign(static_cast<std::size_t>(kGroups * kGroups), 0);
            for (std::int64_t g = 0; g < kGroups; ++g)
                flow.energyFlow[static_cast<std::size_t>(g * kGroups + g)] = 1;
            add(std::move(flow));
        }
        if (spec.recipe.findStage("train")) {
            LossCurve loss;
            loss.variant = spec.id;
            loss.layer = at;
            loss.objective = "layer-mse";
            loss.loss = m_noise.list(kSteps);
            loss.learningRate = m_noise.list(kSteps, 1e-3F);
            add(std::move(loss));
        }
        LayerDone done;
        done.variant = spec.id;
        done.layer = at;
        done.relativeError = 0.1 * static_cast<double>(m_noise.next());
        done.firstTokenError = done.relativeError / 2;
        done.maxCondition = 1;
        done.part = hashHex(fmt::format("synthetic 8B part {} {}", spec.id, layer));
        add(std::move(done));
    }

    void evaluation(const std::string &variant, bool quantized)
    {
        EvaluationResult r;
        r.variant = variant;
        r.task = "wikitext2";
        r.metric = "perplexity";
        r.samples = static_cast<std::int64_t>(kWindows);
        r.tokens = r.samples * 2047;
        r.windowNll = m_noise.list<double>(kWindows);
        const auto mean = [](const std::vector<double> &v) {
            return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
        };
        r.value = std::exp(mean(r.windowNll));
        r.standardError = 0.1;
        r.top1Agreement = 1;
        if (quantized) {
            r.windowKld = m_noise.list<double>(kWindows);
            r.kld = mean(r.windowKld);
            r.kldStandardError = 0.02;
            r.top1Agreement = 0.8;
            r.deltaPPercentiles = m_noise.list<double>(11);
        }
        r.protocolHash = m_spec.protocol.hash();
        add(std::move(r));
    }

    const RunSpec m_spec = bigSpec();
    Noise m_noise;
    std::vector<ArtifactPtr> m_out;
};

} // namespace

RunSpec bigSpec()
{
    Json variants = Json::array();
    for (const char *id : { "rtn", "mr-gptq", "diag-h32", "bat" })
        variants.push_back({ { "preset", id }, { "id", id } });
    const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
    return runSpecFromJson({ { "model", "demo" }, { "variants", variants } }, presets, "test")
        .orThrow();
}

std::vector<ArtifactPtr> bigArtifacts() { return BigSession().make(); }

} // namespace batlab::test
