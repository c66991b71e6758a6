// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/trained_values.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/transform/closed_form.h"
#include "tests/engine/random_tensor.h"

#include <ATen/core/grad_mode.h>

#include <QTest>

using namespace batlab;
using namespace batlab::transform;
using batlab::test::randomMoments;
using batlab::test::randomTensor;
using batlab::test::relative;

class TransformsTest : public QObject
{
    Q_OBJECT

    static at::Tensor kron(const at::Tensor &b, const at::Tensor &a) { return at::kron(b, a); }

private Q_SLOTS:
    void hadamardFactorsGiveTheBlockHadamard()
    {
        const GpkFactors p = hadamardFactors(8, 4, 3);
        QVERIFY((dense(p)[1] - hadamard(32)).abs().max().item<double>() < 1e-15);
        QVERIFY((at::matmul(hadamard(64), hadamard(64)) - at::eye(64, at::kDouble))
                    .abs()
                    .max()
                    .item<double>()
                < 1e-14);
    }

    void parameterCounts() // methods.md 2.11.2, n = 4096
    {
        const std::vector<std::tuple<int, int, std::int64_t>> rows {
            { 1, 32, 131073 }, { 2, 16, 32772 }, { 4, 8, 8208 },
            { 8, 4, 2112 },    { 16, 2, 768 },   { 32, 1, 1152 }
        };
        for (const auto &[g1, g2, count] : rows)
            QCOMPARE(identityFactors(g1, g2, 128).parameters(), count);
        // Naive Kronecker products, both factors private to a block: what sharing A saves.
        QCOMPARE(128 * identityFactors(8, 4, 1).parameters(), std::int64_t { 10240 });
    }

    void denseMatchesKronAndInverseUndoesIt()
    {
        for (const auto &[g1, g2] : std::vector<std::pair<int, int>> {
                 { 8, 4 }, { 4, 8 }, { 1, 32 }, { 32, 1 }, { 2, 16 }, { 8, 2 }, { 8, 16 } }) {
            const GpkFactors p {
                randomTensor({ g1, g1 }, 1, at::kDouble) + 2 * at::eye(g1, at::kDouble),
                randomTensor({ 5, g2, g2 }, 2, at::kDouble) + 2 * at::eye(g2, at::kDouble)
            };
            const at::Tensor d = dense(p);
            QVERIFY((d[3] - kron(p.b[3], p.a)).abs().max().item<double>() < 1e-14);
            const std::int64_t n = 5 * g1 * g2;
            const at::Tensor x = randomTensor({ 7, n }, 3, at::kDouble);
            const at::Tensor w = randomTensor({ 11, n }, 4, at::kDouble);
            const at::Tensor y =
                at::matmul(applyFactors(x, p), applyFactors(w, inverseTransposed(p)).t());
            QVERIFY(relative(y, at::matmul(x, w.t())) < 1e-12);
            const at::Tensor full = at::block_diag({ d[0], d[1], d[2], d[3], d[4] });
            const at::Tensor expected = at::matmul(x, full);
            QVERIFY(relative(applyFactors(x, p), expected) < 1e-13);
            QVERIFY(relative(quant::gpkTransform(x, p.a, p.b, at::kDouble), expected) < 1e-13);
            QVERIFY(relative(quant::gpkTransform(x.to(at::kFloat), p.a.to(at::kFloat),
                                                 p.b.to(at::kFloat), at::kFloat),
                             expected)
                    < 1e-6);
        }
    }

    /// methods.md 7.5 in what runs: numbers, factors and both products in bf16, the inverse of the
    /// rounded factors in fp64.
    void bothSidesCancelInBf16()
    {
        for (const auto &[g1, g2] : std::vector<std::pair<int, int>> { { 8, 4 }, { 1, 32 } }) {
            const std::int64_t k = 4, n = k * g1 * g2;
            const GpkFactors start = randomOrthogonalFactors(g1, g2, k, 21);
            const GpkFactors p =
                deployed({ start.a + 0.1 * randomTensor(start.a.sizes(), 22, at::kDouble),
                           start.b + 0.1 * randomTensor(start.b.sizes(), 23, at::kDouble) });
            const GpkFactors inverse =
                inverseTransposed({ p.a.to(at::kDouble), p.b.to(at::kDouble) });
            const at::Tensor x = randomTensor({ 64, n }, 24).to(at::kBFloat16);
            const at::Tensor w = randomTensor({ 48, n }, 25).to(at::kBFloat16);
            const at::Tensor turned = quant::gpkTransform(x, p.a, p.b, at::kBFloat16);
            const at::Tensor fused = applyFactors(w.to(at::kDouble), inverse).to(at::kBFloat16);
            const double error = relative(at::matmul(turned, fused.t()),
                                          at::matmul(x.to(at::kDouble), w.to(at::kDouble).t()));
            QVERIFY2(error < 1e-2 && error > 1e-5, qPrintable(QString::number(error)));
        }
    }

    /// methods.md 7.10: Cayley's map gives rotations however far 1000 steps carry its free values.
    void trainedFactorsStayOrthogonal()
    {
        calib::Parameters parameters;
        const GpkFactors start = randomOrthogonalFactors(8, 4, 6, 31);
        const calib::TrainedFactor a(parameters, start.a, calib::FactorForm::orthogonal, 0);
        const calib::TrainedFactor b(parameters, start.b, calib::FactorForm::orthogonal, 0);
        parameters.seal();
        const auto off = [](const at::Tensor &m) {
            const at::Tensor wide = m.detach().to(at::kDouble);
            return (at::matmul(wide, wide.transpose(-1, -2)) - at::eye(wide.size(-1), at::kDouble))
                .abs()
                .max()
                .item<double>();
        };
        const at::Tensor aimA = randomTensor({ 8, 8 }, 32), aimB = randomTensor({ 6, 4, 4 }, 33);
        const auto loss = [&] {
            return (a.matrix(parameters) * aimA).sum() + (b.matrix(parameters) * aimB).sum();
        };
        const double first = loss().item<double>();
        double worst = 0;
        for (int i = 0; i < 1000; ++i) {
            parameters.flat().mutable_grad() = at::Tensor();
            loss().backward();
            const at::NoGradGuard guard;
            parameters.flat().sub_(parameters.flat().grad().sign(), 2e-3);
            worst = std::max({ worst, off(a.matrix(parameters)), off(b.matrix(parameters)) });
        }
        QVERIFY2(worst < 1e-6, qPrintable(QString::number(worst)));
        QVERIFY(loss().item<double>() < first - 1);
    }

    void congruenceMatchesTheFullMatrix()
    {
        const GpkFactors p { randomTensor({ 8, 8 }, 5, at::kDouble),
                             randomTensor({ 2, 4, 4 }, 6, at::kDouble) };
        const at::Tensor d = dense(p);
        const at::Tensor full = at::block_diag({ d[0], d[1] });
        const at::Tensor h = randomMoments(1, 64, 7)[0];
        QVERIFY(relative(congruence(h, p), at::matmul(at::matmul(full.t(), h), full)) < 1e-12);
    }

    void geometricMeanSolvesItsEquation() // M A M = B up to scale and damping (methods.md 2.10)
    {
        const at::Tensor a = randomMoments(3, 16, 11);
        const at::Tensor b = randomMoments(3, 16, 21);
        const at::Tensor m = geometricMeans(a, b);
        QVERIFY((at::linalg_det(m) - 1).abs().max().item<double>() < 1e-8);
        const auto damped = [](const at::Tensor &t) {
            return t
                + kMomentDamping * at::diagonal(t, 0, 1, 2).mean(-1, true).unsqueeze(-1)
                * at::eye(t.size(-1), at::kDouble);
        };
        const at::Tensor left = at::matmul(at::matmul(m, damped(a)), m);
        for (int i = 0; i < 3; ++i) {
            const at::Tensor target = damped(b)[i];
            QVERIFY(relative(left[i] / left[i].norm(), target / target.norm()) < 1e-8);
        }
    }

    void denseClosedFormBalancesBothSides() // P^T A P proportional to P^-1 B P^-T, flat diagonal
    {
        const at::Tensor a = randomMoments(2, 32, 31);
        const at::Tensor b = randomMoments(2, 32, 41);
        const at::Tensor p = dense(closedFormFactors(a, b, 1, 32));
        const at::Tensor inverse = at::linalg_inv(p);
        for (int i = 0; i < 2; ++i) {
            at::Tensor left = at::matmul(at::matmul(p[i].t(), a[i]), p[i]);
            at::Tensor right = at::matmul(at::matmul(inverse[i], b[i]), inverse[i].t());
            left = left / left.norm();
            right = right / right.norm();
            QVERIFY(relative(left, right)
                    < 0.1); // 1 % damping makes the sides differ slightly by design
            const at::Tensor diagonal = left.diagonal();
            QVERIFY((diagonal.max() / diagonal.min()).item<double>() < 1.2);
        }
    }

    void kroneckerFitIsExactOnKroneckerMoments()
    {
        // A = I and B = (Bi (x) Ab)^2 make M = Bi (x) Ab: nothing is lost in the fit.
        const at::Tensor ab = randomMoments(1, 8, 51)[0] + 0.5 * at::eye(8, at::kDouble);
        const at::Tensor bi = randomMoments(3, 4, 61) + 0.5 * at::eye(4, at::kDouble);
        std::vector<at::Tensor> blocks;
        for (int i = 0; i < 3; ++i) {
            const at::Tensor m = at::kron(bi[i], ab);
            blocks.push_back(at::matmul(m, m));
        }
        const at::Tensor a = at::eye(32, at::kDouble).unsqueeze(0).repeat({ 3, 1, 1 });
        const at::Tensor p = dense(closedFormFactors(a, at::stack(blocks), 8, 4));
        for (int i = 0; i < 3; ++i) {
            const at::Tensor got = at::matmul(p[i], p[i].t()); // M^1/2 H H^T M^1/2
            const at::Tensor m = at::kron(bi[i], ab);
            QVERIFY(relative(got / got.norm(), m / m.norm()) < 0.06); // the damping of B
        }
    }

    /// d = 1/s, s = max|x|^alpha / max|w|^(1 - alpha), neither maximum below 1e-5 (methods.md 2.2).
    void smoothQuantDiagonalFollowsTheFormula()
    {
        const std::vector<double> x { 2, 8, 0, 1 }, w { 1, 0.5, 4, 0 };
        for (const double alpha : { 0.6, 0.3 }) {
            const at::Tensor d = smoothQuantDiagonal(at::tensor(x), at::tensor(w), alpha, 4);
            double mean = 0;
            std::vector<double> logs;
            for (std::size_t j = 0; j < 4; ++j) {
                logs.push_back((1 - alpha) * std::log(std::max(w[j], 1e-5))
                               - alpha * std::log(std::max(x[j], 1e-5)));
                mean += logs.back() / 4;
            }
            for (std::size_t j = 0; j < 4; ++j)
                QVERIFY(std::abs(std::log(d[std::int64_t(j)].item<double>()) - (logs[j] - mean))
                        < 1e-6);
        }
        // Both halved, at alpha 0.6: s is 0.5^0.6 / 0.5^0.4 of the other.
        const at::Tensor pair =
            smoothQuantDiagonal(at::tensor({ 1.0, 0.5 }), at::tensor({ 1.0, 0.5 }), 0.6, 2);
        QVERIFY(std::abs(pair[1].item<double>() / pair[0].item<double>() - std::pow(2, 0.2))
                < 1e-6);
    }

    void balancedDiagonalBalances()
    {
        const at::Tensor a = randomTensor({ 64 }, 71, at::kDouble).exp() * 10;
        const at::Tensor b = randomTensor({ 64 }, 72, at::kDouble).exp();
        const at::Tensor d = balancedDiagonal(a, b, 0.25, 32);
        const at::Tensor ratio =
            (a * d.pow(2)) / (b / d.pow(2)); // constant within a block up to damping
        for (int i = 0; i < 2; ++i) {
            const at::Tensor r = ratio.narrow(0, 32 * i, 32);
            QVERIFY((r.max() / r.min()).item<double>() < 1.2);
            QVERIFY(std::abs(d.narrow(0, 32 * i, 32).log().mean().item<double>()) < 1e-12);
        }
    }

    void conditionCapHolds()
    {
        const GpkFactors p {
            at::diag(at::tensor({ 100.0, 1.0, 1.0, 0.01, 1.0, 1.0, 1.0, 1.0 }).to(at::kDouble)),
            randomTensor({ 3, 4, 4 }, 81, at::kDouble)
        };
        QVERIFY(conditionNumber(p) > 1000);
        QVERIFY(conditionNumber(withConditionCap(p, 8)) <= 8 * (1 + 1e-9));
    }

    void randomOrthogonalIsOrthogonalAndSeeded()
    {
        const GpkFactors p = randomOrthogonalFactors(8, 4, 6, 5);
        QVERIFY((conditionNumber(p) - 1) < 1e-9);
        QVERIFY(at::equal(p.b, randomOrthogonalFactors(8, 4, 6, 5).b));
        QVERIFY(!at::equal(p.b, randomOrthogonalFactors(8, 4, 6, 6).b));
    }
};

QTEST_GUILESS_MAIN(TransformsTest)
#include "tst_transforms.moc"
