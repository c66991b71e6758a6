// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"
#include "core/engine/calib/branch.h"
#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/finished_layer.h"
#include "core/engine/tune/autograd.h"
#include "core/engine/tune/code_kernels.h"
#include "core/engine/tune/divergence.h"
#include "core/engine/tune/model_gradient.h"
#include "core/engine/tune/tune.h"
#include "core/engine/tune/tuned_layer.h"
#include "core/engine/variant/variant.h"
#include "kernels/backend.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

using namespace batlab;
using test::Model;
using test::TinyModelOptions;
using test::tokens;

namespace {

using Sequences = std::vector<std::vector<std::int32_t>>;

/// Few steps at rates a tiny model feels; `more` are overrides as in a flow map.
RunSpec quickSpec(const std::string &preset, const std::string &more = {})
{
    Json set { { "tune.steps", 12 },
               { "tune.batch", 2 },
               { "tune.warmup", 2 },
               { "tune.checkpointSteps", 3 } };
    set.update(yamlToJson("{" + more + "}", "test").orThrow());
    return test::specOf(Json::array({ { { "preset", preset }, { "set", set } } }).dump(),
                        "analysis: {enabled: false}\n");
}

struct Run : test::Run
{
    using test::Run::Run;
    std::vector<std::string> layerPass() { return go(); }
    std::vector<std::string> tune(const std::vector<std::string> &parts)
    {
        return tune::tuneVariant(context, spec.variants.front(), parts, tokens(8, 40, 100));
    }
    std::vector<std::string> both() { return tune(layerPass()); }
};

LayerSolution solutionOf(const CheckpointStore &store, const std::string &hash)
{
    return LayerSolution::fromPart(store.getByHash(hash).orThrow().value()).orThrow();
}

/// Mean KL of a variant from the reference on some tokens, by plain ATen.
double klOf(const nn::Decoder &decoder, const Variant &variant, const Sequences &text)
{
    const at::NoGradGuard guard;
    const auto logProbabilities = [&](const Variant &v) {
        at::Tensor x = decoder.embed(nn::idTensor(text));
        for (std::int64_t l = 0; l < decoder.config().layers; ++l)
            x = decoder.forward(*v.layer(l), x);
        x = decoder.logits(decoder.finalNorm(x.reshape({ -1, decoder.config().hidden })));
        return at::log_softmax(x.to(at::kDouble), -1);
    };
    const auto reference =
        referenceVariant(std::shared_ptr<const nn::Decoder>(&decoder, [](auto *) {}));
    const at::Tensor p = logProbabilities(*reference);
    return (p.exp() * (p - logProbabilities(variant))).sum(-1).mean().item<double>();
}

tune::TunedGroups allGroups()
{
    tune::TunedGroups g { 1, 1, 1, 1, 1, 1, {} };
    g.ste.scaleGradient = true;
    return g;
}

using TunedModel = tune::TrainedModel<tune::TunedLayer>;

std::unique_ptr<TunedModel> tunedModel(const Model &model, const CheckpointStore &store,
                                       const std::vector<std::string> &parts)
{
    auto out = std::make_unique<TunedModel>(TunedModel { *model.decoder, {}, {} });
    for (const std::string &hash : parts)
        out->layers.push_back(std::make_unique<tune::TunedLayer>(
            solutionOf(store, hash), model.decoder->config(), allGroups(), out->parameters,
            nn::matmulType(model.decoder->compute()), false));
    out->parameters.seal();
    return out;
}

at::Tensor teacherOf(const nn::Decoder &decoder, const Sequences &text)
{
    const at::NoGradGuard guard;
    at::Tensor x = decoder.embed(nn::idTensor(text));
    for (std::int64_t l = 0; l < decoder.config().layers; ++l)
        x = decoder.forward(*decoder.layer(l), x);
    return decoder.finalNorm(x);
}

const char *kClips = "clip.activations: block";

} // namespace

class TuneTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Two threads on matrices this small only wait for each other.
    void initTestCase() { at::set_num_threads(1); }

    void columnSumsAreFixed()
    {
        const at::Tensor a = test::randomTensor({ 3, 67, 48 }, 1);
        const at::Tensor b = test::randomTensor({ 3, 67, 48 }, 2);
        QVERIFY(test::relative(tune::columnSums(a), a.reshape({ -1, 48 }).sum(0)) < 1e-5);
        QVERIFY(test::relative(tune::columnSums(a, b), (a * b).reshape({ -1, 48 }).sum(0)) < 1e-5);
        const int before = at::get_num_threads();
        at::set_num_threads(1);
        const at::Tensor one = tune::columnSums(a, b);
        at::set_num_threads(2);
        QVERIFY(at::equal(one, tune::columnSums(a, b)));
        at::set_num_threads(before);
    }

    void divergenceAgainstAutograd_data()
    {
        QTest::addColumn<double>("temperature");
        QTest::addRow("1") << 1.0;
        QTest::addRow("2.5") << 2.5;
    }
    void divergenceAgainstAutograd()
    {
        QFETCH(double, temperature);
        const at::Tensor t = 4 * test::randomTensor({ 9, 1500 }, 3);
        const at::Tensor s = (4 * test::randomTensor({ 9, 1500 }, 4)).requires_grad_(true);
        const at::Tensor p = at::log_softmax(t.to(at::kDouble) / temperature, -1);
        const at::Tensor q = at::log_softmax(s.to(at::kDouble) / temperature, -1);
        const at::Tensor kl = (p.exp() * (p - q)).sum() * (temperature * temperature);
        kl.backward();
        const tune::Divergence d = tune::divergence(t, s.detach(), temperature);
        QVERIFY(std::abs(d.sum - kl.item<double>()) < 1e-5 * kl.item<double>());
        QVERIFY(test::relative(d.gradient, s.grad()) < 1e-5);
    }

    /// The recomputing sweep against one graph of the whole model.
    void gradientAgainstPlainAutograd_data()
    {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("family");
        QTest::addColumn<int>("hidden");
        QTest::addRow("gpk, clips") << QStringLiteral("bat-plus") << QStringLiteral("llama") << 64;
        QTest::addRow("branch, biases")
            << QStringLiteral("bat-plus-lr") << QStringLiteral("qwen2") << 64;
        QTest::addRow("q/k norms, 48 channels")
            << QStringLiteral("bat-plus") << QStringLiteral("qwen3") << 48;
    }
    void gradientAgainstPlainAutograd()
    {
        QFETCH(QString, preset);
        QFETCH(QString, family);
        QFETCH(int, hidden);
        TinyModelOptions options;
        options.family = family.toStdString();
        options.hidden = hidden;
        options.headDim = 16;
        const Model model(options);
        const auto store = makeMemoryCheckpointStore();
        const auto parts = Run(model, quickSpec(preset.toStdString(), kClips), *store).layerPass();
        const auto tuned = tunedModel(model, *store, parts);
        const nn::Decoder &decoder = *model.decoder;
        const Sequences text = tokens(2, 30, 55);
        const at::Tensor teacher = teacherOf(decoder, text);
        const at::Tensor ids = nn::idTensor(text);

        JobContext job({ [](ArtifactPtr) {}, [](LogLevel, std::string_view) {} }, *store, 2);
        const double loss = tuned->gradient(ids, { teacher, 1.0, {} }, job);
        const at::Tensor ours = tuned->parameters.gradients().clone();
        tuned->parameters.clearGradients();
        tuned->keepGraphs = true;
        QCOMPARE(tuned->gradient(ids, { teacher, 1.0, {} }, job), loss);
        QVERIFY(at::equal(tuned->parameters.gradients(), ours));

        tuned->parameters.clearGradients();
        for (const auto &layer : tuned->layers)
            layer->prepare(ids.sizes());
        at::Tensor x = decoder.embed(ids);
        for (const auto &layer : tuned->layers)
            x = decoder.forward(*layer, x);
        const at::Tensor q =
            at::log_softmax(decoder.logits(decoder.finalNorm(x)).to(at::kDouble), -1);
        const at::Tensor p = at::log_softmax(decoder.logits(teacher).to(at::kDouble), -1);
        const at::Tensor kl = (p.exp() * (p - q)).sum(-1).mean();
        kl.backward();
        for (const auto &layer : tuned->layers)
            layer->collect();
        const at::Tensor theirs = tuned->parameters.gradients();
        QVERIFY(std::abs(loss - kl.item<double>()) < 1e-4 * kl.item<double>());
        QVERIFY2(test::relative(ours, theirs) < 1e-3,
                 qPrintable(QString::number(test::relative(ours, theirs))));
        QVERIFY(theirs.ne(0).sum().item<std::int64_t>() > theirs.numel() / 2);
    }

    /// Gradients of what enters smoothly, against plain ATen.
    void frozenLinearAgainstAten()
    {
        const at::Tensor x = test::randomTensor({ 5, 12 }, 1).requires_grad_(true);
        const at::Tensor w = test::randomTensor({ 7, 12 }, 2).requires_grad_(true);
        const at::Tensor gain = (1 + 0.1 * test::randomTensor({ 7 }, 3)).requires_grad_(true);
        const at::Tensor bias = test::randomTensor({ 7 }, 4).requires_grad_(true);
        const at::Tensor pick = test::randomTensor({ 5, 7 }, 5);
        for (const bool gained : { false, true }) {
            const at::Tensor y =
                tune::frozenLinear(x, w, gained ? gain : at::Tensor(), bias, 0.5, at::kFloat);
            const at::Tensor plain =
                at::linear(x, w) * 0.5 * (gained ? gain : at::ones({ 7 })) + bias;
            QVERIFY(test::relative(y, plain) < 1e-6);
            (y * pick).sum().backward();
            std::vector<at::Tensor> ours;
            for (const at::Tensor &t : { x, w, gain, bias }) {
                ours.push_back(t.grad().defined() ? t.grad().clone() : at::zeros_like(t));
                t.mutable_grad() = at::Tensor();
            }
            (plain * pick).sum().backward();
            std::size_t i = 0;
            for (const at::Tensor &t : { x, w, gain, bias }) {
                if (t.grad().defined())
                    QVERIFY(test::relative(ours[i], t.grad()) < 1e-5);
                t.mutable_grad() = at::Tensor();
                ++i;
            }
        }
    }

    /// The fused epilogue of bf16 products against fp64: fp32 and bf16 out, with and without gain
    /// and bias, more rows than one partial sum; the same bytes with 1 and 2 threads.
    void frozenLinearInBf16_data()
    {
        QTest::addColumn<bool>("wide");
        QTest::addColumn<bool>("gained");
        QTest::addColumn<bool>("biased");
        for (int i = 0; i < 8; ++i)
            QTest::addRow("%s%s%s", (i & 1) != 0 ? "fp32" : "bf16", (i & 2) != 0 ? ", gain" : "",
                          (i & 4) != 0 ? ", bias" : "")
                << ((i & 1) != 0) << ((i & 2) != 0) << ((i & 4) != 0);
    }
    void frozenLinearInBf16()
    {
        QFETCH(const bool, wide);
        QFETCH(const bool, gained);
        QFETCH(const bool, biased);
        const at::ScalarType type = wide ? at::kFloat : at::kBFloat16;
        const auto leaf = [](const at::Tensor &t) { return t.clone().requires_grad_(true); };
        const at::Tensor x = leaf(test::randomTensor({ 3, 50, 64 }, 1).to(at::kBFloat16));
        const at::Tensor w = test::randomTensor({ 37, 64 }, 2).to(at::kBFloat16);
        const at::Tensor gain = leaf(1 + 0.1 * test::randomTensor({ 37 }, 3));
        const at::Tensor bias = leaf(test::randomTensor({ 37 }, 4));
        const at::Tensor pick = test::randomTensor({ 3, 50, 37 }, 5).to(type);
        const int before = at::get_num_threads();
        std::vector<at::Tensor> ours[2];
        for (int run = 0; run < 2; ++run) {
            at::set_num_threads(run + 1);
            const at::Tensor y = tune::frozenLinear(x, w, gained ? gain : at::Tensor(),
                                                    biased ? bias : at::Tensor(), 0.5, type);
            y.backward(pick);
            ours[run].push_back(y.detach());
            for (const at::Tensor &t : { x, gain, bias })
                if (t.grad().defined()) {
                    ours[run].push_back(t.grad());
                    t.mutable_grad() = at::Tensor();
                }
        }
        at::set_num_threads(before);

        const at::Tensor product = at::linear(x.detach(), w).to(at::kDouble);
        const at::Tensor scale = 0.5 * (gained ? gain.detach().to(at::kDouble) : at::ones({ 37 }));
        const at::Tensor g = pick.to(at::kDouble);
        std::vector<at::Tensor> expected { product * scale
                                               + (biased ? bias.detach() : at::zeros({ 37 })),
                                           at::matmul(g * scale, w.to(at::kDouble)) };
        if (gained)
            expected.push_back((g * product * 0.5).flatten(0, 1).sum(0));
        if (biased)
            expected.push_back(g.flatten(0, 1).sum(0));
        QCOMPARE(ours[0].size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const bool narrow = i == 1 || (i == 0 && !wide); // rounded to bf16
            QVERIFY(test::relative(ours[0][i], expected[i]) < (narrow ? 1e-2 : 1e-5));
            QVERIFY(at::equal(ours[0][i], ours[1][i]));
        }
    }

    /// Analysis turned on after a tune stage measures its layers and trains nothing.
    void analysisTurnedOnLater_data()
    {
        QTest::addColumn<bool>("renamed");
        QTest::addRow("same variant") << false;
        QTest::addRow("another cell") << true;
    }
    void analysisTurnedOnLater()
    {
        QFETCH(const bool, renamed);
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        RunSpec without = quickSpec("bat-plus");
        without.analysis.enabled = false;
        Run first(model, without, *store);
        const auto tuned = first.tune(first.layerPass());
        const LossCurve curve = first.all<LossCurve>().back();
        const std::string base =
            calib::calibrationKey(first.context, without.variants.front()) + "/tune-";
        int marked = 0;
        for (const std::string &key : store->keys(base)) {
            if (!key.ends_with("/model/artifacts"))
                continue;
            auto artifacts = calib::artifactsOf(store->get(key).orThrow().value());
            for (Artifact &a : artifacts)
                if (auto *info = std::get_if<VariantInfo>(&a))
                    info->calibrationSeconds = 4321;
            (void)store->put(key, calib::artifactsPart(artifacts)).orThrow();
            ++marked;
        }
        QCOMPARE(marked, 1);
        RunSpec with = quickSpec("bat-plus");
        with.analysis.enabled = true;
        if (renamed)
            with.variants.front().id = "cell";
        const std::string id = with.variants.front().id;
        Run second(model, with, *store);
        QCOMPARE(second.tune(second.layerPass()), tuned);
        QCOMPARE(second.all<VariantInfo>().back().calibrationSeconds, 4321.0);
        QCOMPARE(second.all<VariantInfo>().back().id, id);
        QCOMPARE(second.all<LossCurve>().back().loss, curve.loss);
        QCOMPARE(second.all<LossCurve>().back().variant, id);
        QCOMPARE(second.all<SiteStats>().back().variant, id);
        QVERIFY(second.all<VariantInfo>().back().onlineParameters
                == first.all<VariantInfo>().back().onlineParameters);
    }

    void startIsTheSolvedModel()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        const auto parts = Run(model, quickSpec("bat-plus-lr"), *store).layerPass();
        const auto tuned = tunedModel(model, *store, parts);
        const at::NoGradGuard guard;
        const at::Tensor x = model.decoder->embed(nn::idTensor(tokens(2, 20)));
        for (std::size_t l = 0; l < parts.size(); ++l) {
            tuned->layers[l]->prepare({ 2, 20 });
            const at::Tensor ours = model.decoder->forward(*tuned->layers[l], x);
            const at::Tensor theirs = model.decoder->forward(
                *solvedOps(solutionOf(*store, parts[l]), model.decoder->compute()), x);
            QVERIFY(test::relative(ours, theirs) < 1e-5);
        }
    }

    /// A step of the codes on every instruction set this CPU has, against plain loops.
    void codeStepAgainstPlainLoops_data()
    {
        QTest::addColumn<int>("block");
        QTest::addColumn<bool>("narrow");
        QTest::addRow("mx, fp32") << 32 << false;
        QTest::addRow("mx, bf16") << 32 << true;
        QTest::addRow("nv, bf16") << 16 << true;
    }
    void codeStepAgainstPlainLoops()
    {
        QFETCH(int, block);
        QFETCH(bool, narrow);
        using namespace batlab::tune;
        constexpr int kBlocks = 40;
        const std::size_t n = static_cast<std::size_t>(kBlocks) * static_cast<std::size_t>(block);
        constexpr std::array<double, 8> value { 0, 0.5, 1, 1.5, 2, 3, 4, 6 };
        constexpr std::array<double, 8> slope { 0.5, 0.5, 0.5, 0.5, 0.75, 1, 1.5, 2 };
        const auto random = [](std::size_t i, std::uint64_t what) { // -1 to 1
            return static_cast<double>(randomBits(what, i) >> 11) * 0x1p-52 - 1;
        };
        const auto bf16 = [](double x) {
            return static_cast<std::uint16_t>(c10::BFloat16(float(x)).x);
        };
        const auto wide = [](std::uint16_t x) {
            return double(float(c10::BFloat16(x, c10::BFloat16::from_bits())));
        };
        std::vector<std::int8_t> start(n);
        std::vector<std::int16_t> offset(n);
        std::vector<std::uint16_t> mean(n), gradient16(n);
        std::vector<float> gradient32(n), scales(kBlocks), square(kBlocks);
        for (std::size_t i = 0; i < n; ++i) {
            start[i] = static_cast<std::int8_t>(std::lround(7 * random(i, 1)));
            offset[i] = static_cast<std::int16_t>(kCodeStep * random(i, 2));
            mean[i] = bf16(0.1 * random(i, 3));
            gradient16[i] = bf16(random(i, 4));
            gradient32[i] = static_cast<float>(wide(gradient16[i]));
        }
        for (std::size_t b = 0; b < kBlocks; ++b) {
            scales[b] = std::ldexp(1.0F, static_cast<int>(b % 7) - 4);
            square[b] = b == 0 ? 0.0F : 0.01F;
        }
        std::fill_n(gradient16.begin(), block, std::uint16_t { 0 }); // a block that stands still
        std::fill_n(gradient32.begin(), block, 0.0F);
        std::vector<const CodeKernels *> tables { &baseline::kCodeTable };
#ifdef __x86_64__
        if (kernels::detectCpuLevel() >= kernels::CpuLevel::v3)
            tables.push_back(&v3::kCodeTable);
        if (kernels::detectCpuLevel() >= kernels::CpuLevel::v4)
            tables.push_back(&v4::kCodeTable);
#endif
        for (const CodeKernels *table : tables) {
            auto offsets = offset;
            auto means = mean;
            auto squares = square;
            std::vector<float> weights(n);
            std::vector<std::uint16_t> weights16(n);
            CodeBlocks c { block,          start.data(), scales.data(),
                           offsets.data(), means.data(), squares.data() };
            c.weight32 = weights.data();
            c.gradient16 = narrow ? gradient16.data() : nullptr;
            c.gradient32 = narrow ? nullptr : gradient32.data();
            c.unit = 0.3 * kCodeStep;
            c.correction2 = 0.5;
            table->step(c, 0, kBlocks);
            int moved = 0;
            for (std::size_t b = 0; b < kBlocks; ++b) {
                const std::size_t width = static_cast<std::size_t>(block);
                std::vector<double> g(width);
                double energy = 0;
                for (std::size_t i = 0; i < width; ++i) {
                    const std::size_t at = b * width + i;
                    const auto place =
                        static_cast<std::size_t>(std::abs(placeOf(start[at], offset[at])));
                    g[i] = double(gradient32[at]) * double(scales[b]) * slope[place];
                    energy += g[i] * g[i] / static_cast<double>(width);
                }
                const double spread2 = 0.95 * double(square[b]) + 0.05 * energy;
                QVERIFY(std::abs(double(squares[b]) - spread2) <= 1e-6 * spread2);
                for (std::size_t i = 0; i < width; ++i) {
                    const std::size_t at = b * width + i;
                    const double m = 0.9 * wide(mean[at]) + 0.1 * g[i];
                    const double move = b == 0 ? 0 : c.unit * m / std::sqrt(spread2 / 0.5);
                    const double expected = std::clamp(
                        double(offset[at]) - std::clamp(move, -2.0 * kCodeStep, 2.0 * kCodeStep),
                        -double(kCodeStep), double(kCodeStep));
                    QVERIFY(std::abs(double(offsets[at]) - expected) <= 0.52);
                    if (b > 0)
                        QVERIFY(std::abs(wide(means[at]) - m) <= std::abs(m) / 256 + 1e-8);
                    const int place = placeOf(start[at], offsets[at]);
                    moved += place != placeOf(start[at], offset[at]) ? 1 : 0;
                    if (b > 0)
                        QCOMPARE(double(weights[at]),
                                 (place < 0 ? -1 : 1)
                                     * value[static_cast<std::size_t>(std::abs(place))]
                                     * double(scales[b]));
                }
            }
            QVERIFY(moved > 20);
            c.weight32 = nullptr;
            c.weight16 = weights16.data();
            table->refresh(c, 0, kBlocks);
            for (std::size_t i = static_cast<std::size_t>(block); i < n; ++i)
                QCOMPARE(wide(weights16[i]), double(weights[i])); // E2M1 times 2^k is exact in bf16
        }
    }

    void divergenceFallsAndCodesStand_data()
    {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("more");
        QTest::addRow("gpk") << QStringLiteral("bat-plus") << QString();
        QTest::addRow("branch") << QStringLiteral("bat-plus-lr") << QString();
        QTest::addRow("everything")
            << QStringLiteral("bat-plus-lr")
            << QStringLiteral("tune.groups: [factors, biases, norms, gains, branch, clips], "
                              "clip.activations: block");
        QTest::addRow("dense") << QStringLiteral("bat-plus")
                               << QStringLiteral("transform.g1: 1, transform.g2: 32");
        QTest::addRow("kronecker") << QStringLiteral("flatquant-mx")
                                   << QStringLiteral("tune.groups: [factors, biases], "
                                                     "train.epochs: 1");
        QTest::addRow("h32") << QStringLiteral("diag-h32")
                             << QStringLiteral("tune.groups: [biases, norms]");
        QTest::addRow("rotated stream")
            << QStringLiteral("brq")
            << QStringLiteral("tune.groups: [biases, norms], rotate.residual: hadamard");
        QTest::addRow("prescale") << QStringLiteral("mr-gptq")
                                  << QStringLiteral("tune.groups: [biases]");
    }
    void divergenceFallsAndCodesStand()
    {
        QFETCH(QString, preset);
        QFETCH(QString, more);
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        RunSpec spec = quickSpec(preset.toStdString(),
                                 "tune.steps: 40, tune.biasRate: 1e-3, " + more.toStdString());
        spec.contract = "own"; // mr-gptq brings the prescale rule: a factor in the epilogue
        spec.analysis.enabled = preset == QLatin1String("brq");
        Run run(model, spec, *store);
        const auto parts = run.layerPass();
        const auto tuned = run.tune(parts);
        QCOMPARE(tuned.size(), parts.size());
        // Where a stage is kept stays the same but where its result has changed.
        Hasher hasher;
        hasher.update(run.spec.variants.front().recipe.findStage("tune")->parameters.dump());
        for (const auto &s : tokens(8, 40, 100))
            hasher.update(s.data(), s.size() * sizeof(s.front()));
        for (const std::string &part : parts)
            hasher.update(part);
        const std::string kept =
            calib::calibrationKey(run.context, run.spec.variants.front()) + "/tune-";
        QVERIFY(!store->keys(kept).empty());
        QCOMPARE(store->keys(kept + hasher.hex().substr(0, 16)).empty(),
                 preset == QLatin1String("flatquant-mx"));
        for (std::size_t l = 0; l < parts.size(); ++l) {
            QVERIFY(tuned[l] != parts[l]);
            const LayerSolution a = solutionOf(*store, parts[l]);
            const LayerSolution b = solutionOf(*store, tuned[l]);
            for (const Linear linear : kLinears) {
                QVERIFY(at::equal(a.of(linear).codes, b.of(linear).codes));
                QVERIFY(at::equal(a.of(linear).scales, b.of(linear).scales));
                QVERIFY(b.of(linear).bias.defined());
                const at::Tensor bias = b.of(linear).bias;
                QVERIFY(at::equal(bias, bias.to(at::kBFloat16).to(at::kFloat)));
            }
        }
        if (preset == QLatin1String("flatquant-mx")) {
            const LayerSolution a = solutionOf(*store, parts[0]);
            const LayerSolution b = solutionOf(*store, tuned[0]);
            QVERIFY(!at::equal(a.at(Site::t1).factors.a, b.at(Site::t1).factors.a));
            QVERIFY(!at::equal(a.at(Site::t2).factors.b, b.at(Site::t2).factors.b));
            QVERIFY(quant::isIdentity(b.at(Site::t2).factors.a)); // it stands in V's rows
        }
        const auto before = solvedVariant("a", model.decoder, parts, *store);
        const auto after = solvedVariant("b", model.decoder, tuned, *store);
        const Sequences seen = tokens(8, 40, 100);
        const double first = klOf(*model.decoder, *before, seen);
        const double last = klOf(*model.decoder, *after, seen);
        QVERIFY2(last < 0.97 * first, qPrintable(QStringLiteral("%1 -> %2").arg(first).arg(last)));

        // What the session is told points to the tuned parts.
        std::vector<std::string> told(parts.size());
        for (const LayerDone &done : run.all<LayerDone>())
            told[static_cast<std::size_t>(done.layer.index)] = done.part;
        QCOMPARE(told, tuned);
        const LossCurve curve = run.all<LossCurve>().back();
        QCOMPARE(curve.objective, std::string("end-to-end-kl"));
        QVERIFY(curve.layer == kWholeModel);
        QCOMPARE(curve.loss.size(), std::size_t { 40 });
        QVERIFY(run.all<VariantInfo>().back().onlineParameters > 0);
        // What a folded rotation moves is still known.
        if (preset == QLatin1String("brq")) {
            std::size_t spread = 0;
            for (const SiteFlow &flow : run.all<SiteFlow>())
                spread += flow.site == Site::t1 && flow.energyFlow.front() < 0.9F;
            QCOMPARE(spread, 2 * parts.size()); // of each layer before tuning and after
        }
    }

    /// Each learned code is its start or a neighbour on the grid; scales stand still.
    /// A refine stage waits for the tune stage: the layers before are those without it, what was
    /// tuned is taken over, and activation codes then follow the tuned weights.
    void refinesWhatWasTuned()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        const RunSpec spec = quickSpec("bat-plus");
        Run plain(model, spec, *store);
        const auto layers = plain.layerPass();
        const auto tuned = plain.tune(layers);

        RunSpec more = spec;
        Recipe &recipe = more.variants.front().recipe;
        const Recipe hires = PresetLibrary::builtIn().orThrow().find("hires").orThrow();
        recipe.passes.front().stages.push_back(*hires.findStage("refine"));
        more.variants.front().id = "refined";
        test::StoppingStore counted(*store, -1, [](std::string_view key, const Part &) {
            return key.ends_with("/state"); // of a stage that trains
        });
        Run run(model, more, counted);
        QCOMPARE(run.layerPass(), layers);
        const auto refined = run.tune(layers);
        QCOMPARE(counted.seen(), 0);
        QVERIFY(refined != tuned);
        for (std::size_t l = 0; l < tuned.size(); ++l) {
            const LayerSolution a = solutionOf(*store, tuned[l]),
                                b = solutionOf(*store, refined[l]);
            for (const Linear linear : kLinears)
                QVERIFY(at::equal(a.of(linear).codes, b.of(linear).codes)
                        && at::equal(a.of(linear).gain, b.of(linear).gain));
            for (const Site site : kLinearSites) {
                QVERIFY(!a.at(site).refinement.active() && b.at(site).refinement.active());
                QVERIFY(!b.at(site).refinement.residual.defined());
                QVERIFY(b.at(site).onlineParameters() > a.at(site).onlineParameters());
            }
        }
        const auto errorOf = [](const Run &r, std::size_t from) {
            double sum = 0;
            const auto done = r.all<LayerDone>();
            for (std::size_t i = from; i < done.size(); ++i)
                sum += done[i].relativeError;
            return sum;
        };
        const double before = errorOf(plain, 2), after = errorOf(run, 2);
        QVERIFY2(after < before, qPrintable(QStringLiteral("%1 -> %2").arg(before).arg(after)));
        Run again(model, more, *store); // nothing is made twice
        QCOMPARE(again.tune(layers), refined);
    }

    void learnedCodesMoveToNeighbours()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        Run run(model,
                quickSpec("bat-plus",
                          "tune.steps: 40, tune.codes: learned, "
                          "tune.codeRate: 0.03, tune.groups: [biases]"),
                *store);
        const auto parts = run.layerPass();
        const auto tuned = run.tune(parts);
        const auto places = [](const at::Tensor &codes) {
            const at::Tensor nibbles =
                at::stack({ at::bitwise_and(codes, 15), at::bitwise_right_shift(codes, 4) }, 2);
            const at::Tensor size = at::bitwise_and(nibbles, 7).to(at::kInt);
            return at::where(nibbles.lt(8), size, -size);
        };
        std::int64_t moved = 0;
        for (std::size_t l = 0; l < parts.size(); ++l) {
            const LayerSolution a = solutionOf(*store, parts[l]);
            const LayerSolution b = solutionOf(*store, tuned[l]);
            for (const Linear linear : kLinears) {
                QVERIFY(at::equal(a.of(linear).scales, b.of(linear).scales));
                const at::Tensor d =
                    (places(a.of(linear).codes) - places(b.of(linear).codes)).abs();
                QVERIFY(d.max().item<int>() <= 1);
                moved += d.sum().item<std::int64_t>();
            }
        }
        QVERIFY2(moved > 100, qPrintable(QString::number(moved)));
        const Sequences seen = tokens(8, 40, 100);
        const double first =
            klOf(*model.decoder, *solvedVariant("a", model.decoder, parts, *store), seen);
        const double last =
            klOf(*model.decoder, *solvedVariant("b", model.decoder, tuned, *store), seen);
        QVERIFY2(last < 0.8 * first, qPrintable(QStringLiteral("%1 -> %2").arg(first).arg(last)));
    }

    /// Integers per group and 4-bit caches run through the same layer.
    void otherFormats_data()
    {
        QTest::addColumn<QString>("weights");
        QTest::addColumn<QString>("activations");
        QTest::addColumn<QString>("cache");
        QTest::addRow("int4") << QStringLiteral("int4") << QStringLiteral("int4")
                              << QStringLiteral("bf16");
        QTest::addRow("nvfp4") << QStringLiteral("nvfp4") << QStringLiteral("nvfp4")
                               << QStringLiteral("bf16");
        QTest::addRow("kv4") << QStringLiteral("mxfp4") << QStringLiteral("mxfp8-e4m3")
                             << QStringLiteral("mxfp4");
        QTest::addRow("w4a16") << QStringLiteral("mxfp4") << QStringLiteral("none")
                               << QStringLiteral("bf16");
    }
    void otherFormats()
    {
        QFETCH(QString, weights);
        QFETCH(QString, activations);
        QFETCH(QString, cache);
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        RunSpec spec = quickSpec("bat-plus");
        spec.protocol.weightFormat = weights.toStdString();
        spec.protocol.activationFormat = activations.toStdString();
        spec.protocol.kvFormat = cache.toStdString();
        spec.settings.scaleRule = weights == QStringLiteral("nvfp4") ? "even" : "uos";
        Run run(model, spec, *store);
        const auto parts = run.layerPass();
        const auto tuned = run.tune(parts);
        const Sequences seen = tokens(8, 40, 100);
        const double first =
            klOf(*model.decoder, *solvedVariant("a", model.decoder, parts, *store), seen);
        const double last =
            klOf(*model.decoder, *solvedVariant("b", model.decoder, tuned, *store), seen);
        QVERIFY2(last < first, qPrintable(QStringLiteral("%1 -> %2").arg(first).arg(last)));
    }

    void resumeGivesTheSameBytes_data()
    {
        QTest::addColumn<QString>("more");
        QTest::addRow("frozen") << QString();
        QTest::addRow("learned codes")
            << QStringLiteral("tune.codes: learned, tune.codeRate: 0.05");
    }
    void resumeGivesTheSameBytes()
    {
        QFETCH(QString, more);
        const Model model({});
        const RunSpec spec = quickSpec("bat-plus", more.toStdString());
        const auto whole = makeMemoryCheckpointStore();
        const auto expected = Run(model, spec, *whole).both();

        const auto store = makeMemoryCheckpointStore();
        {
            test::StoppingStore stop(*store, 2, [](std::string_view key, const Part &) {
                return key.ends_with("/state");
            });
            Run interrupted(model, spec, stop);
            stop.stops(interrupted.job);
            QVERIFY_EXCEPTION_THROWN((void)interrupted.both(), Exception);
            QCOMPARE(stop.seen(), 2);
        }
        Run second(model, spec, *store);
        QCOMPARE(second.both(), expected);
        const LossCurve curve = second.all<LossCurve>().back();
        QCOMPARE(curve.loss.size(), std::size_t { 12 });
        // And a third run only reads.
        Run third(model, spec, *store);
        QCOMPARE(third.both(), expected);
        QCOMPARE(third.all<LossCurve>().size(), std::size_t { 1 });
        QVERIFY(third.all<LossCurve>().front().loss == curve.loss);
    }

    void threadsDoNotChangeTheBytes()
    {
        TinyModelOptions options;
        options.hidden = 96;
        const Model model(options, nn::Compute::bf16);
        const int before = at::get_num_threads();
        std::vector<std::vector<std::string>> parts;
        for (const int threads : { 1, 2 }) {
            at::set_num_threads(threads);
            const auto store = makeMemoryCheckpointStore();
            RunSpec spec = quickSpec("bat-plus-lr",
                                     "tune.groups: [factors, biases, norms, "
                                     "gains, branch]");
            spec.protocol.dtype = "bf16";
            parts.push_back(Run(model, spec, *store).both());
        }
        at::set_num_threads(before);
        QCOMPARE(parts[0], parts[1]);
    }

    void layerPassIsSharedBetweenTuneSettings()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        const auto a = Run(model, quickSpec("bat-plus"), *store).layerPass();
        Run other(model, quickSpec("bat-plus", "tune.learningRate: 5e-3"), *store);
        QCOMPARE(calib::calibrationKey(other.context, other.spec.variants.front()),
                 calib::calibrationKey(Run(model, quickSpec("bat-plus"), *store).context,
                                       quickSpec("bat-plus").variants.front()));
        QCOMPARE(other.layerPass(), a);
    }

    void lowRankTakesTheLargestDirections()
    {
        const at::Tensor u =
            std::get<0>(at::linalg_qr(test::randomTensor({ 60, 40 }, 1, at::kDouble)));
        const at::Tensor v =
            std::get<0>(at::linalg_qr(test::randomTensor({ 50, 40 }, 2, at::kDouble)));
        const at::Tensor s = at::arange(40, at::kDouble).mul(-0.2).exp();
        const at::Tensor w = at::matmul(u * s, v.t());
        const auto none = [] {};
        const calib::LowRank f = calib::lowRank(w, 8, 10, 3, none);
        QCOMPARE(f.left.size(1), std::int64_t { 8 });
        const double error = (w - at::matmul(f.left, f.right.t())).norm().item<double>();
        const double best = s.narrow(0, 8, 32).norm().item<double>();
        QVERIFY2(error < 1.0001 * best, qPrintable(QString::number(error / best)));
        const calib::LowRank all = calib::lowRank(w, 1000, 1, 3, none);
        QVERIFY(test::relative(at::matmul(all.left, all.right.t()), w) < 1e-10);
    }

    /// A branch of full rank leaves nothing to quantize but its own rounding to bf16.
    void fullRankBranchIsExact()
    {
        const Model model({});
        const auto error = [&](const std::string &rank) {
            const auto store = makeMemoryCheckpointStore();
            Run run(model, quickSpec("bat-plus-lr", "branch.rank: " + rank), *store);
            const auto parts = run.layerPass();
            return klOf(*model.decoder, *solvedVariant("v", model.decoder, parts, *store),
                        tokens(2, 24));
        };
        const double full = error("1024");
        const double many = error("16");
        const double one = error("1");
        QVERIFY2(full < 1e-3 * one && many < one,
                 qPrintable(QStringLiteral("%1 %2 %3").arg(one).arg(many).arg(full)));
    }

    void branchCostIsCounted()
    {
        const Model model({});
        const auto store = makeMemoryCheckpointStore();
        const auto with =
            Run(model, quickSpec("bat-plus-lr", "branch.rank: 4"), *store).layerPass();
        const auto without = Run(model, quickSpec("bat-plus"), *store).layerPass();
        const ModelConfig &c = model.decoder->config();
        const OnlineCost a = onlineCost(solutionOf(*store, with[0]), c);
        const OnlineCost b = onlineCost(solutionOf(*store, without[0]), c);
        std::int64_t expected = 0;
        for (const Linear l : kLinears) {
            const at::Tensor codes = solutionOf(*store, with[0]).of(l).codes;
            expected += 4 * (codes.size(0) + 2 * codes.size(1));
        }
        QCOMPARE(a.parameters - b.parameters, expected);
        QCOMPARE(a.epilogue - b.epilogue, expected); // none of it is a transform
        QVERIFY(b.parameters > b.epilogue);
        QCOMPARE(a.flopPerToken - b.flopPerToken, 2.0 * static_cast<double>(expected));
    }
};

QTEST_GUILESS_MAIN(TuneTest)
#include "tst_tune.moc"
