// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/adamw.h"
#include "core/engine/calib/gptq.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/variant/layer_solution.h"
#include "tests/engine/random_tensor.h"

#include <QTest>

using namespace batlab;
using namespace batlab::calib;
using batlab::test::randomMoments;
using batlab::test::randomTensor;

namespace {

struct Rounded
{
    at::Tensor scales, values;
};

Rounded roundWith(const at::Tensor &w, const at::Tensor &h, const GptqSettings &settings,
                  const kernels::QuantSpec &spec)
{
    Rounded r;
    r.scales = at::empty({ w.size(0), w.size(1) / kernels::blockSize(spec.format) }, at::kByte);
    kernels::cpu().blockScales(quant::view(w), spec, r.scales.data_ptr<std::uint8_t>(),
                               quant::exec());
    const auto nothing = [] {};
    r.values = gptqRound(w, gptqFactor(h, settings, nothing), scaleValues(r.scales, spec), spec,
                         settings, nothing);
    return r;
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

private Q_SLOTS:
    void identityHessianIsRoundToNearest()
    {
        const at::Tensor w = randomTensor({ 24, 96 }, 1);
        for (const bool order : { true, false }) {
            const Rounded r = roundWith(w, at::eye(96, at::kDouble), { 0.01, 32, order }, {});
            QVERIFY(at::equal(r.values, nearest(w, {})));
        }
    }

    void neverWorseThanRoundToNearest() // tr(dW H dW^T) on 100 random cases (methods.md 7, item 8)
    {
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            const at::Tensor w = randomTensor({ 16, 64 }, seed);
            const at::Tensor h = randomMoments(1, 64, 1000 + seed)[0];
            const Rounded r = roundWith(w, h, { 0.01, 32, seed % 2 == 0 }, {});
            QVERIFY2(objective(w, r.values, h) <= objective(w, nearest(w, {}), h) * (1 + 1e-6),
                     qPrintable(QString::number(seed)));
        }
    }

    void lazyBlocksDoNotChangeTheResult()
    {
        const at::Tensor w = randomTensor({ 8, 128 }, 3);
        const at::Tensor h = randomMoments(1, 128, 4)[0];
        const Rounded whole = roundWith(w, h, { 0.01, 128, true }, {});
        const Rounded lazy = roundWith(w, h, { 0.01, 16, true }, {});
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
        const Rounded r = roundWith(w, randomMoments(1, 64, 8)[0], {}, spec);
        LinearSolution s;
        s.format = spec;
        s.scales = r.scales;
        s.codes = encodeOnGrid(r.values, r.scales, spec);
        if (spec.format == kernels::Format::mxfp4) {
            const at::Tensor pairs = s.codes.view({ 12, -1, 2 });
            s.codes = at::bitwise_or(pairs.select(2, 0), pairs.select(2, 1) * 16).contiguous();
        }
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
        const Rounded r = roundWith(w, h, {}, {});
        QCOMPARE(r.values.select(1, 5).abs().max().item<float>(), 0.0F);
        const at::Tensor rank1 = at::ones({ 64, 64 }, at::kDouble);
        QVERIFY(at::isfinite(roundWith(w, rank1, {}, {}).values).all().item<bool>());
        QVERIFY_EXCEPTION_THROWN(
            (void)gptqFactor(at::full({ 64, 64 }, NAN, at::kDouble), {}, [] {}), Exception);
    }

    void factorIsTheInverseCholesky()
    {
        const at::Tensor h = randomMoments(1, 48, 12)[0];
        GptqSettings settings;
        settings.damp = 0.0;
        settings.activationOrder = false;
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
