// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/device_steps.h"
#include "core/engine/device/step_graphs.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/service/random_source.h"
#include "core/engine/service/step_time.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/device_under_test.h"
#include "tests/engine/random_tensor.h"
#include "tests/engine/spy_device.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <optional>

using namespace batlab;
using namespace batlab::test;

namespace {

constexpr std::int64_t kHidden = 128;
constexpr std::int64_t kLength = 6;

/// A transform in front of a quantizer, trained by DeviceSteps.
struct Training
{
    using Loss = std::function<at::Tensor(const at::Tensor &, const at::Tensor &)>;

    explicit Training(at::Device place, Loss own = {})
        : device(place)
        , parameters(place)
        , a(parameters.add(at::eye(8) + 0.1 * randomTensor({ 8, 8 }, 1), 1))
        , b(parameters.add(at::eye(4).repeat({ 4, 1, 1 }) + 0.1 * randomTensor({ 4, 4, 4 }, 2),
                           0.5))
        , input(randomTensor({ 8, kLength + 1, kHidden }, 3))
        , target(randomTensor({ 8, kLength + 1, kHidden }, 4))
        , loss(std::move(own))
    {
        parameters.seal();
        state.emplace(parameters.size());
        const quant::Quantizer q = quant::makeQuantizer("mxfp4", {});
        if (!loss)
            loss = [this, q](const at::Tensor &x, const at::Tensor &y) {
                return quant::meanSquaredError(quant::gpkFakeQuantize(x, parameters.get(a),
                                                                      parameters.get(b), {}, q,
                                                                      at::kFloat),
                                               y);
            };
    }
    /// Batches of these sizes, one a step.
    void go(const std::vector<std::int64_t> &sizes)
    {
        calib::DeviceSteps steps(
            *state, parameters, { true, 1.0 },
            [this](const at::Tensor &x, const at::Tensor &y) { return loss(x, y); },
            [this](const std::string &text) { told.push_back(text); });
        const at::Tensor x = input.to(device);
        const at::Tensor y = target.to(device);
        std::int64_t step = state->step;
        for (const std::int64_t size : sizes) {
            std::array<std::int64_t, 8> rows {};
            for (std::size_t i = 0; i < rows.size(); ++i)
                rows[i] = (step * 3 + static_cast<std::int64_t>(i)) % 8;
            step = steps.run(x, y, at::IntArrayRef(rows.data(), static_cast<std::size_t>(size)),
                             kLength, 0.05 * calib::cosine(step, 20, 0.1));
        }
        steps.read(*state, curve, [this](std::int64_t at) { skipped.push_back(at); });
    }
    [[nodiscard]] at::Tensor values() { return parameters.flat().detach().cpu(); }

    at::Device device;
    calib::Parameters parameters;
    calib::Parameters::Slot a, b;
    at::Tensor input, target;
    Loss loss;
    std::optional<calib::AdamW> state;
    LossCurve curve;
    std::vector<std::int64_t> skipped;
    std::vector<std::string> told;
};

/// 8 steps of 3 sequences with a last, short batch after every second.
const std::vector<std::int64_t> kSizes { 3, 3, 1, 3, 3, 1, 3, 3, 1, 3, 3, 1 };

} // namespace

/// Steps that a device records and replays (CUDA graphs). The spy, whose recorder keeps addresses
/// and values as CUDA's does, and a GPU, as in tst_device.cpp.
class DeviceGraphsTest : public QObject
{
    Q_OBJECT

    std::optional<DeviceUnderTest> m_device;

    static void compare(Training &got, Training &expected)
    {
        QVERIFY(at::equal(got.values(), expected.values()));
        QCOMPARE(got.state->m, expected.state->m);
        QCOMPARE(got.state->v, expected.state->v);
        QCOMPARE(got.state->step, expected.state->step);
        QCOMPARE(got.curve.loss, expected.curve.loss);
        QCOMPARE(got.skipped, expected.skipped);
    }

private Q_SLOTS:
    void initTestCase()
    {
        at::set_num_threads(1); // matrices this small only wait for each other
        if (const std::string missing = findDevice(m_device); !missing.empty())
            QSKIP(missing.c_str());
        if (m_device->spy)
            spy::useOps(true, true);
    }

    /// Everything that differs between steps reaches a replay: sequences, learning rate, the count
    /// in the moments' corrections. A shape of its own has a graph of its own.
    void replaysEqualStepsBitForBit()
    {
        Training eager(m_device->place);
        {
            const device::WithoutGraphs none(m_device->place.type());
            eager.go(kSizes);
        }
        const long recorded = spy::recordings();
        const long replayed = spy::replays();
        Training graph(m_device->place);
        graph.go(kSizes);
        QVERIFY(graph.told.empty());
        if (m_device->spy) {
            QCOMPARE(spy::recordings() - recorded, 2L);
            QCOMPARE(spy::replays() - replayed,
                     static_cast<long>(kSizes.size()) - 2 * calib::DeviceSteps::kWarmUpSteps);
        }
        compare(graph, eager);
        QCOMPARE(graph.curve.loss.size(), kSizes.size());
        QVERIFY(graph.curve.loss.front() != graph.curve.loss.back());
        // Another training takes the memory of the first.
        Training again(m_device->place);
        again.go(kSizes);
        compare(again, eager);
    }

    /// Which steps are recorded leaves no trace: interrupted and gone on, the same bytes.
    void interruptionsLeaveNoTrace()
    {
        Training whole(m_device->place);
        whole.go(kSizes);
        Training parts(m_device->place);
        parts.go({ kSizes.begin(), kSizes.begin() + 7 });
        parts.go({ kSizes.begin() + 7, kSizes.end() });
        compare(parts, whole);
    }

    /// The host reads a value in the middle: such steps cannot be recorded, and run as before.
    void whatCannotBeRecordedRunsOneByOne()
    {
        const auto train = [&](bool reads) {
            auto t = std::make_unique<Training>(m_device->place);
            t->loss = [own = t->loss, reads](const at::Tensor &x, const at::Tensor &y) {
                const at::Tensor loss = own(x, y);
                return reads && loss.item<float>() < 0 ? -loss : loss;
            };
            t->go(kSizes);
            return t;
        };
        const auto expected = train(false);
        const auto got = train(true);
        compare(*got, *expected);
        QVERIFY(expected->told.empty());
        QCOMPARE(got->told.size(), std::size_t { 1 });
        QVERIFY2(got->told.front().find("one by one") != std::string::npos
                     && got->told.front().find("captur") != std::string::npos,
                 got->told.front().c_str());
        if (!m_device->spy) { // libtorch's generator and pinned memory know that it is over
            QVERIFY((at::rand({ 4 }, at::device(m_device->place)).cpu() < 1).all().item<bool>());
            QVERIFY(at::empty({ 4 }, at::TensorOptions().pinned_memory(true)).is_pinned());
        }
        compare(*train(false), *expected); // and what follows can be recorded again
    }

    /// A device that cannot be opened for recording trains all the same.
    void aRecorderThatFailsIsTold()
    {
        static const device::GraphOps failing {
            [](int, char *error, std::size_t capacity) -> void * {
                std::snprintf(error, capacity, "no stream is left");
                return nullptr;
            },
            nullptr, nullptr, nullptr, nullptr
        };
        Training expected(m_device->place);
        expected.go(kSizes);
        Training got(m_device->place);
        {
            const device::WithoutGraphs none(m_device->place.type(), &failing);
            got.go(kSizes);
        }
        compare(got, expected);
        QCOMPARE(got.told.size(), std::size_t { 1 });
        QVERIFY2(got.told.front().find("no stream is left") != std::string::npos,
                 got.told.front().c_str());
    }

    /// A short batch that finds no memory beside the graph of the others runs without it, as do all
    /// that follow. Without graphs that could go, the failure stands.
    void graphsMakeRoom()
    {
        Training expected(m_device->place);
        expected.go(kSizes);
        const long recorded = spy::recordings();
        const long replayed = spy::replays();
        Training got(m_device->place);
        int calls = 0;
        int failing = 5; // 3, 3, 1, then 3 is recorded, and the second 1 fails
        got.loss = [own = got.loss, &calls, &failing](const at::Tensor &x, const at::Tensor &y) {
            TORCH_CHECK_WITH(OutOfMemoryError, ++calls != failing, "no memory is left");
            return own(x, y);
        };
        got.go(kSizes);
        compare(got, expected);
        QCOMPARE(got.told.size(), std::size_t { 1 });
        QVERIFY2(got.told.front().find("not enough memory") != std::string::npos,
                 got.told.front().c_str());
        if (m_device->spy) {
            QCOMPARE(spy::recordings() - recorded, 1L);
            QCOMPARE(spy::replays() - replayed, 2L);
        }
        Training full(m_device->place);
        calls = 0;
        failing = 1;
        full.loss = [own = full.loss, &calls, &failing](const at::Tensor &x, const at::Tensor &y) {
            TORCH_CHECK_WITH(OutOfMemoryError, ++calls != failing, "no memory is left");
            return own(x, y);
        };
        QVERIFY_EXCEPTION_THROWN(full.go(kSizes), c10::OutOfMemoryError);
        QVERIFY(full.told.empty());
    }

    /// A job that is stopped while its step is recorded ends, and the device works on.
    void cancelReachesARecording()
    {
        Training stopped(m_device->place);
        int calls = 0;
        stopped.loss = [own = stopped.loss, &calls](const at::Tensor &x, const at::Tensor &y) {
            if (++calls == calib::DeviceSteps::kWarmUpSteps + 1)
                throw Exception({ ErrorCode::cancelled, "stopped", {}, {} });
            return own(x, y);
        };
        try {
            stopped.go({ 3, 3, 3, 3 });
            QFAIL("nothing was thrown");
        } catch (const Exception &e) {
            QCOMPARE(e.error.code, ErrorCode::cancelled);
        }
        QVERIFY(stopped.told.empty());
        Training expected(m_device->place);
        expected.go(kSizes);
        Training after(m_device->place);
        after.go(kSizes);
        compare(after, expected);
    }

    /// A gradient that is not finite, and a loss that is not: the step changes nothing, as on the
    /// CPU, and is told with the losses.
    void stepsThatAreNotFiniteAreSkipped_data()
    {
        QTest::addColumn<bool>("own"); // the fused operation, or libtorch's
        QTest::addColumn<bool>("graphs");
        QTest::addRow("operators") << false << false;
        QTest::addRow("fused") << true << false;
        QTest::addRow("recorded") << true << true;
    }
    void stepsThatAreNotFiniteAreSkipped()
    {
        QFETCH(bool, own);
        QFETCH(bool, graphs);
        if (!m_device->spy && !own)
            QSKIP("a GPU always has the operation");
        // sqrt at 0 has a finite value and, times 0, a gradient of 0/0.
        const auto lossOf = [](calib::Parameters &parameters) {
            return [&parameters](const at::Tensor &x, const at::Tensor &y) {
                const at::Tensor p = parameters.flat();
                return (p - y.select(-1, 0).mean()).square().mean()
                    + (p.square().sum() * x.select(-1, 0).square().sum()).sqrt();
            };
        };
        const auto prepare = [&](Training &t) {
            t.loss = lossOf(t.parameters);
            t.input.select(0, 2).zero_();
            t.target.select(0, 5).fill_(std::nanf(""));
        };
        Training t(m_device->place);
        prepare(t);
        const std::vector<std::int64_t> ones(16, 1); // rows 0, 3, 6, 1, 4, 7, 2, 5, and again
        if (m_device->spy)
            spy::useOps(own, graphs);
        {
            std::optional<device::WithoutGraphs> none;
            if (own && !graphs)
                none.emplace(m_device->place.type());
            t.go(ones);
        }
        if (m_device->spy)
            spy::useOps(true, true);
        QCOMPARE(t.skipped, (std::vector<std::int64_t> { 6, 7, 14, 15 }));
        QVERIFY(std::isfinite(t.curve.loss[6]) && !std::isfinite(t.curve.loss[7]));
        QVERIFY(at::isfinite(t.values()).all().item<bool>());
        QCOMPARE(t.state->step, std::int64_t { 16 });

        // The host's trainer, step by step.
        Training host(at::kCPU);
        prepare(host);
        std::vector<std::int64_t> skipped;
        for (std::int64_t step = 0; step < 16; ++step) {
            const std::int64_t row = step * 3 % 8;
            const auto of = [&](const at::Tensor &all) {
                return all.narrow(0, row, 1).narrow(1, 0, kLength);
            };
            at::Tensor flat = host.parameters.flat();
            flat.mutable_grad() = at::Tensor();
            const at::AutoGradMode grad(true);
            const at::Tensor loss = host.loss(of(host.input), of(host.target));
            const float value = loss.item<float>();
            if (!std::isfinite(value)) {
                ++host.state->step;
                skipped.push_back(step);
                continue;
            }
            (loss / value).backward();
            const at::NoGradGuard guard;
            const at::Tensor g = flat.grad().contiguous();
            if (!host.state->update(flat.data_ptr<float>(), g.const_data_ptr<float>(),
                                    host.parameters.factors(), 0.05 * calib::cosine(step, 20, 0.1),
                                    1.0))
                skipped.push_back(step);
        }
        QCOMPARE(t.skipped, skipped);
        QVERIFY2(relative(t.values(), host.values()) < 1e-4,
                 qPrintable(QString::number(relative(t.values(), host.values()))));
    }

    /// Layers of a model: the same parts, by their hashes, whether steps are recorded or not.
    void layersComeOutTheSame_data()
    {
        QTest::addColumn<QString>("variants");
        QTest::addRow("blocks") << QStringLiteral("[{preset: bat, set: {train.epochs: 6}}]");
        // Factors over the whole width, one of them the identity since it stands in V.
        QTest::addRow("whole width")
            << QStringLiteral("[{preset: flatquant-mx, set: {train.epochs: 6, train.batch: 4}}]");
    }
    void layersComeOutTheSame()
    {
        QFETCH(QString, variants);
        const Model model({});
        const auto decoder =
            std::make_shared<const nn::Decoder>(model.source, nn::Compute::fp32, m_device->place);
        const RunSpec spec = specOf(variants.toStdString());
        const auto run = [&](LossCurve &curve) {
            const auto store = makeMemoryCheckpointStore();
            Run r(model, spec, *store);
            r.context.decoder = decoder;
            auto parts = r.go();
            curve = r.all<LossCurve>().front();
            return parts;
        };
        LossCurve expectedCurve;
        std::vector<std::string> expected;
        {
            const device::WithoutGraphs none(m_device->place.type());
            expected = run(expectedCurve);
        }
        const long recorded = spy::recordings();
        LossCurve curve;
        QCOMPARE(run(curve), expected);
        QCOMPARE(curve.loss, expectedCurve.loss);
        QCOMPARE(curve.learningRate, expectedCurve.learningRate);
        if (m_device->spy) // a whole and a short batch in each layer
            QCOMPARE(spy::recordings() - recorded, 2 * static_cast<long>(expected.size()));
    }

    /// `bench gpu` sets the recorded step against the same one that is not.
    void aRecordedStepIsTimed()
    {
        ModelConfig c = qwen3Shape();
        c.vocab = 256;
        c.hidden = 128;
        c.intermediate = 256;
        c.headDim = 32;
        c.heads = 4;
        c.kvHeads = 2;
        const RunSpec spec = specOf("[{preset: bat, set: {train.batch: 2}}]",
                                    "analysis: {enabled: false}\n"
                                    "calibration: {sequences: 4, length: 64}\n");
        const auto store = makeMemoryCheckpointStore();
        JobContext job({ [](ArtifactPtr) {}, [](LogLevel, std::string_view) {} }, *store, 2);
        const long recorded = spy::recordings();
        const RecordedStepTime t = timeRecordedStep(spec, c, m_device->place, job, 1);
        QCOMPARE(t.recorded.size(), std::size_t { 1 });
        QCOMPARE(t.eager.size(), std::size_t { 1 });
        QVERIFY(t.recorded[0] > 0 && t.eager[0] > 0);
        if (m_device->spy) // the layer that warms up has too few steps, as has that of one epoch
            QCOMPARE(spy::recordings() - recorded, 1L);
        const device::WithoutGraphs none(m_device->place.type());
        try {
            (void)timeRecordedStep(spec, c, m_device->place, job, 1);
            QFAIL("nothing was thrown");
        } catch (const Exception &e) {
            QCOMPARE(e.error.code, ErrorCode::unsupported);
        }
    }
};

QTEST_GUILESS_MAIN(DeviceGraphsTest)
#include "tst_device_graphs.moc"
