// SPDX-License-Identifier: Apache-2.0
// Statistics of what no linear reads: K and V as they enter the cache, and the residual stream.
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/statistics.h"
#include "tests/engine/calibration_run.h"

#include <ATen/Parallel.h>

#include <QTest>

#include <cmath>

using namespace batlab;
using namespace batlab::test;

namespace {

const SiteStats *find(const std::vector<SiteStats> &all, const std::string &variant, int layer,
                      Site site)
{
    for (const SiteStats &s : all)
        if (s.variant == variant && s.layer.index == layer && s.site == site)
            return &s;
    return nullptr;
}

/// Mean x^2 of a row's blocks of 32, of which the last may be short, [rows, blocks] fp64; x
/// [rows, n].
at::Tensor blockEnergy(const at::Tensor &x)
{
    std::vector<at::Tensor> out;
    for (const at::Tensor &block : x.to(at::kDouble).split(32, 1))
        out.push_back(block.square().mean(1));
    return at::stack(out, 1);
}

at::Tensor normed(const at::Tensor &x, const at::Tensor &weight, double eps)
{
    return x / (x.square().mean(-1, true) + eps).sqrt() * weight.to(at::kDouble);
}

/// What the first layer puts into its cache, written down from the formulas in fp64: K and V
/// [tokens, kvHeads * headDim] and the stream [tokens, hidden] they come from.
struct FirstLayer
{
    at::Tensor k, v, stream;

    FirstLayer(const Model &model, const std::vector<std::vector<std::int32_t>> &sequences)
    {
        const ModelConfig &c = model.decoder->config();
        const nn::LayerWeights w = model.decoder->loadLayer(0, at::kDouble);
        const at::Tensor x = model.decoder->embed(nn::idTensor(sequences)).to(at::kDouble);
        const auto linear = [&](Linear l) {
            at::Tensor y = at::matmul(normed(x, w.inputNorm, c.normEps), w.of(l).t());
            if (w.biasOf(l).defined())
                y = y + w.biasOf(l).to(at::kDouble);
            return y.view({ x.size(0), x.size(1), c.kvHeads, c.headDim });
        };
        at::Tensor keys = linear(Linear::k);
        if (c.qkNorm)
            keys = normed(keys, w.kNorm, c.normEps);
        const std::vector<double> inverse = c.rope.inverseFrequencies(c.headDim);
        const at::Tensor turned = keys.clone();
        for (std::int64_t t = 0; t < x.size(1); ++t) {
            for (std::int64_t i = 0; i < c.headDim / 2; ++i) {
                const double angle = static_cast<double>(t) * inverse[std::size_t(i)];
                const at::Tensor a = keys.select(3, i).select(1, t),
                                 b = keys.select(3, i + c.headDim / 2).select(1, t);
                turned.select(3, i).select(1, t).copy_(a * std::cos(angle) - b * std::sin(angle));
                turned.select(3, i + c.headDim / 2)
                    .select(1, t)
                    .copy_(b * std::cos(angle) + a * std::sin(angle));
            }
        }
        k = turned.reshape({ x.size(0) * x.size(1), -1 });
        v = linear(Linear::v).reshape(k.sizes());
        stream = x.reshape({ k.size(0), -1 });
    }
};

RunSpec plainSpec(const std::string &set, const std::string &cache = "mxfp4")
{
    RunSpec s = specOf("[{preset: rtn-uos, set: {" + set + "}}]");
    for (const char *format : { "protocol.weightFormat", "protocol.activationFormat" })
        s = withSetting(s, format, "none").orThrow();
    return withSetting(s, "protocol.kvFormat", cache).orThrow();
}

} // namespace

class SiteStatisticsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void referenceEqualsTheFormulas_data()
    {
        QTest::addColumn<QString>("family");
        QTest::addColumn<bool>("biases");
        QTest::addColumn<int>("headDim");
        QTest::addRow("llama, grouped") << QStringLiteral("llama") << false << 32;
        QTest::addRow("llama, blocks over heads") << QStringLiteral("llama") << true << 24;
        QTest::addRow("qwen3, q/k norm") << QStringLiteral("qwen3") << false << 64;
    }
    void referenceEqualsTheFormulas()
    {
        QFETCH(QString, family);
        QFETCH(bool, biases);
        QFETCH(int, headDim);
        TinyModelOptions options;
        options.family = family.toStdString();
        options.biases = biases;
        options.headDim = headDim;
        const Model model(options);
        const auto store = makeMemoryCheckpointStore();
        Run run(model, specOf("[{preset: rtn-uos}]", "analysis: {sampleTokens: 16}\n"), *store);
        calib::referenceStatistics(run.context);
        const auto all = run.all<SiteStats>();
        QCOMPARE(all.size(), 2 * kSites.size());
        const auto maps = run.all<TokenEnergyMap>();
        QCOMPARE(maps.size(), 2 * kSites.size());
        const FirstLayer exact(model, run.context.sequences);
        for (const auto &[site, x] : { std::pair(Site::k, exact.k), std::pair(Site::v, exact.v),
                                       std::pair(Site::residual, exact.stream) }) {
            const SiteStats *stats = find(all, "reference", 0, site);
            QVERIFY(stats && stats->stage == StatStage::before);
            QCOMPARE(stats->tokens, std::int64_t { 6 * 40 });
            const at::Tensor expected = blockEnergy(x);
            QCOMPARE(stats->blocks, expected.size(1));
            for (std::int64_t b = 0; b < stats->blocks; ++b) {
                const auto i = static_cast<std::size_t>(b);
                const auto energy = expected.select(1, b).mean().item<double>();
                QVERIFY2(std::abs(stats->energy[i] - energy) < 1e-4 * energy, name(site).data());
                const at::Tensor own =
                    x.narrow(1, b * 32, std::min<std::int64_t>(32, x.size(1) - b * 32));
                QVERIFY(std::abs(stats->maxAbs[i] / own.abs().max().item<double>() - 1) < 1e-4);
                QVERIFY(stats->sqnrDb[i] > 10 && stats->sqnrDb[i] < 40);
            }
            const auto map = std::find_if(maps.begin(), maps.end(), [s = site](const auto &m) {
                return m.layer.index == 0 && m.site == s;
            });
            QVERIFY(map != maps.end());
            QCOMPARE(map->tokens, std::int64_t { 16 });
            const at::Tensor rows = expected.narrow(0, 0, 16).contiguous();
            for (std::size_t i = 0; i < map->energy.size(); ++i)
                QVERIFY(std::abs(map->energy[i] - rows.const_data_ptr<double>()[i])
                        < 1e-4 * rows.const_data_ptr<double>()[i]);
        }
    }

    /// K and V are held against the cache's format, R against that of activations.
    void formatsAreTheSites()
    {
        const Model model({});
        const auto sqnr = [&](const char *cache, Site site) {
            const auto store = makeMemoryCheckpointStore();
            RunSpec spec = specOf("[{preset: rtn-uos}]");
            spec = withSetting(spec, "protocol.kvFormat", cache).orThrow();
            Run run(model, spec, *store);
            calib::referenceStatistics(run.context);
            return find(run.all<SiteStats>(), "reference", 1, site)->sqnrDb.front();
        };
        for (const Site site : { Site::k, Site::v }) {
            QCOMPARE(sqnr("bf16", site), sqnr("mxfp4", site)); // as activations would be
            QVERIFY(sqnr("mxfp8-e4m3", site) > sqnr("mxfp4", site) + 8);
        }
        for (const Site site : { Site::t1, Site::residual })
            QCOMPARE(sqnr("mxfp8-e4m3", site), sqnr("bf16", site));
    }

    /// NVFP4 without a calibrated factor takes one from the numbers: small ones lose nothing.
    void nvfp4FindsItsFactor()
    {
        Protocol protocol;
        protocol.activationFormat = "nvfp4";
        const RecipeSettings settings { "even", "even" };
        const AnalysisSpec analysis;
        const auto sqnr = [&](double scale) {
            at::manual_seed(3);
            const at::Tensor x = at::randn({ 1, 64, 64 }) * scale;
            calib::LayerStatistics s(analysis, "v", { Branch::text, 0 }, StatStage::before);
            const quant::Quantizer q = calib::siteQuantizer(protocol, Site::residual, settings);
            s.add(Site::residual, x, calib::statisticsSpec(q, settings, x));
            std::vector<Artifact> out;
            s.finish(out);
            return std::get<SiteStats>(out.back()).sqnrDb.front();
        };
        QVERIFY2(sqnr(1) > 17, qPrintable(QString::number(sqnr(1))));
        QVERIFY2(std::abs(sqnr(1e-6) - sqnr(1)) < 0.2, qPrintable(QString::number(sqnr(1e-6))));
    }

    /// After the transform: Hadamard blocks mix the channels of a block and keep its energy, and
    /// the rotated stream keeps that of a token. K and R that a variant leaves alone have no
    /// statistics of its own.
    void variantsHaveWhatTheyTransform()
    {
        TinyModelOptions options;
        options.headDim = 32;
        options.outliers = 6;
        const Model model(options);
        const auto store = makeMemoryCheckpointStore();
        Run run(model,
                plainSpec("kv.keys: hadamard, kv.values: hadamard, rotate.residual: hadamard"),
                *store);
        calib::referenceStatistics(run.context);
        (void)run.go();
        const auto all = run.all<SiteStats>();
        const std::string id = run.spec.variants.front().id;
        for (const Site site : { Site::k, Site::v, Site::residual }) {
            const SiteStats *before = find(all, "reference", 0, site);
            const SiteStats *after = find(all, id, 0, site);
            QVERIFY2(before && after && find(all, id, 1, site), name(site).data());
            QVERIFY(after->stage == StatStage::after);
            QCOMPARE(after->blocks, before->blocks);
            QVERIFY(after->maxAbs != before->maxAbs);
            double sums[2] {};
            for (std::size_t b = 0; b < before->energy.size(); ++b) {
                sums[0] += before->energy[b];
                sums[1] += after->energy[b];
                if (site != Site::residual) // weights without a format are stored in bf16
                    QVERIFY(std::abs(after->energy[b] / before->energy[b] - 1) < 0.02);
            }
            QVERIFY(std::abs(sums[1] / sums[0] - 1) < 0.02);
        }
        QCOMPARE(run.all<SiteFlow>().size(), std::size_t { 2 * 4 }); // of T1..T4

        Run plain(model, plainSpec(""), *store);
        (void)plain.go();
        const auto own = plain.all<SiteStats>();
        QCOMPARE(own.size(), std::size_t { 2 * 5 });
        for (const SiteStats &s : own)
            QVERIFY(feedsLinears(s.site) || s.site == Site::v);
    }

    /// The diagonal of T2 stands in V's rows: V is another one although nothing turns it.
    void foldedDiagonalChangesV()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        Run run(model, specOf("[{preset: diag-h32}]"), *store);
        calib::referenceStatistics(run.context);
        (void)run.go();
        const auto all = run.all<SiteStats>();
        const SiteStats *before = find(all, "reference", 0, Site::v);
        const SiteStats *after = find(all, run.spec.variants.front().id, 0, Site::v);
        QVERIFY(before && after);
        double change = 0;
        for (std::size_t b = 0; b < before->energy.size(); ++b)
            change = std::max(
                change, std::abs(std::log(double(after->energy[b]) / double(before->energy[b]))));
        QVERIFY(change > 0.05);
    }
};

QTEST_GUILESS_MAIN(SiteStatisticsTest)
#include "tst_site_statistics.moc"
