// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/device_adamw.h"
#include "core/engine/calib/statistics.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/integer_quant.h"
#include "core/engine/transform/inverses.h"
#include "core/engine/tune/device_divergence.h"
#include "core/engine/tune/divergence.h"
#include "core/engine/tune/learned_codes.h"
#include "tests/engine/device_under_test.h"
#include "tests/engine/random_tensor.h"
#include "tests/engine/spy_device.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

using namespace batlab;
using namespace batlab::test;

/// What a device computes in libtorch's operators or its own operations where the host has loops.
/// The spy and a GPU, as in tst_device.cpp.
class DeviceNumbersTest : public QObject
{
    Q_OBJECT

    std::optional<DeviceUnderTest> m_device;

private Q_SLOTS:
    void initTestCase()
    {
        at::set_num_threads(1); // matrices this small only wait for each other
        if (const std::string missing = findDevice(m_device); !missing.empty())
            QSKIP(missing.c_str());
    }

    /// Grids, codes and values bit for bit; gradients but for the order of sums.
    void integersEqualTheCpus_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("clip"); // 0 none, 1 one for all, 2 each row, 3 each group
        for (const char *format : { "int4", "int4-g128", "int4-sym", "int8" })
            for (const int clip : { 0, 1, 2, 3 })
                QTest::addRow("%s %d", format, clip) << QString::fromLatin1(format) << clip;
    }
    void integersEqualTheCpus()
    {
        QFETCH(QString, format);
        QFETCH(int, clip);
        const quant::Quantizer q = quant::makeQuantizer(format.toStdString(), {});
        QVERIFY(q.integer.has_value());
        at::Tensor x = randomTensor({ 24, 200 }, 3); // the last group of 128 is short
        x.select(0, 1).zero_();
        x.select(0, 2).abs_();
        x.select(0, 3).mul_(1e-30);
        x.select(0, 4).mul_(1e6);
        const std::int64_t groups =
            q.integer->group > 0 ? (200 + q.integer->group - 1) / q.integer->group : 1;
        const auto ratio = [&](std::uint64_t seed) {
            const at::Tensor all = clip == 1 ? randomTensor({ 1 }, seed)
                : clip == 2                  ? randomTensor({ 24, 1 }, seed)
                                             : randomTensor({ groups }, seed);
            return clip == 0 ? at::Tensor() : 0.7 + 0.1 * all;
        };
        const quant::ClipRatios ratios { ratio(5), ratio(6) };
        const at::Tensor y = x.to(m_device->place);
        const quant::ClipRatios there { quant::beside(ratios.lo, y), quant::beside(ratios.hi, y) };
        {
            at::Tensor holed = x.clone();
            holed[5][7] = std::nan("");
            const quant::IntegerGrid expected = quant::integerGrid(holed, ratios, *q.integer);
            const at::Tensor far = holed.to(m_device->place);
            const quant::IntegerGrid got = quant::integerGrid(far, there, *q.integer);
            QVERIFY(got.scales.device() == m_device->place);
            QVERIFY(at::equal(got.scales.cpu(), expected.scales));
            QVERIFY(at::equal(got.zeros.cpu(), expected.zeros));
            const at::Tensor codes = quant::integerCodes(holed, expected);
            QVERIFY(at::equal(quant::integerCodes(far, got).cpu(), codes));
            QVERIFY(at::equal(quant::integerValues(codes.to(m_device->place), got).cpu(),
                              quant::integerValues(codes, expected)));
        }
        for (const bool scaleGradient : { false, true }) {
            kernels::Ste ste;
            ste.mask = !scaleGradient;
            ste.scaleGradient = scaleGradient;
            const auto run = [&](const at::Tensor &in, const quant::ClipRatios &r) {
                std::vector<at::Tensor> leaves { in.clone().requires_grad_(true) };
                for (const at::Tensor &t : { r.lo, r.hi })
                    if (t.defined())
                        leaves.push_back(t.clone().requires_grad_(true));
                const at::AutoGradMode grad(true);
                const at::Tensor values = quant::integerFakeQuantize(
                    leaves[0],
                    r.active() ? quant::ClipRatios { leaves[1], leaves[2] } : quant::ClipRatios {},
                    *q.integer, ste, at::kFloat);
                (values * randomTensor({ 24, 200 }, 8).to(in.device())).sum().backward();
                std::vector<at::Tensor> out { values.detach().cpu() };
                for (const at::Tensor &leaf : leaves)
                    out.push_back(leaf.grad().cpu());
                return out;
            };
            const auto expected = run(x, ratios);
            const auto got = run(y, there);
            QVERIFY(at::equal(got[0], expected[0]));
            for (std::size_t i = 1; i < expected.size(); ++i) // some have no gradient at all
                QVERIFY2(at::equal(got[i], expected[i]) || relative(got[i], expected[i]) < 1e-6,
                         qPrintable(QString::number(relative(got[i], expected[i]))));
        }
    }

    void divergencesEqualTheCpus()
    {
        const at::Tensor t = 4 * randomTensor({ 9, 1500 }, 3);
        const at::Tensor s = 4 * randomTensor({ 9, 1500 }, 4);
        for (const double temperature : { 1.0, 2.5 }) {
            const tune::Divergence expected = tune::divergence(t, s, temperature);
            const tune::DeviceDivergence got =
                tune::deviceDivergence(t.to(m_device->place), s.to(m_device->place), temperature);
            QVERIFY(std::abs(got.sum.item<double>() - expected.sum) < 1e-5 * expected.sum);
            QVERIFY(relative(got.gradient.cpu(), expected.gradient) < 1e-5);
        }
        at::Tensor labels = at::arange(9, at::kLong) * 100;
        labels[4] = -1;
        const tune::Divergence expected = tune::crossEntropy(labels, s);
        const tune::DeviceDivergence got =
            tune::deviceCrossEntropy(labels.to(m_device->place), s.to(m_device->place));
        QVERIFY(std::abs(got.sum.item<double>() - expected.sum) < 1e-5 * expected.sum);
        QVERIFY(relative(got.gradient.cpu(), expected.gradient) < 1e-5);
    }

    /// Steps of learned codes. The host's kernels may contract a product and a sum: a bf16 mean on
    /// the edge then falls on the other side, which few offsets feel.
    void learnedCodesFollowTheCpus_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<bool>("narrow");
        QTest::addRow("mxfp4") << QStringLiteral("mxfp4") << false;
        QTest::addRow("mxfp4, bf16") << QStringLiteral("mxfp4") << true;
        QTest::addRow("nvfp4, bf16") << QStringLiteral("nvfp4") << true;
    }
    void learnedCodesFollowTheCpus()
    {
        QFETCH(QString, format);
        QFETCH(bool, narrow);
        RecipeSettings settings;
        settings.scaleRule = "even";
        quant::Quantizer q = quant::makeQuantizer(format.toStdString(), settings);
        const at::Tensor w = randomTensor({ 40, 96 }, 1);
        q = q.forTensor(w.abs().max().item<double>());
        LinearSolution solution;
        solution.format = q.spec;
        const std::int64_t block = kernels::blockSize(q.spec->format);
        solution.scales =
            at::full({ 40, 96 / block }, format == QStringLiteral("mxfp4") ? 125 : 110, at::kByte);
        const at::Tensor nibbles = (randomTensor({ 40, 96 }, 2) * 8 + 8).to(at::kByte);
        solution.codes = format == QStringLiteral("mxfp4") ? packedNibbles(nibbles) : nibbles;
        LinearSolution elsewhere = solution;
        elsewhere.codes = elsewhere.codes.to(m_device->place);
        elsewhere.scales = elsewhere.scales.to(m_device->place);
        const at::ScalarType type = narrow ? at::kBFloat16 : at::kFloat;
        tune::LearnedCodes here(solution);
        tune::LearnedCodes other(elsewhere);
        QVERIFY(at::equal(other.weight(type).cpu(), here.weight(type)));
        for (std::int64_t step = 0; step < 4; ++step) {
            at::Tensor g = randomTensor({ 40, 96 }, static_cast<std::uint64_t>(step) + 5).to(type);
            g.narrow(0, 0, 1).zero_(); // blocks that stand still
            here.step(g, { 0.3, 0.9, 0.95, step });
            other.step(g.to(m_device->place), { 0.3, 0.9, 0.95, step });
        }
        const auto expected = here.state("x");
        const auto got = other.state("x");
        std::size_t apart = 0;
        for (std::size_t i = 0; i < expected[1].bytes.size(); i += 2) {
            std::int16_t a = 0;
            std::int16_t b = 0;
            std::memcpy(&a, &expected[1].bytes[i], 2);
            std::memcpy(&b, &got[1].bytes[i], 2);
            QVERIFY(std::abs(a - b) <= 64); // of 16384 a step
            apart += a != b ? 1 : 0;
        }
        QVERIFY2(apart <= expected[1].bytes.size() / 2 / 100, qPrintable(QString::number(apart)));
        QVERIFY(here.moved() > 100);
        QVERIFY(std::abs(other.moved() - here.moved()) <= 2);
        here.store(solution);
        other.store(elsewhere);
        QVERIFY(at::sum(elsewhere.codes.cpu().ne(solution.codes)).item<std::int64_t>() <= 2);
        // A state goes from one to the other.
        Part part;
        part.tensors = expected;
        QVERIFY(other.restore(part, "x"));
        QVERIFY(at::equal(other.weight(type).cpu(), here.weight(type)));
        QVERIFY(other.state("x")[1].bytes == expected[1].bytes);
    }

    void inversesEqualTheCpus()
    {
        const at::Tensor a = at::eye(8, at::kFloat) + 0.1 * randomTensor({ 8, 8 }, 1);
        const at::Tensor b =
            at::eye(16, at::kFloat).repeat({ 5, 1, 1 }) + 0.05 * randomTensor({ 5, 16, 16 }, 2);
        const at::Tensor wide = at::eye(48, at::kFloat) + 0.02 * randomTensor({ 48, 48 }, 3);
        const auto results = [&](const at::Device &device) {
            std::vector<at::Tensor> leaves;
            for (const at::Tensor &t : { a, b, wide })
                leaves.push_back(t.to(device).clone().requires_grad_(true));
            const at::AutoGradMode grad(true);
            const auto inverses = transform::inversesTransposed(
                { { leaves[0], leaves[1] },
                  {},
                  { leaves[2], at::ones({ 1, 1, 1 }, leaves[2].options()) } });
            if (inverses.at(1).defined())
                return std::vector<at::Tensor> {};
            at::Tensor loss;
            for (const at::Tensor &t : { inverses[0].a, inverses[0].b, inverses[2].a }) {
                const at::Tensor aim = randomTensor(t.sizes(), 9).to(device);
                loss = loss.defined() ? loss + (t * aim).sum() : (t * aim).sum();
            }
            loss.backward();
            std::vector<at::Tensor> out;
            for (const auto &p : { inverses[0], inverses[2] })
                out.insert(out.end(), { p.a.detach().cpu(), p.b.detach().cpu() });
            for (const at::Tensor &leaf : leaves)
                out.push_back(leaf.grad().cpu());
            return out;
        };
        const auto expected = results(at::kCPU);
        QCOMPARE(expected.size(), std::size_t { 7 });
        for (const bool ops : { false, true }) {
            if (m_device->spy)
                spy::useOps(ops);
            const long before = spy::opCalls();
            const auto got = results(m_device->place);
            if (m_device->spy) {
                QCOMPARE(spy::opCalls() - before, ops ? 1 : 0);
                spy::useOps(false);
            }
            QCOMPARE(got.size(), expected.size());
            for (std::size_t i = 0; i < got.size(); ++i)
                QVERIFY2(
                    relative(got[i], expected[i]) < 1e-5,
                    qPrintable(QStringLiteral("%1: %2").arg(i).arg(relative(got[i], expected[i]))));
        }
    }

    /// Batches add up where they are; the host asks for the sums once.
    void statisticsWaitOnceAtTheEnd()
    {
        const quant::Quantizer q = quant::makeQuantizer("mxfp4", {});
        calib::SiteStatistics here(*q.spec, 96);
        calib::SiteStatistics there(*q.spec, 96);
        std::vector<at::Tensor> batches;
        for (std::uint64_t i = 0; i < 3; ++i)
            batches.push_back(4 * randomTensor({ 2, 70, 96 }, i + 1));
        for (const at::Tensor &x : batches)
            here.add(x);
        const long before = spy::readsByHost();
        for (const at::Tensor &x : batches)
            there.add(x.to(m_device->place));
        if (m_device->spy)
            QCOMPARE(spy::readsByHost() - before, 0L);
        const SiteStats expected = here.finish("v", {}, Site::t1, StatStage::before);
        const SiteStats got = there.finish("v", {}, Site::t1, StatStage::before);
        if (m_device->spy)
            QVERIFY(spy::readsByHost() > before);
        QCOMPARE(got.tokens, std::int64_t { 420 });
        QCOMPARE(got.blocks, expected.blocks);
        QCOMPARE(got.maxAbs, expected.maxAbs);
        QCOMPARE(got.codeUse, expected.codeUse);
        QCOMPARE(got.histogram, expected.histogram);
        QCOMPARE(got.clipShare, expected.clipShare);
        QCOMPARE(got.dip, expected.dip);
        std::uint64_t seen = 0;
        for (const std::uint32_t count : got.codeUse)
            seen += count;
        QCOMPARE(seen, std::uint64_t { 420 } * 96);
        for (std::size_t b = 0; b < got.energy.size(); ++b) {
            QVERIFY(std::abs(got.energy[b] / expected.energy[b] - 1) < 1e-5F);
            QVERIFY(std::abs(got.kurtosis[b] / expected.kurtosis[b] - 1) < 1e-4F);
            QVERIFY(std::abs(got.sqnrDb[b] - expected.sqnrDb[b]) < 1e-3F);
        }
    }

    void optimizerFollowsTheCpus()
    {
        constexpr std::int64_t n = 700;
        std::vector<float> factors(n, 1.0F);
        std::fill(factors.begin() + 300, factors.begin() + 500, 0.1F);
        for (const bool ops : { false, true }) {
            if (m_device->spy)
                spy::useOps(ops);
            calib::AdamW host(n);
            at::Tensor p = randomTensor({ n }, 1);
            const at::Tensor q = p.to(m_device->place);
            calib::DeviceAdamW device(host, q, factors);
            const long before = spy::opCalls();
            for (std::uint64_t step = 0; step < 6; ++step) {
                const at::Tensor g = randomTensor({ n }, step + 2);
                const bool lost = step == 3;
                const at::Tensor loss =
                    at::full({}, lost ? std::nan("") : 1.0, at::kFloat).to(m_device->place);
                device.update(q, g.to(m_device->place), loss, 1e-2, step % 2 == 0 ? 1.0 : 0.0);
                if (lost)
                    ++host.step;
                else
                    host.update(p.data_ptr<float>(), g.const_data_ptr<float>(), factors, 1e-2,
                                step % 2 == 0 ? 1.0 : 0.0);
            }
            if (m_device->spy) {
                QCOMPARE(spy::opCalls() - before, ops ? 6 : 0);
                spy::useOps(false);
            }
            QVERIFY2(relative(q.cpu(), p) < 1e-6,
                     qPrintable(QString::number(relative(q.cpu(), p))));
            calib::AdamW saved(n);
            device.save(saved);
            QCOMPARE(saved.step, host.step);
            for (std::size_t i = 0; i < host.m.size(); ++i)
                QVERIFY(std::abs(saved.m[i] - host.m[i]) <= 1e-6F);
            device.goTo(9);
            QCOMPARE(device.step(), std::int64_t { 9 });
        }
    }
};

QTEST_GUILESS_MAIN(DeviceNumbersTest)
#include "tst_device_numbers.moc"
