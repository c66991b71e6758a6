// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/recover.h"
#include "core/engine/calib/round.h"
#include "core/engine/variant/one_site.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <QTemporaryDir>
#include <QTest>

using namespace batlab;
using test::Model;
using test::TinyModelOptions;
using test::tokens;

namespace {

const Json &defaults()
{
    static const Json p { { "parts", { "values", "gates" } },
                          { "cells", 4 },
                          { "bound", 0.125 },
                          { "ridge", 1e-6 },
                          { "shrink", 0.0 },
                          { "tokens", "equal" } };
    return p;
}

/// One layer that reads the embedded text, unquantized.
struct Bench
{
    explicit Bench(const TinyModelOptions &options)
        : model(options)
        , store(makeMemoryCheckpointStore())
        , run(model, test::specOf("[rtn-uos]", "analysis: {enabled: false}\n"), *store)
        , state {
            model.decoder->config(), model.decoder->loadLayer(0, at::kFloat), {}, {}, {}, {}, 1
        }
    {
        const at::NoGradGuard guard;
        // Plain fp32 weights: what is planted is all that is wrong.
        exact = calib::unrounded(state);
        for (const Linear l : kLinears)
            exact.of(l).plain = state.weights.of(l);
        const at::Tensor x = model.decoder->embed(nn::idTensor(run.context.sequences));
        streams = { x, x, model.decoder->forward(*model.decoder->layer(0), x) };
    }
    calib::Recovered recover(LayerSolution &solution, Json parameters = defaults())
    {
        const at::NoGradGuard guard;
        return calib::runRecover(run.context, state, parameters, streams, solution);
    }

    Model model;
    std::unique_ptr<CheckpointStore> store;
    test::Run run;
    calib::LayerState state;
    LayerSolution exact;
    calib::RecoverStreams streams;
};

TinyModelOptions options(const std::string &family)
{
    TinyModelOptions o;
    o.family = family;
    o.biases = family == "llama";
    return o;
}

/// gain and bias as what they make of the weight's product, whether they are stored or not.
at::Tensor gainOf(const LinearSolution &s) { return s.gain.defined() ? s.gain : at::ones({ 1 }); }

} // namespace

class RecoverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    void nothingToRecover()
    {
        Bench bench(options("llama"));
        LayerSolution s = bench.exact;
        const calib::Recovered r = bench.recover(s);
        QVERIFY2(r.before < 1e-9, qPrintable(QString::number(r.before)));
        QVERIFY(r.after <= r.before);
        for (const Linear l : { Linear::v, Linear::gate, Linear::up })
            QVERIFY((gainOf(s.of(l)) - 1).abs().max().item<double>() < 1e-3);
    }

    void plantedValuesAreFound_data() { families(); }
    void plantedValuesAreFound()
    {
        QFETCH(QString, family);
        Bench bench(options(family.toStdString()));
        const ModelConfig &c = bench.model.decoder->config();
        LayerSolution s = bench.exact;
        // The second head's V is 6 % too small.
        s.of(Linear::v).plain = s.of(Linear::v).plain.clone();
        s.of(Linear::v).plain.narrow(0, c.headDim, c.headDim).mul_(0.94);
        Json p = defaults();
        p["parts"] = { "values" };
        const calib::Recovered r = bench.recover(s, p);
        QCOMPARE(r.values, 1.0);
        QCOMPARE(r.gates, 0.0);
        QVERIFY2(r.after < 0.01 * r.before,
                 qPrintable(QStringLiteral("%1 -> %2").arg(r.before).arg(r.after)));
        const at::Tensor gain = s.of(Linear::v).gain.view({ c.kvHeads, c.headDim });
        QVERIFY((gain[1] - 1 / 0.94).abs().max().item<double>() < 2e-3);
        QVERIFY((gain[0] - 1).abs().max().item<double>() < 2e-3);
        QVERIFY(!s.of(Linear::gate).gain.defined());
    }

    void plantedGatesAreFound_data() { families(); }
    void plantedGatesAreFound()
    {
        QFETCH(QString, family);
        Bench bench(options(family.toStdString()));
        LayerSolution s = bench.exact;
        const std::int64_t f = bench.model.decoder->config().intermediate;
        // The second cell's gate is 3 % too large, the last cell's up 5 % too small.
        s.of(Linear::gate).plain = s.of(Linear::gate).plain.clone();
        s.of(Linear::gate).plain.narrow(0, f / 4, f / 4).mul_(1.03);
        s.of(Linear::up).plain = s.of(Linear::up).plain.clone();
        s.of(Linear::up).plain.narrow(0, 3 * f / 4, f / 4).mul_(0.95);
        Json p = defaults();
        p["parts"] = { "gates" };
        const calib::Recovered r = bench.recover(s, p);
        QCOMPARE(r.gates, 1.0);
        QVERIFY2(r.after < 0.1 * r.before,
                 qPrintable(QStringLiteral("%1 -> %2").arg(r.before).arg(r.after)));
        const at::Tensor up = s.of(Linear::up).gain.view({ 4, f / 4 });
        QVERIFY2((up[3] - 1 / 0.95).abs().max().item<double>() < 1e-2,
                 qPrintable(QString::number(up[3][0].item<double>())));
        QVERIFY((up[0] - 1).abs().max().item<double>() < 1e-2);
    }

    void correctionsStayWithinTheBound()
    {
        Bench bench(options("qwen3"));
        LayerSolution s = bench.exact;
        s.of(Linear::v).plain = s.of(Linear::v).plain * 0.5;
        s.of(Linear::up).plain = s.of(Linear::up).plain * 2;
        const calib::Recovered r = bench.recover(s);
        QVERIFY(r.after < r.before);
        for (const Linear l : { Linear::v, Linear::gate, Linear::up })
            QVERIFY((gainOf(s.of(l)) - 1).abs().max().item<double>() <= 0.125 + 1e-6);
        QVERIFY(r.values > 0); // twice as large would be right: it goes as far as it may
        const at::Tensor reached = gainOf(s.of(Linear::v)) - (1 + 0.125 * r.values);
        QVERIFY2(reached.abs().max().item<double>() < 1e-6, qPrintable(QString::number(r.values)));
    }

    /// In a whole run: error of the layers' outputs, bytes of a repeated and of a resumed run.
    void recoveryInARun()
    {
        TinyModelOptions o = options("llama");
        o.outliers = 20;
        const Model model(o);
        const auto spec = [&](const char *preset) {
            return test::specOf(std::string("[") + preset + "]", "analysis: {enabled: false}\n");
        };
        const auto store = makeMemoryCheckpointStore();
        test::Run with(model, spec("hires"), *store);
        const std::vector<std::string> parts = with.go();
        const LayerSolution first =
            LayerSolution::fromPart(store->getByHash(parts[0]).orThrow().value()).orThrow();
        QVERIFY(first.of(Linear::v).gain.defined() || first.of(Linear::up).gain.defined());
        const auto fresh = makeMemoryCheckpointStore();
        test::Run interrupted(model, spec("hires"), *fresh);
        interrupted.stopAfterLayers = 1;
        QVERIFY_EXCEPTION_THROWN((void)interrupted.go(), Exception);
        QCOMPARE(test::Run(model, spec("hires"), *fresh).go(), parts);

        RunSpec plain = spec("hires");
        Recipe &recipe = plain.variants.front().recipe;
        std::erase_if(recipe.passes.front().stages,
                      [](const Stage &stage) { return stage.kind == "recover"; });
        const auto other = makeMemoryCheckpointStore();
        test::Run without(model, plain, *other);
        (void)without.go();
        QCOMPARE(without.all<LayerDone>().size(), with.all<LayerDone>().size());
        QVERIFY(with.all<LayerDone>().front().relativeError
                <= 1.05 * without.all<LayerDone>().front().relativeError);
    }

    /// One site of a variant alone: with no site nothing is lost, and a site brings its own error.
    void oneSiteAlone()
    {
        TinyModelOptions o = options("qwen2");
        o.outliers = 20;
        const Model model(o);
        RunSpec spec = test::specOf("[{preset: bat, set: {train.epochs: 1}}]",
                                    "analysis: {enabled: false, errorBySite: true}\n");
        const auto store = makeMemoryCheckpointStore();
        test::Run run(model, spec, *store);
        const std::vector<std::string> parts = run.go();
        const std::string base = calib::calibrationKey(run.context, spec.variants.front());
        std::vector<std::string> unrounded;
        for (std::int64_t l = 0; l < model.decoder->config().layers; ++l) {
            const std::string key = calib::unroundedKey(base, l);
            const auto part = store->get(key).orThrow();
            QVERIFY(part.has_value());
            unrounded.push_back(store->put(key, *part).orThrow());
        }
        const auto reference = referenceVariant(model.decoder);
        const at::Tensor exact = test::logits(*model.decoder, *reference);
        const auto error = [&](const Variant &v) {
            return test::relative(test::logits(*model.decoder, v), exact);
        };
        const double none =
            error(*solvedVariant("none", model.decoder, unrounded, *store)); // bf16 weights
        const double all = error(*solvedVariant("all", model.decoder, parts, *store));
        QVERIFY2(none < 0.02, qPrintable(QString::number(none)));
        for (const Site site : kLinearSites) {
            const double alone =
                error(*oneSiteVariant("one", model.decoder, unrounded, parts, site, *store));
            QVERIFY2(alone > 2 * none && alone < 1.1 * all,
                     qPrintable(QStringLiteral("%1: %2 of %3")
                                    .arg(QString::fromStdString(std::string(name(site))))
                                    .arg(alone)
                                    .arg(all)));
        }
    }

private:
    static void families()
    {
        QTest::addColumn<QString>("family");
        for (const char *family : { "llama", "qwen3" })
            QTest::addRow("%s", family) << QString::fromLatin1(family);
    }
};

QTEST_GUILESS_MAIN(RecoverTest)
#include "tst_recover.moc"
