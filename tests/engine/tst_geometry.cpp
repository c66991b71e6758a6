// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/permutation.h"
#include "core/engine/calib/rotate.h"
#include "core/engine/calib/site_transform.h"
#include "core/engine/quant/kronecker.h"
#include "core/engine/transform/closed_form.h"
#include "core/engine/transform/greedy_rotation.h"
#include "core/engine/variant/variant.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <QTest>

using namespace batlab;
using test::Model;
using test::TinyModelOptions;
using transform::GpkFactors;

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
            { 1152, 2320, 157e3, 640, 27.6e3, 36864, 73.7e3, 5.76e3 },
            { 2560, 5696, 532e3, 1344, 61.4e3, 81920, 164e3, 12.8e3 },
            { 3584, 7232, 860e3, 1856, 86.0e3, 114688, 229e3, 17.9e3 },
            { 4096, 8192, 1.05e6, 2112, 98.3e3, 131072, 262e3, 20.5e3 },
            { 4320, 8784, 1.14e6, 2224, 104e3, 138240, 276e3, 21.6e3 },
            { 4608, 9280, 1.25e6, 2368, 111e3, 147456, 295e3, 23.0e3 },
            { 12288, 25600, 5.51e6, 6208, 295e3, 393216, 786e3, 61.4e3 },
            { 14336, 28928, 6.88e6, 7232, 344e3, 458752, 918e3, 71.7e3 },
            { 18944, 38288, 10.5e6, 9536, 455e3, 606208, 1.21e6, 94.7e3 },
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
        // Nine heads have no Hadamard matrix: the one in its place is multiplied out.
        s.factors =
            transform::kroneckerFactors(transform::flatOrthogonal(9), at::eye(64, at::kDouble));
        QVERIFY(std::abs(s.flopPerToken(576) - 576 * 18) < 1e-6);
    }
};

QTEST_GUILESS_MAIN(GeometryTest)
#include "tst_geometry.moc"
