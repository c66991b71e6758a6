// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/rotate.h"
#include "core/engine/tune/learn_rotation.h"
#include "core/engine/tune/tune.h"
#include "core/engine/tune/tuned_layer.h"
#include "core/engine/variant/on_device.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/device_under_test.h"
#include "tests/engine/random_tensor.h"
#include "tests/engine/spy_device.h"

#include <ATen/Parallel.h>

#include <QTest>

#include <cmath>
#include <optional>

using namespace batlab;
using namespace batlab::test;

namespace {

/// Few steps of a stage at its preset's rates; `more` are overrides as in a flow map.
RunSpec quickSpec(const std::string &preset, const std::string &more = {})
{
    const bool rotates = preset == "brq-spin" || preset == "spinquant";
    const std::string stage = rotates ? "learn-rotation" : "tune";
    Json set { { stage + ".steps", 8 },
               { stage + ".batch", 2 },
               { stage + ".warmup", 2 },
               { stage + ".checkpointSteps", 3 } };
    set.update(yamlToJson("{" + more + "}", "test").orThrow());
    RunSpec spec = specOf(Json::array({ { { "preset", preset }, { "set", set } } }).dump(),
                          "analysis: {enabled: false}\n");
    spec.contract = "own";
    return spec;
}

using TunedModel = tune::TrainedModel<tune::TunedLayer>;

std::unique_ptr<TunedModel> tunedModel(const nn::Decoder &decoder, const CheckpointStore &store,
                                       const std::vector<std::string> &parts, bool codes)
{
    tune::TunedGroups groups { 1, 1, 1, 1, 1, 1, {}, codes };
    groups.ste.scaleGradient = true;
    auto out = std::make_unique<TunedModel>(TunedModel { decoder, {}, {} });
    for (const std::string &hash : parts) {
        const Part part = store.getByHash(hash).orThrow().value();
        out->layers.push_back(std::make_unique<tune::TunedLayer>(
            onDevice(LayerSolution::fromPart(part).orThrow(), decoder.device()), decoder.config(),
            groups, out->parameters, nn::matmulType(decoder.compute()), false));
    }
    out->parameters.seal(decoder.device());
    return out;
}

at::Tensor teacherOf(const nn::Decoder &decoder, const at::Tensor &ids)
{
    const at::NoGradGuard guard;
    at::Tensor x = decoder.embed(ids);
    for (std::int64_t l = 0; l < decoder.config().layers; ++l)
        x = decoder.forward(*decoder.layer(l), x);
    return decoder.finalNorm(x);
}

const char *kAllGroups = "tune.groups: [factors, biases, norms, gains, branch, clips], "
                         "clip.activations: block";

} // namespace

/// What trains on a device: the passes over the whole model, and layers with the operations that a
/// device brings. The spy and a GPU, as in tst_device.cpp.
class DevicePassesTest : public QObject
{
    Q_OBJECT

    std::optional<DeviceUnderTest> m_device;

    [[nodiscard]] std::shared_ptr<const nn::Decoder> there(const Model &model) const
    {
        return std::make_shared<const nn::Decoder>(model.source, nn::Compute::fp32,
                                                   m_device->place);
    }
    /// `spy` on the spy; a GPU's products add in another order, and codes on the edge flip.
    [[nodiscard]] double within(double spy, double gpu) const { return m_device->spy ? spy : gpu; }

    static void compareLosses(const LossCurve &got, const LossCurve &expected, double tolerance)
    {
        QCOMPARE(got.loss.size(), expected.loss.size());
        for (std::size_t i = 0; i < got.loss.size(); ++i)
            QVERIFY2(std::abs(got.loss[i] - expected.loss[i])
                         <= static_cast<float>(tolerance) * expected.loss[i],
                     qPrintable(QStringLiteral("step %1: %2, on the CPU %3")
                                    .arg(i)
                                    .arg(double(got.loss[i]))
                                    .arg(double(expected.loss[i]))));
    }

private Q_SLOTS:
    void initTestCase()
    {
        at::set_num_threads(1); // matrices this small only wait for each other
        if (const std::string missing = findDevice(m_device); !missing.empty())
            QSKIP(missing.c_str());
    }

    void gradientsOfTheModelEqualTheCpus_data()
    {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("weights");
        const auto row = [](const char *name, const char *preset, const char *family,
                            const char *weights = "mxfp4") {
            QTest::addRow("%s", name) << QString::fromLatin1(preset) << QString::fromLatin1(family)
                                      << QString::fromLatin1(weights);
        };
        row("gpk, clips", "bat-plus", "llama");
        row("branch, biases", "bat-plus-lr", "qwen2");
        row("q/k norms", "bat-plus", "qwen3");
        row("nvfp4", "bat-plus", "llama", "nvfp4");
        row("int4", "bat-plus", "llama", "int4-g32");
    }
    void gradientsOfTheModelEqualTheCpus()
    {
        QFETCH(QString, preset);
        QFETCH(QString, family);
        QFETCH(QString, weights);
        TinyModelOptions options;
        options.family = family.toStdString();
        const Model model(options);
        const auto decoder = there(model);
        const auto store = makeMemoryCheckpointStore();
        RunSpec spec = quickSpec(preset.toStdString(), "clip.activations: block");
        spec.protocol.weightFormat = weights.toStdString();
        if (weights == QStringLiteral("nvfp4")) {
            spec.protocol.activationFormat = "nvfp4";
            spec.settings.scaleRule = "even";
            spec.contract = "uniform";
        }
        Run run(model, spec, *store);
        const auto parts = run.go();
        const at::Tensor ids = nn::idTensor(tokens(2, 30, 55));
        const auto gradients = [&](const nn::Decoder &where, double &loss) {
            const auto tuned = tunedModel(where, *store, parts, true);
            loss = tuned->gradient(ids, { teacherOf(where, ids), 1.0, {} }, run.job,
                                   { 0.02, 0.9, 0.95, 0 });
            return tuned->parameters.gradients().cpu();
        };
        double expectedLoss = 0;
        double loss = 0;
        const at::Tensor expected = gradients(*model.decoder, expectedLoss);
        const at::Tensor got = gradients(*decoder, loss);
        QVERIFY2(std::abs(loss / expectedLoss - 1) < within(1e-4, 2e-2),
                 qPrintable(QStringLiteral("%1 %2").arg(loss).arg(expectedLoss)));
        QVERIFY2(relative(got, expected) < within(1e-3, 5e-2),
                 qPrintable(QString::number(relative(got, expected))));
    }

    void tuneRunsLikeOnTheCpu_data()
    {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("more");
        QTest::addRow("gpk") << QStringLiteral("bat-plus") << QString();
        QTest::addRow("learned codes")
            << QStringLiteral("bat-plus")
            << QStringLiteral("tune.codes: learned, tune.codeRate: 0.03, tune.groups: [biases]");
        QTest::addRow("everything")
            << QStringLiteral("bat-plus-lr") << QString::fromLatin1(kAllGroups);
        QTest::addRow("h32") << QStringLiteral("diag-h32")
                             << QStringLiteral("tune.groups: [biases, norms]");
        QTest::addRow("rotated stream")
            << QStringLiteral("brq") << QStringLiteral("tune.groups: [biases, norms]");
        QTest::addRow("prescale") << QStringLiteral("mr-gptq")
                                  << QStringLiteral("tune.groups: [biases]");
    }
    void tuneRunsLikeOnTheCpu()
    {
        QFETCH(QString, preset);
        QFETCH(QString, more);
        const Model model({});
        const RunSpec spec = quickSpec(preset.toStdString(), more.toStdString());
        const auto tuned = [&](const std::shared_ptr<const nn::Decoder> &decoder,
                               CheckpointStore &store, std::vector<std::string> &parts) {
            auto layers = std::make_unique<Run>(model, spec, store);
            parts = layers->go(); // on the CPU: both start from the same layers
            auto run = std::make_unique<Run>(model, spec, store);
            run->context.decoder = decoder;
            parts =
                tune::tuneVariant(run->context, spec.variants.front(), parts, tokens(8, 40, 100));
            return run;
        };
        const auto hereStore = makeMemoryCheckpointStore();
        const auto thereStore = makeMemoryCheckpointStore();
        std::vector<std::string> hereParts;
        std::vector<std::string> thereParts;
        const auto here = tuned(model.decoder, *hereStore, hereParts);
        const auto other = tuned(there(model), *thereStore, thereParts);
        QCOMPARE(other->warnings.size(), here->warnings.size());
        compareLosses(other->all<LossCurve>().back(), here->all<LossCurve>().back(),
                      within(2e-2, 0.1));
        const auto expected = here->all<LayerDone>();
        const auto got = other->all<LayerDone>();
        QCOMPARE(got.size(), expected.size());
        for (std::size_t l = 0; l < got.size(); ++l)
            QVERIFY(std::abs(got[l].relativeError / expected[l].relativeError - 1)
                    < within(2e-2, 0.1));
        for (std::size_t l = 0; l < thereParts.size(); ++l) {
            const LayerSolution a = solutionOf(*hereStore, hereParts[l]);
            const LayerSolution b = solutionOf(*thereStore, thereParts[l]);
            QVERIFY(at::equal(a.of(Linear::up).scales, b.of(Linear::up).scales));
            if (!more.contains(QStringLiteral("learned")))
                QVERIFY(at::equal(a.of(Linear::up).codes, b.of(Linear::up).codes));
            QVERIFY(relative(b.of(Linear::up).bias, a.of(Linear::up).bias) < within(0.2, 0.5));
        }
    }

    /// A state goes to the host and back without losing a bit.
    void tuneResumesToTheSameBytes()
    {
        const Model model({});
        const auto decoder = there(model);
        const RunSpec spec = quickSpec("bat-plus", "tune.codes: learned, tune.codeRate: 0.05");
        const auto tuned = [&](Run &run) {
            const auto parts = run.go();
            run.context.decoder = decoder;
            return tune::tuneVariant(run.context, spec.variants.front(), parts, tokens(8, 40, 100));
        };
        const auto whole = makeMemoryCheckpointStore();
        Run first(model, spec, *whole);
        const auto expected = tuned(first);
        const auto store = makeMemoryCheckpointStore();
        {
            StoppingStore stop(*store, 2, [](std::string_view key, const Part &) {
                return key.ends_with("/state");
            });
            Run interrupted(model, spec, stop);
            stop.stops(interrupted.job);
            QVERIFY_EXCEPTION_THROWN((void)tuned(interrupted), Exception);
            QCOMPARE(stop.seen(), 2);
        }
        Run second(model, spec, *store);
        QCOMPARE(tuned(second), expected);
    }

    void rotationsAreLearnedLikeOnTheCpu_data()
    {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("more");
        // At the presets' rates one code that flips is a percent of the loss some steps later.
        const QString slow = QStringLiteral("learn-rotation.learningRate: 0.05, ");
        QTest::addRow("spinquant") << QStringLiteral("spinquant") << slow;
        QTest::addRow("blocks") << QStringLiteral("brq-spin")
                                << slow + QStringLiteral("learn-rotation.momentum: 0.3");
        QTest::addRow("private blocks, divergence, rounded weights")
            << QStringLiteral("brq-spin")
            << slow
                + QStringLiteral(
                    "learn-rotation.blocks: private, learn-rotation.loss: divergence, "
                    "learn-rotation.weightsInLoop: rtn, learn-rotation.retraction: 0.5");
    }
    void rotationsAreLearnedLikeOnTheCpu()
    {
        QFETCH(QString, preset);
        QFETCH(QString, more);
        TinyModelOptions options;
        options.outliers = 20;
        const Model model(options);
        const RunSpec spec = quickSpec(preset.toStdString(), more.toStdString());
        const auto learn = [&](const std::shared_ptr<const nn::Decoder> &decoder, Run &run) {
            run.context.decoder = decoder;
            const auto learned =
                tune::learnRotations(run.context, spec.variants.front(), tokens(8, 40, 100));
            run.context.rotations = learned.part;
            return calib::Rotations::fromPart(
                       run.job.store().getByHash(learned.part).orThrow().value())
                .orThrow();
        };
        const auto hereStore = makeMemoryCheckpointStore();
        const auto thereStore = makeMemoryCheckpointStore();
        Run here(model, spec, *hereStore);
        Run other(model, spec, *thereStore);
        const calib::Rotations expected = learn(model.decoder, here);
        const calib::Rotations got = learn(there(model), other);
        compareLosses(other.all<LossCurve>().back(), here.all<LossCurve>().back(),
                      within(1e-2, 5e-2));
        const std::int64_t n = model.decoder->config().hidden;
        const at::Tensor eye = at::eye(n, at::kDouble);
        const at::Tensor r = got.residual.apply(eye);
        QVERIFY((at::matmul(r, r.t()) - eye).abs().max().item<double>() < 1e-12);
        QVERIFY2(relative(r, expected.residual.apply(eye)) < within(2e-2, 0.2),
                 qPrintable(QString::number(relative(r, expected.residual.apply(eye)))));
        QCOMPARE(got.values.size(), expected.values.size());
        QCOMPARE(other.go().size(), here.go().size()); // and the layers take them
    }

    /// A layer's training with the device's own operations against libtorch's.
    void trainingUsesTheDevicesOperations()
    {
        if (!m_device->spy)
            QSKIP("a GPU always has them: tst_device_engine trains with them");
        const Model model({});
        const RunSpec spec = specOf("[{preset: bat}]");
        const auto run = [&](bool ops) {
            spy::useOps(ops);
            const auto store = makeMemoryCheckpointStore();
            Run r(model, spec, *store);
            r.context.decoder = there(model);
            (void)r.go();
            spy::useOps(false);
            return r.all<LossCurve>().front();
        };
        const long before = spy::opCalls();
        const LossCurve plain = run(false);
        QCOMPARE(spy::opCalls(), before);
        const LossCurve own = run(true);
        // A step's inverses and its update, and the inverses of the result.
        QVERIFY(spy::opCalls() - before > 2 * static_cast<long>(own.loss.size()));
        QCOMPARE(own.loss.size(), plain.loss.size());
        QVERIFY(std::abs(own.loss.front() / plain.loss.front() - 1) < 1e-4F);
        QVERIFY(std::abs(own.loss.back() / plain.loss.back() - 1) < 0.05F);
    }

private:
    static LayerSolution solutionOf(const CheckpointStore &store, const std::string &hash)
    {
        return LayerSolution::fromPart(store.getByHash(hash).orThrow().value()).orThrow();
    }
};

QTEST_GUILESS_MAIN(DevicePassesTest)
#include "tst_device_passes.moc"
