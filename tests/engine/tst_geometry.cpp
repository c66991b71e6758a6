// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/calibrate.h"
#include "core/engine/calib/fold.h"
#include "core/engine/calib/permutation.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/calib/state_ops.h"
#include "core/engine/quant/kronecker.h"
#include "core/engine/transform/closed_form.h"
#include "core/engine/transform/greedy_rotation.h"
#include "core/engine/variant/variant.h"
#include "tests/engine/random_tensor.h"
#include "tests/support/tiny_model.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <QTemporaryDir>
#include <QTest>

using namespace batlab;
using test::TinyModelOptions;
using transform::GpkFactors;

namespace {

std::vector<std::vector<std::int32_t>> tokens(std::size_t count, std::size_t length)
{
    std::vector<std::vector<std::int32_t>> out(count);
    for (std::size_t s = 0; s < count; ++s)
        for (std::size_t t = 0; t < length; ++t)
            out[s].push_back(static_cast<std::int32_t>(randomBits(s + 17, t) % 300));
    return out;
}

struct Model
{
    Model(const TinyModelOptions &options, nn::Compute compute)
    {
        const auto folder = test::writeTinyModel(dir.path().toStdString() + "/m", options);
        source = ModelSource::open(folder).orThrow();
        decoder = std::make_shared<const nn::Decoder>(source, compute);
    }
    QTemporaryDir dir;
    std::shared_ptr<const ModelSource> source;
    std::shared_ptr<const nn::Decoder> decoder;
};

/// The layers of a recipe's rotate, fold and transform stages, unquantized, in the decoder's type.
std::vector<std::unique_ptr<calib::LayerState>> foldedLayers(const nn::Decoder &decoder,
                                                             const Recipe &recipe)
{
    const Stage *rotate = recipe.findStage("rotate");
    const Stage *fold = recipe.findStage("fold");
    const Stage *transform = recipe.findStage("transform");
    calib::Rotations rotations;
    if (rotate != nullptr)
        rotations = calib::makeRotations(decoder.config(), rotate->parameters, 3);
    std::vector<std::unique_ptr<calib::LayerState>> out;
    const std::int64_t layers = decoder.config().layers;
    at::Tensor x = decoder.embed(nn::idTensor(tokens(3, 24)));
    for (std::int64_t l = 0; l < layers; ++l) {
        out.push_back(std::unique_ptr<calib::LayerState>(
            new calib::LayerState { decoder.config(),
                                    decoder.loadLayer(l, nn::residualType(decoder.compute())),
                                    {},
                                    {},
                                    {},
                                    {},
                                    5 }));
        calib::LayerState &state = *out.back();
        state.weightQuantizers.fill(quant::makeQuantizer("mxfp4", {}));
        if (rotate != nullptr)
            calib::runRotate(state, rotations, l);
        const calib::StateOps ops(state, decoder.compute());
        const nn::CapturingOps capture(
            ops, [&](Site s, const at::Tensor &in) { state.momentsOf(s).add(in); });
        const at::Tensor y = decoder.forward(capture, x);
        const calib::FoldInput input { decoder, x, [] {} };
        if (fold != nullptr)
            calib::runFold(state, fold->parameters, &input);
        if (transform != nullptr)
            calib::runTransform(state, transform->parameters);
        calib::fuseValueFactor(state);
        x = y;
    }
    return out;
}

at::Tensor logits(const nn::Decoder &decoder,
                  const std::function<at::Tensor(std::int64_t, at::Tensor)> &layer)
{
    at::Tensor x = decoder.embed(nn::idTensor(tokens(2, 20)));
    for (std::int64_t l = 0; l < decoder.config().layers; ++l)
        x = layer(l, x);
    return decoder.logits(decoder.finalNorm(x.reshape({ -1, decoder.config().hidden })));
}

const std::vector<std::pair<const char *, TinyModelOptions>> &toyModels()
{
    static const auto list = [] {
        std::vector<std::pair<const char *, TinyModelOptions>> out;
        TinyModelOptions llama;
        llama.biases = true;
        llama.tied = true;
        out.emplace_back("llama, grouped, biases, tied", llama);
        TinyModelOptions qwen2;
        qwen2.family = "qwen2";
        qwen2.hidden = 96;
        qwen2.heads = 3;
        qwen2.kvHeads = 1;
        qwen2.intermediate = 112;
        out.emplace_back("qwen2, three heads", qwen2);
        TinyModelOptions qwen3;
        qwen3.family = "qwen3";
        qwen3.headDim = 96;
        qwen3.tied = true;
        out.emplace_back("qwen3, heads of 96", qwen3);
        TinyModelOptions wide;
        wide.family = "qwen3";
        wide.hidden = 128;
        wide.headDim = 128;
        wide.kvHeads = 4;
        wide.intermediate = 224;
        out.emplace_back("qwen3, heads of 128, no groups", wide);
        return out;
    }();
    return list;
}

const std::vector<std::pair<const char *, const char *>> kVariations {
    { "bat", "{}" },
    { "rtn-uos", "{rotate.residual: random-orthogonal}" },
    { "rtn-uos", "{rotate.residual: block-hadamard, rotate.block: 16, rotate.values: hadamard}" },
    { "rtn-uos", "{fold.diagonal: none, fold.permutation: cluster}" },
    { "awq", "{fold.groupedValues: tied, fold.searchActivations: true}" },
    { "mr-gptq", "{transform.size: 16}" },
    { "mr-gptq", "{transform.size: 128}" },
    { "flatquant-mx", "{transform.init: hadamard}" },
    { "wush", "{transform.moment: conditional, transform.size: 64}" },
    { "bat", "{rotate.residual: hadamard}" },
};

} // namespace

class GeometryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Matrices this small only wait for each other's threads.
    void initTestCase() { at::set_num_threads(1); }

    void hadamardOrders()
    {
        for (const std::int64_t n :
             { 1,  2,  4,  12, 16, 20,  24,  28,  36,  40,  44,  48,  52,  60,  68,
               72, 76, 80, 84, 96, 100, 108, 112, 128, 140, 148, 164, 196, 344, 576 }) {
            const at::Tensor h = transform::hadamard(n);
            QCOMPARE(h.size(0), n);
            QVERIFY2((at::mm(h, h.t()) - at::eye(n, at::kDouble)).abs().max().item<double>()
                         < 1e-12,
                     qPrintable(QString::number(n)));
            const double entry = 1 / std::sqrt(double(n));
            QVERIFY((h.abs() - entry).abs().max().item<double>() < 1e-15);
        }
        const std::vector<std::pair<std::int64_t, std::int64_t>> cores {
            { 12288, 12 }, { 14336, 28 }, { 11008, 344 }, { 18944, 148 }, { 8960, 140 },
            { 5120, 20 },  { 4096, 1 },   { 576, 36 },    { 25600, 100 }
        };
        for (const auto &[n, core] : cores)
            QCOMPARE(transform::hadamardCore(n).value_or(-1), core);
        for (const std::int64_t n : { 3, 6, 9, 18, 92, 86 }) {
            QVERIFY(!transform::hadamardCore(n));
            QVERIFY_EXCEPTION_THROWN((void)transform::hadamard(n), Exception);
            const at::Tensor h = transform::flatOrthogonal(n);
            QVERIFY((at::mm(h, h.t()) - at::eye(n, at::kDouble)).abs().max().item<double>()
                    < 1e-12);
            QVERIFY(h.abs().max().item<double>() < std::sqrt(2.0 / double(n)) + 1e-12);
        }
    }

    void fullHadamardIsOneMatrixOfTwoFactors()
    {
        for (const std::int64_t n : { 112, 576, 14336 }) {
            const GpkFactors p = transform::fullHadamardFactors(n);
            QCOMPARE(p.block(), n);
            QCOMPARE(p.blocks(), std::int64_t { 1 });
            QVERIFY(std::max(p.a.size(-1), p.b.size(-1)) <= 128);
            const at::Tensor x = test::randomTensor({ 2, n }, 3, at::kDouble);
            const at::Tensor y = transform::applyFactors(x, p);
            QVERIFY(std::abs((y.norm() / x.norm()).item<double>() - 1) < 1e-12);
            QVERIFY(test::relative(transform::applyFactors(y, transform::transposed(p)), x)
                    < 1e-12);
            at::Tensor one = at::zeros({ 1, n }, at::kDouble);
            one[0][n / 3] = 1.0;
            QVERIFY((transform::applyFactors(one, p).abs() - 1 / std::sqrt(double(n)))
                        .abs()
                        .max()
                        .item<double>()
                    < 1e-12);
        }
    }

    void kroneckerSplits() // methods.md 2.9, 2.15
    {
        const std::vector<std::array<std::int64_t, 3>> rows {
            { 1024, 32, 32 },    { 1152, 32, 36 },    { 2560, 40, 64 },    { 3584, 56, 64 },
            { 4096, 64, 64 },    { 4320, 60, 72 },    { 4608, 64, 72 },    { 12288, 96, 128 },
            { 14336, 112, 128 }, { 18944, 128, 148 }, { 28672, 128, 224 }, { 11008, 86, 128 },
            { 96, 8, 12 },       { 50, 5, 10 }
        };
        for (const auto &[n, left, right] : rows)
            QCOMPARE(transform::kroneckerSplit(n), std::pair(left, right));
    }

    void wholeWidthProductsMatchTheDenseMatrix()
    {
        const at::Tensor left = test::randomTensor({ 6, 6 }, 1, at::kDouble);
        const at::Tensor right = test::randomTensor({ 10, 10 }, 2, at::kDouble);
        const GpkFactors p = transform::kroneckerFactors(left, right);
        const at::Tensor x = test::randomTensor({ 3, 5, 60 }, 3, at::kDouble);
        const at::Tensor expected = at::matmul(x, at::kron(left, right));
        QVERIFY(test::relative(transform::applyFactors(x, p), expected) < 1e-13);
        // Autograd: d/dx, d/dA, d/dB against the dense formula.
        const at::AutoGradMode grad(true);
        const auto leaf = [](const at::Tensor &t) { return t.clone().requires_grad_(true); };
        const at::Tensor weight = test::randomTensor({ 3, 5, 60 }, 4, at::kDouble);
        at::Tensor x1 = leaf(x), l1 = leaf(left), r1 = leaf(right);
        (at::matmul(x1, at::kron(l1, r1)) * weight).sum().backward();
        at::Tensor x2 = leaf(x), l2 = leaf(left), r2 = leaf(right);
        (quant::applyKronecker(x2, r2, l2.unsqueeze(0)) * weight).sum().backward();
        QVERIFY(test::relative(x2.grad(), x1.grad()) < 1e-12);
        QVERIFY(test::relative(l2.grad(), l1.grad()) < 1e-12);
        QVERIFY(test::relative(r2.grad(), r1.grad()) < 1e-12);
    }

    /// methods.md 7.6: after rotate, fold and transform the unquantized fp64 logits are the
    /// reference's.
    void fusionIsExact_data()
    {
        QTest::addColumn<int>("model");
        QTest::addColumn<QString>("preset");
        QTest::addColumn<QString>("set");
        const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
        for (std::size_t m = 0; m < toyModels().size(); ++m) {
            for (const std::string &id : presets.ids())
                if (presets.find(id)->findStage("rotate") || presets.find(id)->findStage("fold")
                    || presets.find(id)->findStage("transform"))
                    QTest::addRow("%s: %s", toyModels()[m].first, id.c_str())
                        << int(m) << QString::fromStdString(id) << QStringLiteral("{}");
            for (const auto &[id, set] : m == 1 || m == 2 ? kVariations : decltype(kVariations) {})
                QTest::addRow("%s: %s %s", toyModels()[m].first, id, set)
                    << int(m) << QString::fromLatin1(id) << QString::fromLatin1(set);
        }
    }
    void fusionIsExact()
    {
        QFETCH(int, model);
        QFETCH(QString, preset);
        QFETCH(QString, set);
        const Model m(toyModels()[std::size_t(model)].second, nn::Compute::fp64);
        const at::NoGradGuard guard;
        const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
        const Json changes = yamlToJson(set.toStdString(), "set").orThrow();
        const Recipe recipe =
            withOverrides(presets.find(preset.toStdString()).orThrow(), changes).orThrow();
        const auto layers = foldedLayers(*m.decoder, recipe);
        const nn::Decoder &decoder = *m.decoder;
        const at::Tensor expected = logits(decoder, [&](std::int64_t l, const at::Tensor &x) {
            return decoder.forward(*decoder.layer(l), x);
        });
        const at::Tensor got = logits(decoder, [&](std::int64_t l, const at::Tensor &x) {
            return decoder.forward(calib::StateOps(*layers[std::size_t(l)], nn::Compute::fp64), x);
        });
        const double error = test::relative(got, expected);
        QVERIFY2(error < 1e-9, qPrintable(QString::number(error)));
        // The identity would hold for a preset that does nothing: something must have moved.
        bool moved = false;
        for (const Linear l : kLinears)
            moved = moved
                || test::relative(
                       calib::transformedWeight(*layers[0], l, at::kDouble)
                           .narrow(1, 0, decoder.loadLayer(0, at::kDouble).of(l).size(1)),
                       decoder.loadLayer(0, at::kDouble).of(l))
                    > 1e-3;
        QVERIFY(moved);
    }

    void rotationsOfParts() // written and read back, and parts without them
    {
        LayerSolution s;
        s.inputNorm = at::ones({ 48 });
        s.postNorm = at::ones({ 48 });
        for (const Linear l : kLinears)
            s.of(l).plain = at::ones({ 2, 48 }, at::kBFloat16);
        const Json p {
            { "residual", "hadamard" }, { "values", "none" }, { "block", "32" }, { "signs", true }
        };
        TinyModelOptions options;
        options.hidden = 48;
        const Model m(options, nn::Compute::fp32);
        s.entry = calib::makeRotations(m.decoder->config(), p, 9).residual;
        s.at(Site::t4).transform = SiteSolution::Transform::gpk;
        s.at(Site::t4).factors = { at::ones({ 2, 2 }), at::ones({ 1, 24, 24 }) };
        s.at(Site::t4).fixed = true;
        const LayerSolution back = LayerSolution::fromPart(s.toPart({})).orThrow();
        QVERIFY(back.entry.defined() && !back.exit.defined());
        QVERIFY(at::equal(back.entry.signs, s.entry.signs));
        QVERIFY(back.at(Site::t4).fixed && !back.at(Site::t1).fixed);
        const at::Tensor x = test::randomTensor({ 3, 48 }, 5, at::kDouble);
        QVERIFY(at::equal(back.entry.apply(x), s.entry.apply(x)));
        QVERIFY(test::relative(back.entry.undo(back.entry.apply(x)), x) < 1e-14);
        QVERIFY(test::relative(back.entry.apply(x), x) > 0.1);
        const ResidualRotation other = calib::makeRotations(m.decoder->config(), p, 10).residual;
        QVERIFY(!at::equal(other.signs, s.entry.signs));
    }

    void widthsWithoutARotationAreRefused()
    {
        TinyModelOptions options;
        options.hidden = 84 / 4 * 2; // 42 = 2 mod 4
        options.heads = 3;
        options.kvHeads = 1;
        const Model m(options, nn::Compute::fp32);
        Json p {
            { "residual", "hadamard" }, { "values", "none" }, { "block", "32" }, { "signs", true }
        };
        try {
            (void)calib::makeRotations(m.decoder->config(), p, 0);
            QFAIL("accepted");
        } catch (const Exception &e) {
            QVERIFY(e.error.what.find("42") != std::string::npos);
            QVERIFY(e.error.hint.find("random-orthogonal") != std::string::npos);
        }
        p["residual"] = "none";
        p["values"] = "hadamard"; // heads of 14
        QVERIFY_EXCEPTION_THROWN((void)calib::makeRotations(m.decoder->config(), p, 0), Exception);
        p["values"] = "block-hadamard";
        QVERIFY(!calib::makeRotations(m.decoder->config(), p, 0).residual.defined());
    }

    /// methods.md 7.7: without damping T A T^T = T^-T B T^-1, with a constant diagonal.
    void closedFormWithoutDamping()
    {
        const at::Tensor a = test::randomMoments(3, 32, 31);
        const at::Tensor b = test::randomMoments(3, 32, 41);
        const at::Tensor p = transform::dense(transform::closedFormFactors(a, b, 1, 32, 0));
        const at::Tensor inverse = at::linalg_inv(p);
        for (int i = 0; i < 3; ++i) {
            const at::Tensor left = at::mm(at::mm(p[i].t(), a[i]), p[i]);
            at::Tensor right = at::mm(at::mm(inverse[i], b[i]), inverse[i].t());
            right = right * (left.diagonal().sum() / right.diagonal().sum()); // det P = 1
            QVERIFY(test::relative(left, right) < 1e-9);
            const at::Tensor diagonal = left.diagonal();
            QVERIFY(((diagonal.max() - diagonal.min()) / diagonal.mean()).item<double>() < 1e-9);
        }
    }

    void conditionalMomentsAreSchurComplements()
    {
        const at::Tensor h = test::randomMoments(1, 96, 5)[0];
        const at::Tensor got = calib::conditionalMoments(h, 32, 0.01, [] {});
        const at::Tensor d = h + 0.01 * h.diagonal().mean() * at::eye(96, at::kDouble);
        for (std::int64_t b = 1; b < 3; ++b) {
            const at::Tensor before = d.narrow(0, 0, 32 * b).narrow(1, 0, 32 * b);
            const at::Tensor cross = d.narrow(0, 32 * b, 32).narrow(1, 0, 32 * b);
            const at::Tensor own = d.narrow(0, 32 * b, 32).narrow(1, 32 * b, 32);
            const at::Tensor expected =
                own - at::mm(at::mm(cross, at::linalg_inv(before)), cross.t());
            QVERIFY(test::relative(got[b], expected) < 1e-9);
        }
    }

    /// Blocks of second moments without the rest of the matrix; 80 channels: the last block is half
    /// empty.
    void blockMomentsAreTheMatrixs()
    {
        const std::vector<at::Tensor> weights { at::randn({ 40, 80 }), at::randn({ 24, 80 }) };
        const at::Tensor all = at::cat(weights).to(at::kDouble);
        const at::Tensor full = at::mm(all.t(), all) / 64;
        calib::SiteMoments moments;
        moments.add(weights[0]);
        moments.add(weights[1]);
        for (const at::Tensor &got :
             { calib::weightBlockMoments(weights, 32), moments.blockMeans(32) }) {
            QCOMPARE(got.sizes(), at::IntArrayRef({ 3, 32, 32 }));
            QVERIFY(test::relative(got[1], full.narrow(0, 32, 32).narrow(1, 32, 32)) < 1e-6);
            QVERIFY(test::relative(got[2].narrow(0, 0, 16).narrow(1, 0, 16),
                                   full.narrow(0, 64, 16).narrow(1, 64, 16))
                    < 1e-6);
            QCOMPARE(got[2].narrow(0, 16, 16).abs().max().item<double>(), 0.0);
        }
        QVERIFY(test::relative(calib::weightMeanSquares(weights), full.diagonal()) < 1e-6);
        QVERIFY(test::relative(moments.meanSquares(), full.diagonal()) < 1e-6);
    }

    void hiresKeepsItsCap()
    {
        const at::Tensor a = test::randomMoments(4, 32, 51);
        const at::Tensor b = test::randomMoments(4, 32, 61);
        const GpkFactors free = transform::hiresFactors(a, b, 0);
        const GpkFactors capped = transform::hiresFactors(a, b, 8);
        QVERIFY(transform::conditionNumber(free) > 8);
        QVERIFY(transform::conditionNumber(capped) < 8 * (1 + 1e-9));
        QVERIFY((at::linalg_det(capped.b).abs() - 1).abs().max().item<double>() < 1e-6);
    }

    void greedyRotationFlattens()
    {
        const at::Tensor a = test::randomMoments(3, 32, 71);
        const GpkFactors p = transform::greedyRotation(a, 64, 7);
        QVERIFY(transform::conditionNumber(p) - 1 < 1e-9);
        const at::Tensor turned = at::matmul(at::matmul(p.b.transpose(1, 2), a), p.b);
        const auto crest = [](const at::Tensor &m) {
            const at::Tensor d = at::diagonal(m, 0, 1, 2);
            return (d.amax(-1) / d.mean(-1)).max().item<double>();
        };
        QVERIFY2(crest(turned) < 0.5 * crest(a),
                 qPrintable(QStringLiteral("%1 %2").arg(crest(a)).arg(crest(turned))));
        QVERIFY(at::equal(p.b, transform::greedyRotation(a, 64, 7).b));
    }

    void channelOrders()
    {
        const at::Tensor magnitude = at::arange(70).to(at::kFloat);
        const at::Tensor zigzag = calib::channelOrder(magnitude, "zigzag", 32);
        QVERIFY(at::equal(std::get<0>(zigzag.sort()), at::arange(70)));
        QVERIFY(zigzag[0].item<int>() == 69 && zigzag[32].item<int>() == 68
                && zigzag[64].item<int>() == 67 && zigzag[65].item<int>() == 66);
        const at::Tensor cluster = calib::channelOrder(magnitude, "cluster", 32);
        QVERIFY(at::equal(cluster, at::arange(69, -1, -1)));
    }

    /// Outlier channels that a rounding to nearest suffers from: every preset with a geometry of
    /// its own does better on the layers' outputs.
    void plantedOutliers_data()
    {
        QTest::addColumn<int>("model");
        for (const std::size_t m : { 0, 2 })
            QTest::addRow("%s", toyModels()[m].first) << int(m);
    }
    void plantedOutliers()
    {
        QFETCH(int, model);
        TinyModelOptions options = toyModels()[std::size_t(model)].second;
        options.outliers = 16;
        const Model m(options, nn::Compute::fp32);
        const PresetLibrary presets = PresetLibrary::builtIn().orThrow();
        const auto store = makeMemoryCheckpointStore();
        const auto error = [&](const std::string &preset) {
            const RunSpec spec =
                runSpecFromYaml("model: tiny\nprotocol: {dtype: fp32}\nanalysis: {enabled: false}\n"
                                "variants: [{preset: "
                                    + preset + "}]",
                                presets, "test")
                    .orThrow();
            double sum = 0;
            JobContext job({ [&](const ArtifactPtr &a) {
                                if (const auto *done = std::get_if<LayerDone>(a.get()))
                                    sum += std::log(done->relativeError);
                            },
                             {} },
                           *store, 2);
            const calib::Context context { m.decoder, tokens(6, 48), spec, job, "k" };
            (void)calib::calibrateVariant(context, spec.variants.front());
            return std::exp(sum / double(m.decoder->config().layers));
        };
        const double rtn = error("rtn-uos");
        QString report = QStringLiteral("RTN %1").arg(rtn);
        bool all = true;
        for (const char *preset : { "smoothquant", "awq", "mr-gptq", "quarot", "brq", "duquant",
                                    "wush", "hires", "diag-h32", "flatquant-mx" }) {
            const double e = error(preset);
            report += QStringLiteral(", %1 %2").arg(QString::fromLatin1(preset)).arg(e);
            all = all && e < rtn;
        }
        QVERIFY2(all, qPrintable(report));
    }

    /// methods.md 2.15, 7.9: parameters and FLOP per token of a site.
    void countersMatchTheTable()
    {
        struct Row
        {
            std::int64_t n, kronecker;
            double kroneckerFlop;
            std::int64_t gpk;
            double gpkFlop;
            std::int64_t dense;
            double denseFlop, fwht;
        };
        const std::vector<Row> rows {
            { 1024, 2048, 131e3, 576, 24.6e3, 32768, 65.5e3, 5.1e3 },
            { 2560, 5696, 532e3, 1344, 61.4e3, 81920, 164e3, 12.8e3 },
            { 4096, 8192, 1.05e6, 2112, 98.3e3, 131072, 262e3, 20.5e3 },
            { 4320, 8784, 1.14e6, 2224, 104e3, 138240, 276e3, 21.6e3 },
            { 12288, 25600, 5.51e6, 6208, 295e3, 393216, 786e3, 61.4e3 },
            { 14336, 28928, 6.88e6, 7232, 344e3, 458752, 918e3, 71.7e3 },
            { 28672, 66560, 20.2e6, 14400, 688e3, 917504, 1.84e6, 143e3 },
        };
        for (const Row &r : rows) {
            const auto site = [&](const GpkFactors &f) {
                SiteSolution s;
                s.transform = SiteSolution::Transform::gpk;
                s.factors = f;
                return s;
            };
            const auto near = [](double a, double b) { return std::abs(a / b - 1) < 0.006; };
            const auto [left, right] = transform::kroneckerSplit(r.n);
            const SiteSolution flat = site(
                transform::kroneckerFactors(at::ones({ left, left }), at::ones({ right, right })));
            QCOMPARE(flat.onlineParameters(), r.kronecker);
            QVERIFY(near(flat.flopPerToken(r.n), r.kroneckerFlop));
            const SiteSolution gpk = site(transform::hadamardFactors(8, 4, r.n / 32));
            QCOMPARE(gpk.onlineParameters(), r.gpk);
            QVERIFY(near(gpk.flopPerToken(r.n), r.gpkFlop));
            const SiteSolution dense = site(transform::hadamardFactors(1, 32, r.n / 32));
            QCOMPARE(dense.onlineParameters(), r.dense);
            QVERIFY(near(dense.flopPerToken(r.n), r.denseFlop));
            SiteSolution h32;
            h32.transform = SiteSolution::Transform::hadamard32;
            QCOMPARE(h32.onlineParameters(), std::int64_t { 0 });
            QVERIFY(near(h32.flopPerToken(r.n), r.fwht));
        }
    }

    void modelTotalsMatchTheTable() // Qwen3-8B and Llama-3.1-8B, four shared transforms a layer
    {
        struct Shape
        {
            std::int64_t layers, hidden, ffn, heads, headDim;
            double linearFlop;
            std::int64_t gpkTotal;
            double gpkShare, denseTotal, denseShare, flatTotal, flatShare;
        };
        const std::vector<Shape> shapes {
            { 36, 4096, 12288, 32, 128, 385.9e6, 451584, 0.00153, 28.3e6, 0.0041, 2.14e6, 0.0204 },
            { 32, 4096, 14336, 32, 128, 436.2e6, 434176, 0.00146, 27.3e6, 0.0039, 2.01e6, 0.0212 },
        };
        for (const Shape &m : shapes) {
            std::int64_t gpk = 0, dense = 0, flat = 0;
            double gpkFlop = 0, denseFlop = 0, flatFlop = 0;
            for (const Site site : kLinearSites) {
                const std::int64_t n = site == Site::t4 ? m.ffn : m.hidden;
                SiteSolution s;
                s.transform = SiteSolution::Transform::gpk;
                s.factors = transform::hadamardFactors(8, 4, n / 32);
                gpk += s.onlineParameters();
                gpkFlop += s.flopPerToken(n);
                s.factors = transform::hadamardFactors(1, 32, n / 32);
                dense += s.onlineParameters();
                denseFlop += s.flopPerToken(n);
                const auto [left, right] =
                    site == Site::t2 ? std::pair(m.heads, m.headDim) : transform::kroneckerSplit(n);
                s.factors = transform::kroneckerFactors(at::ones({ left, left }),
                                                        at::ones({ right, right }));
                flat += s.onlineParameters(); // FlatQuant counts P_v, although V's rows carry it
                if (site == Site::t2)
                    s.factors.a = at::eye(m.headDim);
                flatFlop += s.flopPerToken(n);
            }
            const auto near = [](double a, double b) { return std::abs(a / b - 1) < 0.02; };
            QCOMPARE(gpk * m.layers, m.gpkTotal);
            QVERIFY(near(gpkFlop / m.linearFlop, m.gpkShare));
            QVERIFY(near(double(dense * m.layers), m.denseTotal));
            QVERIFY(near(denseFlop / m.linearFlop, m.denseShare));
            QVERIFY(near(double(flat * m.layers), m.flatTotal));
            QVERIFY(near(flatFlop / m.linearFlop, m.flatShare));
        }
    }

    void hadamardMatricesAreCountedAsFast()
    {
        SiteSolution s;
        s.transform = SiteSolution::Transform::gpk;
        s.fixed = true;
        s.factors = transform::fullHadamardFactors(14336);
        QCOMPARE(s.onlineParameters(), std::int64_t { 0 });
        QVERIFY(std::abs(s.flopPerToken(14336) - 14336 * std::log2(14336.0)) < 1);
        s.factors = transform::kroneckerFactors(transform::hadamard(32),
                                                at::eye(128, at::kDouble)); // across heads
        QVERIFY(std::abs(s.flopPerToken(4096) - 4096 * 5) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(GeometryTest)
#include "tst_geometry.moc"
