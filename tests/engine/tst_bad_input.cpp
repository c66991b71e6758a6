// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/adamw.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/calib/trouble.h"
#include "core/engine/eval/perplexity.h"
#include "core/engine/service/device_memory.h"
#include "core/engine/tune/training.h"
#include "core/engine/tune/tune.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/toy_models.h"

#include <ATen/Parallel.h>

#include <QTest>

#include <cmath>
#include <fstream>
#include <limits>
#include <new>

using namespace batlab;
using namespace batlab::test;

namespace {

bool says(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

std::int64_t count(const std::vector<std::string> &texts, std::string_view part)
{
    return std::count_if(texts.begin(), texts.end(),
                         [&](const std::string &t) { return says(t, part); });
}

/// The error that a call throws.
template<class Call>
Error errorOf(Call call)
{
    try {
        call();
    } catch (const Exception &e) {
        return e.error;
    }
    return { ErrorCode::internal, "nothing was thrown", {}, {} };
}

/// A tiny model whose tensors with one of these names are changed by `change`.
struct ChangedModel : Model
{
    ChangedModel(const std::vector<std::string> &names, const std::function<void(float &)> &change)
        : Model({})
    {
        const auto folder = writeTinyModel(dir.path().toStdString() + "/changed");
        auto tensors = tinyModelTensors({});
        for (auto &t : tensors)
            for (const std::string &name : names)
                if (says(t.name, name))
                    std::for_each(t.values.begin(), t.values.end(), change);
        std::ofstream(folder / "model.safetensors", std::ios::binary) << safetensorsBytes(tensors);
        source = ModelSource::open(folder).orThrow();
        decoder = std::make_shared<const nn::Decoder>(source, nn::Compute::fp32);
    }
};

} // namespace

class BadInputTest : public QObject
{
    Q_OBJECT

    /// A run and the same without its training.
    static std::pair<RunSpec, RunSpec> withAndWithoutTraining(const std::string &set)
    {
        const RunSpec with =
            specOf("[{preset: bat-rtn, set: {" + set + "}}]", "analysis: {enabled: false}\n");
        RunSpec without = with;
        for (Pass &pass : without.variants.front().recipe.passes)
            std::erase_if(pass.stages, [](const Stage &s) { return s.kind == "train"; });
        return { with, without };
    }

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); }

    /// What training has spoiled is thrown away whole: transforms, clips and diagonals.
    void badTrainingKeepsTheStart_data()
    {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<int>("hidden"); // 48: half a block is padding, without any gradient
        const char *decay = "train.weightDecay: 1, transform.init: identity, fold.diagonal: none";
        const char *oneStep = ", train.epochs: 1, train.sequences: 1";
        QTest::addRow("singular") << QString::fromLatin1(decay)
                                  << QStringLiteral("made a transform singular") << 48;
        QTest::addRow("worse") << QStringLiteral(
            "transform.kind: dense, clip.activations: block, train.trainDiagonal: true")
                               << QStringLiteral("ended worse than it began") << 64;
        QTest::addRow("ill-conditioned") << QString(QLatin1String(decay) + QLatin1String(oneStep))
                                         << QStringLiteral("a transform of condition number") << 48;
    }
    void badTrainingKeepsTheStart()
    {
        QFETCH(QString, set);
        QFETCH(QString, reason);
        QFETCH(int, hidden);
        TinyModelOptions options;
        options.hidden = hidden;
        options.heads = hidden / 16;
        options.kvHeads = 1;
        const Model model(options);
        const auto [with, without] = withAndWithoutTraining(
            "train.learningRate: 1, train.minLearningRateFactor: 1, " + set.toStdString());
        const auto store = makeMemoryCheckpointStore();
        Run run(model, with, *store);
        const auto parts = run.go();
        const std::string all = Json(run.warnings).dump(1);
        QVERIFY2(count(run.warnings, reason.toStdString()) == 2, all.c_str());
        QVERIFY2(count(run.warnings, "keeps what it started from") == 2, all.c_str());
        QVERIFY2(count(run.warnings, "train.learningRate") == 2, all.c_str());
        QCOMPARE(parts, Run(model, without, *makeMemoryCheckpointStore()).go());
        for (const LayerDone &done : run.all<LayerDone>())
            QVERIFY(done.relativeError < 0.3);
    }

    /// The layer's outputs are finite, the squares of its errors are not.
    void stepsWithoutAFiniteLossAreToldOnce()
    {
        const ChangedModel model({ "layers.1.mlp.down_proj" }, [](float &v) { v *= 1e22F; });
        const auto [with, without] =
            withAndWithoutTraining("transform.init: hadamard, fold.diagonal: none");
        const auto store = makeMemoryCheckpointStore();
        Run run(model, with, *store);
        const auto parts = run.go();
        const std::string all = Json(run.warnings).dump(1);
        QVERIFY2(count(run.warnings, "such steps are skipped") == 1, all.c_str());
        QVERIFY2(count(run.warnings, "4 of 4 steps were skipped") == 1, all.c_str());
        QCOMPARE(parts.back(), Run(model, without, *makeMemoryCheckpointStore()).go().back());
    }

    /// Of a stage over the whole model, a step without a finite loss or gradient is none.
    void wholeModelStepsWithoutAFiniteGradient()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        Run run(model, specOf("[{preset: bat-plus, set: {tune.steps: 4, tune.batch: 1}}]"), *store);
        const at::Tensor gradients = at::zeros({ 3 });
        std::vector<std::int64_t> updated;
        tune::Progress p;
        const auto gradient = [&](const at::Tensor &, std::int64_t step, double) {
            gradients.zero_();
            if (step == 1)
                gradients[2] = std::numeric_limits<float>::quiet_NaN();
            return step == 2 ? std::numeric_limits<double>::infinity() : 1.0;
        };
        tune::runSteps({ run.context, *run.spec.variants.front().recipe.findStage("tune"), "v",
                         "tuning", "KL", 6, gradient, gradients,
                         [&](double) { updated.push_back(p.step); }, [] {} },
                       p);
        QCOMPARE(updated, (std::vector<std::int64_t> { 0, 3 }));
        QCOMPARE(p.step, std::int64_t { 4 });
        const std::string all = Json(run.warnings).dump(1);
        QVERIFY2(count(run.warnings, "such steps are skipped") == 1, all.c_str());
        QVERIFY2(count(run.warnings, "2 of 4 steps were skipped") == 1, all.c_str());
    }

    void gradientThatIsNotFiniteChangesNothing()
    {
        for (const float bad :
             { std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity() }) {
            calib::AdamW adam(2);
            std::vector<float> p { 1, 2 };
            const std::vector<float> factors { 1, 1 };
            const float good[] = { 0.5F, -0.5F };
            QVERIFY(adam.update(p.data(), good, factors, 0.1, 1));
            const auto before = p;
            const auto mean = adam.m;
            const float broken[] = { 1, bad };
            QVERIFY(!adam.update(p.data(), broken, factors, 0.1, 1));
            QCOMPARE(p, before);
            QCOMPARE(adam.m, mean);
            QCOMPARE(adam.step, std::int64_t { 2 });
        }
    }

    void tuningThatDivergesIsDropped()
    {
        const Model model({});
        const Json set { { "tune.steps", 12 },       { "tune.batch", 2 },
                         { "tune.warmup", 0 },       { "tune.minLearningRateFactor", 1 },
                         { "tune.learningRate", 1 }, { "tune.biasRate", 1 },
                         { "tune.gradientNorm", 0 } };
        const auto store = makeMemoryCheckpointStore();
        Run run(model,
                specOf(Json::array({ { { "preset", "bat-plus" }, { "set", set } } }).dump(),
                       "analysis: {enabled: false}\n"),
                *store);
        const auto parts = run.go();
        const auto tuned =
            tune::tuneVariant(run.context, run.spec.variants.front(), parts, tokens(8, 40, 100));
        QVERIFY2(count(run.warnings, "tuning has diverged") == 1,
                 Json(run.warnings).dump(1).c_str());
        QCOMPARE(tuned, parts);
    }

    /// The model gives Inf at one place of layer 1, or holds NaN there: no preset blames itself.
    void modelThatIsNotFiniteIsNamed_data()
    {
        QTest::addColumn<QString>("preset");
        for (const char *preset : { "rtn-uos", "awq", "gptq", "hires", "bat", "quarot" })
            QTest::addRow("%s", preset) << QString::fromLatin1(preset);
    }
    void modelThatIsNotFiniteIsNamed()
    {
        QFETCH(QString, preset);
        const RunSpec spec = specOf("[{preset: " + preset.toStdString() + "}]");
        const auto fails = [&](const ChangedModel &changed) {
            const auto store = makeMemoryCheckpointStore();
            Run run(changed, spec, *store);
            Error error = errorOf([&] { (void)run.go(); });
            return std::pair { error, run.all<LayerDone>().size() };
        };
        const auto [overflow, done] = fails(
            { { "layers.1.mlp.up_proj", "layers.1.mlp.gate_proj" }, [](float &v) { v *= 1e25F; } });
        QCOMPARE(overflow.code, ErrorCode::badInput);
        QVERIFY2(says(overflow.where, "layer text.1") && says(overflow.where, "T4"),
                 overflow.message().c_str());
        QVERIFY(says(overflow.hint, "calibration.file") && says(overflow.hint, "kept"));
        QCOMPARE(done, std::size_t { 1 });
        const auto [nan, before] = fails({ { "layers.1.mlp.up_proj" }, [](float &v) {
                                              v = std::numeric_limits<float>::quiet_NaN();
                                          } });
        QVERIFY2(says(nan.where, "layer text.1") && says(nan.where, "up_proj.weight"),
                 nan.message().c_str());
        QCOMPARE(before, std::size_t { 1 });
    }

    void referenceThatIsNotFiniteStopsTheRun()
    {
        const ChangedModel model({ "layers.1.mlp.up_proj", "layers.1.mlp.gate_proj" },
                                 [](float &v) { v *= 1e25F; });
        const auto store = makeMemoryCheckpointStore();
        Run run(model, specOf("[{preset: rtn-uos}]"), *store);
        const Error statistics = errorOf([&] { calib::referenceStatistics(run.context); });
        QVERIFY2(says(statistics.where, "layer text.1") && says(statistics.where, "T4"),
                 statistics.message().c_str());
        const auto reference = referenceVariant(model.decoder);
        const std::vector<std::vector<std::int32_t>> windows = tokens(2, 24);
        const eval::PerplexityInput input {
            *model.decoder, { reference.get(), "reference" }, {}, windows, "text", "protocol",
            "origin"
        };
        const Error perplexity = errorOf([&] { (void)eval::evaluatePerplexity(input, run.job); });
        QVERIFY2(says(perplexity.what, "full-precision") && says(perplexity.hint, "protocol.text"),
                 perplexity.message().c_str());
        QVERIFY(run.all<EvaluationResult>().empty());
    }

    /// Heads that no block of 32 divides, with biases and groups: a preset runs on them, or says
    /// what to change.
    void headsOf72_data()
    {
        QTest::addColumn<QString>("cache");
        QTest::addRow("bf16") << QStringLiteral("bf16");
        QTest::addRow("mxfp4") << QStringLiteral("mxfp4");
    }
    void headsOf72()
    {
        QFETCH(QString, cache);
        TinyModelOptions options;
        options.headDim = 72;
        options.biases = true;
        const Model model(options);
        int ran = 0;
        for (const std::string &preset : PresetLibrary::builtIn().orThrow().ids()) {
            const auto store = makeMemoryCheckpointStore();
            Run run(
                model,
                withSetting(shortSpec(preset), "protocol.kvFormat", cache.toStdString()).orThrow(),
                *store);
            try {
                (void)tunePass(run, layerPass(run));
                for (const LayerDone &done : run.all<LayerDone>())
                    QVERIFY2(done.relativeError > 0 && done.relativeError < 0.5, preset.c_str());
                ++ran;
            } catch (const Exception &e) {
                QVERIFY2(e.error.code == ErrorCode::unsupported && !e.error.hint.empty()
                             && says(e.error.message(), "72"),
                         (preset + ": " + e.error.message()).c_str());
            }
        }
        QVERIFY2(ran > 8, qPrintable(QString::number(ran)));
    }

    /// A preset fails in the middle of a model; the next run takes the layers before.
    void finishedLayersAreReused()
    {
        const ChangedModel broken({ "layers.1.mlp.up_proj", "layers.1.mlp.gate_proj" },
                                  [](float &v) { v *= 1e25F; });
        const Model whole({}); // the same layer 0
        for (const char *preset : { "gptq", "bat" }) {
            const RunSpec spec = specOf(std::string("[{preset: ") + preset + "}]");
            const auto store = makeMemoryCheckpointStore();
            QVERIFY_EXCEPTION_THROWN((void)Run(broken, spec, *store).go(), Exception);
            StoppingStore watched(*store, -1, [](std::string_view key, const Part &) {
                return key.find("/layer/0000/") != std::string_view::npos;
            });
            const auto parts = Run(whole, spec, watched).go();
            QCOMPARE(watched.seen(), 0);
            QCOMPARE(parts, Run(whole, spec, *makeMemoryCheckpointStore()).go());
        }
    }

    void errorsNameTheirPlace()
    {
        const std::string place = "bat: layer text.3, stage round";
        const auto thrownBy = [&](const std::function<void()> &fail) {
            return errorOf([&] {
                try {
                    fail();
                } catch (...) {
                    calib::rethrowAt(place, true);
                }
            });
        };
        const Error input = thrownBy([] {
            throw Exception({ ErrorCode::badInput, "the Hessian", "down_proj", "Check." });
        });
        QCOMPARE(input.where, place + ", down_proj");
        QCOMPARE(input.hint, std::string("Check. Finished layers are kept."));
        const Error memory = thrownBy([] { throw std::bad_alloc(); });
        QCOMPARE(memory.code, ErrorCode::outOfMemory);
        QCOMPARE(memory.where, place);
        QVERIFY(says(memory.hint, "train.batch") && says(memory.hint, "Finished layers are kept"));
        const Error singular = thrownBy([] { (void)at::linalg_inv(at::zeros({ 2, 2 })); });
        QCOMPARE(singular.code, ErrorCode::badInput);
        QVERIFY2(says(singular.where, place) && says(singular.hint, "transform.conditionCap"),
                 singular.message().c_str());
        const Error stopped = thrownBy([] {
            throw Exception({ ErrorCode::cancelled, "stopped", {}, {} });
        });
        QVERIFY(stopped.where.empty());
    }

    void outputErrorIsNotFiniteWhereItsNumbersAreNot()
    {
        const at::Tensor one = at::ones({ 1, 2, 4 });
        const at::Tensor nan = at::full_like(one, std::numeric_limits<double>::quiet_NaN());
        QVERIFY(!std::isfinite(calib::outputError(nan, one).all));
        QVERIFY(!std::isfinite(calib::outputError(one, nan).all));
        QCOMPARE(calib::outputError(one, one).all, 0.0);
        QCOMPARE(calib::outputError(at::zeros_like(one), at::zeros_like(one)).all, 0.0);
    }

    void memoryOfTheHostNamesItsLevers()
    {
        ModelConfig c;
        c.layers = 32;
        c.hidden = 4096;
        c.intermediate = 14336;
        c.heads = 32;
        c.kvHeads = 8;
        c.headDim = 128;
        c.vocab = 128256;
        const RunSpec spec = specOf("[{preset: bat-paper}]",
                                    "calibration: {source: file, file: t.txt, sequences: 128, "
                                    "length: 2048}\n");
        RunSpec larger =
            withSetting(spec, "variants." + spec.variants.front().id + ".train.batch", "64")
                .orThrow();
        const DeviceNeed need = hostNeed(larger, c);
        QVERIFY(need.total() > hostNeed(spec, c).total());
        QVERIFY(checkHostMemory(need, need.total()));
        QVERIFY(checkHostMemory(need, 0)); // unknown
        const auto refused = checkHostMemory(need, need.total() / 2);
        QVERIFY(!refused);
        QVERIFY2(says(refused.error().hint, "train.batch below 64"),
                 refused.error().message().c_str());
    }
};

QTEST_GUILESS_MAIN(BadInputTest)
#include "tst_bad_input.moc"
