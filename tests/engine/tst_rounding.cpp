// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"
#include "core/engine/calib/adamw.h"
#include "core/engine/calib/babai.h"
#include "core/engine/calib/block_scales.h"
#include "core/engine/calib/clip_search.h"
#include "core/engine/calib/learned_weight.h"
#include "core/engine/calib/round.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/variant/layer_solution.h"
#include "core/spec/parameter.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>

#include <QTest>

#include <algorithm>

using namespace batlab;
using namespace batlab::calib;
using batlab::test::randomMoments;
using batlab::test::randomTensor;

namespace {

GptqSettings settingsOf(double damp, std::int64_t lazy, ColumnOrder order,
                        std::int64_t wholeBlock = 0)
{
    return { damp, lazy, order, wholeBlock };
}

GptqResult roundWith(const at::Tensor &w, const at::Tensor &h, const GptqSettings &settings,
                     const kernels::QuantSpec &spec)
{
    const auto nothing = [] {};
    return gptqRound(w, gptqFactor(h, settings, nothing), { ruleScales(w, spec), {} }, spec,
                     settings, nothing);
}

ScaleSource dynamicRule(const kernels::QuantSpec &spec)
{
    return { {}, [spec](const BlockAtHand &hand) { return ruleScales(hand.w, spec); } };
}

/// The default parameters of a round stage with some of them changed.
Json roundParameters(const Json &changes)
{
    Json p = Json::object();
    for (const Parameter &row : stageParameters("round"))
        p[row.path.substr(row.path.find('.') + 1)] = row.defaultValue;
    p.update(changes);
    return p;
}

/// Dequantized weight of a rounding kind.
at::Tensor roundedBy(const Json &changes, const at::Tensor &w, const at::Tensor &h,
                     const kernels::QuantSpec &spec = {})
{
    const auto rounding = makeRounding(roundParameters(changes), {});
    rounding->prepare(h, kernels::blockSize(spec.format));
    const RoundResult r = rounding->round({ w, w, spec });
    LinearSolution s;
    s.format = spec;
    s.scales = r.scales;
    s.codes = spec.format == kernels::Format::mxfp4 ? packedNibbles(r.codes) : r.codes;
    return s.values();
}

at::Tensor nearest(const at::Tensor &w, const kernels::QuantSpec &spec)
{
    quant::Quantizer q;
    q.spec = spec;
    return quant::fakeQuantize(w, {}, q, at::kFloat) / q.epilogue();
}

double objective(const at::Tensor &w, const at::Tensor &q, const at::Tensor &h)
{
    const at::Tensor d = (w - q).to(at::kDouble);
    return (at::matmul(d, h) * d).sum().item<double>();
}

} // namespace

class RoundingTest : public QObject
{
    Q_OBJECT

private:
    void kinds()
    {
        QTest::addColumn<QString>("changes");
        const char *all[] = {
            R"({"kind": "gptq"})",
            R"({"kind": "gptq", "order": "natural"})",
            R"({"kind": "gptq", "order": "reversed"})",
            R"({"kind": "gptq", "scales": "dynamic"})",
            R"({"kind": "gptq", "scales": "dynamic", "order": "natural", "blockSize": 32})",
            R"({"kind": "gptq", "scaleSearch": "block"})",
            R"({"kind": "gptq", "scaleSearch": "hessian"})",
            R"({"kind": "gptq", "scaleSearch": "block", "scales": "dynamic"})",
            R"({"kind": "babai"})",
            R"({"kind": "babai", "scales": "dynamic"})",
            R"({"kind": "babai", "scaleSearch": "block"})",
        };
        for (const char *c : all)
            QTest::addRow("%s", c) << QString::fromLatin1(c);
    }
    static Json changesOf(const QString &text) { return Json::parse(text.toStdString()); }

private Q_SLOTS:
    void initTestCase() { at::set_num_threads(1); } // small tensors

    void identityHessianIsRoundToNearest_data() { kinds(); }
    void identityHessianIsRoundToNearest() // methods.md 7, item 8
    {
        QFETCH(QString, changes);
        const at::Tensor w = randomTensor({ 24, 96 }, 1);
        Json as = { { "kind", "rtn" } };
        if (changes.contains("scaleSearch")) // without weights the searches are all the plain one
            as["scaleSearch"] = "mse";
        const at::Tensor h = at::eye(96, at::kDouble);
        QVERIFY(at::equal(roundedBy(changesOf(changes), w, h), roundedBy(as, w, h)));
        QVERIFY(at::equal(roundedBy({ { "kind", "rtn" } }, w, h), nearest(w, {})));
    }

    void neverWorseThanRoundToNearest_data() { kinds(); }
    void neverWorseThanRoundToNearest() // tr(dW H dW^T) on 100 random cases (methods.md 7, item 8)
    {
        QFETCH(QString, changes);
        const Json c = changesOf(changes);
        // One row may lose by a later column what it won by an earlier one, and dynamic scales or
        // other scales are other grids: then the sum over the cases decides.
        const bool each =
            c.size() <= 2 && c.value("scales", "static") == "static" && !c.contains("scaleSearch");
        double sum = 0;
        double base = 0;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            const at::Tensor w = randomTensor({ 16, 64 }, seed);
            const at::Tensor h = randomMoments(1, 64, 1000 + seed)[0];
            const double got = objective(w, roundedBy(c, w, h), h);
            const double rtn = objective(w, nearest(w, {}), h);
            QVERIFY2(!each || got <= rtn * (1 + 1e-6), qPrintable(QString::number(seed)));
            sum += got;
            base += rtn;
        }
        QVERIFY2(sum < 0.9 * base, qPrintable(QString::number(sum / base)));
    }

    void columnOrdersAreUndone()
    {
        // Permuting columns (with their scale blocks) and H together permutes the result.
        const at::Tensor w = randomTensor({ 12, 96 }, 21);
        const at::Tensor h = randomMoments(1, 96, 22)[0];
        const at::Tensor blocks = at::tensor(std::vector<std::int64_t> { 2, 0, 1 }, at::kLong);
        const at::Tensor p =
            (blocks.unsqueeze(1) * 32 + at::arange(32).unsqueeze(0)).reshape({ -1 });
        const at::Tensor there = w.index_select(1, p);
        const at::Tensor hp = h.index_select(0, p).index_select(1, p);
        for (const char *scales : { "static", "dynamic" }) {
            const Json c = { { "kind", "gptq" }, { "scales", scales } };
            const at::Tensor direct = roundedBy(c, w, h).index_select(1, p);
            const at::Tensor got = roundedBy(c, there, hp);
            QVERIFY((got - direct).abs().gt(1e-6).sum().item<std::int64_t>() <= 4);
        }
    }

    void staticScalesStay()
    {
        const at::Tensor w = randomTensor({ 12, 96 }, 23);
        const at::Tensor h = randomMoments(1, 96, 24)[0];
        for (const char *kind : { "gptq", "babai" }) {
            const auto rounding = makeRounding(roundParameters({ { "kind", kind } }), {});
            rounding->prepare(h, 32);
            QVERIFY(at::equal(rounding->round({ w, w, {} }).scales, ruleScales(w, {})));
        }
    }

    void dynamicScalesComeFromUpdatedWeights()
    {
        const at::Tensor w = randomTensor({ 12, 96 }, 25);
        const at::Tensor h = randomMoments(1, 96, 26)[0];
        const GptqSettings settings = settingsOf(0.01, 64, ColumnOrder::activation, 32);
        const GptqFactor factor = gptqFactor(h, settings, [] {});
        std::vector<std::int64_t> visited;
        const GptqResult r = gptqRound(w, factor,
                                       { {},
                                         [&](const BlockAtHand &hand) {
                                             visited.push_back(hand.block);
                                             return ruleScales(hand.w, {});
                                         } },
                                       {}, settings, [] {});
        std::sort(visited.begin(), visited.end());
        QVERIFY((visited == std::vector<std::int64_t> { 0, 1, 2 }));
        QVERIFY(!at::equal(r.scales, ruleScales(w, {})));
        // What a code was rounded from gives the code again.
        QVERIFY(at::equal(roundOnScales(r.updated, r.scales, {}), r.values));
    }

    void dynamicScalesNeedWholeBlocks()
    {
        const at::Tensor w = randomTensor({ 4, 96 }, 27);
        const GptqSettings settings = settingsOf(0.01, 64, ColumnOrder::activation);
        const GptqFactor factor = gptqFactor(randomMoments(1, 96, 28)[0], settings, [] {});
        QVERIFY_EXCEPTION_THROWN((void)gptqRound(w, factor, dynamicRule({}), {}, settings, [] {}),
                                 Exception);
    }

    /// Nearest plane from the last block is GPTQ with reversed columns (methods.md 2.4).
    void babaiIsReversedGptq_data()
    {
        QTest::addColumn<QString>("scales");
        QTest::newRow("static") << QStringLiteral("static");
        QTest::newRow("dynamic") << QStringLiteral("dynamic");
    }
    void babaiIsReversedGptq()
    {
        QFETCH(QString, scales);
        const at::Tensor w = randomTensor({ 64, 160 }, 31);
        const at::Tensor h = randomMoments(1, 160, 32)[0];
        const at::Tensor babai =
            roundedBy({ { "kind", "babai" }, { "scales", scales.toStdString() } }, w, h);
        const at::Tensor gptq = roundedBy(
            { { "kind", "gptq" }, { "order", "reversed" }, { "scales", scales.toStdString() } }, w,
            h);
        // fp64 against fp32: a sum that falls on the other side of a tie changes what follows in
        // its row.
        const auto differing = (babai - gptq).abs().gt(1e-6).any(1).sum().item<std::int64_t>();
        QVERIFY2(differing <= 3, qPrintable(QString::number(differing)));
        QVERIFY(
            test::relative(at::tensor(objective(w, babai, h)), at::tensor(objective(w, gptq, h)))
            < 0.02);
    }

    void squaresAreSummedBelowTheDiagonal()
    {
        const at::Tensor x = randomTensor({ 90, 600 }, 53); // three panels, the last one narrow
        std::vector<at::Tensor> sums;
        for (const int threads : { 1, 2 }) {
            at::set_num_threads(threads);
            SiteMoments moments;
            moments.add(x.narrow(0, 0, 40));
            moments.add(x.narrow(0, 40, 50));
            sums.push_back(moments.sum);
        }
        at::set_num_threads(1);
        QVERIFY(test::relative(sums[0], at::mm(x.t(), x)) < 1e-6);
        QVERIFY(test::relative(sums[0], sums[0].t()) < 1e-7);
        QVERIFY(at::equal(sums[0], sums[1]));
    }

    void scaleSearchFindsTheBest()
    {
        const at::Tensor w = randomTensor({ 32, 64 }, 33).pow(3).contiguous();
        const at::Tensor h = randomMoments(1, 64, 34)[0];
        for (const char *format : { "mxfp4", "nvfp4", "mxfp6-e2m3" }) {
            kernels::QuantSpec spec =
                *quant::makeQuantizer(format,
                                      { std::string(format) == "nvfp4" ? "even" : "floor", "even" })
                     .spec;
            if (spec.format == kernels::Format::nvfp4)
                spec.tensorScale = 448.0F * 6.0F / w.abs().max().item<float>();
            const at::Tensor start = ruleScales(w, spec);
            const at::Tensor found = searchedScales(w, start, spec, 2, {});
            const std::int64_t block = kernels::blockSize(spec.format);
            const auto errors = [&](const at::Tensor &bytes) {
                return (w - roundOnScales(w, bytes, spec)).square().view({ 32, -1, block }).sum(2);
            };
            const at::Tensor least = errors(found);
            for (int offset = -2; offset <= 2; ++offset) {
                const at::Tensor other = (start.to(at::kInt) + offset)
                                             .clamp(1, 0x7e + 128 * (block == 32))
                                             .to(at::kByte);
                QVERIFY2(least.le(errors(other) + 1e-12).all().item<bool>(), format);
            }
            QVERIFY(!at::equal(found, start)); // FLOOR clips: there is something to find
        }
        const at::Tensor d = h.diagonal().to(at::kFloat).contiguous();
        const at::Tensor start = ruleScales(w, {});
        const auto weighed = [&](const at::Tensor &bytes) {
            return ((w - roundOnScales(w, bytes, {})).square() * d).sum().item<double>();
        };
        QVERIFY(weighed(searchedScales(w, start, {}, 1, d)) < weighed(start));
    }

    void gainIsTheLeastSquaresFactor()
    {
        const at::Tensor w = randomTensor({ 8, 64 }, 35);
        const at::Tensor q = nearest(w, {});
        const at::Tensor h = randomMoments(1, 64, 36)[0];
        for (const bool perRow : { false, true }) {
            const at::Tensor gain = leastSquaresGain(w, q, h, perRow);
            QCOMPARE(gain.numel(), perRow ? 8 : 1);
            const double least = objective(w, q * gain.unsqueeze(1), h);
            for (const double other : { 0.98, 1.02 })
                QVERIFY(least < objective(w, q * (gain * other).unsqueeze(1), h));
            QVERIFY(least <= objective(w, q, h));
        }
        QCOMPARE(leastSquaresGain(w, at::zeros_like(w), {}, false).item<float>(), 1.0F);
        // It is applied in the epilogue and kept in the part.
        LayerSolution layer;
        layer.inputNorm = layer.postNorm = at::ones({ 4 });
        for (const Linear l : kLinears) {
            layer.of(l).format = kernels::QuantSpec {};
            layer.of(l).scales = ruleScales(w, {});
            layer.of(l).codes = packedNibbles(encodeOnGrid(q, layer.of(l).scales, {}));
            layer.of(l).gain = leastSquaresGain(w, q, h, true);
        }
        const LayerSolution back =
            LayerSolution::fromPart(layer.toPart({ Branch::text, 0 })).orThrow();
        const at::Tensor x = randomTensor({ 3, 64 }, 37);
        const at::Tensor y = solvedOps(back, nn::Compute::fp32)->linear(Linear::o, x);
        QVERIFY(test::relative(y, at::linear(x, q * layer.of(Linear::o).gain.unsqueeze(1))) < 1e-6);
        const OnlineCost cost = onlineCost(back, ModelConfig {});
        QCOMPARE(cost.parameters, 7 * 8); // of the gains alone
        QCOMPARE(cost.flopPerToken, 7 * 8.0);
    }

    void clipSearchFollowsTheOutputError()
    {
        at::Tensor w = randomTensor({ 16, 64 }, 38);
        w.select(1, 3).mul_(1.9); // maxima just above a power of two's threshold
        const at::Tensor h = randomMoments(1, 64, 39)[0];
        const kernels::QuantSpec spec = *quant::makeQuantizer("mxfp4", { "ceil", "even" }).spec;
        const at::Tensor clipped = searchedClip(w, h, spec, {}, [] {});
        const at::Tensor grams = h.clone();
        grams.narrow(0, 0, 32).narrow(1, 32, 32).zero_(); // the search looks at blocks
        grams.narrow(0, 32, 32).narrow(1, 0, 32).zero_();
        QVERIFY(objective(w, nearest(clipped, spec), grams)
                < objective(w, nearest(w, spec), grams));
        QVERIFY((clipped.abs() <= w.abs() + 1e-7).all().item<bool>());
    }

    void asymmetricTarget()
    {
        const at::Tensor w = randomTensor({ 24, 64 }, 40);
        const at::Tensor x = randomTensor({ 512, 64 }, 41, at::kDouble)
            * (2 * randomTensor({ 1, 64 }, 42, at::kDouble)).exp();
        at::Tensor mix = at::eye(64, at::kDouble);
        mix.add_(0.05 * randomTensor({ 64, 64 }, 43, at::kDouble)); // a systematic error
        const at::Tensor xq =
            at::matmul(x, mix) + 0.02 * randomTensor({ 512, 64 }, 44, at::kDouble);
        const auto moments = [](const at::Tensor &exact, const at::Tensor &quantized) {
            const double n = double(exact.size(0));
            return PairedMoments { at::mm(quantized.t(), quantized) / n,
                                   at::mm(exact.t(), quantized) / n };
        };
        const PairedMoments fit = moments(x.narrow(0, 0, 448), xq.narrow(0, 0, 448));
        const PairedMoments heldOut = moments(x.narrow(0, 448, 64), xq.narrow(0, 448, 64));
        const auto error = [&](const at::Tensor &target) {
            return (at::linear(x, w.to(at::kDouble)) - at::linear(xq, target.to(at::kDouble)))
                .norm()
                .item<double>();
        };
        std::vector<std::string> warnings;
        const RoundHooks hooks { [] {},
                                 [&](std::string_view text) { warnings.emplace_back(text); } };
        const at::Tensor quarter =
            AsymmetricTarget(fit, heldOut, { 0.25, 0.01, 0.5 }, hooks).of(w, "q");
        const at::Tensor whole = AsymmetricTarget(fit, heldOut, { 1.0, 0.01, 5 }, hooks).of(w, "q");
        QVERIFY(warnings.empty());
        QVERIFY(error(whole) < error(quarter));
        QVERIFY(error(quarter) < error(w));
        // x = xq: the plain weight, silently.
        const PairedMoments same = moments(xq, xq);
        QVERIFY(at::equal(AsymmetricTarget(same, same, {}, hooks).of(w, "q"), w));
        QVERIFY(warnings.empty());
        // Held-out text that says the opposite, and a correction that is too long: plain, with a
        // reason.
        const PairedMoments opposite { heldOut.second, 2 * heldOut.second - heldOut.cross };
        QVERIFY(at::equal(AsymmetricTarget(fit, opposite, {}, hooks).of(w, "up"), w));
        QVERIFY(
            at::equal(AsymmetricTarget(fit, heldOut, { 1.0, 0.01, 1e-3 }, hooks).of(w, "down"), w));
        QCOMPARE(warnings.size(), std::size_t { 2 });
        QVERIFY(warnings[0].find("held-out") != std::string::npos);
        QVERIFY(warnings[1].find("limit") != std::string::npos);
    }

    void learnedOffsetsStartAtTheirStart_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : { "rtn", "gptq", "babai" })
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void learnedOffsetsStartAtTheirStart()
    {
        QFETCH(QString, kind);
        const at::Tensor w = randomTensor({ 16, 64 }, 45);
        const at::Tensor common = randomTensor({ 64, 4 }, 46, at::kDouble); // inputs go together
        const at::Tensor h = at::mm(common, common.t()) + 0.3 * at::eye(64, at::kDouble);
        const auto rounding = makeRounding(roundParameters({ { "kind", kind.toStdString() } }), {});
        rounding->prepare(h, 32);
        const RoundResult r = rounding->round({ w, w, {} });
        LinearSolution s;
        s.format = kernels::QuantSpec {};
        s.scales = r.scales;
        s.codes = packedNibbles(r.codes);
        LearnedWeight learned(s, r.updated);
        learned.update();
        QVERIFY(at::equal(learned.values(), s.values()));
        QVERIFY(at::equal(learned.scales(), s.scales));
        if (kind != "rtn")
            return; // compensated codes are hard to better by signs alone
        // Signed steps on the true objective lower it.
        const double before = objective(w, learned.values(), h);
        double least = before;
        for (int i = 0; i < 60; ++i) {
            const at::Tensor d = (learned.values() - w).to(at::kDouble);
            learned.step(at::matmul(d, h).to(at::kFloat), float(0.01 * (1 - i / 60.0)), true);
            learned.update();
            least = std::min(least, objective(w, learned.values(), h));
        }
        QVERIFY(learned.offsets.abs().max().item<float>() <= 0.5F);
        QVERIFY(learned.shares.min().item<float>() >= 0.5F);
        QVERIFY2(least < before, qPrintable(QString::number(least / before)));
    }

    void lazyBlocksDoNotChangeTheResult()
    {
        const at::Tensor w = randomTensor({ 8, 128 }, 3);
        const at::Tensor h = randomMoments(1, 128, 4)[0];
        const GptqResult whole =
            roundWith(w, h, settingsOf(0.01, 128, ColumnOrder::activation), {});
        const GptqResult lazy = roundWith(w, h, settingsOf(0.01, 16, ColumnOrder::activation), {});
        QVERIFY((whole.values - lazy.values).abs().gt(1e-6).sum().item<std::int64_t>()
                <= 4); // a sum order at a tie
    }

    void codesDecodeToTheValues_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("rule");
        for (const char *format : { "mxfp4", "mxfp8-e4m3", "mxfp6-e2m3", "mxint8" })
            QTest::addRow("%s", format) << QString::fromLatin1(format) << QStringLiteral("floor");
        QTest::addRow("mxfp4 uos") << QStringLiteral("mxfp4") << QStringLiteral("uos");
        QTest::addRow("mxfp4 prescale") << QStringLiteral("mxfp4") << QStringLiteral("prescale");
    }
    void codesDecodeToTheValues()
    {
        QFETCH(QString, format);
        QFETCH(QString, rule);
        RecipeSettings settings;
        settings.scaleRule = rule.toStdString();
        const kernels::QuantSpec spec = *quant::makeQuantizer(format.toStdString(), settings).spec;
        const at::Tensor w = randomTensor({ 12, 64 }, 7);
        const GptqResult r = roundWith(w, randomMoments(1, 64, 8)[0], {}, spec);
        LinearSolution s;
        s.format = spec;
        s.scales = r.scales;
        s.codes = encodeOnGrid(r.values, r.scales, spec);
        if (spec.format == kernels::Format::mxfp4)
            s.codes = packedNibbles(s.codes);
        const at::Tensor decoded = s.weight(at::kFloat) / s.epilogue();
        QVERIFY((decoded - r.values).abs().max().item<double>() < 1e-6);
        // In bf16 the values times the epilogue are exact (DESIGN.md 5).
        QVERIFY(at::equal(s.weight(at::kBFloat16).to(at::kFloat), s.weight(at::kFloat)));
    }

    void deadColumnsAndIndefiniteHessians()
    {
        const at::Tensor w = randomTensor({ 4, 64 }, 9);
        at::Tensor h = randomMoments(1, 64, 10)[0];
        h.select(0, 5).zero_();
        h.select(1, 5).zero_();
        const GptqResult r = roundWith(w, h, {}, {});
        QCOMPARE(r.values.select(1, 5).abs().max().item<float>(), 0.0F);
        const at::Tensor rank1 = at::ones({ 64, 64 }, at::kDouble);
        QVERIFY(at::isfinite(roundWith(w, rank1, {}, {}).values).all().item<bool>());
        // As much damping as the parameter allows is taken as it is; NaN ends at any.
        for (const double damp : { 0.01, 10.0 }) {
            const GptqSettings settings = settingsOf(damp, 128, ColumnOrder::natural);
            QCOMPARE(gptqFactor(rank1, settings, [] {}).damp, damp);
            QVERIFY_EXCEPTION_THROWN(
                (void)gptqFactor(at::full({ 64, 64 }, NAN, at::kDouble), settings, [] {}),
                Exception);
        }
    }

    void factorIsTheInverseCholesky()
    {
        const at::Tensor h = randomMoments(1, 48, 12)[0];
        GptqSettings settings;
        settings.damp = 0.0;
        settings.order = ColumnOrder::natural;
        const GptqFactor f = gptqFactor(h, settings, [] {});
        const at::Tensor u = f.upper.to(at::kDouble);
        QVERIFY(test::relative(at::matmul(u.t(), u), at::linalg_inv(h)) < 1e-4);
    }

    void cancelReachesTheFactorization()
    {
        int calls = 0;
        const auto cancel = [&] {
            if (++calls > 1)
                throw Exception({ ErrorCode::cancelled, "stopped", {}, {} });
        };
        QVERIFY_EXCEPTION_THROWN((void)gptqFactor(randomMoments(1, 64, 13)[0], {}, cancel),
                                 Exception);
    }

    void adamwFollowsTheDefinition()
    {
        std::vector<float> p { 1.0F, -2.0F };
        AdamW optimizer(2);
        optimizer.weightDecay = 0.1;
        const float g[] = { 0.5F, -0.25F };
        optimizer.update(p.data(), g, { 1.0F, 10.0F }, 0.01, 0);
        // First step: m/c1 = g, v/c2 = g^2, so the update is sign(g).
        QVERIFY(std::abs(p[0] - (1.0 * (1 - 0.001) - 0.01)) < 1e-6);
        QVERIFY(std::abs(p[1] - (-2.0 * (1 - 0.01) + 0.1)) < 1e-6);
        QCOMPARE(cosine(0, 10, 0.1), 1.0);
        QVERIFY(std::abs(cosine(10, 10, 0.1) - 0.1) < 1e-12);
    }
};

QTEST_GUILESS_MAIN(RoundingTest)
#include "tst_rounding.moc"
