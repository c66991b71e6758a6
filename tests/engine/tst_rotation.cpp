// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/state_ops.h"
#include "core/engine/tune/cayley.h"
#include "core/engine/tune/divergence.h"
#include "core/engine/tune/learn_rotation.h"
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

RunSpec quickSpec(const std::string &preset, const std::string &more = {})
{
    Json set { { "learn-rotation.steps", 12 },
               { "learn-rotation.batch", 2 },
               { "learn-rotation.checkpointSteps", 3 } };
    set.update(yamlToJson("{" + more + "}", "test").orThrow());
    return test::specOf(Json::array({ { { "preset", preset }, { "set", set } } }).dump(),
                        "analysis: {enabled: false}\n");
}

struct Run : test::Run
{
    using test::Run::Run;
    tune::LearnedRotations learn()
    {
        return tune::learnRotations(context, spec.variants.front(), tokens(8, 40, 100));
    }
    std::vector<std::string> both()
    {
        context.rotations = learn().part;
        return go();
    }
    [[nodiscard]] calib::Rotations rotations(const std::string &hash) const
    {
        return calib::Rotations::fromPart(context.job.store().getByHash(hash).orThrow().value())
            .orThrow();
    }
};

double offOrthogonal(const at::Tensor &x)
{
    const at::Tensor wide = x.to(at::kDouble);
    return (at::matmul(wide, wide.transpose(-1, -2)) - at::eye(x.size(-1), at::kDouble))
        .abs()
        .max()
        .item<double>();
}

TinyModelOptions outlierModel(const std::string &family = "llama")
{
    TinyModelOptions options;
    options.family = family;
    options.outliers = 20;
    return options;
}

} // namespace

class RotationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Two threads on matrices this small only wait for each other.
    void initTestCase() { at::set_num_threads(1); }

    /// Minimise |X A - B|^2 over orthogonal X where B = Q A has the answer Q.
    void cayleyStepsDescendOnTheManifold_data()
    {
        QTest::addColumn<double>("momentum");
        QTest::addRow("plain") << 0.0;
        QTest::addRow("momentum") << 0.5;
    }
    void cayleyStepsDescendOnTheManifold()
    {
        QFETCH(double, momentum);
        const at::Tensor a = test::randomTensor({ 2, 16, 40 }, 1, at::kDouble);
        const at::Tensor q =
            tune::retracted(at::eye(16, at::kDouble) + 0.1 * test::randomTensor({ 2, 16, 16 }, 2));
        QVERIFY(offOrthogonal(q) < 1e-13);
        const at::Tensor b = at::matmul(q, a);
        at::Tensor x = at::eye(16, at::kDouble).repeat({ 2, 1, 1 });
        at::Tensor memory = at::zeros_like(x);
        const auto residual = [&] { return at::matmul(x, a) - b; };
        const double first = residual().square().sum().item<double>();
        double last = first;
        for (int i = 0; i < 200; ++i) {
            const at::Tensor gradient = 2 * at::matmul(residual(), a.transpose(-1, -2));
            tune::cayleyStep(x, gradient, memory, { 2e-3, momentum, 5, [] {} });
            const double now = residual().square().sum().item<double>();
            if (momentum == 0)
                QVERIFY(now < last || now < 1e-6 * first);
            last = now;
        }
        QVERIFY2(last < 1e-3 * first, qPrintable(QString::number(last / first)));
        QVERIFY2(offOrthogonal(x) < 1e-3, qPrintable(QString::number(offOrthogonal(x))));
        // With the fixed point iterated to its end the step is the Cayley transform: orthogonal.
        at::Tensor y = q.clone();
        memory.zero_();
        tune::cayleyStep(y, test::randomTensor({ 2, 16, 16 }, 3, at::kDouble), memory,
                         { 10, 0, 60, [] {} });
        QVERIFY2(offOrthogonal(y) < 1e-12, qPrintable(QString::number(offOrthogonal(y))));
        QVERIFY(test::relative(y, q) > 1e-2);
    }

    /// methods.md 7.10, with the retraction that training takes by chance taken every 101 steps:
    /// each brings the matrices back, and 1000 steps end orthogonal.
    void aThousandCayleyStepsEndOrthogonal()
    {
        const at::Tensor a = test::randomTensor({ 2, 16, 40 }, 6, at::kDouble);
        const at::Tensor b = test::randomTensor({ 2, 16, 40 }, 7, at::kDouble);
        at::Tensor x = at::eye(16, at::kDouble).repeat({ 2, 1, 1 });
        at::Tensor memory = at::zeros_like(x);
        double worst = 0;
        for (int i = 0; i < 1000; ++i) {
            if (i % 101 == 100)
                x.copy_(tune::retracted(x));
            const at::Tensor gradient = 2 * at::matmul(at::matmul(x, a) - b, a.transpose(-1, -2));
            tune::cayleyStep(x, gradient, memory, { 2e-3, 0, 5, [] {} });
            worst = std::max(worst, offOrthogonal(x));
        }
        qInfo("off by %.1e at most, %.1e at the end", worst, offOrthogonal(x));
        QVERIFY2(worst < 1e-3, qPrintable(QString::number(worst)));
        QVERIFY2(offOrthogonal(x) < 1e-6, qPrintable(QString::number(offOrthogonal(x))));
    }

    void retractionKeepsOrthogonalMatrices()
    {
        const at::Tensor q = tune::retracted(test::randomTensor({ 3, 24, 24 }, 4));
        QVERIFY(test::relative(tune::retracted(q), q) < 1e-13);
        QVERIFY(test::relative(tune::retracted(q + 1e-5 * test::randomTensor({ 3, 24, 24 }, 5)), q)
                < 1e-3);
    }

    void crossEntropyAgainstAutograd()
    {
        const at::Tensor s = (4 * test::randomTensor({ 9, 1500 }, 4)).requires_grad_(true);
        at::Tensor labels = at::arange(9, at::kLong) * 150;
        const at::Tensor loss = -at::log_softmax(s.to(at::kDouble), -1)
                                     .gather(1, labels.unsqueeze(1))
                                     .narrow(0, 0, 8)
                                     .sum();
        loss.backward();
        labels[8] = -1;
        const tune::Divergence d = tune::crossEntropy(labels, s.detach());
        QVERIFY(std::abs(d.sum - loss.item<double>()) < 1e-5 * loss.item<double>());
        QVERIFY(test::relative(d.gradient, s.grad()) < 1e-5);
        QVERIFY(d.gradient[8].eq(0).all().item<bool>());
        const at::Tensor half = s.detach().to(at::kBFloat16);
        const tune::Divergence e = tune::crossEntropy(labels, half);
        QVERIFY(std::abs(e.sum - tune::crossEntropy(labels, half.to(at::kFloat)).sum)
                < 1e-6 * e.sum);
        const at::Tensor ids = nn::idTensor(tokens(2, 5));
        const at::Tensor next = tune::nextTokens(ids);
        QVERIFY(at::equal(next.narrow(1, 0, 4), ids.narrow(1, 1, 4)));
        QVERIFY(next.select(1, 4).eq(-1).all().item<bool>());
    }

    /// Without quantizers the rotated network is the model, whatever the rotations.
    void rotatedModelIsTheModel_data() { models(); }
    void rotatedModelIsTheModel()
    {
        QFETCH(QString, family);
        QFETCH(QString, preset);
        QFETCH(int, headDim);
        TinyModelOptions options = outlierModel(family.toStdString());
        options.headDim = headDim;
        options.biases = family == QStringLiteral("llama");
        const Model model(options);
        RunSpec spec = quickSpec(preset.toStdString());
        spec.protocol.activationFormat = "none";
        const auto store = makeMemoryCheckpointStore();
        Run run(model, spec, *store);
        const auto rotated = tune::rotatedModel(run.context, spec.variants.front());
        const at::NoGradGuard guard;
        const at::Tensor ids = nn::idTensor(tokens(2, 20));
        at::Tensor x = model.decoder->embed(ids);
        at::Tensor y = x;
        for (std::size_t l = 0; l < rotated->model.layers.size(); ++l) {
            rotated->model.layers[l]->prepare(ids.sizes());
            y = model.decoder->forward(*rotated->model.layers[l], y);
            x = model.decoder->forward(*model.decoder->layer(std::int64_t(l)), x);
        }
        QVERIFY2(test::relative(y, x) < 1e-5, qPrintable(QString::number(test::relative(y, x))));
    }

    /// The recomputing sweep against one graph of the whole model.
    void gradientAgainstPlainAutograd_data() { models(); }
    void gradientAgainstPlainAutograd()
    {
        QFETCH(QString, family);
        QFETCH(QString, preset);
        QFETCH(int, headDim);
        TinyModelOptions options = outlierModel(family.toStdString());
        options.headDim = headDim;
        options.biases = family == QStringLiteral("llama");
        const Model model(options);
        const RunSpec spec = quickSpec(preset.toStdString(), "learn-rotation.weightsInLoop: rtn");
        const auto store = makeMemoryCheckpointStore();
        Run run(model, spec, *store);
        const auto rotated = tune::rotatedModel(run.context, spec.variants.front());
        const at::Tensor ids = nn::idTensor(tokens(2, 30, 55));
        tune::Objective aim;
        aim.labels = tune::nextTokens(ids);
        const double loss = rotated->model.gradient(ids, aim, run.job);
        tune::Parameters &parameters = rotated->model.parameters;
        const at::Tensor ours = parameters.gradients().clone();

        parameters.clearGradients();
        const nn::Decoder &decoder = *model.decoder;
        at::Tensor x = decoder.embed(ids);
        for (const auto &layer : rotated->model.layers) {
            layer->prepare(ids.sizes());
            x = decoder.forward(*layer, x);
        }
        const at::Tensor plain =
            -at::log_softmax(decoder.logits(decoder.finalNorm(x)).to(at::kDouble), -1)
                 .narrow(1, 0, 29)
                 .gather(2, ids.narrow(1, 1, 29).unsqueeze(2))
                 .mean();
        plain.backward();
        for (const auto &layer : rotated->model.layers)
            layer->collect();
        QVERIFY(std::abs(loss - plain.item<double>()) < 1e-4 * plain.item<double>());
        QVERIFY2(test::relative(ours, parameters.gradients()) < 1e-3,
                 qPrintable(QString::number(test::relative(ours, parameters.gradients()))));
        for (const tune::Parameters::Slot &slot : rotated->slots())
            QVERIFY(ours.narrow(0, slot.offset, slot.shape[1]).abs().sum().item<double>() > 0);
        QCOMPARE(rotated->slots().size(), rotated->model.layers.size() + 1);
    }

    /// Rotations that are learned leave the model what it was and quantize it better.
    void learnedRotationsAreExactAndHelp_data()
    {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("more");
        QTest::addRow("spinquant") << QStringLiteral("spinquant") << QString();
        QTest::addRow("brq-spin") << QStringLiteral("brq-spin") << QString();
        QTest::addRow("private blocks")
            << QStringLiteral("brq-spin") << QStringLiteral("learn-rotation.blocks: private");
        QTest::addRow("divergence")
            << QStringLiteral("spinquant") << QStringLiteral("learn-rotation.loss: divergence");
        QTest::addRow("momentum") << QStringLiteral("brq-spin")
                                  << QStringLiteral("learn-rotation.momentum: 0.5");
    }
    void learnedRotationsAreExactAndHelp()
    {
        QFETCH(QString, preset);
        QFETCH(QString, more);
        const Model model(outlierModel());
        const RunSpec spec =
            quickSpec(preset.toStdString(),
                      "learn-rotation.steps: 60, learn-rotation.batch: 8, " + more.toStdString());
        const auto store = makeMemoryCheckpointStore();
        Run run(model, spec, *store);
        const tune::LearnedRotations learned = run.learn();
        const LossCurve curve = run.all<LossCurve>().back();
        QCOMPARE(curve.loss.size(), std::size_t { 60 });
        QVERIFY(curve.layer == kWholeModel);
        // All 8 sequences in every step: the loss is comparable from step to step.
        QVERIFY2(
            curve.loss.back() < curve.loss.front(),
            qPrintable(QStringLiteral("%1 -> %2").arg(curve.loss.front()).arg(curve.loss.back())));
        const calib::Rotations rotations = run.rotations(learned.part);
        const std::int64_t n = model.decoder->config().hidden;
        const at::Tensor r1 = rotations.residual.apply(at::eye(n, at::kDouble));
        QVERIFY(offOrthogonal(r1) < 1e-12);
        for (const at::Tensor &r2 : rotations.values)
            QVERIFY(offOrthogonal(r2) < 1e-12);
        const Stage &rotate = *spec.variants.front().recipe.findStage("rotate");
        const calib::Rotations start =
            calib::makeRotations(model.decoder->config(), rotate.parameters, spec.seed);
        QVERIFY(test::relative(r1, start.residual.apply(at::eye(n, at::kDouble))) > 1e-3);
        QVERIFY(test::relative(rotations.values[1], start.values[1]) > 1e-4);
        QVERIFY(!at::equal(rotations.values[0], rotations.values[1]));
    }

    void fusionOfLearnedRotationsIsExact()
    {
        for (const char *preset : { "spinquant", "brq-spin" }) {
            TinyModelOptions options = outlierModel("qwen3");
            options.headDim = 96;
            options.tied = true;
            const Model single(options);
            const RunSpec spec = quickSpec(preset);
            const auto store = makeMemoryCheckpointStore();
            Run run(single, spec, *store);
            const calib::Rotations rotations = run.rotations(run.learn().part);
            const Model wide(options, nn::Compute::fp64);
            const nn::Decoder &decoder = *wide.decoder;
            const at::NoGradGuard guard;
            at::Tensor x = decoder.embed(nn::idTensor(tokens(2, 20)));
            at::Tensor y = x;
            for (std::int64_t l = 0; l < decoder.config().layers; ++l) {
                calib::LayerState state {
                    decoder.config(), decoder.loadLayer(l, at::kDouble), {}, {}, {}, {}, 5
                };
                calib::runRotate(state, rotations, l);
                y = decoder.forward(calib::StateOps(state, nn::Compute::fp64), y);
                x = decoder.forward(*decoder.layer(l), x);
            }
            QVERIFY2(test::relative(y, x) < 1e-9,
                     qPrintable(QString::number(test::relative(y, x))));
        }
    }

    void resumeGivesTheSameBytes()
    {
        const Model model(outlierModel());
        const RunSpec spec = quickSpec("brq-spin", "learn-rotation.momentum: 0.3");
        const auto whole = makeMemoryCheckpointStore();
        Run first(model, spec, *whole);
        const std::string rotations = first.learn().part;
        const std::vector<std::string> expected = Run(model, spec, *whole).both();

        const auto store = makeMemoryCheckpointStore();
        {
            Run interrupted(model, spec, *store);
            interrupted.stopAfterCurves = 2; // a curve is published with each checkpoint
            QVERIFY_EXCEPTION_THROWN((void)interrupted.learn(), Exception);
        }
        Run second(model, spec, *store);
        QCOMPARE(second.both(), expected);
        QCOMPARE(second.context.rotations, rotations);
        QCOMPARE(second.all<LossCurve>().back().loss.size(), std::size_t { 12 });
        QVERIFY(second.all<LossCurve>().back().loss == first.all<LossCurve>().back().loss);
        // A third run only reads; a recipe that differs in what comes after shares the rotations.
        Run third(model, spec, *store);
        QCOMPARE(third.both(), expected);
        QCOMPARE(third.all<LossCurve>().size(), std::size_t { 1 });
        Run other(model, quickSpec("brq-spin", "learn-rotation.momentum: 0.3, round.kind: rtn"),
                  *store);
        QVERIFY(other.both() != expected);
        QCOMPARE(other.context.rotations, rotations);
        QCOMPARE(other.all<LossCurve>().size(), std::size_t { 1 });
    }

    void threadsDoNotChangeTheBytes()
    {
        TinyModelOptions options = outlierModel();
        options.hidden = 96;
        const Model model(options, nn::Compute::bf16);
        const int before = at::get_num_threads();
        std::vector<std::string> parts;
        for (const int threads : { 1, 2 }) {
            at::set_num_threads(threads);
            const auto store = makeMemoryCheckpointStore();
            RunSpec spec = quickSpec("brq-spin");
            spec.protocol.dtype = "bf16";
            parts.push_back(Run(model, spec, *store).learn().part);
        }
        at::set_num_threads(before);
        QCOMPARE(parts[0], parts[1]);
    }

private:
    static void models()
    {
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("preset");
        QTest::addColumn<int>("headDim");
        QTest::addRow("llama, biases")
            << QStringLiteral("llama") << QStringLiteral("spinquant") << 16;
        QTest::addRow("qwen2, blocks")
            << QStringLiteral("qwen2") << QStringLiteral("brq-spin") << 0;
        QTest::addRow("qwen3, heads of 96")
            << QStringLiteral("qwen3") << QStringLiteral("brq-spin") << 96;
    }
};

QTEST_GUILESS_MAIN(RotationTest)
#include "tst_rotation.moc"
