// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/device_kernels.h"
#include "core/engine/eval/generate.h"
#include "core/engine/eval/perplexity.h"
#include "core/engine/eval/variant_logits.h"
#include "core/engine/quant/fake_quant.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/device_under_test.h"
#include "tests/engine/random_tensor.h"
#include "tests/engine/spy_device.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace batlab;
using namespace batlab::test;

/// What `--device cuda` runs, with the same results as on the CPU. One source for two devices: a
/// GPU (tst_device_engine), and the spy whose memory the host cannot read (tst_device_spy).
class DeviceTest : public QObject
{
    Q_OBJECT

    std::optional<DeviceUnderTest> m_device;

    struct Both
    {
        explicit Both(const DeviceUnderTest &device, const TinyModelOptions &options = {})
            : model(options)
            , decoder(std::make_shared<const nn::Decoder>(model.source, nn::Compute::fp32,
                                                          device.place))
        { }
        Model model;
        std::shared_ptr<const nn::Decoder> decoder;
    };

private Q_SLOTS:
    void initTestCase()
    {
        if (const std::string missing = findDevice(m_device); !missing.empty())
            QSKIP(missing.c_str());
    }

    void theSpySeesWhatAGpuWouldNotDo()
    {
        if (!m_device->spy)
            QSKIP("about the spy itself");
        const at::Device device = m_device->place;
        const at::Tensor t = at::arange(6, at::kFloat).to(device);
        QCOMPARE((t + t).cpu()[5].item<float>(), 10.0F);
        QCOMPARE(t.view({ 2, 3 }).t()[2][1].item<float>(), 5.0F);
        QVERIFY_EXCEPTION_THROWN(t + at::ones({ 6 }), c10::Error);
        QVERIFY_EXCEPTION_THROWN(at::mm(t.view({ 2, 3 }), at::ones({ 3, 2 })), c10::Error);
    }

    void kernelsRunWhereTheTensorsLive()
    {
        const at::Device device = m_device->place;
        const at::Tensor x = randomTensor({ 8, 64 }, 3);
        const quant::Quantizer q = quant::makeQuantizer("mxfp4", {});
        const at::Tensor expected = quant::fakeQuantize(x, {}, q, at::kFloat);
        const long before = spy::kernelCalls();
        const at::Tensor got = quant::fakeQuantize(x.to(device), {}, q, at::kFloat);
        QCOMPARE(got.device(), device);
        if (m_device->spy)
            QCOMPARE(spy::kernelCalls(), before + 1);
        QVERIFY(at::equal(got.cpu(), expected));
    }

    void gradientsEqualTheCpus()
    {
        const at::Tensor x = randomTensor({ 40, 128 }, 5);
        const at::Tensor target = randomTensor({ 40, 128 }, 6);
        const at::Tensor a = at::eye(8, at::kFloat) + 0.1 * randomTensor({ 8, 8 }, 7);
        const at::Tensor b = at::eye(4, at::kFloat).unsqueeze(0).repeat({ 4, 1, 1 })
            + 0.1 * randomTensor({ 4, 4, 4 }, 8);
        const at::Tensor ratio = at::full({ 4 }, 0.9F);
        const quant::Quantizer q = quant::makeQuantizer("mxfp4", {});
        const auto gradients = [&](const at::Device &device) {
            std::vector<at::Tensor> leaves;
            for (const at::Tensor &t : { x, a, b, ratio, ratio })
                leaves.push_back(t.to(device).clone().requires_grad_(true));
            const at::AutoGradMode grad(true);
            const at::Tensor y = quant::gpkFakeQuantize(leaves[0], leaves[1], leaves[2],
                                                        { leaves[3], leaves[4] }, q, at::kFloat);
            quant::meanSquaredError(y, target).backward();
            std::vector<at::Tensor> out;
            for (const at::Tensor &leaf : leaves)
                out.push_back(leaf.grad().cpu());
            return out;
        };
        const auto expected = gradients(at::kCPU);
        const auto got = gradients(m_device->place);
        for (std::size_t i = 0; i < got.size(); ++i)
            QVERIFY2(test::relative(got[i], expected[i]) < 1e-3,
                     qPrintable(QString::number(test::relative(got[i], expected[i]))));
    }

    /// What a kernel reports becomes an Error that says how to go on; the next call works again.
    void failuresOfADeviceAreErrors()
    {
        if (!m_device->spy)
            QSKIP("a GPU cannot be made to fail");
        const at::Device device = m_device->place;
        const at::Tensor x = randomTensor({ 8, 64 }, 3).to(device);
        const quant::Quantizer q = quant::makeQuantizer("mxfp4", {});
        spy::failNext("unspecified launch failure");
        try {
            (void)quant::fakeQuantize(x, {}, q, at::kFloat);
            QFAIL("nothing was thrown");
        } catch (const Exception &e) {
            QCOMPARE(e.error.code, ErrorCode::device);
            QCOMPARE(e.error.what, std::string("unspecified launch failure"));
            QVERIFY(e.error.hint.find("kept") != std::string::npos);
        }
        (void)quant::fakeQuantize(x, {}, q, at::kFloat);
        QVERIFY_EXCEPTION_THROWN((void)device::kernelsOf(c10::DeviceType::XPU), Exception);
    }

    void forwardAndGenerationEqualTheCpus_data()
    {
        QTest::addColumn<QString>("family");
        for (const char *family : { "llama", "qwen2", "qwen3", "mistral" })
            QTest::addRow("%s", family) << QString::fromLatin1(family);
    }
    void forwardAndGenerationEqualTheCpus()
    {
        QFETCH(QString, family);
        TinyModelOptions options;
        options.family = family.toStdString();
        const Both both(*m_device, options);
        const auto here = referenceVariant(both.model.decoder);
        const auto there = referenceVariant(both.decoder);
        const at::Tensor expected = logits(*both.model.decoder, *here);
        const at::Tensor got = logits(*both.decoder, *there);
        QVERIFY(got.device() == both.decoder->device());
        QVERIFY(test::relative(got.cpu(), expected) < m_device->sums);

        const auto store = makeMemoryCheckpointStore();
        JobContext job({}, *store, 2);
        eval::GenerateOptions generate;
        generate.newTokens = 6;
        const auto prompts = tokens(2, 5);
        QCOMPARE(eval::generate(*both.decoder, eval::loadLayers(*both.decoder, *there, job),
                                prompts, generate, job),
                 eval::generate(*both.model.decoder,
                                eval::loadLayers(*both.model.decoder, *here, job), prompts,
                                generate, job));
        std::int64_t rows = 0;
        eval::variantLogits(*both.decoder, *there, prompts.front(), job,
                            [&](std::int64_t, std::int64_t count, const float *values) {
                                rows += count;
                                QVERIFY(std::isfinite(values[0]));
                            });
        QCOMPARE(rows, std::int64_t { 5 });
    }

    /// A layer pass of every kind of recipe: no host loop meets device memory, no operator mixes
    /// devices, and the layers come out as good as the CPU's.
    void recipesCalibrateLikeOnTheCpu_data()
    {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("extra");
        QTest::addColumn<double>("tolerance"); // of a layer's error; training drifts apart
        const auto row = [](const char *name, const char *variant, double tolerance,
                            const char *extra = "") {
            QTest::addRow("%s", name)
                << QString::fromLatin1(variant) << QString::fromLatin1(extra) << tolerance;
        };
        const auto preset = [&](const char *id, double tolerance) {
            row(id, qPrintable(QStringLiteral("{preset: %1}").arg(QLatin1String(id))), tolerance);
        };
        for (const char *id :
             { "rtn-ocp", "rtn-uos", "h32", "smoothquant", "diag-h32", "duquant", "quarot", "brq" })
            preset(id, 1e-3);
        // Rounding with feedback and eigenvectors follow the last bits of sums.
        for (const char *id : { "gptq", "mr-gptq", "awq", "wush", "hires", "gptq-asym" })
            preset(id, 0.05);
        for (const char *id : { "bat", "bat-paper", "bat-rtn", "flatquant-mx", "autoround",
                                "bat-plus", "bat-plus-lr" })
            preset(id, 0.15);
        const char *nvfp4 = "contract: uniform\nsettings: {scaleRule: even}\n"
                            "protocol: {weightFormat: nvfp4, activationFormat: nvfp4, dtype: fp32}";
        row("nvfp4", "{preset: rtn-uos}", 1e-3, nvfp4);
        row("nvfp4, gptq", "{preset: gptq}", 0.05, nvfp4);
        row("int4", "{preset: gptq}", 0.02,
            "protocol: {weightFormat: int4-g128, activationFormat: mxfp8-e4m3, dtype: fp32}");
        row("cache", "{preset: bat}", 0.15, "protocol: {kvFormat: mxfp4, dtype: fp32}");
    }
    void recipesCalibrateLikeOnTheCpu()
    {
        QFETCH(QString, variant);
        QFETCH(QString, extra);
        QFETCH(double, tolerance);
        tolerance = std::max(tolerance, m_device->layerError);
        const Both both(*m_device);
        const RunSpec spec =
            runSpecFromYaml("model: tiny\n"
                                + (extra.isEmpty() ? std::string("protocol: {dtype: fp32}")
                                                   : extra.toStdString())
                                + "\nvariants: [" + variant.toStdString() + "]\n",
                            PresetLibrary::builtIn().orThrow(), "test")
                .orThrow();
        const auto hereStore = makeMemoryCheckpointStore();
        Run here(both.model, spec, *hereStore);
        const auto hereParts = here.go();
        const auto thereStore = makeMemoryCheckpointStore();
        Run there(both.model, spec, *thereStore);
        there.context.decoder = both.decoder;
        const auto thereParts = there.go();
        QCOMPARE(thereParts.size(), hereParts.size());
        const auto expected = here.all<LayerDone>();
        const auto got = there.all<LayerDone>();
        QCOMPARE(got.size(), expected.size());
        for (std::size_t l = 0; l < got.size(); ++l)
            QVERIFY2(std::abs(got[l].relativeError - expected[l].relativeError)
                         <= tolerance * expected[l].relativeError,
                     qPrintable(QStringLiteral("layer %1: %2, on the CPU %3")
                                    .arg(l)
                                    .arg(got[l].relativeError)
                                    .arg(expected[l].relativeError)));
        QCOMPARE(there.all<SiteStats>().size(), here.all<SiteStats>().size());
        QCOMPARE(there.all<LinearScore>().size(), here.all<LinearScore>().size());
        if (variant.contains(QStringLiteral("rtn-"))) // nothing but rounding: the same codes
            QCOMPARE(codesOf(*thereStore, thereParts.front()),
                     codesOf(*hereStore, hereParts.front()));
    }

    void referenceStatisticsEqualTheCpus()
    {
        const Both both(*m_device);
        const RunSpec spec = specOf("[{preset: rtn-uos}]");
        const auto store = makeMemoryCheckpointStore();
        Run here(both.model, spec, *store);
        calib::referenceStatistics(here.context);
        const auto other = makeMemoryCheckpointStore();
        Run there(both.model, spec, *other);
        there.context.decoder = both.decoder;
        calib::referenceStatistics(there.context);
        const auto expected = here.all<SiteStats>();
        const auto got = there.all<SiteStats>();
        QCOMPARE(got.size(), expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
            QCOMPARE(got[i].tokens, expected[i].tokens);
            for (std::size_t b = 0; b < got[i].energy.size(); ++b)
                QVERIFY(std::abs(got[i].energy[b] - expected[i].energy[b])
                        <= 1e-3F * expected[i].energy[b]);
            if (m_device->spy)
                QCOMPARE(got[i].codeUse, expected[i].codeUse);
        }
        QCOMPARE(there.all<TokenEnergyMap>().size(), here.all<TokenEnergyMap>().size());
    }

    void perplexityEqualsTheCpus()
    {
        const Both both(*m_device);
        const RunSpec spec = specOf("[{preset: rtn-uos}]");
        const auto evaluated = [&](const std::shared_ptr<const nn::Decoder> &decoder) {
            const auto store = makeMemoryCheckpointStore();
            Run run(both.model, spec, *store);
            run.context.decoder = decoder;
            const auto parts = run.go();
            const auto reference = referenceVariant(decoder);
            const auto solved = solvedVariant("rtn", decoder, parts, *store);
            eval::PerplexityInput input { *decoder, { reference.get(), "reference" },
                                          {},       tokens(3, 40),
                                          "test",   "hash",
                                          "prefix" };
            input.variants.push_back({ solved.get(), "rtn" });
            return eval::evaluatePerplexity(input, run.job);
        };
        const auto expected = evaluated(both.model.decoder);
        const auto got = evaluated(both.decoder);
        QCOMPARE(got.size(), std::size_t { 2 });
        for (std::size_t i = 0; i < 2; ++i)
            QVERIFY(std::abs(got[i].value / expected[i].value - 1) < m_device->perplexity);
        QVERIFY(std::abs(got[1].kld - expected[1].kld)
                < 10 * m_device->perplexity * std::max(expected[1].kld, 1e-3));
        QVERIFY(std::abs(got[1].top1Agreement - expected[1].top1Agreement) < 0.02);
    }

    /// Streams live on the device while they fit; results do not depend on it.
    void streamsMayStayOnTheHost()
    {
        if (!m_device->spy)
            QSKIP("the memory of a GPU cannot be set");
        const Both both(*m_device);
        const RunSpec spec = specOf("[{preset: bat}]");
        std::vector<double> errors;
        for (const std::int64_t room : { std::int64_t { 1 } << 30, std::int64_t { 0 } }) {
            spy::setFreeMemory(room);
            const auto store = makeMemoryCheckpointStore();
            Run run(both.model, spec, *store);
            run.context.decoder = both.decoder;
            (void)run.go();
            errors.push_back(run.all<LayerDone>().back().relativeError);
        }
        spy::setFreeMemory(std::int64_t { 1 } << 30);
        QVERIFY(std::abs(errors[0] / errors[1] - 1) < 1e-6);
    }

    /// A device that fails in the middle ends the pass; what was finished is kept and taken up.
    void aLostDeviceKeepsFinishedLayers()
    {
        if (!m_device->spy)
            QSKIP("a GPU cannot be made to fail");
        const Both both(*m_device);
        const RunSpec spec = specOf("[{preset: rtn-uos}]");
        const auto store = makeMemoryCheckpointStore();
        {
            Run run(both.model, spec, *store);
            run.context.decoder = both.decoder;
            run.stopAfterLayers = 1;
            QVERIFY_EXCEPTION_THROWN((void)run.go(), Exception);
        }
        {
            Run run(both.model, spec, *store);
            run.context.decoder = both.decoder;
            spy::failNext("device lost");
            try {
                (void)run.go();
                QFAIL("nothing was thrown");
            } catch (const Exception &e) {
                QCOMPARE(e.error.code, ErrorCode::device);
            }
        }
        Run run(both.model, spec, *store);
        run.context.decoder = both.decoder;
        QCOMPARE(run.go().size(), std::size_t { 2 });
    }

private:
    static std::vector<std::uint8_t> codesOf(const CheckpointStore &store, const std::string &hash)
    {
        std::vector<std::uint8_t> out;
        const Part part = store.getByHash(hash).orThrow().value();
        for (const auto &t : part.tensors)
            if (t.name.find(".codes") != std::string::npos
                || t.name.find(".scales") != std::string::npos)
                out.insert(out.end(), t.bytes.begin(), t.bytes.end());
        return out;
    }
};

QTEST_GUILESS_MAIN(DeviceTest)
#include "tst_device.moc"
