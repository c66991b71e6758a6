// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/interrupt.h"
#include "core/engine/transform/gpk.h"
#include "core/engine/variant/fused_site.h"
#include "core/engine/variant/on_device.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/device_under_test.h"
#include "tests/engine/random_tensor.h"
#include "tests/engine/spy_device.h"

#include <ATen/Parallel.h>

#include <QTest>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace batlab;
using namespace batlab::test;

namespace {

constexpr std::int64_t kChannels = 64;

quant::Quantizer format(const char *name, const char *rule = "uos")
{
    RecipeSettings settings;
    settings.scaleRule = rule;
    return quant::makeQuantizer(name, settings);
}

/// A site as one kind of variant has it, n channels wide.
SiteSolution site(const std::string &kind, std::int64_t n)
{
    using Transform = SiteSolution::Transform;
    SiteSolution s;
    s.activation = format("mxfp4");
    const auto gpk = [&](std::int64_t g1, std::int64_t g2, std::int64_t blocks) {
        s.transform = Transform::gpk;
        s.factors.a = at::eye(g1) + 0.1 * randomTensor({ g1, g1 }, 7);
        s.factors.b = at::eye(g2) + 0.1 * randomTensor({ blocks, g2, g2 }, 8);
    };
    if (kind == "gpk" || kind == "clipped gpk" || kind == "branch" || kind == "refined")
        gpk(8, 4, n / 32);
    if (kind == "gpk of 64")
        gpk(8, 8, n / 64);
    if (kind == "whole width")
        gpk(n / 8, 8, 1);
    if (kind == "hadamard" || kind == "clipped hadamard")
        s.transform = Transform::hadamard32;
    if (kind.starts_with("clipped"))
        s.clip = { 0.8 + 0.1 * randomTensor({ n / 32 }, 9),
                   0.8 + 0.1 * randomTensor({ n / 32 }, 10) };
    if (kind == "branch")
        s.branch = randomTensor({ n, 4 }, 11, at::kBFloat16);
    if (kind == "refined")
        s.refinement = { at::eye(32).repeat({ n / 32, 1, 1 }), at::zeros({ n / 32, 32, 32 }) };
    if (kind == "prescale")
        s.activation = format("mxfp4", "prescale");
    if (kind == "mxfp8")
        s.activation = format("mxfp8-e4m3", "floor");
    if (kind == "int4")
        s.activation = format("int4");
    if (kind == "16 bit")
        s.activation = {};
    if (kind == "nvfp4" || kind == "dynamic nvfp4") {
        s.activation = format("nvfp4", "even").forTensor(3);
        s.activation.dynamicScale = kind == "dynamic nvfp4";
    }
    return s;
}

const std::vector<std::pair<const char *, bool>> kKinds {
    { "round to nearest", true },
    { "clipped", true },
    { "hadamard", true },
    { "clipped hadamard", true },
    { "gpk", true },
    { "clipped gpk", true },
    { "gpk of 64", true },
    { "prescale", true },
    { "mxfp8", true },
    { "nvfp4", true },
    { "dynamic nvfp4", false },
    { "int4", false },
    { "16 bit", false },
    { "branch", false },
    { "refined", false },
};

} // namespace

/// Sites whose input is made, transformed and quantized by one kernel: which ones, and that the
/// results are those of the operators one after the other. On the spy and on a GPU.
class DeviceFusionTest : public QObject
{
    Q_OBJECT

    std::optional<DeviceUnderTest> m_device;

private Q_SLOTS:
    void initTestCase()
    {
        at::set_num_threads(1);
        if (const std::string missing = findDevice(m_device); !missing.empty())
            QSKIP(missing.c_str());
    }

    void sitesThatFuse()
    {
        for (const auto &[kind, fused] : kKinds)
            for (const at::ScalarType type : { at::kBFloat16, at::kFloat, at::kDouble })
                QVERIFY2(fuses(site(kind, kChannels), kChannels, type)
                             == (fused && type != at::kDouble),
                         kind);
        QVERIFY(!fuses(site("whole width", 512), 512, at::kBFloat16)); // 64 x 8: two products
        QVERIFY(!fuses(site("round to nearest", 75), 75, at::kBFloat16)); // ragged: padded
        QVERIFY(!fuses(site("gpk of 64", 128), 96, at::kBFloat16));
    }

    /// The host and those who want gradients keep the operators.
    void onlyOnADeviceAndWithoutGradients()
    {
        const SiteSolution here = site("gpk", kChannels);
        const SiteSolution there = onDevice(here, m_device->place);
        const at::Tensor x = randomTensor({ 3, 5, kChannels }, 3);
        const auto normed = [](const at::Tensor &t) {
            return quant::Produced {
                t, nn::rmsScale(t, 1e-6), at::ones({ kChannels }).to(t.device()), {}
            };
        };
        const at::NoGradGuard guard;
        QVERIFY(!fusedInput(here, normed(x), at::kBFloat16).defined());
        const at::Tensor far = x.to(m_device->place);
        QVERIFY(fusedInput(there, normed(far), at::kBFloat16).defined());
        QVERIFY(!fusedInput(there, normed(far), at::kDouble).defined());
        const at::AutoGradMode grad(true);
        const at::Tensor leaf = far.clone().requires_grad_(true);
        QVERIFY(!fusedInput(there, normed(leaf), at::kBFloat16).defined());
    }

    void equalsTheOperators_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("half");
        for (const auto &[kind, fused] : kKinds)
            for (const bool half : { false, true })
                QTest::addRow("%s, %s", kind, half ? "bf16" : "fp32")
                    << QString::fromLatin1(kind) << half;
    }
    /// A whole layer whose norms and gate are fused, against the same layer seen through operations
    /// that only look on, for which everything is stored.
    void equalsTheOperators()
    {
        QFETCH(QString, kind);
        QFETCH(bool, half);
        const at::NoGradGuard guard;
        TinyModelOptions options;
        options.hidden = 64;
        options.intermediate = 128;
        const nn::Compute compute = half ? nn::Compute::bf16 : nn::Compute::fp32;
        const Model model(options, compute);
        const nn::Decoder decoder(model.source, compute, m_device->place);
        const nn::LayerWeights weights = model.decoder->loadLayer(0, at::kBFloat16);
        const ModelConfig &config = decoder.config();
        LayerSolution solution;
        solution.inputNorm = weights.inputNorm;
        solution.postNorm = weights.postNorm;
        solution.qNorm = weights.qNorm;
        solution.kNorm = weights.kNorm;
        const std::string wanted = kind.toStdString();
        const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                        [&](const auto &k) { return wanted == k.first; });
        for (const Site s : { Site::t1, Site::t2, Site::t3, Site::t4 })
            solution.at(s) = site(wanted, s == Site::t4 ? config.intermediate : config.hidden);
        for (const Linear l : kLinears) {
            solution.of(l).plain = weights.of(l);
            solution.of(l).bias = weights.biasOf(l);
            if (wanted == "branch")
                solution.of(l).branch =
                    randomTensor({ weights.of(l).size(0), 1 }, 12, at::kBFloat16);
        }
        const auto ops = solvedOps(solution, decoder);
        const nn::ForwardingOps looksOn(*ops);
        const at::Tensor x = randomTensor({ 2, 9, config.hidden }, 4).to(m_device->place);
        const long before = spy::producedCalls();
        const at::Tensor got = decoder.forward(*ops, x);
        const long calls = spy::producedCalls() - before;
        const at::Tensor expected = decoder.forward(looksOn, x);
        QVERIFY(at::isfinite(expected.cpu()).all().item<bool>());
        QVERIFY(at::equal(got.cpu(), expected.cpu()));
        if (m_device->spy) { // t1, t3 and t4; attention has no kernel to make t2
            QCOMPARE(calls, found->second ? 3L : 0L);
            QCOMPARE(spy::producedCalls() - before, calls);
        }
        // Asking for cancel in between changes nothing: so are finished layers replayed.
        const auto store = makeMemoryCheckpointStore();
        JobContext job({}, *store, 1);
        const at::Tensor replayed = decoder.forward(calib::InterruptibleOps(*ops, job), x);
        QVERIFY(at::equal(replayed.cpu(), expected.cpu()));
        if (m_device->spy)
            QCOMPARE(spy::producedCalls() - before, 2 * calls);
    }

    /// Every finite gate of bf16 with 32 ups, which stand in one block: the kernels' silu is
    /// libtorch's on that device. On the spy both are libtorch's.
    void gatesAreThoseOfTheOperators_data()
    {
        QTest::addColumn<QString>("numbers");
        QTest::addColumn<bool>("half");
        for (const char *each : { "mxfp4", "mxfp8-e4m3", "mxint8" })
            for (const bool half : { false, true })
                QTest::addRow("%s, %s", each, half ? "bf16" : "fp32")
                    << QString::fromLatin1(each) << half;
    }
    void gatesAreThoseOfTheOperators()
    {
        QFETCH(QString, numbers);
        QFETCH(bool, half);
        const at::NoGradGuard guard;
        std::vector<std::int16_t> bits;
        for (int b = 0; b < 0x10000; ++b)
            if ((b & 0x7f80) != 0x7f80)
                bits.push_back(static_cast<std::int16_t>(b));
        const at::ScalarType type = half ? at::kBFloat16 : at::kFloat;
        const auto rows = static_cast<std::int64_t>(bits.size());
        const at::Tensor gates =
            at::from_blob(bits.data(), { rows, 1 }, at::kShort).view(at::kBFloat16);
        const at::Tensor ups = at::linspace(0.5, 1, 32).view({ 1, 32 });
        quant::Produced p;
        p.x = gates.expand({ rows, 32 }).contiguous().to(m_device->place, type);
        p.up = ups.expand({ rows, 32 }).contiguous().to(m_device->place, type);
        const quant::Quantizer q = format(numbers.toLatin1().constData(), "floor");
        QVERIFY(quant::makesOnTheWay(p, type));
        const at::Tensor got = quant::producedFakeQuantize(p, {}, {}, q, type);
        const at::Tensor expected =
            quant::fakeQuantize(quant::stored(p, at::kFloat, type), {}, q, type);
        const at::Tensor other = got.cpu().ne(expected.cpu()).any(1);
        QVERIFY2(!other.any().item<bool>(),
                 qPrintable(QStringLiteral("%1 gates differ").arg(other.sum().item<int>())));
    }
};

QTEST_GUILESS_MAIN(DeviceFusionTest)
#include "tst_device_fusion.moc"
