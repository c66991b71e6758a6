// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cuda/bench_chains.h"
#include "core/engine/cuda/bench_row.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/fake_quant.h"
#include "core/engine/service/random_source.h"
#include "core/engine/service/step_time.h"
#include "core/job/checkpoint_store.h"
#include "tests/engine/calibration_run.h"
#include "tests/engine/random_tensor.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace batlab;

/// What `bench gpu` prints, as far as it can be checked without a GPU: rows, the op chains it times
/// and a training step.
class BenchRowsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowsAreMediansOfRatios()
    {
        cuda::Pair pair { "Name", "other", { 3, 4 }, 0.9, 100, 0, 0.5, {}, {} };
        const Json row = Json::parse(cuda::rowText(pair, { 2, 1, 4 }, { 4, 4, 4 }));
        QCOMPARE(row["name"].get<std::string>(), std::string("Name"));
        QCOMPARE(row["against"].get<std::string>(), std::string("other"));
        QCOMPARE(row["shape"].get<std::vector<int>>(), (std::vector<int> { 3, 4 }));
        QCOMPARE(row["ratio"].get<double>(), 1.0); // of 1, 2, 0.5
        QCOMPARE(row["ratio_p10"].get<double>(), 0.5);
        QCOMPARE(row["ratio_p90"].get<double>(), 1.0); // the lower neighbour
        QCOMPARE(row["target"].get<double>(), 0.9);
        QCOMPARE(row["seconds"].get<double>(), 2.0);
        QCOMPARE(row["bytes_per_second"].get<double>(), 50.0);
        QVERIFY(!row.contains("flop_per_second"));
        pair.bytes = 0;
        pair.flop = 8;
        const Json products = Json::parse(cuda::rowText(pair, { 2 }, { 2 }));
        QCOMPARE(products["flop_per_second"].get<double>(), 4.0);
        const Json failed = Json::parse(cuda::errorText(pair, "not this GPU"));
        QCOMPARE(failed["error"].get<std::string>(), std::string("not this GPU"));
        QVERIFY(!failed.contains("ratio"));
        // Packing reads 2 bytes and writes 17/32: 81/128 of a copy's traffic.
        QCOMPARE(cuda::copyScale(64, cuda::moved(64, 2, cuda::kPackedBytes)), 81.0 / 128);
    }

    /// The chains compute what the kernels they are timed against compute.
    void chainsEqualTheKernels()
    {
        at::Tensor x = 3 * test::randomTensor({ 40, 256 }, 1);
        x = at::where(test::randomTensor({ 40, 256 }, 2) > 0.99, 30 * x, x);
        x.select(0, 3).zero_();
        x.select(0, 4).mul_(1e-4);
        x = x.to(at::kBFloat16);
        RecipeSettings settings;
        settings.scaleRule = "floor";
        const auto expected = [&](const char *ties) {
            settings.ties = ties;
            return quant::fakeQuantize(x, {}, quant::makeQuantizer("mxfp4", settings),
                                       at::kBFloat16);
        };
        QVERIFY(at::equal(cuda::leanChain(x), expected("even")));
        QVERIFY(at::equal(cuda::microxcalingChain(x), expected("away")));

        settings.ties = "even";
        const quant::Quantizer q = quant::makeQuantizer("mxfp4", settings);
        const at::Tensor nibbles = at::empty({ 40, 128 }, at::kByte);
        const at::Tensor scales = at::empty({ 40, 8 }, at::kByte);
        kernels::cpu().packMxfp4(quant::view(x), *q.spec, nibbles.data_ptr<std::uint8_t>(),
                                 scales.data_ptr<std::uint8_t>(), quant::exec());
        const cuda::PackedChain packed = cuda::torchaoChain(x);
        const at::Tensor some = packed.scales.ne(0); // a block of zeros may have any scale
        QVERIFY(at::equal(packed.scales.masked_select(some), scales.masked_select(some)));
        const at::Tensor codes = some.repeat_interleave(16, 1);
        QVERIFY(at::equal(packed.nibbles.masked_select(codes), nibbles.masked_select(codes)));
        QVERIFY(some.sum().item<std::int64_t>() == 39 * 8);
    }

    /// performance.md 2.5: 318.9 TFLOP an epoch of a Qwen3-8B block over 262,144 tokens.
    void aStepsProducts()
    {
        const ModelConfig c = qwen3Shape();
        const auto rows = stepGemms(c, 8192);
        QCOMPARE(rows.size(), std::size_t { 21 });
        double flop = 0;
        for (const GemmRow &row : rows)
            flop += row.flop();
        const double parameters = static_cast<double>(c.linearParameters() / c.layers);
        QVERIFY(std::abs(flop / (6.0 * 8192 * parameters) - 1) < 1e-12);
        const double epoch = 32 * stepFlop(c, 4, 2048); // 32 steps of 8,192 tokens
        QVERIFY2(std::abs(epoch / 318.9e12 - 1) < 0.01, qPrintable(QString::number(epoch)));
    }

    void aStepIsTimed()
    {
        ModelConfig c = qwen3Shape();
        c.vocab = 256;
        c.hidden = 128;
        c.intermediate = 256;
        c.headDim = 32;
        c.heads = 4;
        c.kvHeads = 2;
        RunSpec spec = test::specOf("[{preset: bat, set: {train.batch: 2}}]",
                                    "analysis: {enabled: false}\n"
                                    "calibration: {sequences: 4, length: 64}\n");
        const auto store = makeMemoryCheckpointStore();
        JobContext job({ [](ArtifactPtr) {}, [](LogLevel, std::string_view) {} }, *store, 2);
        const StepTime t = timeTrainingStep(spec, c, at::kCPU, job, 1);
        QCOMPARE(t.sequences, std::int64_t { 2 });
        QCOMPARE(t.length, std::int64_t { 64 });
        QCOMPARE(t.seconds.size(), std::size_t { 1 });
        QVERIFY(t.seconds[0] > 0 && t.products[0] > 0);
        QCOMPARE(t.flop, stepFlop(c, 2, 64));
        // The host has no graphs: the row says so instead.
        QVERIFY_EXCEPTION_THROWN((void)timeRecordedStep(spec, c, at::kCPU, job, 1), Exception);
        job.requestCancel();
        QVERIFY_EXCEPTION_THROWN((void)timeTrainingStep(spec, c, at::kCPU, job, 1), Exception);
    }
};

QTEST_GUILESS_MAIN(BenchRowsTest)
#include "tst_bench_rows.moc"
