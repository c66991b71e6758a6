// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gptq_row.h"
#include "kernels/cuda/launch_plan.h"
#include "kernels/cuda/stats_op.h"
#include "kernels/cuda/status.h"

#include <QtTest>

#include <thread>
#include <vector>

using namespace batlab::kernels::cuda;

/// Launch plans for the shapes of methods.md 3 on small and large devices: everything covered,
/// every limit kept.
class TestCudaHostPlans : public QObject
{
    Q_OBJECT

private:
    struct Shape
    {
        std::int64_t rows, cols;
    };
    /// Widths of SmolLM2 to Qwen3-32B, vocabularies and the ViT's 4304, from one token to a
    /// calibration set; weights [out, in].
    static std::vector<Shape> shapes()
    {
        std::vector<Shape> list;
        for (const std::int64_t cols :
             { 1,    15,   32,   64,   128,  576,  896,   1024,  1152,  1536,  2048,  2560, 3072,
               3584, 4096, 4304, 5120, 8192, 9728, 12288, 14336, 18944, 25600, 28672, 29568 }) {
            for (const std::int64_t rows :
                 { 1, 2, 7, 128, 2048, 8192, 49152, 151936, 262144, 1 << 22 }) {
                list.push_back({ rows, cols });
            }
        }
        return list;
    }
    static std::vector<DeviceLimits> devices()
    {
        return { { 16, 99 * 1024, 89 },   { 24, 99 * 1024, 89 },   { 108, 163 * 1024, 80 },
                 { 128, 99 * 1024, 89 },  { 132, 227 * 1024, 90 }, { 148, 227 * 1024, 100 },
                 { 170, 99 * 1024, 120 }, { 1, 48 * 1024, 80 } };
    }
    static void checkLimits(const LaunchPlan &plan, const DeviceLimits &device)
    {
        QVERIFY(plan.gridX >= 1 && plan.gridX <= maxGridX);
        QVERIFY(plan.gridY >= 1 && plan.gridY <= maxGridY);
        QVERIFY(plan.blockX * plan.blockY <= 1024);
        QVERIFY(plan.sharedBytes <= device.sharedPerBlock);
    }

private Q_SLOTS:
    void rows()
    {
        for (const DeviceLimits &device : devices()) {
            for (const Shape &s : shapes()) {
                for (const int group : { 1, 2, 4 }) {
                    const std::int64_t items = (s.cols + 31) / 32 * group;
                    const LaunchPlan plan = planRows(s.rows, items, group, device);
                    checkLimits(plan, device);
                    QCOMPARE(plan.blockX * plan.blockY, 256U);
                    QCOMPARE(plan.blockX & (plan.blockX - 1), 0U); // groups stay in one warp
                    QVERIFY(plan.blockX >= static_cast<std::uint32_t>(group));
                    QVERIFY(static_cast<std::int64_t>(plan.gridX) * plan.blockX >= items);
                    // No block has nothing to do.
                    QVERIFY(static_cast<std::int64_t>(plan.gridX - 1) * plan.blockX < items);
                    QVERIFY(static_cast<std::int64_t>(plan.gridY - 1) * plan.blockY < s.rows);
                    // Large matrices fill the device several times over.
                    if (s.rows * items >= std::int64_t { 1 } << 22) {
                        QVERIFY(static_cast<std::int64_t>(plan.gridX) * plan.gridY
                                >= device.multiprocessors * 8);
                    }
                }
            }
        }
        QVERIFY(planRows(0, 4, 4, {}).empty());
        QVERIFY(planRows(4, 0, 4, {}).empty());
    }

    /// One very long row: more blocks across than any grid has down.
    void longRow()
    {
        const LaunchPlan plan = planRows(1, std::int64_t { 1 } << 34, 4, {});
        QVERIFY(static_cast<std::int64_t>(plan.gridX) * plan.blockX >= std::int64_t { 1 } << 34);
    }

    void stats()
    {
        for (const Shape &s : shapes()) {
            for (const int bins : { 0, 128, 1024, 5000 }) {
                const StatsPlan plan = planStats(s.rows, s.cols, bins);
                checkLimits(plan.launch, {});
                QVERIFY(plan.launch.sharedBytes <= sharedWithoutAsking);
                QVERIFY(static_cast<std::int64_t>(plan.launch.gridX) * statsWarps * 32 >= s.cols);
                QVERIFY(plan.launch.gridY * statsChunkRows(s.rows) >= s.rows);
                QVERIFY(plan.launch.gridY <= 256);
                QCOMPARE(statsChunkRows(s.rows) % statsRows, 0);
                QCOMPARE(plan.sharedBins, bins > 0 && bins < 5000);
            }
        }
        QVERIFY(planStats(0, 32, 0).launch.empty());
    }

    void gptq()
    {
        for (const DeviceLimits &device : devices()) {
            for (const Shape &s : shapes()) {
                for (const std::int64_t columns : { 1, 17, 32, 64, 100, 128, 129, 256 }) {
                    const GptqPlan plan = planGptq(s.rows, columns, device);
                    checkLimits(plan.launch, device);
                    QVERIFY(static_cast<std::int64_t>(plan.launch.gridX) * plan.launch.blockX
                            >= s.rows);
                    QVERIFY(plan.slab || columns > gptqMaxColumns
                            || device.sharedPerBlock <= sharedWithoutAsking);
                    QVERIFY(!plan.slab || columns <= gptqMaxColumns);
                }
            }
        }
        // The H200's plan for Qwen3-8B's widest weight: tall slabs, every multiprocessor busy.
        const GptqPlan plan = planGptq(24576, 128, { 132, 227 * 1024, 90 });
        QVERIFY(plan.slab);
        QCOMPARE(plan.launch.blockX, 128U);
        // Rows of the tile are whole 16-byte words, one bank step apart.
        QCOMPARE(TileFactor::stride(128) % 4, 0);
        QVERIFY(TileFactor::stride(128) % 32 != 0);
    }

    void statusIsStickyAndPerThread()
    {
        clearError();
        QVERIFY(lastError().ok());
        noteError(0, "", "", "nothing");
        QVERIFY(lastError().ok());
        noteError(2, "first", "sentence", "here");
        noteError(3, "second", "sentence", "there");
        QCOMPARE(lastError().code, 2);
        QCOMPARE(QByteArray(lastError().where), QByteArray("here"));
        bool clean = false;
        std::thread([&] { clean = lastError().ok(); }).join();
        QVERIFY(clean);
        clearError();
        QVERIFY(lastError().ok());
    }
};

QTEST_GUILESS_MAIN(TestCudaHostPlans)
#include "tst_cuda_host_plans.moc"
