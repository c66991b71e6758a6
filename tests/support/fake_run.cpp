// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_run.h"

#include "core/base/hash.h"
#include "core/stats/block_statistics.h"
#include "core/stats/dip.h"
#include "tests/support/fake_answers.h"
#include "tests/support/fake_statistics.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

namespace batlab {

namespace {

constexpr std::int64_t kTokens = 16384, kSample = 64;
constexpr std::int64_t kBins = kFakeBins;
constexpr float kLimit = kFakeLimit;
constexpr std::array<std::int64_t, 4> kBlocks { 18, 18, 18, 48 };

/// How a method shapes the numbers and how well it does, from its family. Invented, in a plausible
/// order.
struct Character
{
    double spread = 0; ///< 0: outliers stay in their block's channel, 1: spread over the block
    double modes = 0; ///< how strongly spread outliers make two modes
    double sqnr = 0; ///< dB over RTN
    double perplexity = 58;
    double kld = 1.08;
};

Character characterOf(const Recipe &recipe)
{
    Character c;
    if (recipe.family == "block-rotation")
        c = { 1, 1, 1.6, 54, 0.87 };
    else if (recipe.family == "diagonal")
        c = { 1, 0.45, 4.6, 34, 0.45 };
    else if (recipe.family == "bat")
        c = { 1, 0.15, 5.0, 33, 0.43 };
    if (recipe.filled) {
        c.sqnr += 1.4;
        c.perplexity = 20 + (c.perplexity - 20) * 0.62;
        c.kld *= 0.68;
    }
    return c;
}

/// Counter-based noise with a name for every number, so that no order of calls matters.
class Noise
{
public:
    explicit Noise(std::string_view name)
        : m_seed(std::stoull(hashHex(name).substr(0, 16), nullptr, 16))
    { }
    double uniform(std::uint64_t i) const { return randomUniform(m_seed, i); }
    double normal(std::uint64_t i) const
    {
        const double u = 1 - uniform(2 * i), v = uniform(2 * i + 1);
        return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
    }

private:
    std::uint64_t m_seed;
};

double outlierOf(int layer, std::size_t site, std::int64_t block)
{
    const Noise noise("outliers " + std::to_string(site));
    // Most outlier blocks sit at the same place in all layers, as channels of the residual stream
    // do.
    const double place = noise.uniform(static_cast<std::uint64_t>(block));
    if (place > 0.86)
        return 3
            + 9 * noise.uniform(1000 + static_cast<std::uint64_t>(block)) * (0.4 + layer / 30.0);
    const double own = noise.uniform(100000 + static_cast<std::uint64_t>(layer * 100 + block));
    return own > 0.985 ? 10 : 1;
}

double density(double x, double mean, double sigma)
{
    return std::exp(-0.5 * (x - mean) * (x - mean) / (sigma * sigma)) / sigma;
}

void fillBlock(SiteStats &s, std::int64_t block, double outlier, const Character &c,
               const Noise &noise)
{
    const auto b = static_cast<std::size_t>(block);
    const double base = 0.3 * std::exp(0.25 * noise.normal(b));
    const double energy = base * (1 + (outlier * outlier - 1) / 32.0 * 6);
    const bool rotated = c.spread > 0;
    // In units of the scale: an unrotated outlier pushes all else into the lowest codes.
    const double body =
        rotated ? 2.1 - 0.6 * c.modes * std::min(1.0, (outlier - 1) / 6) : 2.2 / std::sqrt(outlier);
    const double mode = rotated ? c.modes * std::min(2.9, 0.45 * (outlier - 1)) : 0;
    const double tail = rotated || outlier <= 1 ? 0 : 1.0 / 32;
    std::vector<double> weights(kBins);
    double total = 0;
    for (std::int64_t i = 0; i < kBins; ++i) {
        const double x = -kLimit + (static_cast<double>(i) + 0.5) * 2 * kLimit / kBins;
        double w = (1 - tail) * 0.5 * (density(x, -mode, body) + density(x, mode, body))
            + tail * density(x, 5.4, 0.7);
        if (std::abs(x) > 7.25)
            w = 0;
        weights[static_cast<std::size_t>(i)] = w;
        total += w;
    }
    PowerSums sums;
    std::uint32_t clipped = 0;
    static const std::array<double, 7> borders { 0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5.0 };
    const double n = static_cast<double>(kTokens) * 32;
    for (std::int64_t i = 0; i < kBins; ++i) {
        const double x = -kLimit + (static_cast<double>(i) + 0.5) * 2 * kLimit / kBins;
        const double expected = n * weights[static_cast<std::size_t>(i)] / total;
        const double jitter = std::sqrt(expected)
            * noise.normal(1000 + static_cast<std::uint64_t>(block * kBins + i));
        const auto count = static_cast<std::uint32_t>(std::max(0.0, std::round(expected + jitter)));
        s.histogram[static_cast<std::size_t>(block * kBins + i)] = count;
        std::size_t code = 0;
        for (const double border : borders)
            code += std::abs(x) > border ? 1 : 0;
        s.codeUse[static_cast<std::size_t>(block * 16) + code + (x < 0 ? 8 : 0)] += count;
        clipped += std::abs(x) > 6 ? count : 0;
        sums.count += count;
        sums.sum += count * x;
        sums.sum2 += count * x * x;
        sums.sum3 += count * x * x * x;
        sums.sum4 += count * x * x * x * x;
    }
    s.energy[b] = static_cast<float>(energy);
    s.maxAbs[b] =
        static_cast<float>(std::sqrt(energy) * (rotated ? 4.2 : 4.2 * std::sqrt(outlier)));
    s.kurtosis[b] = static_cast<float>(kurtosis(sums));
    s.bimodality[b] = static_cast<float>(bimodality(sums));
    s.valleyDepth[b] = static_cast<float>(valleyDepth(
        std::span(s.histogram)
            .subspan(static_cast<std::size_t>(block * kBins), static_cast<std::size_t>(kBins))));
    std::vector<float> sample; // about 400 values in the histogram's shares
    for (std::int64_t i = 0; i < kBins; ++i)
        sample.insert(
            sample.end(),
            static_cast<std::size_t>(400 * weights[static_cast<std::size_t>(i)] / total),
            static_cast<float>(-kLimit + (static_cast<double>(i) + 0.5) * 2 * kLimit / kBins));
    s.dip[b] = static_cast<float>(dipStatistic(std::move(sample)));
    s.clipShare[b] = static_cast<float>(clipped / sums.count);
    s.sqnrDb[b] = static_cast<float>(18.6 - 2.2 * std::log(outlier) * (1 - 0.7 * c.spread)
                                     + 0.3 * noise.normal(500 + b));
}

SiteStats siteStats(const std::string &variant, int layer, std::size_t site, StatStage stage,
                    const Character &c)
{
    SiteStats s = emptySiteStats(variant, layer, kLinearSites[site], stage, kTokens, kBlocks[site]);
    const Noise noise(
        fmt::format("site {} {} {}", stage == StatStage::before ? "" : variant, layer, site));
    for (std::int64_t b = 0; b < s.blocks; ++b)
        fillBlock(s, b, outlierOf(layer, site, b), c, noise);
    return s;
}

TokenEnergyMap tokenMap(const std::string &variant, int layer, std::size_t site,
                        const SiteStats &stats)
{
    TokenEnergyMap m = emptyTokenMap(stats, kSample);
    const Noise noise(fmt::format("tokens {} {} {}", variant, layer, site));
    for (std::int64_t t = 0; t < m.tokens; ++t)
        for (std::int64_t b = 0; b < m.blocks; ++b) {
            const double first =
                t == 0 && layer > 8 ? 400 : 1; // the massive activation of a first token
            m.energy.push_back(static_cast<float>(
                stats.energy[static_cast<std::size_t>(b)] * first
                * std::exp(0.5 * noise.normal(static_cast<std::uint64_t>(t * m.blocks + b)))));
        }
    return m;
}

class FakeRun
{
public:
    FakeRun(const RunSpec &spec, int layers) : m_spec(spec), m_layers(layers) { }

    std::vector<FakeStep> make()
    {
        m_total = static_cast<std::uint64_t>(m_layers) * (1 + m_spec.variants.size())
            + (m_spec.evaluate ? 1 : 0);
        beginning();
        for (int layer = 0; layer < m_layers; ++layer) {
            m_stage = fmt::format("reference: layer {} of {}", layer + 1, m_layers);
            for (std::size_t site = 0; site < 4; ++site) {
                SiteStats stats = siteStats("reference", layer, site, StatStage::before, {});
                TokenEnergyMap map = tokenMap("reference", layer, site, stats);
                add(std::move(stats));
                add(std::move(map));
            }
            ++m_done;
        }
        for (const VariantSpec &variant : m_spec.variants)
            calibrate(variant);
        if (m_spec.evaluate) {
            m_stage = "evaluation: wikitext2";
            const Character perfect { 0, 0, 99, 20, 0 };
            add(evaluation("reference", perfect));
            for (const VariantSpec &variant : m_spec.variants)
                add(evaluation(variant.id, characterOf(variant.recipe)));
            ++m_done;
        }
        addSweep();
        return std::move(m_steps);
    }

private:
    void add(Artifact artifact)
    {
        m_steps.push_back({ m_stage, m_done, m_total, std::move(artifact) });
    }

    void beginning()
    {
        m_stage = "model";
        ModelSummary model;
        model.path = "synthetic data, no model was run";
        model.container = "synthetic";
        model.quickHash = model.contentHash = hashHex("synthetic");
        model.tokenizerHash = hashHex("synthetic tokenizer");
        model.config = { { "architecture", "synthetic" },
                         { "displayName", "Imaginary decoder (synthetic data)" },
                         { "hidden", 576 },
                         { "intermediate", 1536 },
                         { "layers", m_layers },
                         { "heads", 9 },
                         { "kvHeads", 3 },
                         { "headDim", 64 },
                         { "vocab", 49152 } };
        model.tensors = fakeTensors(m_layers);
        add(std::move(model));
        VariantInfo reference = fakeVariantInfo(m_spec, nullptr);
        reference.title += " (synthetic)";
        add(std::move(reference));
        SampleTokens sample;
        for (std::int64_t t = 0; t < kSample; ++t) {
            sample.ids.push_back(static_cast<std::int32_t>(t));
            sample.pieces.push_back(t == 0 ? std::string("<start>") : fmt::format(" word{}", t));
        }
        add(std::move(sample));
    }

    void calibrate(const VariantSpec &variant)
    {
        const Character c = characterOf(variant.recipe);
        VariantInfo info = fakeVariantInfo(m_spec, &variant);
        info.title += " (synthetic)";
        info.onlineParameters = variant.recipe.family == "bat" ? m_layers * (4 * 64 + 102 * 16) : 0;
        info.onlineFlopPerToken =
            c.spread * m_layers * (variant.recipe.family == "bat" ? 24.0 : 10.0) * (3 * 576 + 1536);
        add(info);
        const bool trains = variant.recipe.findStage("train") != nullptr;
        for (int layer = 0; layer < m_layers; ++layer) {
            m_stage = fmt::format("{}: layer {} of {}", variant.id, layer + 1, m_layers);
            const Noise noise(fmt::format("layer {} {}", variant.id, layer));
            for (std::size_t site = 0; site < 4; ++site) {
                SiteStats stats = siteStats(variant.id, layer, site, StatStage::after, c);
                TokenEnergyMap map = tokenMap(variant.id, layer, site, stats);
                add(std::move(stats));
                add(std::move(map));
            }
            if (trains)
                add(lossCurve(variant, layer, noise));
            for (std::size_t i = 0; i < kLinears.size(); ++i) {
                LinearScore score;
                score.variant = variant.id;
                score.layer = { Branch::text, layer };
                score.linear = kLinears[i];
                score.weightSqnrDb = 18.4 + 0.3 * c.sqnr + 0.2 * noise.normal(100 + i);
                score.outputSqnrDb = 13.0 + c.sqnr - 1.5 * (kLinears[i] == Linear::down)
                    + 0.5 * noise.normal(200 + i) - layer * 0.03;
                score.outputMse = std::pow(10, -score.outputSqnrDb / 10);
                add(score);
            }
            LayerDone done;
            done.variant = variant.id;
            done.layer = { Branch::text, layer };
            done.relativeError = 0.12 * std::pow(10, -c.sqnr / 10) * (1 + layer / 30.0)
                * std::exp(0.1 * noise.normal(1));
            done.firstTokenError = 0.5 * done.relativeError;
            done.maxCondition = variant.recipe.family == "bat" ? 2.5 + noise.uniform(9) : 1;
            done.seconds = 2;
            done.part = hashHex(fmt::format("synthetic part {} {}", variant.id, layer));
            for (const Site site : kLinearSites)
                add(flow(variant, layer, site, done.maxCondition));
            add(std::move(done));
            ++m_done;
        }
        info.calibrationSeconds = 2.0 * m_layers;
        add(std::move(info));
        VariantOutcome outcome;
        outcome.variant = variant.id;
        outcome.title = variant.recipe.title;
        outcome.family = variant.recipe.family;
        outcome.state = "done";
        outcome.peakMemoryBytes = 6.5e8;
        add(std::move(outcome));
    }

    /// A block method's: all energy stays in its block.
    static SiteFlow flow(const VariantSpec &variant, int layer, Site site, double condition)
    {
        SiteFlow out;
        out.variant = variant.id;
        out.layer = { Branch::text, layer };
        out.site = site;
        out.condition = condition;
        out.clippedMaxima = 0.04;
        out.groups = site == Site::t4 ? 48 : 18;
        out.energyFlow.assign(static_cast<std::size_t>(out.groups * out.groups), 0);
        for (std::int64_t i = 0; i < out.groups; ++i)
            out.energyFlow[static_cast<std::size_t>(i * out.groups + i)] = 1;
        return out;
    }

    /// What a small sweep over the first variant's private factor would give.
    void addSweep()
    {
        Sweep sweep;
        sweep.id = "synthetic";
        sweep.base = m_spec.variants.front().id;
        sweep.mode = "grid";
        sweep.metric = "output SQNR";
        sweep.unit = "dB";
        sweep.axes = Json::array({ { { "path", "transform.g2" }, { "values", { 2, 4 } } } });
        sweep.cells =
            Json::array({ { { "at", { 0 } }, { "value", nullptr }, { "reason", "no such block" } },
                          { { "at", { 1 } }, { "value", 14.5 } } });
        sweep.context = { { "layers", { 0 } } };
        add(std::move(sweep));
    }

    LossCurve lossCurve(const VariantSpec &variant, int layer, const Noise &noise) const
    {
        LossCurve curve;
        curve.variant = variant.id;
        curve.layer = { Branch::text, layer };
        curve.objective = "layer-mse";
        const int steps = 40;
        for (int i = 0; i < steps; ++i) {
            const double x = i / (steps - 1.0);
            curve.loss.push_back(static_cast<float>(
                0.02 * (1 + layer / 15.0) * (0.7 + 0.3 * std::exp(-4 * x))
                * (1 + 0.02 * noise.normal(300 + static_cast<std::uint64_t>(i)))));
            curve.learningRate.push_back(static_cast<float>(1e-3 * (1 + std::cos(M_PI * x))));
        }
        return curve;
    }

    EvaluationResult evaluation(const std::string &variant, const Character &c) const
    {
        EvaluationResult r;
        r.variant = variant;
        r.task = "wikitext2";
        r.metric = "perplexity";
        r.samples = m_spec.protocol.windows > 0 ? m_spec.protocol.windows : 148;
        r.tokens = r.samples * (m_spec.protocol.windowLength - 1);
        const Noise shared("windows"), own("windows " + variant);
        const auto n = static_cast<double>(r.samples);
        double sum = 0, sum2 = 0, kldSum = 0, kldSum2 = 0;
        for (std::int64_t i = 0; i < r.samples; ++i) {
            const auto k = static_cast<std::uint64_t>(i);
            const double nll = std::log(c.perplexity) + 0.15 * shared.normal(k)
                + (c.kld > 0 ? 0.01 * own.normal(k) : 0);
            r.windowNll.push_back(nll);
            sum += nll;
            sum2 += nll * nll;
            if (c.kld > 0) {
                const double kld =
                    c.kld * std::exp(0.06 * shared.normal(1000 + k) + 0.02 * own.normal(1000 + k));
                r.windowKld.push_back(kld);
                kldSum += kld;
                kldSum2 += kld * kld;
            }
        }
        const auto standardError = [n](double s, double s2) {
            return std::sqrt(std::max(0.0, s2 / n - s / n * (s / n)) / std::max(1.0, n - 1));
        };
        r.value = std::exp(sum / n);
        r.standardError = r.value * standardError(sum, sum2);
        r.kld = kldSum / n;
        r.kldStandardError = standardError(kldSum, kldSum2);
        r.top1Agreement = std::exp(-0.75 * std::sqrt(c.kld));
        for (const double q :
             { -0.62, -0.41, -0.22, -0.08, -0.02, 0.0, 0.01, 0.05, 0.15, 0.30, 0.47 })
            r.deltaPPercentiles.push_back(q * std::sqrt(c.kld));
        r.protocolHash = m_spec.protocol.hash();
        r.textHash = hashHex("synthetic text");
        r.seconds = 10;
        return r;
    }

    const RunSpec &m_spec;
    int m_layers;
    std::vector<FakeStep> m_steps;
    std::string m_stage;
    std::uint64_t m_done = 0, m_total = 0;
};

} // namespace

std::vector<FakeStep> fakeRun(const RunSpec &spec, int layers)
{
    return FakeRun(spec, layers).make();
}

} // namespace batlab
