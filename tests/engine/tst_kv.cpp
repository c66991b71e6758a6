// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/formats.h"
#include "core/engine/calib/kv_stage.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>

#include <fmt/format.h>

#include <QTest>

using namespace batlab;
using namespace batlab::test;

namespace {

Json kvParameters(const std::string &keys, const std::string &values, int g1 = 8, int g2 = 4)
{
    return { { "keys", keys },
             { "values", values },
             { "g1", g1 },
             { "g2", g2 },
             { "init", "closed-form" } };
}

TinyModelOptions optionsOf(const std::string &family, std::int64_t headDim, bool biases = false,
                           std::int64_t layers = 1)
{
    TinyModelOptions options;
    options.family = family;
    options.headDim = headDim;
    options.biases = biases;
    options.layers = layers;
    return options;
}

quant::Quantizer quantizer(const char *format) { return quant::makeQuantizer(format, {}); }

/// A layer with folded weights, no site transforms and the state's P_k, in the model's precision.
class FoldedOps : public nn::PlainOps
{
public:
    FoldedOps(const nn::LayerWeights &weights, const KvSolution &kv) : PlainOps(weights), m_kv(kv)
    { }
    at::Tensor cached(Site site, const at::Tensor &x) const override
    {
        return m_kv.cached(site, x, x.scalar_type());
    }
    at::Tensor query(const at::Tensor &x) const override { return m_kv.query(x, x.scalar_type()); }

private:
    KvSolution m_kv;
};

/// Logits of the last positions, token by token through the cache.
at::Tensor decoded(const nn::Decoder &decoder, const Variant &variant)
{
    const at::NoGradGuard guard;
    const at::Tensor ids = nn::idTensor(tokens(2, 24));
    std::vector<nn::KvCache> caches(static_cast<std::size_t>(decoder.config().layers));
    std::vector<std::shared_ptr<const nn::LayerOps>> layers;
    for (std::int64_t l = 0; l < decoder.config().layers; ++l)
        layers.push_back(variant.layer(l));
    std::vector<at::Tensor> out;
    for (std::int64_t t = 0; t < ids.size(1);) {
        const std::int64_t count = t == 0 ? 5 : 1; // a prompt, then one token at a time
        at::Tensor x = decoder.embed(ids.narrow(1, t, count));
        for (std::size_t l = 0; l < layers.size(); ++l)
            x = decoder.forward(*layers[l], x, &caches[l]);
        out.push_back(x);
        t += count;
    }
    const at::Tensor all = at::cat(out, 1);
    return decoder.logits(decoder.finalNorm(all.reshape({ -1, decoder.config().hidden })));
}

} // namespace

class KvTest : public QObject
{
    Q_OBJECT

    static RunSpec spec(const std::string &format, const std::string &set,
                        const std::string &weights = "none")
    {
        RunSpec s = specOf("[{preset: rtn-uos, set: {" + set + "}}]");
        s.analysis.enabled = false;
        s = withSetting(s, "protocol.kvFormat", format).orThrow();
        s = withSetting(s, "protocol.weightFormat", weights).orThrow();
        return withSetting(s, "protocol.activationFormat", weights).orThrow();
    }

private Q_SLOTS:
    void initTestCase()
    {
        at::set_num_threads(1);
    } // tiny products: threads only wait for each other

    /// P_k on keys and queries, P_v in W_v and W_o: without quantizers the layer is as it was
    /// (methods.md 7, item 6).
    void transformsAreExact_data()
    {
        QTest::addColumn<QString>("family");
        QTest::addColumn<bool>("biases");
        QTest::addColumn<int>("headDim");
        QTest::addColumn<QString>("kind");
        for (const char *kind : { "hadamard", "hadamard-head", "gpk" }) {
            const QString k = QString::fromLatin1(kind);
            QTest::addRow("llama, grouped, %s", kind)
                << QStringLiteral("llama") << false << 64 << k;
            QTest::addRow("llama with biases, %s", kind)
                << QStringLiteral("llama") << true << 32 << k;
            QTest::addRow("qwen2, %s", kind) << QStringLiteral("qwen2") << false << 32 << k;
            QTest::addRow("qwen3, %s", kind) << QStringLiteral("qwen3") << false << 128 << k;
            QTest::addRow("qwen3, heads of 96, %s", kind)
                << QStringLiteral("qwen3") << false << 96 << k;
        }
        QTest::addRow("llama, heads of 72, hadamard-head")
            << QStringLiteral("llama") << true << 72 << QStringLiteral("hadamard-head");
    }
    void transformsAreExact()
    {
        QFETCH(QString, family);
        QFETCH(bool, biases);
        QFETCH(int, headDim);
        QFETCH(QString, kind);
        const Model model(optionsOf(family.toStdString(), headDim, biases), nn::Compute::fp64);
        const at::NoGradGuard guard;
        const nn::Decoder &decoder = *model.decoder;
        at::Tensor x = decoder.embed(nn::idTensor(tokens(3, 20)));
        for (std::int64_t l = 0; l < decoder.config().layers; ++l) {
            calib::LayerState state {
                decoder.config(), decoder.loadLayer(l, at::kDouble), {}, {}, {}, {}, 5
            };
            const auto plain = decoder.layer(l);
            const calib::HeadCapture heads(*plain);
            at::Tensor ownHeads, seenHeads;
            const nn::CapturingOps capture(heads, [&](Site s, const at::Tensor &in) {
                state.momentsOf(s).add(in);
                if (s == Site::t2)
                    ownHeads = in;
            });
            const at::Tensor expected = decoder.forward(capture, x);
            const at::Tensor oBefore = state.weights.of(Linear::o).clone();
            state.kv.keys = state.kv.values = quantizer("mxfp4");
            calib::runKv(state, kvParameters(kind.toStdString(), kind.toStdString()),
                         heads.moments());
            QVERIFY(relative(state.weights.of(Linear::o), oBefore) > 0.1);
            state.kv.keys = state.kv.values = {};
            const FoldedOps folded(state.weights, state.kv);
            calib::LayerMoments after;
            const nn::CapturingOps again(folded, [&](Site s, const at::Tensor &in) {
                after[static_cast<std::size_t>(s)].add(in);
                if (s == Site::t2)
                    seenHeads = in;
            });
            const at::Tensor got = decoder.forward(again, x);
            QVERIFY2(relative(got, expected) < 1e-9,
                     qPrintable(QString::number(relative(got, expected))));
            QVERIFY(relative(state.basis.apply(Site::t2, ownHeads), seenHeads) < 1e-9);
            // T2's moments were moved with W_v.
            QVERIFY(relative(state.momentsOf(Site::t2).sum, after[1].sum) < 1e-4);
            x = expected;
        }
    }

    /// Keys with a few large channels, as real models have: the attention scores of a 4-bit cache
    /// get better from transform to transform.
    void closedFormHelpsKeysWithOutliers()
    {
        const std::int64_t d = 64;
        at::Tensor gain = at::ones({ d });
        gain[3] = 20;
        gain[35] = 12;
        gain[40] = 8;
        const at::Tensor k = randomTensor({ 1, 2, 200, d }, 1) * gain;
        const at::Tensor q = randomTensor({ 1, 4, 200, d }, 2);
        TinyModelOptions options = optionsOf("llama", static_cast<int>(d));
        const Model model(options, nn::Compute::fp32);
        const auto error = [&](const std::string &kind, const char *format) {
            calib::LayerState state {
                model.decoder->config(), model.decoder->loadLayer(0, at::kFloat), {}, {}, {}, {}, 5
            };
            const auto plain = model.decoder->layer(0);
            const calib::HeadCapture heads(*plain);
            (void)heads.cached(Site::k, k);
            (void)heads.cached(Site::v, k);
            (void)heads.query(q);
            state.kv.keys = quantizer(format);
            calib::runKv(state, kvParameters(kind, "none"), heads.moments());
            const at::Tensor scores = at::matmul(q, k.repeat({ 1, 2, 1, 1 }).transpose(2, 3));
            const at::Tensor got = at::matmul(
                state.kv.query(q, at::kFloat),
                state.kv.cached(Site::k, k, at::kFloat).repeat({ 1, 2, 1, 1 }).transpose(2, 3));
            return relative(got, scores);
        };
        for (const char *format : { "mxfp4", "int4" }) {
            const double none = error("none", format);
            const double hadamard = error("hadamard", format);
            const double closed = error("gpk", format);
            QVERIFY2(hadamard < none && closed < hadamard,
                     qPrintable(QStringLiteral("%1: %2 %3 %4")
                                    .arg(QLatin1String(format))
                                    .arg(none)
                                    .arg(hadamard)
                                    .arg(closed)));
        }
        QVERIFY(error("gpk", "mxfp8-e4m3") < error("gpk", "mxfp4"));
    }

    /// More bits, less error; every format reaches calibration, evaluation and the cached path.
    void everyFormatRuns()
    {
        const Model model(optionsOf("qwen3", 96));
        const auto store = makeMemoryCheckpointStore();
        const at::Tensor reference = logits(*model.decoder, *referenceVariant(model.decoder));
        const auto error = [&](const std::string &format) {
            const auto parts = Run(model, spec(format, ""), *store).go();
            const auto variant = solvedVariant("v", model.decoder, parts, *store);
            return relative(logits(*model.decoder, *variant), reference);
        };
        const double none = error("bf16"); // weights stored in bf16
        const double eight = error("mxfp8-e4m3");
        const double six = error("mxfp6-e2m3");
        const double four = error("mxfp4");
        const double int8 = error("int8");
        const double int4 = error("int4");
        const double mxint8 = error("mxint8");
        const std::string all =
            fmt::format("{} {} {} {} {} {} {}", none, mxint8, int8, eight, six, int4, four);
        QVERIFY2(none < mxint8 && mxint8 < eight && int8 < six && eight < four && six < four
                     && int8 < int4,
                 all.c_str());
    }

    void decodingEqualsPrefill_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("set");
        QTest::addRow("mxfp4") << QStringLiteral("mxfp4") << QString();
        QTest::addRow("mxfp4, gpk")
            << QStringLiteral("mxfp4") << QStringLiteral("kv.keys: gpk, kv.values: gpk");
        QTest::addRow("int4, hadamard")
            << QStringLiteral("int4") << QStringLiteral("kv.keys: hadamard-head");
    }
    void decodingEqualsPrefill()
    {
        QFETCH(QString, format);
        QFETCH(QString, set);
        const Model model(optionsOf("qwen3", 64, false, 2));
        const auto store = makeMemoryCheckpointStore();
        const auto parts = Run(model, spec(format.toStdString(), set.toStdString()), *store).go();
        const auto variant = solvedVariant("v", model.decoder, parts, *store);
        const at::Tensor at_once = logits(*model.decoder, *variant);
        const at::Tensor stepwise = decoded(*model.decoder, *variant);
        const double quantized =
            relative(at_once, logits(*model.decoder, *referenceVariant(model.decoder)));
        QVERIFY2(
            relative(stepwise, at_once) < 0.2 * quantized,
            qPrintable(QStringLiteral("%1 of %2").arg(relative(stepwise, at_once)).arg(quantized)));
    }

    /// Whole presets with a quantized cache: training sees it, parts keep it, costs are counted.
    void presetsRunWithAQuantizedCache()
    {
        const Model model(optionsOf("qwen3", 32));
        for (const char *preset : { "bat", "mr-gptq" }) {
            const auto store = makeMemoryCheckpointStore();
            RunSpec s = specOf(std::string("[{preset: ") + preset
                               + ", set: {kv.keys: gpk, kv.values: gpk}}]");
            s = withSetting(s, "protocol.kvFormat", "mxfp4").orThrow();
            Run run(model, s, *store);
            const auto parts = run.go();
            const Part part = store->getByHash(parts[0]).orThrow().value();
            const LayerSolution solution = LayerSolution::fromPart(part).orThrow();
            QCOMPARE(solution.kv.keys.formatName(), std::string("mxfp4"));
            QCOMPARE(solution.kv.onlineParameters(), std::int64_t { 64 + 16 });
            // K of 2 heads and Q of 4, 2 (g1 + g2) a number.
            QCOMPARE(solution.kv.flopPerToken(model.decoder->config()), 6 * 32 * 24.0);
            QCOMPARE(solution.toPart({ Branch::text, 0 }).contentHash(), part.contentHash());
            Part damaged = part;
            damaged.tensors.erase(std::find_if(damaged.tensors.begin(), damaged.tensors.end(),
                                               [](const auto &t) { return t.name == "Q.a"; }));
            QVERIFY(!LayerSolution::fromPart(damaged).ok());
            const VariantInfo info = run.all<VariantInfo>().back();
            QCOMPARE(info.settings.at("cacheBits").get<double>(), 4.25);
            QVERIFY(info.onlineParameters >= 80);
        }
    }

    /// Without a quantized cache the stage is left out, and says so.
    void idleStageIsLeftOut()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        const auto plain = Run(model, specOf("[{preset: rtn-uos}]"), *store).go();
        const auto idle =
            Run(model, specOf("[{preset: rtn-uos, set: {kv.keys: gpk}}]"), *store).go();
        QCOMPARE(idle, plain);
    }

    /// Blocks of 16 where a head is no multiple of 32: what the kernel pads is cut off again.
    void blocksOfSixteen_data()
    {
        QTest::addColumn<int>("headDim");
        QTest::addRow("80") << 80;
        QTest::addRow("16") << 16;
    }
    void blocksOfSixteen()
    {
        QFETCH(int, headDim);
        const Model model(optionsOf("llama", headDim));
        const auto store = makeMemoryCheckpointStore();
        const at::Tensor reference = logits(*model.decoder, *referenceVariant(model.decoder));
        for (const char *format : { "mxfp4", "int4-g32" }) {
            const auto error = [&](const std::string &set) {
                const auto parts = Run(model, spec(format, set), *store).go();
                const auto variant = solvedVariant("v", model.decoder, parts, *store);
                return relative(logits(*model.decoder, *variant), reference);
            };
            const double plain = error("");
            const double blocks = error("kv.keys: gpk, kv.values: gpk, kv.g1: 4, kv.g2: 4");
            QVERIFY2(blocks > 0 && blocks < 1.3 * plain,
                     qPrintable(QStringLiteral("%1 and %2").arg(blocks).arg(plain)));
        }
    }

    void unfitHeadsAreRefused()
    {
        const auto store = makeMemoryCheckpointStore();
        for (const auto &[headDim, set] : { std::pair { 72, "kv.keys: hadamard" },
                                            { 22, "kv.values: hadamard-head" },
                                            { 72, "kv.keys: gpk" } }) {
            const Model model(optionsOf("llama", headDim));
            try {
                (void)Run(model, spec("mxfp4", set), *store).go();
                QFAIL("not refused");
            } catch (const Exception &e) {
                QVERIFY2(e.error.message().find(std::to_string(headDim)) != std::string::npos,
                         e.error.message().c_str());
                QVERIFY(e.error.message().find("kv.") != std::string::npos);
                QVERIFY(!e.error.hint.empty());
            }
        }
        const Model model(optionsOf("llama", 72));
        // The formats themselves take any head_dim.
        for (const char *format : { "mxfp4", "int4-g32" })
            QCOMPARE(Run(model, spec(format, "kv.keys: none, kv.values: none"), *store).go().size(),
                     std::size_t { 1 });
        // Layers the model does not have.
        QVERIFY_EXCEPTION_THROWN(
            (void)Run(model, spec("bf16", "precision.overrides: [\"layer 2:K:cache=int8\"]"),
                      *store)
                .go(),
            Exception);
    }
};

QTEST_GUILESS_MAIN(KvTest)
#include "tst_kv.moc"
