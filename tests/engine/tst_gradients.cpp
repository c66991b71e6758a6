// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/fake_quant.h"
#include "core/engine/transform/gpk.h"
#include "tests/engine/random_tensor.h"

#include <ATen/core/grad_mode.h>

#include <QTest>

#include <functional>

using namespace batlab;
using batlab::test::randomTensor;
using batlab::test::relative;

namespace {

constexpr int kTokens = 9;
constexpr int kBlocks = 3;
constexpr int kWidth = 32 * kBlocks;

/// The same computation in ATen only, with the straight-through estimator written by detach():
/// value of the quantizer, gradient of the clamp (and of the scale, if asked).
at::Tensor reference(const at::Tensor &x, const at::Tensor &a, const at::Tensor &b,
                     const at::Tensor &lo, const at::Tensor &hi, bool scaleGradient)
{
    const at::Tensor blocks = x.view({ -1, b.size(0), b.size(1), a.size(0) });
    at::Tensor y =
        at::matmul(b.transpose(-1, -2), at::matmul(blocks, a)).reshape({ -1, kBlocks, 32 });
    if (lo.defined()) {
        const at::Tensor low = y.amin(-1, true).clamp_max(0) * lo.view({ 1, -1, 1 });
        const at::Tensor high = y.amax(-1, true).clamp_min(0) * hi.view({ 1, -1, 1 });
        y = at::maximum(at::minimum(y, high), low);
    }
    // UOS: e = floor(log2 amax) + [m > 1.8125] - 2
    const at::Tensor peak = y.detach().abs().amax(-1, true);
    const at::Tensor exponent = peak.log2().floor();
    const at::Tensor up = (peak / exponent.exp2() > 1.8125).to(y.scalar_type());
    const at::Tensor scaleValue = (exponent + up - 2).exp2();
    const at::Tensor code = [&] { // nearest E2M1 value of y/s by distance
        const at::Tensor grid =
            at::tensor({ -6., -4., -3., -2., -1.5, -1., -.5, 0., .5, 1., 1.5, 2., 3., 4., 6. })
                .to(y.scalar_type());
        const at::Tensor d = (y.detach() / scaleValue).unsqueeze(-1) - grid;
        return grid.index_select(0, d.abs().argmin(-1).view({ -1 })).view_as(y);
    }();
    const at::Tensor inside = ((y.detach() / scaleValue).abs() <= 6).to(y.scalar_type());
    at::Tensor out = (code * scaleValue).detach() + inside * (y - y.detach());
    if (scaleGradient) { // ds = s/amax * d|x_max|; dL/ds = sum g (c - inside x/s)
        const at::Tensor live = y.abs().amax(-1, true);
        const at::Tensor s = scaleValue * (1 + (live - live.detach()) / peak);
        out = out + (code - inside * (y.detach() / scaleValue)) * (s - s.detach());
    }
    return out.reshape(x.sizes());
}

struct Inputs
{
    at::Tensor x, a, b, lo, hi;
};

Inputs inputs(int g1, int g2, bool clip)
{
    Inputs in;
    in.x = randomTensor({ kTokens, kWidth }, 1) * 3;
    in.a = at::eye(g1) + 0.3 * randomTensor({ g1, g1 }, 2);
    in.b = at::eye(g2).unsqueeze(0) + 0.3 * randomTensor({ kWidth / (g1 * g2), g2, g2 }, 3);
    if (clip) {
        in.lo = 0.75 + 0.2 * randomTensor({ kBlocks }, 4);
        in.hi = 0.75 + 0.2 * randomTensor({ kBlocks }, 5);
    }
    return in;
}

quant::Quantizer uos(bool scaleGradient)
{
    quant::Quantizer q = quant::makeQuantizer("mxfp4", RecipeSettings {});
    q.ste = { true, scaleGradient };
    return q;
}

std::vector<at::Tensor> gradients(const std::function<at::Tensor(const Inputs &)> &f,
                                  const Inputs &in)
{
    Inputs leaf = in;
    std::vector<at::Tensor *> all { &leaf.x, &leaf.a, &leaf.b };
    if (in.lo.defined())
        all.insert(all.end(), { &leaf.lo, &leaf.hi });
    const at::AutoGradMode on(true);
    for (at::Tensor *t : all)
        *t = t->detach().clone().requires_grad_(true);
    const at::Tensor y = f(leaf);
    (y.to(at::kFloat) * randomTensor(y.sizes(), 99)).sum().backward();
    std::vector<at::Tensor> out;
    for (at::Tensor *t : all)
        out.push_back(t->grad());
    return out;
}

} // namespace

class GradientsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fusedMatchesAutograd_data()
    {
        QTest::addColumn<int>("g1");
        QTest::addColumn<int>("g2");
        QTest::addColumn<bool>("clip");
        QTest::addColumn<bool>("scaleGradient");
        for (const auto &[g1, g2] : std::vector<std::pair<int, int>> {
                 { 8, 4 }, { 4, 8 }, { 1, 32 }, { 32, 1 }, { 16, 2 }, { 2, 16 } })
            for (const bool clip : { false, true })
                for (const bool scaleGradient : { false, true })
                    QTest::addRow("%dx%d clip %d scale %d", g1, g2, clip, scaleGradient)
                        << g1 << g2 << clip << scaleGradient;
    }
    void fusedMatchesAutograd()
    {
        QFETCH(int, g1);
        QFETCH(int, g2);
        QFETCH(bool, clip);
        QFETCH(bool, scaleGradient);
        const Inputs in = inputs(g1, g2, clip);
        const quant::Quantizer q = uos(scaleGradient);
        const auto fused = gradients(
            [&](const Inputs &i) {
                return quant::gpkFakeQuantize(i.x, i.a, i.b, { i.lo, i.hi }, q, at::kFloat);
            },
            in);
        const auto expected = gradients(
            [&](const Inputs &i) { return reference(i.x, i.a, i.b, i.lo, i.hi, scaleGradient); },
            in);
        const at::NoGradGuard guard;
        QVERIFY(relative(quant::gpkFakeQuantize(in.x, in.a, in.b, { in.lo, in.hi }, q, at::kFloat),
                         reference(in.x, in.a, in.b, in.lo, in.hi, scaleGradient))
                < 1e-5);
        const char *names[] = { "x", "a", "b", "lo", "hi" };
        for (std::size_t i = 0; i < fused.size(); ++i) {
            const double error = relative(fused[i], expected[i]);
            QVERIFY2(error <= 1e-3,
                     qPrintable(QStringLiteral("d%1: relative error %2")
                                    .arg(QLatin1String(names[i]))
                                    .arg(error)));
        }
    }

    void transformMatchesFiniteDifferences()
    {
        const Inputs in = inputs(8, 4, false);
        const auto f = [](const Inputs &i) {
            return quant::gpkTransform(i.x, i.a, i.b, at::kFloat);
        };
        const auto grads = gradients(f, in);
        const at::Tensor weight = randomTensor({ kTokens, kWidth }, 99).to(at::kDouble);
        const auto loss = [&](const Inputs &i) { // in double through the dense matrix
            const at::Tensor p = transform::dense({ i.a.to(at::kDouble), i.b.to(at::kDouble) });
            return (transform::applyFactors(i.x.to(at::kDouble),
                                            { at::ones({ 1, 1 }, at::kDouble), p })
                    * weight)
                .sum()
                .item<double>();
        };
        const double h = 1e-5;
        const auto check = [&](at::Tensor Inputs::*member, const at::Tensor &gradient) {
            for (const std::int64_t at : { 0, 5, 17, 31 }) {
                Inputs plus = in;
                Inputs minus = in;
                plus.*member = (in.*member).to(at::kDouble).clone();
                minus.*member = (in.*member).to(at::kDouble).clone();
                (plus.*member).view({ -1 })[at] += h;
                (minus.*member).view({ -1 })[at] -= h;
                const double slope = (loss(plus) - loss(minus)) / (2 * h);
                const double got = gradient.view({ -1 })[at].item<double>();
                QVERIFY2(std::abs(got - slope) <= 1e-3 * std::max(1.0, std::abs(slope)),
                         qPrintable(QStringLiteral("%1 vs %2").arg(got).arg(slope)));
            }
        };
        check(&Inputs::x, grads[0]);
        check(&Inputs::a, grads[1]);
        check(&Inputs::b, grads[2]);
    }

    void inverseCarriesGradients() // d of x P P^-1 w.r.t. P vanishes: both sides of the linear see
                                   // the same parameters
    {
        const Inputs in = inputs(8, 4, false);
        const auto grads = gradients(
            [](const Inputs &i) {
                const transform::GpkFactors inverse = transform::inverseTransposed({ i.a, i.b });
                const at::Tensor w = at::eye(kWidth) + 0.1 * at::ones({ kWidth, kWidth });
                return at::linear(quant::gpkTransform(i.x, i.a, i.b, at::kFloat),
                                  quant::gpkTransform(w, inverse.a, inverse.b, at::kFloat));
            },
            in);
        QVERIFY(grads[1].abs().max().item<double>() < 2e-3);
        QVERIFY(grads[2].abs().max().item<double>() < 2e-3);
        QVERIFY(grads[0].abs().max().item<double>() > 0.1);
    }

    void weightClipPerRow()
    {
        const Inputs in = inputs(8, 4, false);
        const quant::Quantizer q = uos(false);
        const at::Tensor ratio = 0.7 + 0.2 * randomTensor({ kTokens, 1 }, 8);
        Inputs rows = in;
        rows.lo = ratio;
        rows.hi = ratio;
        const auto grads = gradients(
            [&](const Inputs &i) {
                return quant::fakeQuantize(i.x, { i.lo, i.hi }, q, at::kFloat) + 0 * i.a.sum()
                    + 0 * i.b.sum();
            },
            rows);
        QCOMPARE(grads[3].sizes().vec(), (std::vector<std::int64_t> { kTokens, 1 }));
        QVERIFY(grads[3].abs().sum().item<double>() > 0);
    }

    void meanSquaredErrorMatches()
    {
        const at::AutoGradMode on(true);
        at::Tensor x = randomTensor({ 50, 100 }, 1).requires_grad_(true);
        const at::Tensor y = randomTensor({ 50, 100 }, 2);
        quant::meanSquaredError(x, y).backward();
        const at::Tensor expected = 2 * (x.detach() - y) / 5000.0;
        QVERIFY(relative(x.grad(), expected) < 1e-6);
        const at::NoGradGuard guard;
        QVERIFY(std::abs(quant::meanSquaredError(x, y).item<double>()
                         - (x - y).square().mean().item<double>())
                < 1e-6);
    }
};

QTEST_GUILESS_MAIN(GradientsTest)
#include "tst_gradients.moc"
